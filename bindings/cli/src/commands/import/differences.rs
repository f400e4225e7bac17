//! What `--diff` says: who is new, who changed from what to what, who is gone, and the command that would report it.

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::permit::Date;
use apoa_core::report::draft::Facts;
use apoa_core::report::follow_up::closing_field;
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::roster::{Difference, Roster};
use apoa_core::{ApoaClient, StoreError};
use serde::Serialize;

use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::values;

#[derive(Debug, Serialize)]
struct DiffLine {
    row: Option<u32>,
    diff: &'static str,
    fields: Vec<&'static str>,
    report_id: Option<String>,
    /// What should be filed: `submit`, `change` or `end`; `amend` and `check_out` for stays.
    proposes: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    /// First day of the report that is there; of who is new, of the row.
    first_date: Option<String>,
    /// What the report says and what the list says.
    changes: Vec<Change>,
    /// The commands that report it, a line each; none where they would hold what is masked.
    commands: Vec<String>,
    #[serde(skip)]
    masked: bool,
    /// Whether another device made the report: it is corrected there.
    #[serde(skip)]
    elsewhere: bool,
}

#[derive(Debug, Serialize)]
struct Change {
    #[serde(serialize_with = "code")]
    field: Field,
    old: Option<String>,
    new: Option<String>,
}

/// As the contract calls it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn code<S: serde::Serializer>(field: &Field, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(field.as_str())
}

/// A line for each difference.
pub(super) fn say(
    client: &ApoaClient,
    differences: &[Difference],
    list: &Roster,
    out: &Output,
) -> Result<(), StoreError> {
    for difference in differences {
        match difference {
            Difference::Same { .. } => {}
            Difference::New { row } => {
                let Some(row) = list.rows.get(*row) else { continue };
                let mut line = DiffLine::of(row.checked.draft.facts(), list.kind, out);
                line.row = Some(row.checked.number);
                out.line(&line);
            }
            Difference::Changed { row, report, fields } => {
                let Some(row) = list.rows.get(*row) else { continue };
                let (before, here) = facts(client, *report)?;
                let after = row.checked.draft.facts();
                let mut line = DiffLine::of(&before, list.kind, out);
                line.row = Some(row.checked.number);
                line.elsewhere = !here;
                line.changed(*report, fields, (&before, after), list.kind, client.today(), out);
                out.line(&line);
            }
            Difference::Gone { report } => {
                let mut line = DiffLine::of(&facts(client, *report)?.0, list.kind, out);
                line.gone(*report, list.kind, out);
                out.line(&line);
            }
        }
    }
    Ok(())
}

/// The facts of a report, and whether all of them are here; of one that another device made those of its row.
fn facts(client: &ApoaClient, report: ReportId) -> Result<(Facts, bool), StoreError> {
    let Some(found) = client.report(report)? else { return Ok((Facts::new(), false)) };
    let (mut facts, here) = (found.facts, found.row.here);
    let summary = found.row.summary;
    let first = found.row.kind.first_date().zip(summary.first_date);
    let shown = [
        summary.full_name.map(|name| (Field::FullName, name)),
        summary.passport_number.map(|number| (Field::PassportNumber, number)),
        first,
    ];
    for (field, fact) in shown.into_iter().flatten() {
        facts.entry(field).or_insert(fact);
    }
    Ok((facts, here))
}

/// What a `change` of a worker's report calls these facts; others are corrected.
fn change_of(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::WorkAddress => "address",
        Field::PassportNumber => "passport",
        Field::PermitNumber => "permit",
        Field::Position => "position",
        Field::Site => "site",
        Field::Guarantor => "guarantor",
        _ => return None,
    })
}

impl DiffLine {
    /// Who it is about, as somebody new.
    fn of(facts: &Facts, kind: ReportKind, out: &Output) -> Self {
        let fact = |field: Field| facts.get(&field).map(|fact| out.mask.field(field, fact.reveal()));
        Self {
            row: None,
            diff: "new",
            fields: Vec::new(),
            report_id: None,
            proposes: OpKind::Submit.as_str(),
            full_name: fact(Field::FullName),
            passport_number: fact(Field::PassportNumber),
            first_date: kind.first_date().and_then(fact),
            changes: Vec::new(),
            commands: Vec::new(),
            masked: false,
            elsewhere: false,
        }
    }

