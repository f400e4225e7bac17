//! `apoa sync`: send now. Waits inside its budget for what becomes due in it; Ctrl-C ends it and loses nothing.

use apoa_core::codes::Code;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use apoa_core::report::state::Work;
use apoa_core::{
    ApoaClient, ItemOutcome, ItemReport, QueueRow, StoppedBy, SyncRequest, SyncSummary, Trigger,
    TryOutRequest,
};
use serde::Serialize;
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::progress::Spinner;
use crate::session::{self, Reach};

use super::profile;
use super::report_lines::decision;

/// One run a process, so any number will do.
const RUN: u64 = 1;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run ends within this time: 60s, 500ms, 2m.
    #[arg(long, default_value = "60s", value_name = "TIME", value_parser = duration)]
    budget: Duration,
    /// Send nothing: ask the server what it would make of what waits.
    #[arg(long)]
    dry_run: bool,
}

impl Default for Args {
    fn default() -> Self {
        Self { budget: Duration::from_mins(1), dry_run: false }
    }
}

#[derive(Debug, Serialize)]
struct ItemLine {
    report_id: String,
    op_id: String,
    outcome: &'static str,
    standing: &'static str,
    work: &'static str,
    problem: Option<String>,
    /// What the office says of it.
    #[serde(skip)]
    told: Option<String>,
}

#[derive(Debug, Serialize)]
struct SummaryLine {
    sent: u32,
    received: u32,
    left: u32,
    stopped_by: Option<&'static str>,
    #[serde(skip)]
    by: Option<StoppedBy>,
    /// Of those with open work, how many wait to be sent and how many the office wants corrected.
    #[serde(skip)]
    open: (usize, usize),
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let client = session::open(global, Reach::Server)?;
    let interrupted = cancel_on_ctrl_c(&client)?;
    if args.dry_run {
        return try_out(&client, args.budget, global, out);
    }
    let request = SyncRequest { run: RUN, budget: args.budget, trigger: Trigger::Person };
    let spinner = Spinner::start(global);
    let ended = client.sync(request);
    drop(spinner);
    let summary = ended?;
    if summary.stopped_by.is_none() && client.profile_waits()? {
        profile::bring_in_line(&client, out);
    }
    for item in &summary.items {
        let mut line = ItemLine::of(item);
        // The run is over and counts, whether or not the report can be read now.
        let detail = client.report(item.report).ok().flatten();
        line.told = detail.as_ref().and_then(|detail| decision(detail, out));
        out.line(&line);
    }
    out.line(&SummaryLine {
        sent: summary.sent,
        received: summary.received,
        left: summary.left,
        stopped_by: summary.stopped_by.map(StoppedBy::as_str),
        by: summary.stopped_by,
        open: open_work(&client.queue()?),
    });
    if interrupted.load(Ordering::Relaxed) {
        out.note(&out.word("cli-interrupted", &[("n", &summary.left.to_string())]));
        return Ok(Exit::Interrupted);
    }
    exit(&client, &summary)
}

/// The server's verdicts; nothing is sent, so that what waits is no fault.
fn try_out(client: &ApoaClient, budget: Duration, global: &Global, out: &Output) -> Ended {
    let spinner = Spinner::start(global);
    let ended = client.try_out(TryOutRequest { run: RUN, budget });
    drop(spinner);
    let (tried, queue) = (ended?, client.queue()?);
    let mut exit = Exit::Done;
    for op in &tried {
        let Some(row) = queue.iter().find(|row| row.report == op.report) else { continue };
        let problem = op.verdict.problem();
        exit = exit.worse(problem.map_or(Exit::Done, |_| Exit::ServerRefused));
        out.line(&ItemLine {
            report_id: op.report.to_string(),
            op_id: op.op.to_string(),
            outcome: op.verdict.as_str(),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            problem: problem.map(|code| code.to_string()),
            told: None,
        });
    }
    let left = u32::try_from(queue.len()).unwrap_or(u32::MAX);
    let open = open_work(&queue);
    out.line(&SummaryLine { sent: 0, received: 0, left, stopped_by: None, by: None, open });
    Ok(exit)
}

