//! `apoa doctor`: what is wrong here, without identities; and the same with the log as one file for whoever helps.

use std::path::PathBuf;
use std::sync::Arc;

use apoa_core::codes::Code;
use apoa_core::ids::Timestamp;
use apoa_core::{ApoaClient, Check, Clock as _, SystemClock, UnknownShape, VERSION};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BAD, DIM, GOOD, Line, Output};
use crate::session;
use crate::written::write_new;

use super::queue::CountsBody;
use super::report_lines::EventLine;

/// The newest lines of the log that a bundle carries: some days of a busy desk.
const LOG_LINES: usize = 2000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write all of it with counts and log to a new file, without identities.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct CheckLine {
    check: &'static str,
    ok: bool,
    text: String,
    code: Option<String>,
}

/// Codes that nobody knew: nothing is wrong with them, but a pattern may be missing.
#[derive(Debug, Serialize)]
struct ShapesLine {
    check: &'static str,
    ok: bool,
    text: String,
    code: Option<String>,
    shapes: Vec<ShapeFacts>,
}

#[derive(Debug, Serialize)]
struct ShapeFacts {
    shape: String,
    seen: u32,
}

/// What somebody who helps needs to see: ids, codes, counts and times.
#[derive(Debug, Serialize)]
struct Bundle<'a> {
    version: &'static str,
    platform: String,
    at: String,
    checks: &'a [CheckLine],
    shapes: Option<&'a ShapesLine>,
    counts: Option<CountsBody>,
    salvages: Vec<Salvaged>,
    log: Vec<LogLine>,
}

#[derive(Debug, Serialize)]
struct Salvaged {
    saved: u32,
    lost: u32,
}

#[derive(Debug, Serialize)]
struct LogLine {
    report_id: Option<String>,
    #[serde(flatten)]
    event: EventLine,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let (client, mut lines) = look(global, out)?;
    let patterns = problem_of(session::patterns_of_file(global, out))?;
    // Those of the deployment are looked at with the rest; a file takes their place.
    match lines.iter_mut().find(|line| line.check == Check::Patterns.as_str()) {
        Some(line) if patterns.is_some() => *line = CheckLine::of("patterns", patterns, (None, None), out),
        Some(_) => {}
        None => lines.push(CheckLine::of("patterns", patterns, (None, None), out)),
    }
    for line in &lines {
        out.line(line);
    }
    // What a broken store does not tell is no reason to keep the rest from whoever helps.
    let shapes = client.as_ref().and_then(|client| client.unknown_shapes().ok());
    let shapes = shapes.map(|shapes| ShapesLine::of(&shapes, out));
    if let Some(line) = &shapes {
        out.line(line);
    }
    if let Some(file) = &args.bundle {
        let bundle = Bundle::of(&lines, shapes.as_ref(), client.as_deref());
        write_new(file, &bundle.bytes())?;
        out.note(&out.word("cli-bundle-written", &[("a", &file.display().to_string())]));
    }
    Ok(if lines.iter().all(|line| line.ok) { Exit::Done } else { Exit::Sick })
}

/// A setting that does not even load is a finding like any other.
fn look(global: &Global, out: &Output) -> Result<(Option<Arc<ApoaClient>>, Vec<CheckLine>), Stop> {
    let (server, server_problem) = value_or_problem(session::server(global))?;
    let (trust, trust_problem) = value_or_problem(session::trust(global))?;
    let client = match session::open_with(global, server.flatten(), trust.flatten()) {
        Ok(client) => client,
        Err(Stop::Failure(failure)) => {
            return Ok((None, vec![CheckLine::of("store", Some(failure.code), (None, None), out)]));
        }
        Err(stop) => return Err(stop),
    };
    let findings = client.doctor().into_iter().map(|finding| {
        let given = match finding.check {
            Check::Server => server_problem,
            Check::Trust => trust_problem,
            Check::Store | Check::Key | Check::Clock | Check::Patterns => None,
        };
        CheckLine::of(
            finding.check.as_str(),
            given.or(finding.problem),
            (finding.saved, finding.reports),
            out,
        )
    });
    let lines = findings.collect();
    Ok((Some(client), lines))
}

fn value_or_problem<T>(result: Result<T, Stop>) -> Result<(Option<T>, Option<Code>), Stop> {
    match result {
        Ok(value) => Ok((Some(value), None)),
        Err(Stop::Failure(failure)) => Ok((None, Some(failure.code))),
        Err(stop) => Err(stop),
    }
}

fn problem_of<T>(result: Result<T, Stop>) -> Result<Option<Code>, Stop> {
    value_or_problem(result).map(|(_, problem)| problem)
}

impl CheckLine {
    fn of(
        check: &'static str,
        problem: Option<Code>,
        (saved, lost): (Option<u32>, Option<u32>),
        out: &Output,
    ) -> Self {
        let text = match problem {
            None => out.word(&format!("doctor-{check}"), &[]),
            Some(code) => {
                let number = |name, number: Option<u32>| number.map(|number| (name, number.to_string()));
                let args: Vec<_> = [number("a", saved), number("b", lost), number("n", lost)]
                    .into_iter()
                    .flatten()
                    .collect();
                let (text, remedy) = out.explain(code, &args);
                format!("{text} {remedy}")
            }
        };
        Self { check, ok: problem.is_none(), text, code: problem.map(|code| code.to_string()) }
    }
}

impl Line for CheckLine {
    fn text(&self, out: &Output) -> String {
        let (style, mark) = if self.ok { (GOOD, "✓") } else { (BAD, "✗") };
        let code = self.code.as_ref().map(|code| format!(" {DIM}{code}{DIM:#}")).unwrap_or_default();
        format!("{style}{mark}{style:#} {:12} {}{code}", named(self.check, out), self.text.trim_end())
    }
}

/// What was looked at, in a word.
fn named(check: &str, out: &Output) -> String {
    out.word(&format!("cli-check-{check}"), &[])
}

impl ShapesLine {
    fn of(shapes: &[UnknownShape], out: &Output) -> Self {
        let facts = |shape: &UnknownShape| ShapeFacts { shape: shape.shape.clone(), seen: shape.seen };
        Self {
            check: "shapes",
            ok: true,
            text: out.word("doctor-shapes", &[("n", &shapes.len().to_string())]),
            code: None,
            shapes: shapes.iter().map(facts).collect(),
        }
    }
}

impl Line for ShapesLine {
    fn text(&self, out: &Output) -> String {
        let first = format!("{GOOD}✓{GOOD:#} {:12} {}", named(self.check, out), self.text);
        let rest = self.shapes.iter().map(|fact| format!("{:>6} × {DIM}{}{DIM:#}", fact.seen, fact.shape));
        std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
    }
}

impl<'a> Bundle<'a> {
    fn of(checks: &'a [CheckLine], shapes: Option<&'a ShapesLine>, client: Option<&ApoaClient>) -> Self {
        let counts = client.and_then(|client| client.counts().ok()).map(CountsBody::of);
        let mut log = client.and_then(|client| client.events(Timestamp(0)).ok()).unwrap_or_default();
        log.drain(..log.len().saturating_sub(LOG_LINES));
        let salvages = client.map(ApoaClient::salvages).unwrap_or_default();
        Self {
            version: VERSION,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            at: SystemClock::new().wall().to_string(),
            checks,
            shapes,
            counts,
            salvages: salvages.iter().map(|one| Salvaged { saved: one.saved, lost: one.lost }).collect(),
            log: log
                .iter()
                .map(|event| LogLine {
                    report_id: event.report.map(|report| report.to_string()),
                    event: EventLine::of(event),
                })
                .collect(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
