//! `apoa compare`: whether permit and passport belong together. A verdict informs; it blocks nothing.

use std::fmt::Write as _;

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::passport::{Comparison, Occasion, Origin, Person, Verdict, compare};
use apoa_core::permit::{Date, Patterns};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::mask::Mask;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::session;
use crate::sources::{Permit, day, zone_of};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A JSON object of field codes, or the payload of a code; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    permit: String,
    /// The lines of the passport; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    mrz: String,
    /// Planned last day of the stay.
    #[arg(long, value_name = "DATE")]
    check_out: Option<String>,
    /// A plausible comparison counts as a mismatch.
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompareLine {
    verdict: &'static str,
    reason: Option<&'static str>,
    fields: Vec<FieldLine>,
    notes: Vec<&'static str>,
    /// Last valid day of the passport, for the text of a note.
    #[serde(skip)]
    passport_expiry: Option<String>,
    /// Last valid day of the permit, likewise.
    #[serde(skip)]
    permit_expiry: Option<String>,
}

#[derive(Debug, Serialize)]
struct FieldLine {
    field: &'static str,
    permit: Option<String>,
    passport: Option<String>,
    verdict: &'static str,
    reason: Option<&'static str>,
    #[serde(skip)]
    label: Field,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let patterns = session::patterns(global, out)?;
    let today = session::today();
    let permit = Permit::of(&args.permit, &patterns)?;
    let check_out = args.check_out.as_deref().map(day).transpose()?;
    let passport = match zone_of(&args.mrz, today)?.zone() {
        Some(zone) => Person::from_zone(zone),
        None => Person::from_fields([], Origin::Zone, &patterns),
    };
    let comparison = with(&permit, &passport, check_out, today, &patterns);
    let mut line = CompareLine::of(&comparison, out.mask);
    line.permit_expiry =
        permit.person(&patterns, today).shown(Field::PermitExpiry).map(|day| day.reveal().clone());
    out.line(&line);
    Ok(match comparison.verdict {
        Verdict::Plausible if args.strict => Exit::Mismatch,
        Verdict::Match | Verdict::Plausible => Exit::Done,
        Verdict::Mismatch => Exit::Mismatch,
        Verdict::NotComparable => Exit::Nothing,
    })
}

/// Compares for a stay that begins today.
pub(crate) fn with(
    permit: &Permit,
    passport: &Person,
    check_out: Option<Date>,
    today: Date,
    patterns: &Patterns,
) -> Comparison {
    let occasion = Occasion { check_out, ..Occasion::on(today) };
    compare(&permit.person(patterns, today), passport, &occasion)
}

impl CompareLine {
    fn of(comparison: &Comparison, mask: Mask) -> Self {
        Self {
            verdict: comparison.verdict.as_str(),
            reason: comparison.reason.map(apoa_core::passport::Reason::as_str),
            fields: comparison
                .fields
                .iter()
                .map(|found| FieldLine {
                    field: found.field.as_str(),
                    permit: found.permit.as_ref().map(|value| mask.field(found.field, value.reveal())),
                    passport: found.passport.as_ref().map(|value| mask.field(found.field, value.reveal())),
                    verdict: found.verdict.as_str(),
                    reason: found.reason.map(apoa_core::passport::Reason::as_str),
                    label: found.field,
                })
                .collect(),
            notes: comparison.notes.iter().map(|note| note.as_str()).collect(),
            passport_expiry: comparison
                .field(Field::PassportExpiry)
                .and_then(|found| found.passport.as_ref().or(found.permit.as_ref()))
                .map(|day| day.reveal().clone()),
            permit_expiry: None,
        }
    }
}

impl CompareLine {
    /// A note that is a code; each of those speaks of a day at most.
    fn code_in_words(&self, note: &str, out: &Output) -> Option<String> {
        let code: Code = note.parse().ok()?;
        let day = if code == Code::PassportExpiry { &self.passport_expiry } else { &self.permit_expiry };
        let args = day.iter().map(|day| ("date", day.clone())).collect::<Vec<_>>();
        let (text, remedy) = out.explain(code, &args);
        Some(format!("{text} {remedy}"))
    }
}

/// Colour always comes with a sign and a word.
fn sign(verdict: &str) -> (anstyle::Style, &'static str, &'static str) {
    match verdict {
        "match" => (GOOD, "✓", "word-match"),
        "plausible" => (WARN, "≈", "word-plausible"),
        "mismatch" => (BAD, "✗", "word-mismatch"),
        _ => (DIM, "–", "word-not-comparable"),
    }
}

impl Line for CompareLine {
    fn text(&self, out: &Output) -> String {
        let (style, mark, word) = sign(self.verdict);
        let reason = self.reason.map(|reason| format!(" · {}", out.reason(reason))).unwrap_or_default();
        let mut text = format!("{style}{BOLD}{mark} {}{BOLD:#}{style:#}{reason}", out.word(word, &[]));
        let heads = [out.word("word-permit", &[]), out.word("word-passport", &[])];
        let label = |row: &FieldLine| out.field(row.label);
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let widest = |texts: Vec<String>| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        let labels = widest(self.fields.iter().map(label).collect());
        let column = |head: &String, of: fn(&FieldLine) -> &Option<String>| {
            widest(self.fields.iter().map(|row| shown(of(row))).chain([head.clone()]).collect())
        };
        let (left, right) = (column(&heads[0], |row| &row.permit), column(&heads[1], |row| &row.passport));
        let _ = write!(text, "\n    {DIM}{:labels$}  {:left$}  {:right$}{DIM:#}", "", heads[0], heads[1]);
        for row in &self.fields {
            let (style, mark, word) = sign(row.verdict);
            let why = row.reason.map_or_else(|| out.word(word, &[]), |reason| out.reason(reason));
            let _ = write!(
                text,
                "\n  {style}{mark}{style:#} {:labels$}  {:left$}  {:right$}  {DIM}{why}{DIM:#}",
                label(row),
                shown(&row.permit),
                shown(&row.passport),
            );
        }
        for note in &self.notes {
            let said = out.known_reason(note).or_else(|| self.code_in_words(note, out));
            let said = said.unwrap_or_default();
            let _ = write!(text, "\n  {WARN}{note}{WARN:#} {said}");
        }
        text
    }
}
