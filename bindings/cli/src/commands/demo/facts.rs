//! The steps that understand: what the code says, and whether permit and passport belong together.

use apoa_core::passport::{Comparison, Date, Occasion, Person, Reason, Verdict, Zone, compare};
use apoa_core::permit::{Patterns, Reading};
use serde_json::{Map, Value, json};

use super::papers::{Papers, Permit};
use super::stage::{Done, Trouble, expect};
use crate::commands::read;
use crate::exit::Exit;
use crate::output::{BAD, DIM, GOOD, Output, WARN, table};

/// Nights of the stay that is reported.
pub(super) const NIGHTS: i8 = 3;

/// Interprets the payload.
pub(super) fn read(reading: &Reading, out: &Output) -> Result<Done<()>, Trouble> {
    expect(read::exit(reading) == Exit::Done, "the code is a permit's")?;
    let fields = reading.fields();
    let masked: Map<String, Value> = fields
        .iter()
        .map(|(field, value)| (field.to_string(), Value::from(out.mask.field(field, value))))
        .collect();
    let detail = json!({
        "reading": reading.word(),
        "confidence": reading.confidence().as_str(),
        "fields": masked,
        "notes": reading.notes.iter().map(|note| note.as_str()).collect::<Vec<_>>(),
    });
    let rows: Vec<_> =
        fields.iter().map(|(field, value)| (out.field(field), Some(out.mask.field(field, value)))).collect();
    let mut said = vec![format!(
        "{} · {}",
        out.word(&format!("reading-{}", reading.word()), &[]),
        reading.confidence().as_str()
    )];
    said.extend(table(&rows).lines().map(str::to_owned));
    Ok(Done { value: (), detail, said })
}

/// Compares both. The specimens are one person's; a permit of somebody else is that of another.
pub(super) fn compare_both(
    papers: &Papers,
    reading: &Reading,
    zone: &Zone,
    today: Date,
    out: &Output,
) -> Result<Done<Comparison>, Trouble> {
    let permit = Person::from_reading(reading, &Patterns::default());
    let comparison = compare(&permit, &Person::from_zone(zone), &Occasion::on(today));
    if matches!(papers.permit, Permit::Specimen(_)) {
        expect(comparison.verdict == Verdict::Match, "permit and passport match")?;
    }
    let fields: Vec<Value> = comparison
        .fields
        .iter()
        .map(|found| {
            json!({
                "field": found.field.as_str(),
                "verdict": found.verdict.as_str(),
                "reason": found.reason.map(Reason::as_str),
            })
        })
        .collect();
    let detail = json!({
        "verdict": comparison.verdict.as_str(),
        "reason": comparison.reason.map(Reason::as_str),
        "fields": fields,
        "notes": comparison.notes.iter().map(|note| note.as_str()).collect::<Vec<_>>(),
    });
    let mut said = vec![word(comparison.verdict, out)];
    let labels: Vec<String> = comparison.fields.iter().map(|found| out.field(found.field)).collect();
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    for (found, label) in comparison.fields.iter().zip(labels) {
        said.push(match found.reason {
            Some(rule) => {
                format!(
                    "{}  {label:width$}  {DIM}{}{DIM:#}",
                    sign(found.verdict),
                    out.reason(rule.as_str(), &[])
                )
            }
            None => format!("{}  {label}", sign(found.verdict)),
        });
    }
    if matches!(papers.permit, Permit::Own(_)) {
        said.push(format!(
            "{DIM}your permit beside the specimen passport; the verdict travels, it blocks nothing{DIM:#}"
        ));
    }
    Ok(Done { value: comparison, detail, said })
}

fn word(verdict: Verdict, out: &Output) -> String {
    out.word(&format!("word-{}", verdict.as_str().replace('_', "-")), &[])
}

fn sign(verdict: Verdict) -> String {
    match verdict {
        Verdict::Match => format!("{GOOD}✓{GOOD:#}"),
        Verdict::Plausible => format!("{WARN}≈{WARN:#}"),
        Verdict::Mismatch => format!("{BAD}✗{BAD:#}"),
        Verdict::NotComparable => format!("{DIM}–{DIM:#}"),
    }
}
