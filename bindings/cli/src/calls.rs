//! What was typed, before it is known to be a call of this program: the language to speak in, the short help, and what is
//! said of a call that is none.

use std::error::Error as _;
use std::io::Write as _;

use apoa_core::catalogue::{Catalogue, Language};
use clap::ValueEnum as _;
use clap::error::{ContextKind, ErrorKind};

use crate::args::Lang;
use crate::exit::Exit;
use crate::output::{BAD, BOLD, DIM, Output, language_of_locale, wrong_call};

/// `--lang` as it was typed, wherever it stands, else the system's language.
pub(crate) fn language() -> Language {
    // Names of files may be no text.
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let behind = words.iter().skip_while(|word| *word != "--lang").nth(1).map(String::as_str);
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    match behind.or(joined).and_then(|lang| Lang::from_str(lang, true).ok()) {
        Some(lang) => lang.language(),
        None => language_of_locale(|name| std::env::var(name).ok()),
    }
}

/// Prints the help that was asked for, or says that what was typed is no call of this program, and ends. Whether a script
/// listens is seen from the words themselves, since no option was read.
pub(crate) fn refuse(error: &clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit()
    }
    let language = language();
    let words = Catalogue::new(language);
    let sentence = in_words(error, &words);
    if std::env::args_os().any(|word| word == "--json") {
        let said = error.to_string();
        let first = said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let line = wrong_call(&words, sentence.as_deref().unwrap_or(&first));
        let _ = writeln!(std::io::stdout(), "{line}");
    }
    if let (Language::Indonesian, Some(sentence)) = (language, sentence) {
        let fix = words.text("cli-usage-fix", &[]).unwrap_or_default();
        let wrong = words.text("cli-wrong", &[]).unwrap_or_default();
        let _ = writeln!(anstream::stderr(), "{BAD}{wrong}{BAD:#} {sentence}\n{fix}");
        std::process::exit(i32::from(Exit::Usage.number()));
    }
    error.exit()
}

/// The commonest slips; the rest is said in the words of the library that reads calls.
fn in_words(error: &clap::Error, words: &Catalogue) -> Option<String> {
    let told = |kind| error.get(kind).map(ToString::to_string);
    let argument = told(ContextKind::InvalidArg).unwrap_or_default();
    let say = |key: &str, args: &[(&str, &str)]| words.text(key, args);
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument => say("cli-usage-unknown-option", &[("a", &argument)]),
        ErrorKind::InvalidSubcommand => {
            say("cli-usage-unknown-command", &[("a", &told(ContextKind::InvalidSubcommand)?)])
        }
        ErrorKind::MissingRequiredArgument => say("cli-usage-missing", &[("a", &argument)]),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            say("cli-usage-incomplete", &[])
        }
        ErrorKind::ArgumentConflict => {
            let other = told(ContextKind::PriorArg)?;
            say("cli-usage-conflict", &[("a", &argument), ("b", &other)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = told(ContextKind::InvalidValue).unwrap_or_default();
            let fits = told(ContextKind::ValidValue).or_else(|| error.source().map(fitting));
            let args = [("a", argument.as_str()), ("value", &value), ("expected", &fits.unwrap_or_default())];
            say(if value.is_empty() { "cli-usage-no-value" } else { "cli-usage-value" }, &args)
        }
        _ => None,
    }?;
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg].into_iter().find_map(told);
    let meant = meant.and_then(|meant| say("cli-usage-meant", &[("a", &meant)]));
    Some(meant.map_or_else(|| sentence.clone(), |meant| format!("{sentence}. {meant}")))
}

/// What would fit: those who read a value say its form, and an id's says first that it is none.
fn fitting(source: &(dyn std::error::Error + 'static)) -> String {
    let said = source.to_string();
    said.strip_prefix("not an identity of the form ").unwrap_or(&said).to_owned()
}

/// What `apoa` alone says.
pub(crate) fn print_short_help(command: &clap::Command, out: &Output) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<_> = shown.map(clap::Command::get_name).collect();
    let [trial, reading, commands, more] =
        ["cli-help-try", "cli-help-read", "cli-help-commands", "cli-help-more"].map(|key| out.word(key, &[]));
    out.print(&format!(
        "{BOLD}apoa{BOLD:#}  {about}\n\n\
         {DIM}{trial}{DIM:#}\n  apoa demo\n\
         {DIM}{reading}{DIM:#}\n  apoa scan --json card.png\n\n\
         {DIM}{commands}{DIM:#} {}\n{DIM}{more}{DIM:#} apoa help, apoa COMMAND --help",
        names.join(", ")
    ));
}
