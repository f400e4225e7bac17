//! `apoa import`: a list of guests or workers becomes reports. Good rows go in, each once; wrong and repeated ones stay
//! out and are said, and given back as a workbook to mend.

mod asks;
mod differences;
mod lines;

use core::ops::ControlFlow;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use apoa_core::ApoaClient;
use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::report::kinds::ReportKind;
use apoa_core::roster::{
    BYTES_MOST, Difference, Filed, Limit, ROWS_MOST, Roster, RosterError, RosterRequest, RosterRow, RowState,
    Titles, Unreadable,
};
use signal_hook::consts::SIGINT;

use super::report::{kind, there_already};
use super::sync;
use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::office;
use crate::office::roster::Known;
use crate::output::Output;
use crate::progress::{Progress, Spinner};
use crate::session;
use crate::sources::field;
use crate::written::write_new;
use lines::{RowLine, SummaryLine};

/// A list of guests or workers as reports.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The list: .xlsx, .xls, .ods, or text with semicolons, commas or tabs.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// lodging.check_in, worker.start, individual or refusal.
    #[arg(long, value_parser = kind, default_value = "worker.start")]
    kind: ReportKind,
    /// Look at every row and store nothing.
    #[arg(long)]
    check: bool,
    /// The title of the column that holds a fact; remembered for the unit.
    #[arg(long = "map", value_name = "CODE=HEADER")]
    map: Vec<String>,
    /// Give back what stayed out as a workbook, each cell to mend coloured and commented.
    #[arg(long, value_name = "OUT.xlsx")]
    errors: Option<PathBuf>,
    /// Say who is new, changed or gone beside the reports that are open; only the new ones go in.
    #[arg(long)]
    diff: bool,
    /// Send what waits afterwards.
    #[arg(long, conflicts_with = "check")]
    send: bool,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let titles = titles(&args.map)?;
    let bytes = contents(&args.file)?;
    if let Some(file) = args.errors.as_deref().filter(|file| file.exists()) {
        return Err(Stop::Taken(file.display().to_string()));
    }
    let client = session::open_signed_in(global)?;
    let interrupted = watch_ctrl_c()?;
    let spinner = Spinner::start(global);
    let request = RosterRequest { kind: args.kind, titles };
    let read = quietly(|| client.read_roster(&bytes, &request));
    drop(spinner);
    let mut list = read.map_err(|error| refused(error, &request.titles, out))?;
    drop(bytes);
    if interrupted.load(Ordering::Relaxed) {
        out.note(&out.word("cli-roster-stopped", &[("n", "0")]));
        return Ok(Exit::Interrupted);
    }
    let differences = if args.diff {
        client.compare_roster(&list).map_err(|error| refused(error, &request.titles, out))?
    } else {
        Vec::new()
    };
    leave_known(&mut list, &differences);
    let known = |report| out.explain(Code::Duplicate, &there_already(report, &client)).0;
    for row in list.rows.iter().filter(|row| row.state() != RowState::Ready) {
        out.line(&RowLine::of(row, &list, &known, out));
    }
    differences::say(&client, &differences, &list, out)?;
    let filed = if args.check { Filed::default() } else { file(&client, &list, global, &interrupted, out)? };
    for (row, existing) in &filed.existing {
        // Somebody was faster.
        if let Some(row) = list.rows.get_mut(*row) {
            row.existing = Some(*existing);
        }
        if let Some(row) = list.rows.get(*row) {
            out.line(&RowLine::of(row, &list, &known, out));
        }
    }
    if let Some(file) = &args.errors {
        give_back(file, &list, args.check, &known, out)?;
    }
    let asked = !args.check && !filed.stopped;
    let ended = if asked { asks::ask(&client, &differences, out)? } else { 0 };
    let counts = list.counts();
    let mut exit = if counts.errors == 0 { Exit::Done } else { Exit::Invalid };
    if filed.stopped {
        exit = Exit::Interrupted;
    }
    drop(client);
    let sent =
        if args.send && !filed.stopped { Some(sync::run(&sync::Args::default(), global, out)) } else { None };
    out.line(&SummaryLine::of(&list, &counts, (&filed, ended), (args.check, args.send)));
    if filed.stopped {
        out.note(&out.word("cli-roster-stopped", &[("n", &filed.reports.len().to_string())]));
    }
    sent.transpose().map(|sent| sent.map_or(exit, |sent| sent.worse(exit)))
}

/// `CODE=HEADER`.
fn titles(given: &[String]) -> Result<Titles, Stop> {
    let mut titles = Titles::new();
    for text in given {
        let (code, title) = text
            .split_once('=')
            .filter(|(_, title)| !title.trim().is_empty())
            .ok_or_else(|| Stop::usage("cli-usage-map", &[]))?;
        titles.insert(field(code)?, title.to_owned());
    }
    Ok(titles)
}

