//! Sets of patterns: the built-in one follows the schema, the refused ones have the error of their line in
//! `patterns/refused.jsonl`. `schema` there says whether the schema would let the set pass: the reader checks more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use apoa_domain::fields::Field;
use apoa_domain::permit::{Patterns, PatternsError};
use serde_json::Value;

const SCHEMA: &str = include_str!("../src/permit/patterns.schema.json");
const BUILT_IN: &str = include_str!("../src/permit/patterns.json");
const REFUSED: &str = include_str!("patterns/refused.jsonl");

fn json(text: &str) -> Value {
    serde_json::from_slice(text.as_bytes()).unwrap()
}

#[test]
fn the_built_in_patterns_follow_the_schema_and_are_accepted() {
    let schema = jsonschema::validator_for(&json(SCHEMA)).unwrap();
    let errors: Vec<String> = schema.iter_errors(&json(BUILT_IN)).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(Patterns::from_json(BUILT_IN).is_ok());
    assert!(schema.is_valid(&json("{}")) && Patterns::from_json("{}").is_ok());
}

#[test]
fn every_refused_set_has_the_error_of_its_line() {
    let schema = jsonschema::validator_for(&json(SCHEMA)).unwrap();
    let mut failing = Vec::new();
    for line in REFUSED.lines() {
        let row = json(line);
        let text = row["text"].as_str().map_or_else(|| row["patterns"].to_string(), str::to_owned);
        let found = match Patterns::from_json(&text) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        };
        let expected = row["error"].as_str().unwrap();
        let found = found.split(" (line").next().unwrap_or_default();
        if found != expected {
            failing.push(format!("{} ({}): expected {expected:?}, found {found:?}", row["id"], row["why"]));
        }
        if let Some(passes) = row["schema"].as_bool()
            && schema.is_valid(&json(&text)) != passes
        {
            failing.push(format!("{} ({}): the schema says {}", row["id"], row["why"], !passes));
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
    assert!(REFUSED.lines().count() >= 50);
}

#[test]
fn a_set_of_more_than_256_kib_is_refused_before_it_is_read() {
    assert_eq!(Patterns::from_json(&" ".repeat(300_000)).unwrap_err(), PatternsError::TooLarge);
}

#[test]
fn the_schema_names_every_field_code() {
    let schema = json(SCHEMA);
    let named: BTreeSet<&str> =
        schema["$defs"]["field"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let codes: BTreeSet<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    assert_eq!(named, codes);
}
