//! Where everything a command says leaves it: lines as JSON or as text on stdout, talk and errors on stderr.
//! Invariant: with `--json` stdout holds one object a line and nothing else.

use std::cell::OnceCell;
use std::io::{self, IsTerminal as _, Write as _};
use std::rc::Rc;

use anstyle::{AnsiColor, Style};
use apoa_core::catalogue::{Catalogue, Language};
use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::report::rules::{FieldProblem, Problem};
use serde::Serialize;

use crate::args::{Global, Lang, OfUnit};
use crate::failure::{Failure, ProblemLine, Stop};
use crate::mask::Mask;
use crate::office::{roster_words, words};

/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Look at this.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Less important.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();

/// For the eye.
pub(crate) const UNDERLINED: Style = Style::new().underline();

/// One line of data: its fields are the JSON keys, `text` is the same for people.
pub(crate) trait Line: Serialize {
    /// For people; may be several lines, without the last line break.
    fn text(&self, out: &Output) -> String;
}

/// How a command speaks.
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) mask: Mask,
    quiet: bool,
    plain: bool,
    asked: Option<Lang>,
    of_unit: Rc<OfUnit>,
    language: OnceCell<Language>,
    words: OnceCell<Catalogue>,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    error: ErrorBody<'a>,
}

/// A code with its words, as errors and lines of `--json` carry it.
#[derive(Debug, Serialize)]
pub(crate) struct Coded {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) remedy: String,
    retry: &'static str,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(flatten)]
    coded: Coded,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [ProblemLine],
    #[serde(skip_serializing_if = "Option::is_none")]
    report_id: Option<&'a str>,
}

