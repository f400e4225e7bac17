//! `apoa compare`: whether permit and passport belong together. A verdict informs; it blocks nothing.

use std::fmt::Write as _;

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::passport::{
    Comparison, Occasion, Origin, Pair, Person, Reason, Repair, ThreeWay, Verdict, compare, compare_three,
};
use apoa_core::permit::{Date, Patterns};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::lookup::{self, Answer};
use crate::mask::Mask;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN};
use crate::session::{self, Reach};
use crate::sources::{Permit, day, zone_of};
use crate::values;

use super::mrz::repair_in_words;

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
    /// Ask the server for the record behind the permit's key and compare three ways; needs a sign-in.
    #[arg(long)]
    lookup: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompareLine {
    verdict: &'static str,
    reason: Option<&'static str>,
    fields: Vec<FieldLine>,
    notes: Vec<&'static str>,
    /// What came of `--lookup`.
    lookup: Option<&'static str>,
    /// The pair that decided, of three.
    decided_by: Option<&'static str>,
    /// Each pair of three.
    pairs: Vec<PairLine>,
    /// The code of what keeps the record away.
    problem: Option<String>,
    /// What the permit's column shows: the paper, or the register's record.
    #[serde(skip)]
    heading: &'static str,
    #[serde(skip)]
    answer: Option<Answer>,
    /// Last valid day of the passport, for the text of a note.
    #[serde(skip)]
    passport_expiry: Option<String>,
    #[serde(skip)]
    whole: Verdict,
    /// What was put right in the passport's lines.
    #[serde(skip)]
    repairs: Vec<Repair>,
    /// Last valid day of the permit, likewise.
    #[serde(skip)]
    permit_expiry: Option<String>,
}

#[derive(Debug, Serialize)]
struct PairLine {
    pair: &'static str,
    verdict: &'static str,
    reason: Option<&'static str>,
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
    let client = args.lookup.then(|| session::open(global, Reach::Server)).transpose()?;
    let patterns = match &client {
        Some(client) => session::patterns_of(client, global, out)?,
        None => session::patterns(global, out)?,
    };
    let today = session::today();
    let permit = Permit::of(&args.permit, &patterns)?;
    let check_out = args.check_out.as_deref().map(day).transpose()?;
    let zone = zone_of(&args.mrz, today)?;
    let passport = match zone.zone() {
        Some(zone) => Person::from_zone(zone),
        None => Person::from_fields([], Origin::Zone, &patterns),
    };
    let answer = client.map(|client| lookup::ask(&client, lookup::key_of(&permit))).transpose()?;
    let occasion = Occasion { check_out, ..Occasion::on(today) };
    let code = permit.person(&patterns, today);
    let expiry = |person: &Person| person.shown(Field::PermitExpiry).map(|day| day.reveal().clone());
    let record = answer.as_ref().and_then(Answer::record).map(|record| record.person(&patterns));
    let mut line = match &record {
        Some(record) => CompareLine::of_three(&compare_three(&code, record, &passport, &occasion), out.mask),
        None => CompareLine::of(&compare(&code, &passport, &occasion), out.mask),
    };
    line.permit_expiry = record.as_ref().and_then(expiry).or_else(|| expiry(&code));
    line.lookup = answer.as_ref().map(Answer::as_str);
    line.problem = answer.as_ref().and_then(Answer::problem).map(|code| code.to_string());
    line.answer = answer;
    line.repairs = zone.zone().map(|zone| zone.repairs.clone()).unwrap_or_default();
    let verdict = line.whole;
    out.line(&line);
    Ok(match verdict {
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
            whole: comparison.verdict,
            reason: comparison.reason.map(Reason::as_str),
            lookup: None,
            decided_by: None,
            pairs: Vec::new(),
            problem: None,
            heading: "word-permit",
            answer: None,
            fields: comparison
                .fields
                .iter()
                .map(|found| FieldLine {
                    field: found.field.as_str(),
                    permit: found.permit.as_ref().map(|value| mask.field(found.field, value.reveal())),
                    passport: found.passport.as_ref().map(|value| mask.field(found.field, value.reveal())),
                    verdict: found.verdict.as_str(),
                    reason: found.reason.map(Reason::as_str),
                    label: found.field,
                })
                .collect(),
            notes: comparison.notes.iter().map(|note| note.as_str()).collect(),
            passport_expiry: comparison
                .field(Field::PassportExpiry)
                .and_then(|found| found.passport.as_ref().or(found.permit.as_ref()))
                .map(|day| day.reveal().clone()),
            permit_expiry: None,
            repairs: Vec::new(),
        }
    }

