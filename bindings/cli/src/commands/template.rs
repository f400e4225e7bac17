//! `apoa template`: an empty list to fill in, in the language of whoever asks. Needs no sign-in.

use std::path::PathBuf;

use apoa_core::codes::Code;
use apoa_core::report::kinds::ReportKind;
use apoa_core::roster::facts;
use serde::Serialize;

use super::report::kind;
use crate::Ended;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::office;
use crate::output::{BOLD, GOOD, Line, Output};
use crate::written::write_new;

/// An empty list for `apoa import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workbook to write.
    #[arg(value_name = "OUT.xlsx")]
    out: PathBuf,
    /// lodging.check_in, worker.start, individual or refusal.
    #[arg(long, value_parser = kind, default_value = "worker.start")]
    kind: ReportKind,
}

#[derive(Debug, Serialize)]
struct TemplateLine {
    template: &'static str,
    file: String,
    columns: usize,
}

pub(crate) fn run(args: &Args, out: &Output) -> Ended {
    if args.out.extension().and_then(|ending| ending.to_str()) != Some("xlsx") {
        return Err(Stop::usage("cli-usage-ending", &[("a", ".xlsx")]));
    }
    let bytes = office::roster_template::write(args.kind, out)
        .map_err(|error| Failure::new(Code::Internal).because(&error))?;
    write_new(&args.out, &bytes)?;
    let file = args.out.display().to_string();
    out.line(&TemplateLine { template: args.kind.as_str(), file, columns: facts(args.kind).len() });
    Ok(Exit::Done)
}

impl Line for TemplateLine {
    fn text(&self, out: &Output) -> String {
        let said = out.word("cli-template-written", &[]);
        let next = office::roster_template::next(self.template, &self.file);
        format!("{GOOD}✓{GOOD:#} {said} {BOLD}{}{BOLD:#}\n{next}", self.file)
    }
}