/// An error that has no code: the call was wrong. `reason` is `usage`, or `taken` where a file is in the way.
#[derive(Serialize)]
struct Uncoded {
    code: Option<String>,
    text: String,
    remedy: String,
    retry: &'static str,
    reason: &'static str,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            json: global.json,
            mask: if global.show_pii { Mask::Off } else { Mask::On },
            quiet: global.quiet,
            plain: global.plain,
            asked: global.lang,
            of_unit: Rc::clone(&global.of_unit),
            language: OnceCell::new(),
            words: OnceCell::new(),
        }
    }

    /// The language of texts: whatever is said first settles it.
    pub(crate) fn language(&self) -> Language {
        *self.language.get_or_init(|| {
            let asked = self.asked.map(Lang::language).or_else(|| self.of_unit.language.get().copied());
            asked.unwrap_or_else(|| language_of_locale(|name| std::env::var(name).ok()))
        })
    }

    fn words(&self) -> &Catalogue {
        self.words.get_or_init(|| Catalogue::new(self.language()))
    }

    /// Whether people are spoken to in Indonesian.
    pub(crate) fn is_indonesian(&self) -> bool {
        self.language() == Language::Indonesian
    }

    /// Says one line of data.
    pub(crate) fn line(&self, line: &impl Line) {
        if self.json {
            self.print(&json(line));
        } else {
            self.print(&line.text(self));
        }
    }

    /// Prints text that is data whatever the form: completions, a manual page.
    pub(crate) fn print(&self, text: &str) {
        let written = if self.plain {
            writeln!(io::stdout(), "{}", anstream::adapter::strip_str(text))
        } else {
            writeln!(anstream::stdout(), "{text}")
        };
        // A reader that closed its end has what it wanted.
        if written.and_then(|()| io::stdout().flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// Talks to the person at the terminal.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Asks a person for a yes. Without a terminal only `--yes` is one.
    pub(crate) fn confirmed(&self, question: &str, yes: bool) -> Result<bool, Stop> {
        if yes {
            return Ok(true);
        }
        if !io::stdin().is_terminal() {
            return Err(Stop::usage("cli-usage-yes", &[("a", question)]));
        }
        self.talk(&format!("{question} {}", self.word("cli-yes-no", &[])));
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        Ok(read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "ya"))
    }

    fn talk(&self, text: &str) {
        // Nobody is left to be told if stderr is gone.
        let _ = if self.plain {
            writeln!(io::stderr(), "{}", anstream::adapter::strip_str(text))
        } else {
            writeln!(anstream::stderr(), "{text}")
        };
    }

    /// Says what stands in the catalogue under this key.
    pub(crate) fn word(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.words().text(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// What stands under this key, if the catalogue has it.
    pub(crate) fn known_word(&self, key: &str) -> Option<String> {
        self.words().text(key, &[])
    }

    /// The reason of a verdict in words.
    pub(crate) fn reason(&self, reason: &str, args: &[(&str, &str)]) -> String {
        self.words().text(&format!("reason-{reason}"), args).unwrap_or_else(|| reason.to_owned())
    }

    /// The reason's words, if the catalogue has any.
    pub(crate) fn known_reason(&self, reason: &str) -> Option<String> {
        self.known_word(&format!("reason-{reason}"))
    }

    /// A field's name for people.
    pub(crate) fn field(&self, field: Field) -> String {
        self.word(&format!("field-{field}"), &[])
    }

    /// A day of `--json` as people write it, `24 November 2026`; what is none stays as it is.
    pub(crate) fn day(&self, iso: &str) -> String {
        iso.parse().map_or_else(|_| iso.to_owned(), |day| words::day(self.words(), day))
    }

    /// A moment of `--json` as people write it, `24 November 2026, 14.30 WIB`; what is none stays as it is.
    pub(crate) fn moment(&self, iso: &str) -> String {
        let zone = self.of_unit.zone.get().copied().unwrap_or_default();
        iso.parse().map_or_else(|_| iso.to_owned(), |at| words::moment(self.words(), zone, at))
    }

    /// What a report is about, in words.
    pub(crate) fn kind(&self, kind: &str) -> String {
        self.known_word(&format!("cli-kind-{}", kind.replace('.', "-"))).unwrap_or_else(|| kind.to_owned())
    }

    /// Where a report stands: what is left to do that a person has to do, or else what the server proved.
    pub(crate) fn state(&self, standing: &str, work: &str) -> String {
        let open = !matches!(work, "none" | "queued");
        let word = if standing == "none" || open { work } else { standing };
        self.word(&format!("count-{}", word.replace('_', "-")), &[])
    }

    /// A code in words; a day among what fills them is written as people write it.
    pub(crate) fn explain(&self, code: Code, args: &[(&'static str, String)]) -> (String, String) {
        let said = |name: &str, value: &str| if name == "date" { self.day(value) } else { value.to_owned() };
        let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (*name, said(name, value))).collect();
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let explained = self.words().explain(code, &args);
        (explained.text, explained.remedy)
    }

    /// A code with its words.
    pub(crate) fn coded(&self, code: Code, args: &[(&'static str, String)]) -> Coded {
        let (text, remedy) = self.explain(code, args);
        Coded { code: code.to_string(), text, remedy, retry: code.retry().as_str() }
    }

    /// One problem of a report in words.
    pub(crate) fn problem(&self, problem: &FieldProblem) -> ProblemLine {
        let (mut text, _) = self.explain(problem.code(), &self.problem_args(problem));
        let choices = roster_words::choices(problem.field, self);
        if problem.problem == Problem::Characters && !choices.is_empty() {
            let (field, words) = (self.field(problem.field), choices.join(", "));
            text = self.word("cli-one-of", &[("field", &field), ("a", &words)]);
        }
        ProblemLine { field: problem.field.to_string(), code: problem.code().to_string(), text }
    }

    /// What fills the text of a problem.
    pub(crate) fn problem_args(&self, problem: &FieldProblem) -> Vec<(&'static str, String)> {
        let mut args = vec![("field", self.field(problem.field))];
        match problem.problem {
            Problem::Before(day) => {
                args.push(("relation", self.word("word-before", &[])));
                args.push(("date", words::day(self.words(), day)));
            }
            Problem::After(day) => {
                args.push(("relation", self.word("word-after", &[])));
                args.push(("date", words::day(self.words(), day)));
            }
            Problem::TooLong(most) => args.push(("n", most.to_string())),
            Problem::Foreign(meant) => {
                args.push(("code", problem.field.to_string()));
                args.push(("guess", meant.to_string()));
            }
            Problem::Missing | Problem::NotADate | Problem::Characters | Problem::LongAgo => {}
        }
        args
    }

    /// What is wrong with a call; of another stop nothing.
    pub(crate) fn wrong(&self, stop: &Stop) -> String {
        match stop {
            Stop::Usage(usage) => usage.in_words(self.words()),
            Stop::Taken(_) | Stop::Failure(_) => String::new(),
        }
    }

    /// Says why a command stopped.
    pub(crate) fn stop(&self, stop: &Stop) {
        match stop {
            Stop::Usage(_) => {
                let sentence = self.wrong(stop);
                self.talk(&format!("{BAD}{}{BAD:#} {sentence}", self.word("cli-wrong", &[])));
                if self.json {
                    self.print(&wrong_call(self.words(), &sentence));
                }
            }
            Stop::Taken(file) => self.taken(file),
            Stop::Failure(failure) => self.failure(failure),
        }
    }

    /// Wrong usage, so there is no code; a script that chose the name hears of it all the same.
    fn taken(&self, file: &str) {
        let text = self.word("cli-file-taken", &[("a", file)]);
        let remedy = self.word("cli-file-taken-fix", &[]);
        if self.json {
            self.print(&Uncoded { code: None, text, remedy, retry: "fix", reason: "taken" }.line());
        } else {
            self.talk(&format!("{BAD}{}{BAD:#} {text} {remedy}", self.word("cli-wrong", &[])));
        }
    }

    fn failure(&self, failure: &Failure) {
        let mut coded = self.coded(failure.code, &failure.args);
        if let Some((text, remedy)) = &failure.told {
            (coded.text, coded.remedy) = (text.clone(), remedy.clone());
        }
        if let Some(cause) = &failure.cause {
            self.note(&format!("{DIM}{cause}{DIM:#}"));
        }
        if self.json {
            let error = ErrorBody {
                coded,
                reason: failure.reason,
                problems: &failure.problems,
                report_id: failure.report_id.as_deref(),
            };
            self.print(&json(&ErrorLine { error }));
            return;
        }
        for problem in &failure.problems {
            self.talk(&format!("  {DIM}{}{DIM:#} {} {}", problem.code, problem.field, problem.text));
        }
        let report = failure.report_id.as_ref().map(|report| format!(" {report}")).unwrap_or_default();
        let Coded { code, text, remedy, retry: _ } = coded;
        self.talk(&format!("{BAD}{code}{BAD:#} {text} {remedy}{report}"));
    }
}

impl Uncoded {
    fn line(&self) -> String {
        json(&serde_json::json!({ "error": self }))
    }
}

/// A wrong call as a line of JSON.
pub(crate) fn wrong_call(words: &Catalogue, sentence: &str) -> String {
    let remedy = words.text("cli-usage-fix", &[]).unwrap_or_default();
    Uncoded { code: None, text: sentence.to_owned(), remedy, retry: "fix", reason: "usage" }.line()
}

/// One object on one line.
fn json(value: &impl Serialize) -> String {
    // Plain values with text keys always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// Labels and values below each other, absent values left out.
pub(crate) fn table(rows: &[(String, Option<String>)]) -> String {
    let shown: Vec<(&String, &String)> =
        rows.iter().filter_map(|(label, value)| value.as_ref().map(|value| (label, value))).collect();
    let width = shown.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let line = |(label, value): &(&String, &String)| {
        let gap = " ".repeat(width.saturating_sub(label.chars().count()));
        format!("  {DIM}{label}{DIM:#}{gap}  {value}")
    };
    shown.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A locale of Indonesia gives Indonesian, anything else English.
pub(crate) fn language_of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    if locale.starts_with("id") { Language::Indonesian } else { Language::English }
}

/// Whether a person reads stderr.
pub(crate) fn on_terminal() -> bool {
    io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_decides_the_language() {
        let indonesian = |name: &str| (name == "LANG").then(|| "id_ID.UTF-8".to_owned());
        assert_eq!(language_of_locale(indonesian), Language::Indonesian);
        let overruled = |name: &str| Some(if name == "LC_ALL" { "C" } else { "id_ID" }.to_owned());
        assert_eq!(language_of_locale(overruled), Language::English);
        assert_eq!(language_of_locale(|_| None), Language::English);
    }
}
