//! What can be typed. Each command keeps its own arguments beside its code; here stand the options of all.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;

use apoa_core::catalogue::Language;
use apoa_core::report::deadline::Zone;
use clap::{Args, CommandFactory as _, Parser, ValueEnum};

use crate::commands::Command;
use crate::{examples, help};

/// Reads stay permits and passports, keeps reports safe, sends them once.
#[derive(Debug, Parser)]
#[command(name = "apoa", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What can be typed, with examples, explained in this language.
pub(crate) fn command(language: Language) -> clap::Command {
    let command = examples::added_to(Cli::command());
    match language {
        Language::English => command,
        Language::Indonesian => help::in_indonesian(command),
    }
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch a person may type")]
pub(crate) struct Global {
    /// One JSON object a line instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of texts: id or en; else the profile's, else the system's.
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
    /// Data folder.
    #[arg(long, global = true, env = "APOA_DATA", value_name = "DIR", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Address of the server; remembered by `login`.
    #[arg(long, global = true, env = "APOA_SERVER", value_name = "URL", hide_env_values = true)]
    pub(crate) server: Option<String>,
    /// Trust file of the server; remembered by `login`.
    #[arg(long, global = true, env = "APOA_TRUST", value_name = "FILE", hide_env_values = true)]
    pub(crate) trust: Option<PathBuf>,
    /// Patterns from a file nobody signed.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) patterns: Option<PathBuf>,
    /// Show names and document numbers whole.
    #[arg(long, global = true)]
    pub(crate) show_pii: bool,
    /// Answer questions with yes.
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// Text without colour and signs.
    #[arg(long, global = true)]
    pub(crate) plain: bool,
    /// Progress of long work: a bar or lines, JSON lines on stderr, or none.
    #[arg(long, global = true, value_name = "HOW", default_value = "auto")]
    pub(crate) progress: Progress,
    /// No talk on stderr but errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Log on stderr; twice for more.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// What the unit says about itself, once a command has it open.
    #[arg(skip)]
    pub(crate) of_unit: Rc<OfUnit>,
}

/// How the unit is spoken to.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfUnit {
    /// In the language that its profile asks for.
    pub(crate) language: OnceCell<Language>,
    /// By its clocks on the wall.
    pub(crate) zone: OnceCell<Zone>,
}

/// The two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Bahasa Indonesia.
    Id,
    /// English.
    En,
}

impl Lang {
    /// In the catalogue's terms.
    pub(crate) fn language(self) -> Language {
        match self {
            Self::Id => Language::Indonesian,
            Self::En => Language::English,
        }
    }
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// A bar on a terminal, else a line every five seconds.
    Auto,
    /// JSON lines on stderr.
    Json,
    /// None.
    None,
}
