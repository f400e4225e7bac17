//! `docs/invariants.md` and the tests: each invariant names tests that exist, and each test that is named after an
//! invariant stands there.

use std::collections::BTreeMap;
use std::fs;

use crate::{root, sources};

/// The invariants, as they are numbered.
fn numbers() -> Vec<String> {
    let mut numbers: Vec<String> = (1..=25).map(|number| format!("I{number}")).collect();
    numbers.insert(7, "I7b".to_owned());
    numbers
}

/// The invariants that a test is named after: `i05_i15_a_standing…` speaks of I5 and I15.
fn spoken_of(name: &str) -> Vec<String> {
    let number = |word: &str| {
        let digits = word.strip_prefix('i')?;
        let (number, letter) = (digits.get(..2)?.parse::<u32>().ok()?, digits.get(2..)?);
        (letter.is_empty() || letter == "b").then(|| format!("I{number}{letter}"))
    };
    name.split('_').map_while(number).collect()
}

/// Of each invariant the tests that the page names, with their files.
fn named() -> BTreeMap<String, Vec<(String, String)>> {
    let page = fs::read_to_string(root().join("docs/invariants.md")).unwrap();
    let mut named = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| I")) {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (number, tests) = (cells.next().unwrap().to_owned(), cells.nth(1).unwrap());
        let (mut file, mut of_it) = ("", Vec::new());
        for word in tests.split('`').skip(1).step_by(2) {
            if word.contains('/') {
                file = word;
            } else {
                of_it.push((file.to_owned(), word.to_owned()));
            }
        }
        assert!(named.insert(number.clone(), of_it).is_none(), "{number} stands there twice");
    }
    named
}

/// Names of functions that a file marks as tests, or as a property.
fn tests_of(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ")
            && std::mem::take(&mut marked)
        {
            found.push(rest.split('(').next().unwrap_or(rest));
        }
    }
    found
}

#[test]
fn every_invariant_names_tests_that_exist_and_one_that_bears_its_number() {
    let named = named();
    assert_eq!(named.keys().len(), numbers().len());
    for number in numbers() {
        let tests = named.get(&number).unwrap_or_else(|| panic!("{number} is missing"));
        for (file, name) in tests {
            let text =
                fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(tests_of(&text).contains(&name.as_str()), "{number}: no test {name} in {file}");
        }
        assert!(
            tests.iter().any(|(_, name)| spoken_of(name).contains(&number)),
            "{number} has no test of its own"
        );
    }
}

#[test]
fn every_test_that_bears_a_number_stands_on_the_page() {
    let named = named();
    let mut count = 0;
    for folder in ["tests", "core", "bindings"] {
        for (file, text) in sources(folder) {
            for name in tests_of(&text) {
                for number in spoken_of(name) {
                    let place = (format!("{folder}/{file}"), name.to_owned());
                    assert!(
                        named.get(&number).is_some_and(|tests| tests.contains(&place)),
                        "{number}: {place:?}"
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count >= numbers().len(), "{count} tests bear a number");
}

#[test]
fn i05_one_function_writes_the_standing_and_takes_a_verified_receipt() {
    // A statement that writes the column; reading it is free.
    let writes = |text: &str| text.matches("SET standing").count() + text.matches(", standing = ?").count();
    let proofs = ["Proved", "Told", "Asked", "Answered"].map(|event| format!("ReportEvent::{event} {{"));
    let proves = |text: &str| proofs.iter().map(|proof| text.matches(proof).count()).sum::<usize>();
    let (mut writers, mut provers) = (Vec::new(), Vec::new());
    for (file, text) in sources("core/src") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        writers.extend((0..writes(code)).map(|_| file.clone()));
        if proves(code) > 0 {
            assert!(
                code.contains("VerifiedReceipt"),
                "{file} says that something is proved, and has no receipt"
            );
            provers.push(file);
        }
    }
    assert_eq!(writers, ["store/settle.rs"]);
    assert_eq!(provers, ["store/elsewhere.rs", "store/settle.rs"]);
}