    fn changed(
        &mut self,
        report: ReportId,
        fields: &[Field],
        (before, after): (&Facts, &Facts),
        kind: ReportKind,
        today: Date,
        out: &Output,
    ) {
        let plain = |facts: &Facts, field: Field| facts.get(&field).map(|fact| fact.reveal().clone());
        let shown = |facts, field| plain(facts, field).map(|fact| out.mask.field(field, &fact));
        self.diff = "changed";
        self.report_id = Some(report.to_string());
        self.fields = fields.iter().map(|field| field.as_str()).collect();
        let change =
            |field: &Field| Change { field: *field, old: shown(before, *field), new: shown(after, *field) };
        self.changes = fields.iter().map(change).collect();
        let changes: Option<Vec<&str>> = fields.iter().map(|field| change_of(*field)).collect();
        let changes = changes.filter(|_| kind == ReportKind::WorkerStart);
        self.proposes = if changes.is_some() { "change" } else { "amend" };
        self.masked = fields.iter().any(|field| shown(after, *field) != plain(after, *field));
        if self.masked {
            return;
        }
        let values = fields.iter().map(|field| plain(after, *field).unwrap_or_default());
        self.commands = if let Some(changes) = changes {
            changes
                .into_iter()
                .zip(values)
                .map(|(what, new)| {
                    let new = quoted(&format!("new={new}"));
                    format!("apoa report change {report} --field change={what} --field {new} --field since={today}")
                })
                .collect()
        } else if self.elsewhere {
            Vec::new()
        } else {
            let fact = |(field, value): (&Field, String)| {
                format!(" --field {}", quoted(&format!("{field}={value}")))
            };
            let facts: String = fields.iter().zip(values).map(fact).collect();
            vec![format!("apoa report edit {report}{facts}")]
        };
    }

    fn gone(&mut self, report: ReportId, kind: ReportKind, out: &Output) {
        self.diff = "gone";
        self.report_id = Some(report.to_string());
        let ends = closing_field(kind) == Some(Field::End);
        self.proposes = if ends { "end" } else { "check_out" };
        if let Some(closing) = closing_field(kind) {
            let command = if ends { "end" } else { "check-out" };
            let reason = quoted(&format!("reason={}", out.word("cli-diff-gone-reason", &[])));
            let reason = if ends { format!(" --field {reason}") } else { String::new() };
            self.commands =
                vec![format!("apoa report {command} {report} --field {closing}=DD-MM-YYYY{reason}")];
        }
    }
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

impl Line for DiffLine {
    fn text(&self, out: &Output) -> String {
        let (style, sign) = match self.diff {
            "new" => (GOOD, "+"),
            "changed" => (WARN, "~"),
            _ => (BAD, "-"),
        };
        let row = self.row.map(|row| out.word("cli-roster-row", &[("n", &row.to_string())]));
        let row = row.map(|row| format!(" {BOLD}{row}{BOLD:#}")).unwrap_or_default();
        let what = out.word(&format!("cli-diff-{}", self.diff), &[]);
        let first = self.first_date.as_deref().map(|day| out.day(day));
        let who: Vec<&str> = [&self.full_name, &self.passport_number, &first]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let mut text = format!("{style}{sign}{style:#}{row} {what} {}", who.join(" · "));
        for Change { field, old, new } in &self.changes {
            let [old, new] = [old, new].map(|value| {
                value.as_deref().map_or_else(|| "–".to_owned(), |value| values::said(*field, value, out))
            });
            text = format!("{text}\n    {}: {old} → {new}", out.field(*field));
        }
        for command in &self.commands {
            text = format!("{text}\n    {DIM}{command}{DIM:#}");
        }
        if self.masked {
            text = format!("{text}\n    {DIM}{}{DIM:#}", out.word("cli-diff-masked", &[]));
        } else if self.elsewhere && self.commands.is_empty() {
            text = format!("{text}\n    {DIM}{}{DIM:#}", out.word("cli-diff-elsewhere", &[]));
        }
        text
    }
}
