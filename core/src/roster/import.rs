//! The part of the facade that takes lists: reads a file and judges its rows, compares them with what is reported, and
//! files what is good. Rows are filed in chunks, each of them one durable transaction: a process that dies in between
//! left whole chunks, and the same file again adds the rest.

use core::ops::ControlFlow;

use apoa_domain::fields::Field;
use apoa_domain::ids::{ReportId, Timestamp};
use apoa_domain::report::deadline;
use apoa_domain::report::finalise::finalise;
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::op::FrozenOp;
use apoa_domain::report::summary::Summary;
use apoa_domain::roster::{self, CheckedRow, Columns, Difference, Table, Titles, is_same_title};

use super::{Choice, Format, RosterError};
use crate::client::ApoaClient;
use crate::error::{DraftError, StoreError};
use crate::store::accounts::Account;
use crate::store::events::Happening;
use crate::store::filing::{Due, Filing};
use crate::store::unit::UnitStore;

/// Rows of one transaction. Each transaction costs a wait for the disk, some 10 ms, so that ten thousand rows wait for one
/// second in all; a chunk has to be short enough that a cancel or another writer hardly waits for it.
const CHUNK: usize = 100;

/// What a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRequest {
    /// The kind of report that each row becomes.
    pub kind: ReportKind,
    /// What a person says about columns, beside what was said of earlier lists.
    pub titles: Titles,
}

/// A list that was read and judged. Nothing of it is stored yet.
#[derive(Clone, Debug)]
pub struct Roster {
    /// The kind of report that each row becomes.
    pub kind: ReportKind,
    /// How it is written.
    pub format: Format,
    /// Its rows as the file has them.
    pub table: Table,
    /// Which column is which fact.
    pub columns: Columns,
    /// Its rows below the header, judged.
    pub rows: Vec<RosterRow>,
    /// What a person said about columns now.
    said: Titles,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// The row as a draft, with what is wrong.
    pub checked: CheckedRow,
    /// The live report of the same person and first day.
    pub existing: Option<ReportId>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It is filed.
    Ready,
    /// It is filed, and somebody should look at it.
    Warning,
    /// It stays out until it is mended.
    Error,
    /// It stays out: it is reported already, or stands in the list twice.
    Duplicate,
}

/// How many rows are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RosterCounts {
    /// Rows that are filed.
    pub ready: usize,
    /// Rows that are filed, and should be looked at.
    pub warnings: usize,
    /// Rows to mend.
    pub errors: usize,
    /// Rows that are reported already, or stand in the list twice.
    pub duplicates: usize,
}

impl Roster {
    /// How many of its rows are what.
    pub fn counts(&self) -> RosterCounts {
        let mut counts = RosterCounts::default();
        for row in &self.rows {
            match row.state() {
                RowState::Ready => counts.ready += 1,
                RowState::Warning => counts.warnings += 1,
                RowState::Error => counts.errors += 1,
                RowState::Duplicate => counts.duplicates += 1,
            }
        }
        counts
    }
}

impl RowState {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Duplicate => "duplicate",
        }
    }
}

impl RosterRow {
    /// What becomes of it.
    pub fn state(&self) -> RowState {
        if self.existing.is_some() || self.checked.repeats().is_some() {
            RowState::Duplicate
        } else if !self.checked.is_good() {
            RowState::Error
        } else if self.checked.problems.is_empty() {
            RowState::Ready
        } else {
            RowState::Warning
        }
    }
}

/// What was filed of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filed {
    /// New reports, with the place of their row.
    pub reports: Vec<(usize, ReportId)>,
    /// Rows that somebody else reported since the list was read.
    pub existing: Vec<(usize, ReportId)>,
    /// Whether it was stopped before its end; the same list again adds the rest.
    pub stopped: bool,
}

/// A row that is about to be filed.
struct Ready {
    row: usize,
    op: FrozenOp,
    summary: Summary,
    due: Option<Timestamp>,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Reads a list and judges every row as a single report is judged, duplicates
    /// in the list and in the unit among it. Stores nothing. Which workbooks are read depends on the feature
    /// `spreadsheet`.
    pub fn read_roster(&self, bytes: &[u8], request: &RosterRequest) -> Result<Roster, RosterError> {
        let (_, unit) = self.at_work().map_err(refused)?;
        let kind = request.kind;
        let mut titles = unit.titles(kind).map_err(StoreError::from)?;
        titles.extend(request.titles.clone());
        let profile = self.profile()?;
        let defaults = profile.defaults(kind);
        let choice = Choice {
            kind,
            titles: &titles,
            defaults: defaults.iter().map(|(field, _)| *field).collect(),
            best: None,
        };
        let (format, table, columns) = super::read(bytes, choice)?;
        let fields = unmet(&request.titles, &columns);
        if !fields.is_empty() {
            return Err(RosterError::ColumnsMissing { fields });
        }
        let rows = roster::check(&table, &columns, kind, &defaults, self.today());
        let good: Vec<Option<Summary>> =
            rows.iter().map(|row| row.is_good().then(|| Summary::of(&row.draft))).collect();
        let mut holders = unit.holders(kind, good.iter().flatten()).map_err(StoreError::from)?.into_iter();
        let rows = rows
            .into_iter()
            .zip(&good)
            .map(|(checked, good)| RosterRow {
                checked,
                existing: good.as_ref().and_then(|_| holders.next().flatten()),
            })
            .collect();
        Ok(Roster { kind, format, table, columns, rows, said: request.titles.clone() })
    }

