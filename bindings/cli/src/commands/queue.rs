//! `apoa queue`: what is still to be done, nearest deadline first, and how many reports are in which state.

use apoa_core::{Counts, QueueRow};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::session;

#[derive(Debug, Serialize)]
struct QueueLine {
    report_id: String,
    op_id: Option<String>,
    kind: Option<&'static str>,
    standing: &'static str,
    work: &'static str,
    due: Option<String>,
    attempts: u32,
    maybe_sent: bool,
    problem: Option<String>,
    next_try: Option<String>,
}

#[derive(Debug, Serialize)]
struct CountsLine {
    counts: CountsBody,
}

#[derive(Debug, Serialize)]
struct CountsBody {
    draft: u32,
    queued: u32,
    wedged: u32,
    needs_correction: u32,
    received: u32,
    accepted: u32,
    rejected: u32,
    cancelled: u32,
    discarded: u32,
}

pub(crate) fn run(global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    for row in client.queue()? {
        out.line(&QueueLine::of(&row));
    }
    out.line(&CountsLine { counts: CountsBody::of(client.counts()?) });
    Ok(Exit::Done)
}

impl QueueLine {
    fn of(row: &QueueRow) -> Self {
        Self {
            report_id: row.report.to_string(),
            op_id: row.op.map(|op| op.to_string()),
            kind: row.kind.map(apoa_core::report::kinds::OpKind::as_str),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            due: row.due.map(|due| due.to_string()),
            attempts: row.attempts,
            maybe_sent: row.maybe_sent,
            problem: row.problem.clone(),
            next_try: row.next_try.map(|at| at.to_string()),
        }
    }
}

impl CountsBody {
    fn of(counts: Counts) -> Self {
        let Counts {
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
        Self { draft, queued, wedged, needs_correction, received, accepted, rejected, cancelled, discarded }
    }
}

impl Line for QueueLine {
    fn text(&self, out: &Output) -> String {
        let state = match (&self.problem, self.work, self.maybe_sent) {
            (Some(problem), ..) => format!("{BAD}{problem}{BAD:#}"),
            (None, "queued", true) => format!("{WARN}{}{WARN:#}", out.word("state-in-doubt", &[])),
            (None, "queued", false) => out.word("cli-queued", &[]),
            (None, work, _) => work.to_owned(),
        };
        let due = self.due.as_deref().unwrap_or("–");
        format!("{}  {DIM}{}{DIM:#} {due}  {state}", self.report_id, out.word("word-due", &[]))
    }
}

impl Line for CountsLine {
    fn text(&self, out: &Output) -> String {
        let counts = &self.counts;
        let part = |number: u32, key: &str, style: anstyle::Style| {
            (number > 0).then(|| format!("{style}{number}{style:#} {}", out.word(key, &[])))
        };
        let parts: Vec<String> = [
            part(counts.draft, "count-draft", BOLD),
            part(counts.queued, "count-queued", WARN),
            part(counts.wedged, "count-wedged", BAD),
            part(counts.needs_correction, "count-needs-correction", BAD),
            part(counts.received, "count-received", GOOD),
            part(counts.accepted, "count-accepted", GOOD),
            part(counts.rejected, "count-rejected", BAD),
            part(counts.cancelled, "count-cancelled", BOLD),
            part(counts.discarded, "count-discarded", BOLD),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { out.word("count-none", &[]) } else { parts.join(" · ") }
    }
}
