//! Who is here now: the list for an inspection, each person with permit and receipt.

use apoa_core::fields::Field;
use apoa_core::report::state::{Standing, Work};
use apoa_core::report::watch::PermitState;
use apoa_core::{ListedReport, Present};
use serde::Serialize;

use super::{Export, Head, Maker, fact, instant};
use crate::commands::receipt::issued;
use crate::failure::Stop;
use crate::office::list_paper::Appended;
use crate::office::table::{Cell, Table, Tone};
use crate::office::words::Said;

/// Titles and shares of the width.
const COLUMNS: [(&str, f32); 12] = [
    ("cli-col-place", 0.45),
    ("field-full_name", 2.0),
    ("field-passport_number", 1.1),
    ("field-nationality", 1.0),
    ("word-kind", 1.4),
    ("field-room", 0.8),
    ("cli-col-since", 1.0),
    ("cli-col-until", 1.15),
    ("cli-col-permit", 1.5),
    ("word-receipt", 1.6),
    ("cli-paper-number", 0.0),
    ("cli-col-token", 0.0),
];

#[derive(Serialize)]
pub(super) struct Row {
    report_id: String,
    kind: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    nationality: Option<String>,
    room: Option<String>,
    first_date: Option<String>,
    planned_end: Option<String>,
    /// Whether the planned end has passed and nobody closed the report.
    stays_on: bool,
    permit: &'static str,
    permit_expiry: Option<String>,
    standing: &'static str,
    work: &'static str,
    received_at: Option<String>,
    receipt: Option<String>,
}

pub(super) fn list(maker: &Maker<'_>) -> Result<Export<Head, Row>, Stop> {
    let present = maker.client.present().map_err(|error| maker.refused(error))?;
    let mut rows = Vec::with_capacity(present.len());
    let mut cells = Vec::with_capacity(present.len());
    let mut codes = Vec::new();
    for person in &present {
        let row = Row::of(person, maker)?;
        cells.push(cells_of(person, &row, rows.len() + 1, maker));
        codes.extend(code_of(&person.report, &row, rows.len() + 1, maker));
        rows.push(row);
    }
    let table = Table {
        title: maker.say("cli-list-present"),
        about: maker.about(rows.len(), Vec::new()),
        notes: maker.notes(Some("cli-note-present"), 0)?,
        columns: maker.columns(&COLUMNS),
        rows: cells,
        zone: maker.client.zone(),
    };
    Ok(Export { name: "present", head: maker.head(), rows, table, codes })
}

fn cells_of(person: &Present, row: &Row, place: usize, maker: &Maker<'_>) -> Vec<Cell> {
    let report = &person.report;
    let until = if person.stays_on {
        Cell::word(dated(row.planned_end.as_deref(), &maker.say("cli-stays-on"), maker)).tone(Tone::Warn)
    } else {
        Cell::day(row.planned_end.as_deref())
    };
    vec![
        Cell::number(place as i64),
        Cell::maybe(row.full_name.as_deref()),
        Cell::maybe(row.passport_number.as_deref()),
        Cell::maybe(row.nationality.as_deref()),
        maker.kind(report.row.kind),
        Cell::maybe(row.room.as_deref()),
        Cell::day(row.first_date.as_deref()),
        until,
        permit(person.permit, row, maker),
        proof(report, maker),
        Cell::text(row.report_id.as_str()),
        Cell::maybe(row.receipt.as_deref()),
    ]
}

/// The last valid day and what is to be said of it.
fn permit(state: PermitState, row: &Row, maker: &Maker<'_>) -> Cell {
    let said = maker.say(&format!("cli-permit-{}", state.as_str()));
    let tone = match state {
        PermitState::NotStated => Tone::Plain,
        PermitState::Valid => Tone::Good,
        PermitState::EndsFirst => Tone::Warn,
        PermitState::Expired => Tone::Bad,
    };
    Cell::word(dated(row.permit_expiry.as_deref(), &said, maker)).tone(tone)
}

/// A day, if there is one, and what is to be said of it.
fn dated(day: Option<&str>, said: &Said, maker: &Maker<'_>) -> Said {
    if day.is_none() {
        return said.clone();
    }
    // Days are written alike in both languages.
    let day = Cell::day(day).said(maker.client.zone()).id;
    said.map(|said| format!("{day} {said}"))
}

/// What the server proved, and since when.
fn proof(report: &ListedReport, maker: &Maker<'_>) -> Cell {
    if report.row.work == Work::NeedsCorrection {
        return Cell::word(maker.say("cli-work-needs_correction")).tone(Tone::Bad);
    }
    let standing = report.row.standing.as_str();
    let said = maker.say(&format!("cli-state-{standing}"));
    let Some(received) = report.received else { return Cell::word(said).tone(Tone::Bad) };
    let rejected = report.row.standing == Standing::Rejected;
    // The first receipt says since when the server has it; of a rejection counts when that was.
    let at = if rejected { report.receipt.as_deref().and_then(issued).unwrap_or(received) } else { received };
    let at = Cell::moment(Some(at)).said(maker.client.zone()).id;
    let said = said.map(|said| format!("{said} {at}"));
    match (rejected, report.row.work) {
        (true, _) => Cell::word(said).tone(Tone::Bad),
        (false, Work::None) => Cell::word(said).tone(Tone::Good),
        // What stands beside it here is not what was signed.
        (false, _) => {
            let waits = maker.say("cli-change-waits");
            Cell::word(Said {
                id: format!("{}; {}", said.id, waits.id),
                en: format!("{}; {}", said.en, waits.en),
            })
            .tone(Tone::Warn)
        }
    }
}

fn code_of(report: &ListedReport, row: &Row, place: usize, maker: &Maker<'_>) -> Option<Appended> {
    let token = report.receipt.clone()?;
    let name = row.full_name.as_deref().unwrap_or("–");
    let document = row.passport_number.as_deref().unwrap_or("–");
    Some(Appended {
        label: format!("{place}. {name}"),
        below: format!(
            "{document} · {} · {}",
            proof(report, maker).said(maker.client.zone()).id,
            row.report_id
        ),
        token,
    })
}

impl Row {
    fn of(person: &Present, maker: &Maker<'_>) -> Result<Self, Stop> {
        let ListedReport { row, receipt, received } = &person.report;
        // The list's own row does not hold it; a report whose data are elsewhere has none.
        let whole = if row.here { maker.client.report(row.report)? } else { None };
        let nationality =
            whole.and_then(|whole| whole.facts.get(&Field::Nationality).map(|f| f.reveal().clone()));
        Ok(Self {
            report_id: row.report.to_string(),
            kind: row.kind.as_str(),
            full_name: maker.name(row),
            passport_number: maker.document(row),
            nationality,
            room: fact(row.summary.room.as_ref()),
            first_date: fact(row.summary.first_date.as_ref()),
            planned_end: fact(row.summary.planned_end.as_ref()),
            stays_on: person.stays_on,
            permit: person.permit.as_str(),
            permit_expiry: fact(row.summary.permit_expiry.as_ref()),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            received_at: instant(*received),
            receipt: receipt.clone(),
        })
    }
}
