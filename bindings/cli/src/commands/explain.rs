//! `apoa explain`: a code in words.

use std::fmt::Write as _;

use apoa_core::catalogue::Catalogue;
use apoa_core::codes::Code;
use serde::Serialize;

use crate::Ended;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BOLD, DIM, Line, Output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A code, `APOA-S101` or `S101`, or a reason, `NAME_SPELLING`.
    code: String,
}

#[derive(Debug, Serialize)]
struct ExplainLine {
    code: String,
    text: String,
    remedy: Option<String>,
    retry: Option<&'static str>,
    exit: Option<u8>,
}

pub(crate) fn run(args: &Args, out: &Output) -> Ended {
    let line = if let Ok(code) = args.code.parse::<Code>() {
        // What a case fills in shows as its name.
        let named: Vec<_> =
            Catalogue::arguments().iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        let (text, remedy) = out.explain(code, &named);
        ExplainLine {
            code: code.to_string(),
            text,
            remedy: Some(remedy),
            retry: Some(code.retry().as_str()),
            exit: Some(Exit::of(code).number()),
        }
    } else {
        let reason = args.code.to_ascii_uppercase();
        let text = in_words(&reason, out).ok_or_else(|| unknown(&args.code))?;
        ExplainLine { code: reason, text, remedy: None, retry: None, exit: None }
    };
    out.line(&line);
    Ok(Exit::Done)
}

/// The reason of a verdict, a note of a reading or of a list, why a receipt is refused, or what is wrong with an address.
fn in_words(reason: &str, out: &Output) -> Option<String> {
    let receipt = format!("receipt-{}", reason.to_ascii_lowercase().replace('_', "-"));
    out.known_reason(reason)
        .or_else(|| out.known_word(&format!("cli-note-{reason}")))
        .or_else(|| out.known_word(&receipt))
        .or_else(|| out.known_word(&format!("cli-danger-{}", reason.to_ascii_lowercase())))
}

fn unknown(written: &str) -> Stop {
    let (nearest, differing) = nearest(written);
    if differing > NEAR {
        return Stop::usage("cli-usage-no-code", &[("a", written)]);
    }
    Stop::usage("cli-usage-near-code", &[("a", written), ("guess", &nearest.to_string())])
}

/// A code with more wrong characters than these was not meant.
const NEAR: usize = 2;

/// The code that differs least, then the one that agrees longest from its start: the letter names the field. With it, in how
/// many characters it differs.
fn nearest(written: &str) -> (Code, usize) {
    let upper = written.to_ascii_uppercase();
    let short = upper.strip_prefix("APOA-").unwrap_or(&upper);
    let distance = |code: &Code| {
        let known = code.short();
        let pairs = || known.chars().zip(short.chars());
        let differing = pairs().filter(|(a, b)| a != b).count() + known.len().abs_diff(short.len());
        (differing, known.len() - pairs().take_while(|(a, b)| a == b).count())
    };
    let nearest = Code::ALL.iter().copied().min_by_key(distance).unwrap_or(Code::Internal);
    (nearest, distance(&nearest).0)
}

impl Line for ExplainLine {
    fn text(&self, out: &Output) -> String {
        let mut text = format!("{BOLD}{}{BOLD:#} {}", self.code, self.text);
        if let Some(remedy) = &self.remedy {
            let _ = write!(text, "\n  {remedy}");
        }
        if let Some(retry) = self.retry {
            let _ = write!(text, "\n  {DIM}{}{DIM:#}", out.word(&format!("retry-{retry}"), &[]));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_code_gets_the_nearest_of_its_letter() {
        assert_eq!(nearest("S199").0, Code::BadPicture);
        assert_eq!(nearest("apoa-v3l0"), (Code::Duplicate, 1));
        assert_eq!(nearest("A6O4"), (Code::WrongSecret, 1));
    }

    #[test]
    fn what_is_like_no_code_gets_no_guess() {
        for written in ["zzz", "help", "NAME_SPELING"] {
            assert!(nearest(written).1 > NEAR, "{written}");
        }
    }
}
