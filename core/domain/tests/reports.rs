//! The rules of this side against `tests/fixtures/reports/cases.jsonl`, the table that the server's rules are held
//! against too: one misunderstanding cannot sit on both ends. What is expected comes from the contract.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use apoa_domain::private::Private;
use apoa_domain::report::draft::{Draft, Facts};
use apoa_domain::report::follow_up::{FollowUp, fits};
use apoa_domain::report::kinds::{OpKind, ReportKind};
use apoa_domain::report::rules::{FieldProblem, Problem, check, check_amend, check_follow_up};
use serde_json::{Map, Value};

/// The day on which all cases are judged.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 24);

fn lines() -> Vec<Value> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/reports/cases.jsonl");
    fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_slice(line.as_bytes()).unwrap())
        .collect()
}

fn facts(data: &Map<String, Value>) -> Facts {
    data.iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(code, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (code.parse().unwrap_or_else(|_| panic!("no field {code}")), Private::new(text))
        })
        .collect()
}

/// The word of the contract for what is wrong.
fn word(problem: &FieldProblem) -> Option<&'static str> {
    match problem.problem {
        Problem::Missing => Some("missing"),
        Problem::NotADate => Some("date"),
        Problem::Before(_) | Problem::After(_) => Some("range"),
        Problem::TooLong(_) => Some("length"),
        Problem::Characters => Some("form"),
        Problem::Foreign(_) => Some("unknown"),
        Problem::LongAgo => None,
    }
}

fn found(op: OpKind, report: ReportKind, data: &Map<String, Value>, before: &Facts) -> Vec<FieldProblem> {
    let draft = Draft::of(report, facts(data));
    match op {
        OpKind::Submit => check(&draft, TODAY),
        OpKind::Amend => check_amend(&draft, data.values().any(Value::is_null), TODAY),
        _ => {
            let mut follow_up = FollowUp::new(op).unwrap();
            for (field, value) in draft.facts() {
                follow_up.set(*field, value.reveal());
            }
            check_follow_up(&follow_up, report, before, TODAY)
        }
    }
}

#[test]
fn every_case_has_the_problems_of_its_line() {
    let lines = lines();
    let bases: BTreeMap<&str, &Value> = lines
        .iter()
        .filter(|line| line["id"].is_null())
        .map(|line| (line["base"].as_str().unwrap(), line))
        .collect();
    let mut judged = 0;
    for line in lines.iter().filter(|line| !line["id"].is_null()) {
        let (id, base) = (line["id"].as_str().unwrap(), bases[line["base"].as_str().unwrap()]);
        let op: OpKind = line["op"].as_str().unwrap().parse().unwrap();
        let report: ReportKind = base["report"].as_str().unwrap().parse().unwrap();
        assert_eq!(fits(op, report), line["none"].is_null(), "{id}");
        if line["none"] == true {
            continue;
        }
        let before = base["data"].as_object().unwrap();
        let mut data = line["data"].as_object().unwrap_or(before).clone();
        for (code, value) in line["set"].as_object().into_iter().flatten() {
            data.insert(code.clone(), value.clone());
        }
        for code in line["without"].as_array().into_iter().flatten() {
            data.remove(code.as_str().unwrap());
        }
        let expected: BTreeSet<(String, String)> = line["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()))
            .collect();
        let found: BTreeSet<(String, String)> = found(op, report, &data, &facts(before))
            .iter()
            .filter_map(|problem| Some((problem.field.to_string(), word(problem)?.to_owned())))
            .collect();
        assert_eq!(found, expected, "{id}: {}", line["why"]);
        judged += 1;
    }
    assert!(judged > 150, "only {judged} cases");
}
