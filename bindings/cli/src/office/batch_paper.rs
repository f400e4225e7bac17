//! Several reports on one list: first what the server has, each with its code on the pages after, then what it has not or
//! refused, each with the code of why.

use super::list_paper::{Appended, pages};
use super::paper::PaperFault;
use super::receipt_facts::{Facts, Kept};
use super::table::{Cell, Column, Table, Tone};
use super::words::{Both, Said, short_moment};

/// The file.
pub(crate) fn page(all: &[Facts], both: &Both) -> Result<Vec<u8>, PaperFault> {
    let Some(first) = all.first() else { return pages(&empty(both), &[], &Said::default()) };
    let (mut proved, open): (Vec<&Facts>, Vec<&Facts>) = all.iter().partition(|facts| is_proved(facts));
    let counts =
        both.say("cli-batch-counts", &[("a", &proved.len().to_string()), ("b", &open.len().to_string())]);
    proved.extend(open);
    // Also those of what was rejected or should be corrected: a receipt proves the state that it says.
    let codes: Vec<Appended> = proved.iter().filter_map(|facts| appended(facts, both)).collect();
    let official = proved.iter().any(|facts| facts.official);
    let table = Table {
        title: both.say(if official { "cli-batch-official" } else { "cli-batch" }, &[]),
        about: vec![
            (both.say("cli-paper-unit", &[]), Said::same(first.unit.as_str())),
            (both.say("cli-paper-as-of", &[]), first.instant(both, first.now)),
            (both.say("cli-batch-reports", &[]), counts),
        ],
        notes: vec![both.say("cli-batch-note", &[])],
        columns: columns(both),
        rows: proved.iter().enumerate().map(|(place, facts)| row(place + 1, facts, both)).collect(),
        zone: first.zone,
    };
    pages(&table, &codes, &both.say("cli-paper-codes", &[]))
}

/// Whether the server has it and it stands.
fn is_proved(facts: &Facts) -> bool {
    facts.receipts.first().is_some_and(|newest| matches!(newest.state(), "received" | "accepted"))
}

fn appended(facts: &Facts, both: &Both) -> Option<Appended> {
    let newest = facts.receipts.first()?;
    let below =
        format!("{} · {}", facts.state(both).0.joined(), short_moment(facts.zone, newest.issued_at()));
    Some(Appended {
        label: facts.holder_said(both).id,
        below: format!("{below} {}", facts.report),
        token: newest.text().to_owned(),
    })
}

fn columns(both: &Both) -> Vec<Column> {
    [
        ("cli-col-place", 0.4),
        ("cli-paper-number", 2.9),
        ("word-kind", 1.7),
        ("cli-paper-holder", 2.2),
        ("word-state", 1.7),
        ("cli-paper-received", 1.4),
        ("cli-paper-deadline", 1.2),
        ("cli-col-code", 1.1),
    ]
    .into_iter()
    .map(|(key, share)| Column::new(both.say(key, &[]), share))
    .collect()
}

fn row(place: usize, facts: &Facts, both: &Both) -> Vec<Cell> {
    let (state, tone) = facts.state(both);
    let kept = match facts.kept() {
        Kept::NoDeadline => Cell::NONE,
        Kept::InTime => Cell::word(both.say("cli-deadline-kept", &[])).tone(facts.in_time(both)),
        Kept::Late { .. } => Cell::word(both.say("cli-col-late", &[])).tone(Tone::Warn),
        Kept::Open { left_ms } if left_ms >= 0 => Cell::word(both.say("cli-col-running", &[])),
        Kept::Open { .. } => Cell::word(both.say("cli-col-over", &[])).tone(Tone::Bad),
    };
    vec![
        Cell::number(place as i64),
        Cell::id(facts.report.to_string()),
        Cell::word(facts.kind(both)),
        Cell::text(facts.holder_said(both).id),
        Cell::word(state).tone(tone),
        Cell::moment(facts.received()),
        kept,
        Cell::maybe(facts.code.as_deref()).tone(Tone::Bad),
    ]
}

fn empty(both: &Both) -> Table {
    Table {
        title: both.say("cli-batch", &[]),
        about: Vec::new(),
        notes: Vec::new(),
        columns: columns(both),
        rows: Vec::new(),
        zone: apoa_core::report::deadline::Zone::default(),
    }
}
