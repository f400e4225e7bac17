//! Lists of reports, their counts, and what happened to them.

use std::collections::HashMap;

use apoa_core as core;
use apoa_core::private::Private;
use apoa_core::report::receipt::Decision;

use super::draft::texts;
use super::ids::{AccountId, Instant, OpId, ReportId};
use super::words::{ClockTrust, Happening, OpKind, ReportKind, Standing, Work};
use crate::error::InputError;

/// Which reports a list shows, newest first.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Page {
    /// Only those with this work left.
    #[uniffi(default = None)]
    pub work: Option<Work>,
    /// Only those of this standing.
    #[uniffi(default = None)]
    pub standing: Option<Standing>,
    /// At most so many.
    pub limit: i32,
    /// Only those after this one, the last of the page before.
    #[uniffi(default = None)]
    pub after: Option<ReportId>,
}

impl TryFrom<Page> for core::Page {
    type Error = InputError;

    fn try_from(page: Page) -> Result<Self, InputError> {
        let Page { work, standing, limit: most, after } = page;
        Ok(Self { work, standing, limit: limit(most)?, after })
    }
}

/// How many rows are wanted.
pub(crate) fn limit(limit: i32) -> Result<usize, InputError> {
    usize::try_from(limit).map_err(|_| InputError::of("a negative limit"))
}

/// A row of a list.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or do not, each by itself")]
pub struct ReportRow {
    /// The report.
    pub report: ReportId,
    /// Its kind.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// Whole name.
    pub full_name: Option<String>,
    /// Number of the travel document.
    pub passport_number: Option<String>,
    /// First day, ISO.
    pub first_date: Option<String>,
    /// Planned last day, ISO.
    pub planned_end: Option<String>,
    /// Last valid day of the permit, ISO.
    pub permit_expiry: Option<String>,
    /// Room.
    pub room: Option<String>,
    /// When it is due, if at all.
    pub due: Option<Instant>,
    /// The account that typed it.
    pub captured_by: AccountId,
    /// Its revision here; where nothing waits, the one that the server has.
    pub revision: i64,
    /// Whether the server has proved it closed, or it was discarded.
    pub closed: bool,
    /// Whether its data are on this device.
    pub here: bool,
    /// Whether its key opened it; otherwise enter again what was not sent (APOA-D702, D703).
    pub readable: bool,
    /// Whether it may not be shown to others, exported or erased.
    pub hold: bool,
}

impl From<core::ReportRow> for ReportRow {
    fn from(row: core::ReportRow) -> Self {
        let core::ReportRow {
            report,
            kind,
            standing,
            work,
            summary,
            due,
            captured_by,
            revision,
            closed,
            here,
            readable,
            hold,
        } = row;
        let core::Summary {
            full_name,
            passport_number,
            first_date,
            planned_end,
            permit_expiry,
            room,
            birth_date: _,
        } = summary;
        let shown = |value: Option<Private<String>>| value.map(|value| value.reveal().clone());
        Self {
            report,
            kind,
            standing,
            work,
            full_name: shown(full_name),
            passport_number: shown(passport_number),
            first_date: shown(first_date),
            planned_end: shown(planned_end),
            permit_expiry: shown(permit_expiry),
            room: shown(room),
            due,
            captured_by,
            revision: i64::from(revision.0),
            closed,
            here,
            readable,
            hold,
        }
    }
}

/// The rows of a list.
pub(crate) fn rows(rows: Vec<core::ReportRow>) -> Vec<ReportRow> {
    rows.into_iter().map(ReportRow::from).collect()
}

/// A report with its last finalised data and its receipts, newest first.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReportDetail {
    /// Its row.
    pub row: ReportRow,
    /// Its data by field code: as last finalised, follow-ups included; of a draft as typed so far.
    pub facts: HashMap<String, String>,
    /// The server's receipts.
    pub receipts: Vec<String>,
    /// Codes of the facts that the office asks to correct.
    pub asked: Vec<String>,
    /// Why the office rejected it.
    pub rejected_because: Option<String>,
    /// Whose sign-in carried the last op that the server has proved.
    pub sent_by: Option<AccountId>,
    /// What happened to it, oldest first.
    pub history: Vec<Event>,
}

