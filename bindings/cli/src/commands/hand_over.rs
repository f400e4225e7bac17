//! `apoa report hand-over`: what one shift leaves to the next, in one list.

use apoa_core::ids::Timestamp;
use apoa_core::{Clock as _, HandOver, SystemClock};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::output::{BOLD, Line, Output};
use crate::session;

use super::queue::{CountsBody, QueueLine};
use super::report::refused;
use super::report_lines::RowLine;

#[derive(Debug, clap::Args)]
pub(crate) struct HandOverArgs {
    /// How many hours the shift was.
    #[arg(long, default_value_t = 12, value_name = "HOURS")]
    hours: u32,
}

#[derive(Debug, Serialize)]
struct HandOverLine {
    since: String,
    counts: CountsBody,
    to_do: Vec<QueueLine>,
    drafts: Vec<RowLine>,
    touched: Vec<RowLine>,
}

pub(crate) fn run(args: &HandOverArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let since = Timestamp(SystemClock::new().wall().0 - i64::from(args.hours) * 3_600_000);
    let list = client.hand_over(since).map_err(|error| refused(error, &client, out))?;
    out.line(&HandOverLine::of(&list, out));
    Ok(Exit::Done)
}

impl HandOverLine {
    fn of(list: &HandOver, out: &Output) -> Self {
        let HandOver { since, counts, to_do, drafts, touched } = list;
        Self {
            since: since.to_string(),
            counts: CountsBody::of(*counts),
            to_do: to_do.iter().map(QueueLine::of).collect(),
            drafts: drafts.iter().map(|row| RowLine::of(row, out.mask)).collect(),
            touched: touched.iter().map(|row| RowLine::of(row, out.mask)).collect(),
        }
    }
}

impl Line for HandOverLine {
    fn text(&self, out: &Output) -> String {
        let mut text =
            vec![format!("{BOLD}{}{BOLD:#} {}", out.word("hand-over-since", &[]), out.moment(&self.since))];
        let mut part = |key: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                text.push(format!("{BOLD}{}{BOLD:#}", out.word(key, &[])));
                text.extend(lines);
            }
        };
        part("hand-over-to-do", self.to_do.iter().map(|line| line.text(out)).collect());
        part("hand-over-drafts", self.drafts.iter().map(|line| line.text(out)).collect());
        part("hand-over-touched", self.touched.iter().map(|line| line.text(out)).collect());
        text.push(self.counts.text(out));
        text.join("\n")
    }
}