/// How many wait to be sent, and how many the office wants corrected.
fn open_work(queue: &[QueueRow]) -> (usize, usize) {
    let count = |works: &[Work]| queue.iter().filter(|row| works.contains(&row.work)).count();
    (count(&[Work::Queued, Work::Wedged]), count(&[Work::NeedsCorrection]))
}

/// The worst of what ended the run, what became of the items, and what still waits.
fn exit(client: &ApoaClient, summary: &SyncSummary) -> Ended {
    let stopped = summary.stopped_by.map_or(Exit::Done, Exit::of_stop);
    let waiting = client.queue()?.into_iter().map(|row| match row.work {
        Work::Wedged | Work::NeedsCorrection => Exit::ServerRefused,
        Work::Queued => Exit::Waiting,
        Work::None | Work::Draft | Work::Discarded => Exit::Done,
    });
    Ok(waiting.fold(stopped, Exit::worse))
}

fn cancel_on_ctrl_c(client: &Arc<ApoaClient>) -> Result<Arc<AtomicBool>, Stop> {
    let flag = Arc::new(AtomicBool::new(false));
    let mut signals = Signals::new([SIGINT]).map_err(|error| Failure::new(Code::Internal).because(&error))?;
    let (client, seen) = (Arc::clone(client), Arc::clone(&flag));
    std::thread::spawn(move || {
        for _ in signals.forever() {
            // A second Ctrl-C does not wait for the run to end: what is committed stays.
            if seen.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(Exit::Interrupted.number()));
            }
            client.cancel(RUN);
        }
    });
    Ok(flag)
}

/// What a time looks like.
const TIMES: &str = "60s, 500ms, 2m";

/// `60s`, `500ms`, `2m`, or seconds without a unit.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| TIMES.to_owned())?;
    match &text[digits.len()..] {
        "ms" => Ok(Duration::from_millis(number)),
        "" | "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        _ => Err(TIMES.to_owned()),
    }
}

impl ItemLine {
    fn of(item: &ItemReport) -> Self {
        Self {
            report_id: item.report.to_string(),
            op_id: item.op.to_string(),
            outcome: item.outcome.as_str(),
            standing: item.standing.as_str(),
            work: item.work.as_str(),
            problem: item.problem.map(|code| code.to_string()),
            told: None,
        }
    }
}

impl Line for ItemLine {
    fn text(&self, out: &Output) -> String {
        let told = self.outcome == ItemOutcome::Decided.as_str() && self.problem.is_none();
        let good = told || self.outcome == ItemOutcome::Received.as_str();
        let (style, mark) = if good { (GOOD, "✓") } else { (BAD, "✗") };
        let tried = out.known_word(&format!("cli-tried-{}", self.outcome));
        let (style, mark) = if tried.is_some() { (GOOD, "·") } else { (style, mark) };
        let said = tried.or_else(|| self.told.clone()).unwrap_or_else(|| out.state(self.standing, self.work));
        let problem = self.problem.as_ref().map(|code| format!(" {DIM}{code}{DIM:#}")).unwrap_or_default();
        format!("{style}{mark}{style:#} {}  {said}{problem}", self.report_id)
    }
}

impl Line for SummaryLine {
    fn text(&self, out: &Output) -> String {
        let [received, waiting, asked] =
            [self.received as usize, self.open.0, self.open.1].map(|count| count.to_string());
        let mut counts = out.word("cli-sync-summary", &[("a", &received), ("b", &waiting)]);
        if self.open.1 > 0 {
            counts = format!("{counts}, {}", out.word("cli-sync-asked", &[("n", &asked)]));
        }
        let Some(by) = self.by else { return format!("{BOLD}{counts}{BOLD:#}") };
        let why = by.code().map_or_else(
            || out.word(&format!("cli-stopped-{}", by.as_str()), &[]),
            |code| {
                let (text, remedy) = out.explain(code, &[]);
                format!("{text} {remedy} {DIM}{code}{DIM:#}")
            },
        );
        format!("{BOLD}{counts}{BOLD:#}\n{WARN}{}{WARN:#} {why}", out.word("cli-stopped", &[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_reads_like_a_person_writes_it() {
        assert_eq!(duration("60s"), Ok(Duration::from_mins(1)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(duration("7"), Ok(Duration::from_secs(7)));
        assert!(duration("soon").is_err() && duration("3h").is_err());
    }
}
