//! The commands, a file each. A command takes its arguments and the options of all, says its lines, and returns how
//! it ended.

mod account;
mod change;
mod compare;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod explain;
mod export;
mod hand_over;
mod import;
mod mrz;
#[cfg(feature = "serve")]
mod office;
mod profile;
mod queue;
mod read;
mod receipt;
mod receipt_pdf;
mod report;
mod report_lines;
mod scan;
#[cfg(feature = "serve")]
mod serve;
mod shell;
mod sync;
mod template;
mod unit;

use clap::Subcommand;

use crate::Ended;
use crate::args::Global;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read codes from pictures, folders of pictures, or raw camera frames.
    Scan(scan::Args),
    /// Say what the payload of a code means.
    Read(read::Args),
    /// Read the machine-readable lines of a passport.
    Mrz(mrz::Args),
    /// Compare a permit with a passport.
    Compare(compare::Args),
    /// Sign in, once; a member who signed out is active again.
    Login(account::LoginArgs),
    /// Sign out; what waits stays for the next member.
    Logout,
    /// Who is signed in, and for which units.
    Whoami,
    /// Make, change, find and show reports.
    #[command(subcommand)]
    Report(report::Command),
    /// Reports with open work, nearest deadline first; and what is on hold.
    Queue {
        #[command(subcommand)]
        command: Option<queue::Command>,
    },
    /// What the active unit says about itself; reports begin with it.
    Profile(profile::Args),
    /// The units of this account.
    #[command(subcommand)]
    Unit(unit::Command),
    /// Send what waits, now.
    Sync(sync::Args),
    /// Show and verify receipts.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Run the reference server.
    #[cfg(feature = "serve")]
    Serve(serve::Args),
    /// What the reference server holds.
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Office(office::Command),
    /// Run the whole main job with specimen documents and watch it.
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Lists for others, on the screen or as files.
    Export(export::Args),
    /// Make reports of a list of guests or workers.
    Import(import::Args),
    /// Write an empty list to fill in.
    Template(template::Args),
    /// Look for what is wrong here.
    Doctor(doctor::Args),
    /// Say what a code means and what to do.
    Explain(explain::Args),
    /// Completions for a shell.
    Completions(shell::Args),
    /// The manual page, of everything or of one command.
    Man(shell::ManArgs),
    /// Draws pages of a PDF file for this program itself.
    #[command(name = crate::pages::COMMAND, hide = true)]
    DrawPages,
}

/// Runs one command.
pub(crate) fn run(command: Command, global: &Global, out: &Output) -> Ended {
    match command {
        Command::Scan(args) => scan::run(&args, global, out),
        Command::Read(args) => read::run(&args, global, out),
        Command::Mrz(args) => mrz::run(&args, out),
        Command::Compare(args) => compare::run(&args, global, out),
        Command::Login(args) => account::login(&args, global, out),
        Command::Logout => account::logout(global, out),
        Command::Whoami => account::whoami(global, out),
        Command::Report(command) => report::run(command, global, out),
        Command::Queue { command } => queue::run(command.as_ref(), global, out),
        Command::Profile(args) => profile::run(&args, global, out),
        Command::Unit(command) => unit::run(&command, global, out),
        Command::Sync(args) => sync::run(&args, global, out),
        Command::Receipt(command) => receipt::run(command, global, out),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args, global),
        #[cfg(feature = "serve")]
        Command::Office(command) => office::run(command, out),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(&args, global, out),
        Command::Export(args) => export::run(&args, global, out),
        Command::Import(args) => import::run(&args, global, out),
        Command::Template(args) => template::run(&args, out),
        Command::Doctor(args) => doctor::run(&args, global, out),
        Command::Explain(args) => explain::run(&args, out),
        Command::Completions(args) => Ok(shell::completions(&args, out)),
        Command::Man(args) => shell::man(&args, out),
        Command::DrawPages => Ok(crate::pages::draw()),
    }
}
