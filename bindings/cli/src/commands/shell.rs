//! `apoa completions` and `apoa man`: generated from the arguments, so that they cannot lag behind.

use clap_complete::Shell;

use crate::Ended;
use crate::args;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(crate) fn completions(args: &Args, out: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "apoa", &mut script);
    out.print(String::from_utf8_lossy(&script).trim_end());
    Exit::Done
}

pub(crate) fn man(out: &Output) -> Ended {
    let mut page = Vec::new();
    clap_mangen::Man::new(args::command())
        .render(&mut page)
        .map_err(|error| Stop::usage(format!("the manual page could not be made: {error}")))?;
    out.print(String::from_utf8_lossy(&page).trim_end());
    Ok(Exit::Done)
}
