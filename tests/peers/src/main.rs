//! Ours beside rqrr, rxing and zxing-cpp: the same frames, one process, one thread, CPU time.
//!
//! `table` runs them and freezes the figures; `diff` argues a change by them, condition by condition; `zones` does the
//! same for readers of machine-readable zones (`zones.rs`). What is counted and how stands in this folder's README.md.
//!
//! It is a package of its own with its own lock file, outside the workspace: zxing-cpp needs cmake and a C++
//! compiler, and nobody who builds or tests the product should.
//!
//! From frames to figures: `sources.rs` gives samples · `decoders.rs` reads them behind a guard, timed by `clock.rs`
//! · `content.rs` judges · `tally.rs` counts · `figures.rs` are the rows and their file · `print.rs`, `markdown.rs`,
//! `chart.rs` and `diff.rs` show them.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod args;
mod chart;
mod clock;
mod content;
mod decoders;
mod diff;
mod figures;
mod markdown;
mod print;
mod run;
mod sources;
mod tally;
mod zones;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command, TableArguments, ZoneArguments};
use figures::Figures;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Table(arguments) => table(&arguments),
        Command::Zones(arguments) => zone_table(&arguments),
        Command::Diff { old, new, decoders } => difference(&old, &new, &decoders),
        Command::Decoders => say(&print::decoders()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn table(arguments: &TableArguments) -> Result<(), Box<dyn Error>> {
    let figures = run::run(arguments)?;
    say(&print::tables(&figures, arguments.severities))?;
    write(&arguments.pictures.out, "scanner-table.md", &markdown::fragment(&figures))?;
    write(&arguments.pictures.out, "scanner-table.tsv", &figures.to_tsv())?;
    write(&arguments.pictures.out, "scanner-chart.svg", &chart::svg(&figures))
}

fn zone_table(arguments: &ZoneArguments) -> Result<(), Box<dyn Error>> {
    let figures = zones::run(arguments)?;
    let text = figures.to_markdown();
    say(&text)?;
    write(&arguments.pictures.out, "zone-table.md", &text)?;
    write(&arguments.pictures.out, "zone-table.tsv", &figures.to_tsv())
}

fn difference(old: &Path, new: &Path, decoders: &[String]) -> Result<(), Box<dyn Error>> {
    let (old, new) = (load(old)?, load(new)?);
    say(&diff::difference(&old, &new, &run::chosen(decoders)?))
}

fn load(path: &Path) -> Result<Figures, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|reason| format!("{}: {reason}", path.display()))?;
    Ok(Figures::from_tsv(&text).map_err(|reason| format!("{}: {reason}", path.display()))?)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let path = folder.join(name);
    let done = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
    done.map_err(|reason| format!("{}: {reason}", path.display()).into())
}

/// To standard output. A reader that went away (`| head`) is no error.
fn say(text: &str) -> Result<(), Box<dyn Error>> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(reason) if reason.kind() != std::io::ErrorKind::BrokenPipe => Err(reason.into()),
        _ => Ok(()),
    }
}