    /// Blocks; call from a background thread. The list against the unit's open reports of its kind: who is new, changed,
    /// gone. It proposes and does nothing.
    pub fn compare_roster(&self, list: &Roster) -> Result<Vec<Difference>, RosterError> {
        let (_, unit) = self.at_work().map_err(refused)?;
        let known = unit.open_reports(list.kind).map_err(StoreError::from)?;
        let rows: Vec<CheckedRow> = list.rows.iter().map(|row| row.checked.clone()).collect();
        Ok(roster::compare(&rows, &list.columns, &known))
    }

    /// Blocks; call from a background thread. Files every row that is ready and every one with only warnings, but those
    /// that `leave_out` names by their place. Rows go in chunks; after each one it is on disk. `told` hears how many rows
    /// that makes, none before the first, and may stop. After an error the chunks before it are filed.
    pub fn file_roster(
        &self,
        list: &Roster,
        leave_out: &dyn Fn(usize) -> bool,
        told: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Filed, RosterError> {
        let (account, unit) = self.at_work().map_err(refused)?;
        remember_titles(&unit, list)?;
        let goes = |(place, row): &(usize, &RosterRow)| {
            matches!(row.state(), RowState::Ready | RowState::Warning) && !leave_out(*place)
        };
        let rows: Vec<(usize, &RosterRow)> = list.rows.iter().enumerate().filter(goes).collect();
        let mut filed = Filed::default();
        for chunk in rows.chunks(CHUNK) {
            if told(filed.reports.len() + filed.existing.len()).is_break() {
                filed.stopped = true;
                return Ok(filed);
            }
            self.file_chunk(&account, &unit, list.kind, chunk, &mut filed)?;
            self.tell();
        }
        // Whoever stops now stops nothing.
        let _ = told(filed.reports.len() + filed.existing.len());
        Ok(filed)
    }

    fn file_chunk(
        &self,
        account: &Account,
        unit: &UnitStore,
        kind: ReportKind,
        chunk: &[(usize, &RosterRow)],
        filed: &mut Filed,
    ) -> Result<(), RosterError> {
        let at = self.moment(account);
        let (today, zone, hours) = (self.today(), self.zone(), self.deadline_hours(kind)?);
        let captured = self.server_clock.stamp(at.wall);
        let mut ready = Vec::with_capacity(chunk.len());
        for (row, content) in chunk {
            let draft = &content.checked.draft;
            let identity = self.new_identity(at.wall, unit, account.account, self.new_report_id()?)?;
            // It was good when the list was read; where midnight made it wrong since, it stays out.
            let Ok(op) = finalise(draft, today, &identity, captured, None) else { continue };
            let first = kind.first_date().and_then(|field| draft.day(field));
            let due = deadline::due(first, hours, zone);
            ready.push(Ready { row: *row, op, summary: Summary::of(draft), due });
        }
        let filings: Vec<Filing<'_>> = ready
            .iter()
            .map(|ready| Filing {
                ops: core::slice::from_ref(&ready.op),
                body: ready.op.body(),
                summary: &ready.summary,
                photo: None,
                due: Due::At(ready.due),
                captured_by: account.account,
                at,
                again: false,
                what: Happening::Finalised,
            })
            .collect();
        let holders = unit.file_all(&filings).map_err(StoreError::from)?;
        for (ready, holder) in ready.iter().zip(holders) {
            match holder {
                None => filed.reports.push((ready.row, ready.op.report())),
                Some(existing) => filed.existing.push((ready.row, existing)),
            }
        }
        Ok(())
    }
}

/// What was said about columns holds for the next list of the unit too.
fn remember_titles(unit: &UnitStore, list: &Roster) -> Result<(), StoreError> {
    if list.said.is_empty() {
        return Ok(());
    }
    let known = unit.titles(list.kind)?;
    let mut all = known.clone();
    all.extend(list.said.clone());
    if all != known {
        unit.set_titles(list.kind, &all)?;
    }
    Ok(())
}

/// What a person said and the header does not have.
fn unmet(said: &Titles, columns: &Columns) -> Vec<Field> {
    let met = |field: &Field, title: &str| {
        columns.of.get(field).is_some_and(|column| is_same_title(&column.title, title))
    };
    said.iter().filter(|(field, title)| !met(field, title)).map(|(field, _)| *field).collect()
}

fn refused(error: DraftError) -> RosterError {
    match error {
        DraftError::Store(error) => error.into(),
        _ => RosterError::NoUnit,
    }
}