/// The file's bytes; of one that is too large no more than shows that it is.
fn contents(path: &Path) -> Result<Vec<u8>, Stop> {
    let unread = |error: std::io::Error| Stop::unread(&path.display(), &error);
    let mut bytes = Vec::new();
    let most = BYTES_MOST as u64 + 1;
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(unread)?;
    Ok(bytes)
}

/// A damaged workbook may make its reader panic, which the core takes for what it is: nobody has to see that.
fn quietly<T>(read: impl FnOnce() -> T) -> T {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let done = read();
    std::panic::set_hook(loud);
    done
}

/// Somebody who is reported under another first day is no new report: with `--diff` only new people go in.
fn leave_known(list: &mut Roster, differences: &[Difference]) {
    for difference in differences {
        let (Difference::Changed { row, report, .. } | Difference::Same { row, report }) = difference else {
            continue;
        };
        if let Some(row) = list.rows.get_mut(*row).filter(|row| row.checked.is_good()) {
            row.existing.get_or_insert(*report);
        }
    }
}

/// Files what is good, with progress; Ctrl-C ends it after the chunk that is under way.
fn file(
    client: &ApoaClient,
    list: &Roster,
    global: &Global,
    interrupted: &AtomicBool,
    out: &Output,
) -> Result<Filed, Stop> {
    let goes = |row: &&RosterRow| matches!(row.state(), RowState::Ready | RowState::Warning);
    let mut progress = Progress::new(global, list.rows.iter().filter(goes).count());
    let mut safe = 0;
    let mut told = |done: usize| {
        safe = done;
        progress.reach(done);
        if interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let filed = client.file_roster(list, &|_| false, &mut told);
    filed.map_err(|error| {
        if safe > 0 {
            out.note(&out.word("cli-roster-stopped", &[("n", &safe.to_string())]));
        }
        refused(error, &Titles::new(), out)
    })
}

fn watch_ctrl_c() -> Result<Arc<AtomicBool>, Stop> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGINT, Arc::clone(&flag))
        .map_err(|error| Failure::new(Code::Internal).because(&error))?;
    Ok(flag)
}

/// The workbook to mend: what stayed out, and of a list that was only looked at all of it.
fn give_back(file: &Path, list: &Roster, check: bool, known: Known<'_>, out: &Output) -> Result<(), Stop> {
    let out_of_it = |row: &&RosterRow| matches!(row.state(), RowState::Error | RowState::Duplicate);
    let wrong = list.rows.iter().filter(out_of_it).count();
    if wrong == 0 {
        out.note(&out.word("cli-roster-nothing-to-mend", &[]));
        return Ok(());
    }
    let rows: Vec<&RosterRow> = list.rows.iter().filter(|row| check || out_of_it(row)).collect();
    let bytes = office::roster::write(list, &rows, known, out)
        .map_err(|error| Failure::new(Code::Internal).because(&error))?;
    write_new(file, &bytes)?;
    let (n, name) = (wrong.to_string(), file.display().to_string());
    out.note(&out.word("cli-roster-to-mend", &[("n", &n), ("a", &name)]));
    Ok(())
}

const BYTES_IN_MB: usize = 1_000_000;

fn refused(error: RosterError, titles: &Titles, out: &Output) -> Stop {
    let code = error.code();
    let failure = Failure::new(code);
    match error {
        RosterError::Store(error) => error.into(),
        RosterError::NoUnit => failure.into(),
        RosterError::TooLarge { limit: Limit::Rows } => {
            let mb = (BYTES_MOST / BYTES_IN_MB).to_string();
            failure.with("n", ROWS_MOST.to_string()).with("mb", mb).of_cause("rows", None).into()
        }
        RosterError::TooLarge { limit: Limit::Bytes } => because(failure, "bytes", out),
        RosterError::TooLarge { limit: Limit::Unpacked } => because(failure, "unpacked", out),
        RosterError::Unreadable { reason } => {
            let reason = match reason {
                Unreadable::Empty => "empty",
                Unreadable::Unknown => "unknown",
                Unreadable::Locked => "locked",
                Unreadable::Damaged => "damaged",
            };
            because(failure, reason, out)
        }
        RosterError::ColumnsMissing { fields } => {
            let name = |field: &Field| titles.get(field).cloned().unwrap_or_else(|| out.field(*field));
            let names: Vec<String> = fields.iter().map(name).collect();
            failure.with("field", names.join(", ")).into()
        }
    }
}

/// What this cause of a code is called, and what to do about it.
fn because(failure: Failure, reason: &'static str, out: &Output) -> Stop {
    let megabytes = (BYTES_MOST / 1_000_000).to_string();
    let text = out.word(&format!("cli-file-{reason}"), &[("n", &megabytes)]);
    let remedy = out.word(&format!("cli-file-{reason}-fix"), &[]);
    failure.of_cause(reason, Some((text, remedy))).into()
}
