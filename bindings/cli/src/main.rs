//! The command line `apoa`: the face of the core for people without a phone, for integrators, for batch work, and for
//! checks from outside. Arguments in, lines out; every rule is the core's, every word the catalogue's but
//! those of the help, which stand at the arguments and in `help`.
//!
//! Data go to stdout, talk to stderr. A real error is one code with its remedy; an outcome is a line and an exit code.

mod args;
mod calls;
mod commands;
mod examples;
mod exit;
mod failure;
mod help;
mod lookup;
mod mask;
mod office;
mod output;
mod pages;
mod progress;
mod session;
mod sources;
mod values;
mod written;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use args::Cli;
use failure::Stop;
use output::Output;

fn main() -> ExitCode {
    let language = calls::language();
    let typed = args::command(language).try_get_matches().unwrap_or_else(|error| calls::refuse(&error));
    let cli = Cli::from_arg_matches(&typed).unwrap_or_else(|error| calls::refuse(&error));
    let out = Output::new(&cli.global);
    let Some(command) = cli.command else {
        calls::print_short_help(&args::command(language), &out);
        return ExitCode::SUCCESS;
    };
    session::log(cli.global.verbose);
    let exit = match commands::run(command, &cli.global, &out) {
        Ok(exit) => exit,
        Err(stop) => {
            out.stop(&stop);
            stop.exit()
        }
    };
    ExitCode::from(exit.number())
}

/// How a command ends.
type Ended = Result<exit::Exit, Stop>;
