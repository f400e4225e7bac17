//! `apoa completions` and `apoa man`: generated from the arguments, so that they cannot lag behind.

use apoa_core::codes::Code;
use clap_complete::Shell;

use crate::Ended;
use crate::args;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(crate) fn completions(args: &Args, out: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(out.language()), "apoa", &mut script);
    out.print(String::from_utf8_lossy(&script).trim_end());
    Exit::Done
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The page of this command; without one the page of all.
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn man(args: &ManArgs, out: &Output) -> Ended {
    let mut command = args::command(out.language());
    // Names each command in full, and hands the options of all down.
    command.build();
    for name in &args.command {
        let found = command.find_subcommand(name).filter(|found| !found.is_hide_set()).cloned();
        command = found.ok_or_else(|| Stop::usage("cli-usage-unknown-command", &[("a", name)]))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure::new(Code::Internal).because(&error))?;
    let page = String::from_utf8_lossy(&page);
    let headings = |page: String, (english, indonesian): &(&str, &str)| {
        let said = if out.is_indonesian() { indonesian } else { english };
        page.replace(&format!(".SH {english}\n"), &format!(".SH {said}\n"))
    };
    // What stands below everything else are the examples.
    let page = page.replace(".SH EXTRA\n", ".SH EXAMPLES\n");
    out.print(HEADINGS.iter().fold(page, headings).trim_end());
    Ok(Exit::Done)
}

/// Headings of manual pages, in both languages.
const HEADINGS: &[(&str, &str)] = &[
    ("NAME", "NAMA"),
    ("SYNOPSIS", "RINGKASAN"),
    ("DESCRIPTION", "KETERANGAN"),
    ("OPTIONS", "OPSI"),
    ("SUBCOMMANDS", "PERINTAH"),
    ("EXAMPLES", "CONTOH"),
    ("VERSION", "VERSI"),
];