impl From<core::ReportDetail> for ReportDetail {
    fn from(detail: core::ReportDetail) -> Self {
        let core::ReportDetail { row, facts, receipts, judged: _, decision, sent_by, history } = detail;
        let Decision { asks, reason } = decision;
        Self {
            row: row.into(),
            facts: texts(&facts),
            receipts,
            asked: asks.unwrap_or_default().iter().map(ToString::to_string).collect(),
            rejected_because: reason,
            sent_by,
            history: history.into_iter().map(Event::from).collect(),
        }
    }
}

/// A line of the log; nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Event {
    /// The report, where it is about one.
    pub report: Option<ReportId>,
    /// The op, where it is about one.
    pub op: Option<OpId>,
    /// When, by the device's clock.
    pub at: Instant,
    /// How far that clock could be trusted.
    pub trust: ClockTrust,
    /// What happened.
    pub what: Happening,
    /// The code of what stood in the way.
    pub code: Option<String>,
    /// Who acted.
    pub actor: Option<AccountId>,
}

impl From<core::Event> for Event {
    fn from(event: core::Event) -> Self {
        let core::Event { report, op, at, trust, what, code, actor } = event;
        Self { report, op, at, trust, what, code, actor }
    }
}

/// An op with open work; nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct QueueRow {
    /// The report.
    pub report: ReportId,
    /// The op; none while the office waits for a correction.
    pub op: Option<OpId>,
    /// What the op does.
    pub kind: Option<OpKind>,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// When it is due; nothing is, once the server has the report.
    pub due: Option<Instant>,
    /// How often it was sent.
    pub attempts: i64,
    /// Whether the server may have it already.
    pub maybe_sent: bool,
    /// The code of what holds it back.
    pub problem: Option<String>,
    /// Not before.
    pub next_try: Option<Instant>,
}

impl From<core::QueueRow> for QueueRow {
    fn from(row: core::QueueRow) -> Self {
        let core::QueueRow { report, op, kind, standing, work, due, attempts, maybe_sent, problem, next_try } =
            row;
        Self {
            report,
            op,
            kind,
            standing,
            work,
            due,
            attempts: i64::from(attempts),
            maybe_sent,
            problem,
            next_try,
        }
    }
}

/// What one shift leaves to the next.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandOver {
    /// From when on.
    pub since: Instant,
    /// How many reports are in which state.
    pub counts: Counts,
    /// What is still to be done, nearest deadline first.
    pub to_do: Vec<QueueRow>,
    /// Drafts that somebody began.
    pub drafts: Vec<ReportRow>,
    /// Reports that were typed, sent or decided since then, newest first.
    pub touched: Vec<ReportRow>,
}

impl From<core::HandOver> for HandOver {
    fn from(hand_over: core::HandOver) -> Self {
        let core::HandOver { since, counts, to_do, drafts, touched } = hand_over;
        Self {
            since,
            counts: counts.into(),
            to_do: to_do.into_iter().map(QueueRow::from).collect(),
            drafts: rows(drafts),
            touched: rows(touched),
        }
    }
}

/// How many reports are in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Counts {
    /// Being typed.
    pub draft: i64,
    /// Waiting, nothing proved yet.
    pub queued: i64,
    /// Held back.
    pub wedged: i64,
    /// The office asks for other data.
    pub needs_correction: i64,
    /// The server has it.
    pub received: i64,
    /// The office accepted it.
    pub accepted: i64,
    /// The office rejected it.
    pub rejected: i64,
    /// Withdrawn.
    pub cancelled: i64,
    /// Dropped before the server saw it.
    pub discarded: i64,
}

impl From<core::Counts> for Counts {
    fn from(counts: core::Counts) -> Self {
        let core::Counts {
            draft,
            queued,
            wedged,
            needs_correction,
            received,
            accepted,
            rejected,
            cancelled,
            discarded,
        } = counts;
        Self {
            draft: draft.into(),
            queued: queued.into(),
            wedged: wedged.into(),
            needs_correction: needs_correction.into(),
            received: received.into(),
            accepted: accepted.into(),
            rejected: rejected.into(),
            cancelled: cancelled.into(),
            discarded: discarded.into(),
        }
    }
}
