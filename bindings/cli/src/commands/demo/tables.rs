//! The page's tables and lists, as HTML. Everything that comes from a document passes through `escape`.

use apoa_core::Finding;
use apoa_core::catalogue::Catalogue;
use apoa_core::passport::{Check, FieldVerdict, Verdict, Zone};
use apoa_core::permit::KeyKind;
use serde_json::Value;

use super::page::{Telling, escape};
use super::proof::Proof;
use crate::commands::scan::line::State;

/// Class and word of a frame.
pub(super) fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Nothing | State::Unreadable => ("is-nothing", "nothing"),
        State::Located => ("is-seen", "located"),
        State::Confirmed => ("is-read", "read"),
        State::Unchanged => ("is-held", "held"),
    }
}

/// A verdict in words.
pub(super) fn verdict(words: &Catalogue, verdict: Verdict) -> String {
    let word = verdict.as_str();
    words.text(&format!("word-{}", word.replace('_', "-")), &[]).unwrap_or_else(|| word.to_owned())
}

/// Its colour; the sign and the word say the same.
pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "good",
        Verdict::Plausible => "warn",
        Verdict::Mismatch => "bad",
        Verdict::NotComparable => "soft",
    }
}

fn verdict_sign(verdict: Verdict) -> char {
    match verdict {
        Verdict::Match => '✓',
        Verdict::Plausible => '≈',
        Verdict::Mismatch => '✗',
        Verdict::NotComparable => '–',
    }
}

/// What the code says, field by field; of a mere key the key.
pub(super) fn fields(telling: &Telling<'_>) -> String {
    let reading = &telling.story.seen.reading;
    let name = |words: &Catalogue, field: &str| {
        escape(&words.text(&format!("field-{field}"), &[]).unwrap_or_else(|| field.to_owned()))
    };
    let row = |english: &str, indonesian: &str, value: &str| {
        format!(
            "<tr><td>{english}</td><td lang=\"id\" class=\"soft\">{indonesian}</td><td class=\"v\">{}</td></tr>\n",
            escape(value)
        )
    };
    let mut rows: Vec<String> = reading
        .fields()
        .iter()
        .map(|(field, value)| {
            let (code, value) = (field.as_str(), telling.mask.field(field, value));
            row(&name(&telling.english, code), &name(&telling.indonesian, code), &value)
        })
        .collect();
    if let Some((kind, key)) = reading.key()
        && !matches!(kind, KeyKind::Number(_))
    {
        rows.push(row("Key for the server", "Kunci untuk server", &telling.mask.text(key)));
    }
    rows.concat()
}

/// The passport's lines with their check digits marked (Doc 9303 part 4: after number, birth, expiry, optional data,
/// and over all).
pub(super) fn lines(lines: &[String]) -> String {
    const DIGITS: [usize; 5] = [9, 19, 27, 42, 43];
    let shown = |(nth, line): (usize, &String)| {
        let marked = |(place, c): (usize, char)| {
            let shown = escape(&c.to_string());
            if nth == 1 && DIGITS.contains(&place) { format!("<mark>{shown}</mark>") } else { shown }
        };
        line.chars().enumerate().map(marked).collect::<String>()
    };
    lines.iter().enumerate().map(shown).collect::<Vec<_>>().join("\n")
}

/// Each check digit with its result.
pub(super) fn checks(zone: &Zone) -> String {
    let item = |check: &Check| {
        let (class, sign) = if check.ok { ("good", '✓') } else { ("bad", '✗') };
        format!("<span><b class=\"{class}\">{sign}</b> {}</span> ", check.field.as_str().replace('_', " "))
    };
    zone.checks.iter().map(item).collect()
}

/// Both documents side by side, with the reason in both languages.
pub(super) fn comparison(telling: &Telling<'_>) -> String {
    let reason = |words: &Catalogue, reason: &str| {
        escape(&words.text(&format!("reason-{reason}"), &[]).unwrap_or_else(|| reason.to_owned()))
    };
    let row = |found: &FieldVerdict| {
        let code = found.field.as_str();
        let label = telling.word(&format!("field-{code}"));
        let permit = found.permit.as_ref().map(|value| telling.mask.field(found.field, value.reveal()));
        let passport = found.passport.as_ref().map(|value| value.reveal().clone());
        let shown = |value: Option<String>| value.map_or_else(|| "–".to_owned(), |value| escape(&value));
        // Equal values need no rule.
        let why = |words: &Catalogue, same: &str| match (found.reason, found.verdict) {
            (Some(rule), _) => reason(words, rule.as_str()),
            (None, Verdict::Match) => format!("<span class=\"soft\">{same}</span>"),
            (None, other) => escape(&verdict(words, other)),
        };
        format!(
            "<tr><td><b>{}</b></td><td class=\"v\" data-h=\"Permit\">{}</td><td class=\"v\" data-h=\"Passport\">{}</td>\
             <td class=\"{} nowrap\">{} {}</td><td>{}</td><td lang=\"id\" class=\"soft\">{}</td></tr>\n",
            escape(&label),
            shown(permit),
            shown(passport),
            verdict_class(found.verdict),
            verdict_sign(found.verdict),
            escape(&verdict(&telling.english, found.verdict)),
            why(&telling.english, "Same value"),
            why(&telling.indonesian, "Nilainya sama"),
        )
    };
    telling.story.comparison.fields.iter().map(row).collect()
}

/// The keys of a receipt and what they mean (the contract's receipt).
const KEYS: [(&str, &str); 11] = [
    ("rid", "The report, named by the device when it was made."),
    ("op", "The op: what was asked for. The repeat carried the same one."),
    ("rev", "Which revision of the report."),
    ("sha256", "Fingerprint of exactly the bytes that were sent."),
    ("unit", "The lodging that reported."),
    ("state", "What the server has: it is received. Whether it is accepted, the office says later."),
    ("closed", "Whether the report is closed as of this revision."),
    ("sv", "The server’s version of the report; it never falls."),
    ("iat", "When it was signed, in seconds since 1970: at the first arrival, before the kill."),
    ("ds", "Salt for the next line."),
    ("doc", "First 16 bits of the hash of salt and passport number: ties receipt and passport together."),
];

/// The receipt, key by key: first who signed how, then what.
pub(super) fn receipt(proof: &Proof) -> String {
    let header = [("alg", "How it is signed."), ("typ", "What is signed."), ("kid", "With which key.")];
    let row = |part: &Value, (key, meaning): (&str, &str)| {
        let value = match &part[key] {
            Value::Null => return String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        format!(
            "<tr><td><code>{key}</code></td><td class=\"v\">{}</td><td>{meaning}</td></tr>\n",
            escape(&value)
        )
    };
    let signed = header.into_iter().map(|key| row(&proof.header, key));
    signed.chain(KEYS.into_iter().map(|key| row(&proof.payload, key))).collect()
}

/// What the doctor found.
pub(super) fn doctor(telling: &Telling<'_>) -> String {
    let item = |found: &Finding| {
        let check = found.check.as_str();
        let (class, sign) = if found.problem.is_none() { ("good", '✓') } else { ("bad", '✗') };
        let text = escape(&telling.word(&format!("doctor-{check}")));
        format!("<li><b class=\"{class}\">{sign} {check}</b> {text}</li>\n")
    };
    telling.story.findings.iter().map(item).collect()
}
