//! `apoa doctor`: what is wrong here, without identities.

use apoa_core::Check;
use apoa_core::codes::Code;
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BAD, DIM, GOOD, Line, Output};
use crate::session;

#[derive(Debug, Serialize)]
struct CheckLine {
    check: &'static str,
    ok: bool,
    text: String,
    code: Option<String>,
}

pub(crate) fn run(global: &Global, out: &Output) -> Ended {
    let mut lines = look(global, out)?;
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
    Ok(if lines.iter().all(|line| line.ok) { Exit::Done } else { Exit::Sick })
}

/// A setting that does not even load is a finding like any other.
fn look(global: &Global, out: &Output) -> Result<Vec<CheckLine>, Stop> {
    let (server, server_problem) = value_or_problem(session::server(global))?;
    let (trust, trust_problem) = value_or_problem(session::trust(global))?;
    let client = match session::open_with(global, server.flatten(), trust.flatten()) {
        Ok(client) => client,
        Err(Stop::Failure(failure)) => {
            return Ok(vec![CheckLine::of("store", Some(failure.code), (None, None), out)]);
        }
        Err(stop) => return Err(stop),
    };
    let lines = client.doctor().into_iter().map(|finding| {
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
    Ok(lines.collect())
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
    fn text(&self, _: &Output) -> String {
        let (style, mark) = if self.ok { (GOOD, "✓") } else { (BAD, "✗") };
        let code = self.code.as_deref().unwrap_or_default();
        format!("{style}{mark}{style:#} {:8} {} {DIM}{code}{DIM:#}", self.check, self.text)
    }
}
