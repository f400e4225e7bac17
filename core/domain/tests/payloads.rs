//! The table of hostile and odd payloads in `tests/fixtures/payloads`: each line one payload, what must be read from
//! it, and why. Expected readings come from the rules, not from running the code.
//!
//! A line holds `text`, `hex` (bytes) or `parts` (texts with their repetitions), the `word` of the reading, and
//! `issuer`, `key`, `reason`, `kind`, `fields`, `notes` where the reading must have them: what is left out must be
//! absent. `sure` and `shape` are compared where they stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use apoa_domain::permit::{Confidence, Patterns, Reading, Shape, read};
use serde_json::{Map, Value, json};

/// The least number of lines: the tables grow.
const LEAST: usize = 600;

fn rows() -> Vec<(String, Map<String, Value>)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/payloads"));
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.iter().flat_map(lines_of).collect()
}

fn lines_of(file: &PathBuf) -> Vec<(String, Map<String, Value>)> {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(file).unwrap();
    let rows = text.lines().map(|line| match serde_json::from_slice(line.as_bytes()) {
        Ok(Value::Object(row)) => (format!("{name} {}", row["id"].as_str().unwrap()), row),
        _ => panic!("{name}: no JSON object: {line}"),
    });
    rows.collect()
}

fn payload(row: &Map<String, Value>) -> Vec<u8> {
    if let Some(text) = row.get("text") {
        return text.as_str().unwrap().as_bytes().to_vec();
    }
    if let Some(hex) = row.get("hex") {
        let digits = hex.as_str().unwrap().as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
        return digits.chunks(2).map(byte).collect();
    }
    let part = |part: &Value| part[0].as_str().unwrap().repeat(part[1].as_u64().unwrap() as usize);
    row["parts"].as_array().unwrap().iter().map(part).collect::<String>().into_bytes()
}

/// A reading in the words of a row.
fn described(reading: &Reading) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("word".to_owned(), json!(reading.word()));
    let key = reading.key().map(|(kind, key)| format!("{} {key}", kind.as_str()));
    for (name, value) in [
        ("issuer", reading.issuer().map(str::to_owned)),
        ("key", key),
        ("reason", reading.reason().map(|reason| reason.as_str().to_owned())),
        ("kind", reading.kind().map(str::to_owned)),
    ] {
        if let Some(value) = value {
            row.insert(name.to_owned(), json!(value));
        }
    }
    if reading.word() == "holder_fields" {
        let fields = reading.fields();
        let fields: Map<String, Value> =
            fields.iter().map(|(field, value)| (field.as_str().to_owned(), json!(value))).collect();
        row.insert("fields".to_owned(), Value::Object(fields));
    }
    if !reading.notes.is_empty() {
        row.insert("notes".to_owned(), reading.notes.iter().map(|note| note.as_str()).collect());
    }
    row
}

/// What of a row differs from its payload's reading.
fn difference(row: &Map<String, Value>, patterns: &Patterns) -> Option<String> {
    let reading = read(&payload(row), patterns);
    let mut found = described(&reading);
    if row.contains_key("sure") {
        found.insert("sure".to_owned(), json!(reading.confidence().as_str()));
    }
    if row.contains_key("shape") {
        found.insert("shape".to_owned(), json!(reading.shape().map(Shape::as_str)));
    }
    let mut expected = row.clone();
    for name in ["id", "text", "hex", "parts", "why"] {
        expected.remove(name);
    }
    (found != expected)
        .then(|| format!("expected {} but read {}", Value::Object(expected), Value::Object(found)))
}

#[test]
fn every_payload_of_the_table_is_read_as_its_line_says() {
    let patterns = Patterns::default();
    let rows = rows();
    assert!(rows.len() >= LEAST, "only {} lines", rows.len());
    let failing: Vec<String> = rows
        .iter()
        .filter_map(|(id, row)| {
            difference(row, &patterns).map(|found| format!("{id} ({}): {found}", row["why"]))
        })
        .collect();
    assert!(failing.is_empty(), "{} of {} lines fail:\n{}", failing.len(), rows.len(), failing.join("\n"));
}

#[test]
fn no_payload_stands_in_the_table_twice_and_every_line_says_why() {
    let mut seen = BTreeSet::new();
    for (id, row) in rows() {
        assert!(seen.insert(payload(&row)), "{id} repeats a payload");
        assert!(row["why"].as_str().is_some_and(|why| why.len() > 3), "{id} gives no reason");
    }
}

#[test]
fn no_reading_of_the_table_gives_more_than_its_kind_may() {
    let patterns = Patterns::default();
    for (id, row) in rows() {
        let reading = read(&payload(&row), &patterns);
        let harmless = matches!(
            reading.word(),
            "suspicious" | "not_permit" | "unknown" | "digital_seal" | "other_official"
        );
        if harmless {
            assert!(reading.key().is_none() && reading.fields().is_empty(), "{id} gives data");
        }
        if reading.word() == "suspicious" {
            assert_eq!(reading.confidence(), Confidence::None, "{id}");
        }
    }
}
