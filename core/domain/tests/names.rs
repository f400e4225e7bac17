//! The tables of names and persons in `tests/fixtures/names`: `letters` holds every letter of Doc 9303-3 §6 A with
//! every spelling, `pairs` names as permits print them against the name field of a zone, `verdicts` whole
//! comparisons. Expected verdicts come from the rules, not from running the code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

use apoa_domain::fields::Field;
use apoa_domain::passport::{Comparison, Date, Occasion, Origin, Person, Reason, Zone, compare, read_mrz};
use apoa_domain::permit::{Patterns, read};
use serde_json::{Value, json};

/// The day on which all these passports are held.
const TODAY: &str = "2026-11-24";
/// A line of digits that fits each width of a name field: number, birth, sex and expiry are the same for all pairs.
const NUMBER: &str = "C01X00T47";
const BIRTH: &str = "1990-01-31";

fn rows(name: &str) -> Vec<Value> {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/names"));
    let text = fs::read_to_string(file.join(name).with_extension("jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_slice(line.as_bytes()).unwrap()).collect()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn zone(text: &str) -> Zone {
    read_mrz(text, day(TODAY)).zone().unwrap_or_else(|| panic!("no zone: {text}")).clone()
}

/// A valid zone with this name field: of a passport, of a card of two lines, of a card of three lines.
fn zone_named(field: &str, width: u64) -> Zone {
    let field = format!("{field:<<width$}", width = usize::try_from(width).unwrap());
    let zone = zone(&match width {
        39 => format!("P<UTO{field}\nC01X00T478UTO9001310M3506307<<<<<<<<<<<<<<<6"),
        31 => format!("I<UTO{field}\nC01X00T478UTO9001310M3506307<<<<<<<6"),
        30 => format!("I<UTOC01X00T478<<<<<<<<<<<<<<<\n9001310M3506307UTO<<<<<<<<<<<6\n{field}"),
        _ => panic!("no zone has a name field of {width}"),
    });
    assert!(zone.is_valid(), "{field}");
    zone
}

fn person(fields: &Value, origin: Origin) -> Person {
    let fields = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(code, value)| (code.parse().unwrap(), value.as_str().unwrap()));
    Person::from_fields(fields.collect::<Vec<(Field, &str)>>(), origin, &Patterns::default())
}

fn failing(rows: &[Value], found: impl Fn(&Value) -> Value) -> Vec<String> {
    let failing = rows.iter().filter_map(|row| {
        let found = found(row);
        let expected: Value =
            found.as_object().unwrap().keys().map(|key| (key.clone(), row[key].clone())).collect();
        (found != expected)
            .then(|| format!("{} ({}): expected {expected} but found {found}", row["id"], row["why"]))
    });
    failing.collect()
}

fn name_verdict(row: &Value) -> Value {
    let permit = json!({
        "full_name": row["printed"],
        "passport_number": row.get("number").unwrap_or(&json!(NUMBER)),
        "birth_date": row.get("birth").unwrap_or(&json!(BIRTH)),
    });
    let passport =
        Person::from_zone(&zone_named(row["field"].as_str().unwrap(), row["width"].as_u64().unwrap()));
    let result = compare(&person(&permit, Origin::Code), &passport, &Occasion::on(day(TODAY)));
    let name = result.field(Field::FullName).unwrap();
    json!({ "reason": name.reason.map(Reason::as_str), "verdict": name.verdict.as_str() })
}

#[test]
fn every_letter_of_the_transliteration_table_is_equal_to_each_of_its_spellings() {
    let rows = rows("letters");
    assert!(rows.len() > 100, "only {} letters and spellings", rows.len());
    let failing = failing(&rows, name_verdict);
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

#[test]
fn every_pair_of_names_has_the_reason_of_its_line() {
    let rows = rows("pairs");
    assert!(rows.len() >= 150, "only {} pairs", rows.len());
    let failing = failing(&rows, name_verdict);
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

fn whole(row: &Value) -> Comparison {
    let patterns = Patterns::default();
    let origin = if row["origin"] == "record" { Origin::Record } else { Origin::Code };
    let permit = match row["payload"].as_str() {
        Some(payload) => Person::from_reading(&read(payload.as_bytes(), &patterns), &patterns),
        None => person(&row["permit"], origin),
    };
    let passport = match row["zone"].as_array() {
        Some(lines) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            Person::from_zone(&zone(&lines.join("\n")))
        }
        None => person(&row["passport"], Origin::Typed),
    };
    let date = |name: &str| row[name].as_str().map(day);
    compare(
        &permit,
        &passport,
        &Occasion { today: day(TODAY), check_in: date("check_in"), check_out: date("check_out") },
    )
}

#[test]
fn every_comparison_has_the_verdict_reason_and_remarks_of_its_line() {
    let rows = rows("verdicts");
    assert!(rows.len() >= 100, "only {} comparisons", rows.len());
    let failing = failing(&rows, |row| {
        let result = whole(row);
        let notes: Vec<&str> = result.notes.iter().map(|note| note.as_str()).collect();
        json!({ "verdict": result.verdict.as_str(), "reason": result.reason.map(Reason::as_str), "notes": notes })
    });
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}
