//! `apoa queue`: what is still to be done, nearest deadline first, and how many reports are in which state; what is on
//! hold goes on or is replaced.

use apoa_core::codes::Code;
use apoa_core::ids::ReportId;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, Counts, QueueRow, Superseded};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::session;

use super::report::refused;

#[derive(Debug, Serialize)]
pub(super) struct QueueLine {
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
pub(super) struct CountsBody {
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

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Let a report on hold go on.
    Retry {
        /// The report.
        #[arg(required_unless_present = "all")]
        id: Option<ReportId>,
        /// Every report on hold.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Replace an op on hold that the server never saw; asks the server, and you, first.
    Supersede {
        /// The report.
        id: ReportId,
    },
}

pub(crate) fn run(command: Option<&Command>, global: &Global, out: &Output) -> Ended {
    match command {
        None => list(global, out),
        Some(Command::Retry { id, all: _ }) => retry(*id, global, out),
        Some(Command::Supersede { id }) => supersede(*id, global, out),
    }
}

fn list(global: &Global, out: &Output) -> Ended {
    let client = session::open_known(global)?;
    for row in client.queue()? {
        out.line(&QueueLine::of(&row));
    }
    out.line(&CountsLine { counts: CountsBody::of(client.counts()?) });
    Ok(Exit::Done)
}

fn retry(id: Option<ReportId>, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let held: Vec<ReportId> = match id {
        Some(id) => vec![id],
        None => {
            client.queue()?.into_iter().filter(|row| row.work == Work::Wedged).map(|row| row.report).collect()
        }
    };
    let mut released = 0;
    for report in held {
        released += usize::from(client.retry(report).map_err(|error| refused(error, &client, out))?);
    }
    out.note(&out.word("cli-released", &[("n", &released.to_string())]));
    list_of(&client, id, out)?;
    Ok(if released > 0 { Exit::Done } else { Exit::Nothing })
}

fn supersede(id: ReportId, global: &Global, out: &Output) -> Ended {
    let client = session::open_with(global, session::server(global)?, session::trust(global)?)?;
    if client.account()?.is_none() {
        return Err(Failure::new(Code::SignInNeeded).into());
    }
    if !out.confirmed(&out.word("cli-ask-supersede", &[]), global.yes)? {
        return Ok(Exit::Nothing);
    }
    let (word, exit) = match client.supersede(id)? {
        Superseded::Replaced => ("cli-superseded", Exit::Done),
        Superseded::Arrived => ("cli-arrived", Exit::Done),
        Superseded::LetGo => ("cli-let-go", Exit::Done),
        Superseded::NotHeld => ("cli-not-held", Exit::Nothing),
    };
    out.note(&out.word(word, &[]));
    list_of(&client, Some(id), out)?;
    Ok(exit)
}

/// The lines of these reports; all of them without an id.
fn list_of(client: &ApoaClient, id: Option<ReportId>, out: &Output) -> Result<(), Stop> {
    for row in client.queue()?.iter().filter(|row| id.is_none_or(|id| id == row.report)) {
        out.line(&QueueLine::of(row));
    }
    Ok(())
}

impl QueueLine {
    pub(super) fn of(row: &QueueRow) -> Self {
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
    pub(super) fn of(counts: Counts) -> Self {
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
            (Some(problem), work, _) => {
                let words = out.word(&format!("count-{}", work.replace('_', "-")), &[]);
                format!("{BAD}{words}{BAD:#} {DIM}{problem}{DIM:#}")
            }
            (None, "queued", true) => format!("{WARN}{}{WARN:#}", out.word("state-in-doubt", &[])),
            (None, "queued", false) => out.word("cli-queued", &[]),
            (None, work, _) => out.word(&format!("count-{}", work.replace('_', "-")), &[]),
        };
        let due = self.due.as_deref().map_or_else(|| "–".to_owned(), |due| out.moment(due));
        format!("{}  {DIM}{}{DIM:#} {due}  {state}", self.report_id, out.word("word-due", &[]))
    }
}

impl Line for CountsLine {
    fn text(&self, out: &Output) -> String {
        self.counts.text(out)
    }
}

impl CountsBody {
    /// What there is of each state, on one line.
    pub(super) fn text(&self, out: &Output) -> String {
        let counts = self;
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