    /// The register's record against the passport, under the verdict over all three.
    fn of_three(three: &ThreeWay, mask: Mask) -> Self {
        Self {
            verdict: three.verdict.as_str(),
            whole: three.verdict,
            reason: three.reason.map(Reason::as_str),
            notes: three.notes.iter().map(|note| note.as_str()).collect(),
            decided_by: Some(three.decided_by.as_str()),
            pairs: Pair::ALL
                .into_iter()
                .map(|pair| (pair, three.pair(pair)))
                .map(|(pair, found)| PairLine {
                    pair: pair.as_str(),
                    verdict: found.verdict.as_str(),
                    reason: found.reason.map(Reason::as_str),
                })
                .collect(),
            heading: "word-record",
            ..Self::of(&three.record_passport, mask)
        }
    }

    /// A note, a reason or a code.
    fn note_in_words(&self, note: &str, out: &Output) -> Option<String> {
        if note == Reason::MrzRepaired.as_str() {
            let each: Vec<String> =
                self.repairs.iter().map(|repair| repair_in_words(repair.from, repair.to, out)).collect();
            return Some(each.join("; "));
        }
        out.known_reason(note).or_else(|| self.code_in_words(note, out))
    }

    /// A note that is a code; each of those speaks of a day at most.
    fn code_in_words(&self, note: &str, out: &Output) -> Option<String> {
        let code: Code = note.parse().ok()?;
        let day = if code == Code::PassportExpiry { &self.passport_expiry } else { &self.permit_expiry };
        let mut args = day.iter().map(|day| ("date", day.clone())).collect::<Vec<_>>();
        if code == Code::PermitPassportDiffer {
            args.push(("field", self.differing(out)));
        }
        let (text, remedy) = out.explain(code, &args);
        Some(format!("{text} {remedy}"))
    }

    /// What differs between the code and the other papers: the pair that decided, in words.
    fn differing(&self, out: &Output) -> String {
        self.decided_by.map(|pair| out.word(&format!("pair-{pair}"), &[])).unwrap_or_default()
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
        let reason = self.reason.map(|reason| format!(" · {}", out.reason(reason, &[]))).unwrap_or_default();
        let mut text = format!("{style}{BOLD}{mark} {}{BOLD:#}{style:#}{reason}", out.word(word, &[]));
        let heads = [out.word(self.heading, &[]), out.word("word-passport", &[])];
        let label = |row: &FieldLine| out.field(row.label);
        let shown = |row: &FieldLine, value: &Option<String>| {
            value.as_ref().map_or_else(|| "–".to_owned(), |value| values::said(row.label, value, out))
        };
        let widest = |texts: Vec<String>| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        let labels = widest(self.fields.iter().map(label).collect());
        let column = |head: &String, of: fn(&FieldLine) -> &Option<String>| {
            widest(self.fields.iter().map(|row| shown(row, of(row))).chain([head.clone()]).collect())
        };
        let (left, right) = (column(&heads[0], |row| &row.permit), column(&heads[1], |row| &row.passport));
        let _ = write!(text, "\n    {DIM}{:labels$}  {:left$}  {:right$}{DIM:#}", "", heads[0], heads[1]);
        for row in &self.fields {
            let (style, mark, word) = sign(row.verdict);
            let sides = [("a", shown(row, &row.permit)), ("b", shown(row, &row.passport))];
            let sides = sides.each_ref().map(|(name, value)| (*name, value.as_str()));
            let why = row.reason.map_or_else(|| out.word(word, &[]), |reason| out.reason(reason, &sides));
            let _ = write!(
                text,
                "\n  {style}{mark}{style:#} {:labels$}  {:left$}  {:right$}  {DIM}{why}{DIM:#}",
                label(row),
                shown(row, &row.permit),
                shown(row, &row.passport),
            );
        }
        // A code that is only a key has nothing to compare.
        for pair in self.pairs.iter().filter(|pair| pair.verdict != "not_comparable") {
            let (style, mark, word) = sign(pair.verdict);
            let why = pair.reason.map_or_else(|| out.word(word, &[]), |reason| out.reason(reason, &[]));
            let name = out.word(&format!("pair-{}", pair.pair), &[]);
            let _ = write!(text, "\n  {style}{mark}{style:#} {DIM}{name}: {why}{DIM:#}");
        }
        // Found is what the column shows.
        if let Some(answer) = self.answer.as_ref().filter(|answer| answer.record().is_none()) {
            let _ = write!(text, "\n  {}", answer.text(out));
        }
        for note in &self.notes {
            let said = self.note_in_words(note, out).unwrap_or_default();
            let _ = write!(text, "\n  {WARN}{note}{WARN:#} {said}");
        }
        text
    }
}
