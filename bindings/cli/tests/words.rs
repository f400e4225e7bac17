//! What the program says comes out of the catalogue: a key that is not there, or a fact that is not given, would stand on
//! the screen as a key or as dots.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use apoa_core::catalogue::{Catalogue, Language};

/// How a fact that is not given shows.
const DOTS: &str = "…";

/// All sources of the program, one text each.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// The keys that a source says by name, each with the names of the facts that it gives, where they stand there as well.
fn said(source: &str) -> Vec<(&str, Option<BTreeSet<&str>>)> {
    let calls = ["word(\"", "usage(\""].into_iter().flat_map(|call| source.split(call).skip(1));
    calls
        .filter_map(|call| {
            let (key, rest) = call.split_once('"')?;
            let facts = rest.strip_prefix(", &[").and_then(|rest| rest.split("])").next());
            let names = facts
                .map(|facts| facts.split("(\"").skip(1).filter_map(|fact| fact.split('"').next()).collect());
            Some((key, names))
        })
        .collect()
}

#[test]
fn every_key_and_every_fact_that_the_program_names_is_in_the_catalogue() {
    let mut keys = 0;
    for (path, source) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for (key, names) in said(&source) {
            keys += 1;
            for language in [Language::Indonesian, Language::English] {
                let catalogue = Catalogue::new(language);
                let place = format!("{key} in {} {language:?}", path.display());
                let bare = catalogue.text(key, &[]).unwrap_or_else(|| panic!("no {place}"));
                let Some(names) = &names else { continue };
                let given: Vec<(&str, &str)> = names.iter().map(|name| (*name, "*")).collect();
                let full = catalogue.text(key, &given).unwrap();
                // A text may have dots of its own, but then no star takes their place; one in a plural may stand twice.
                let own = bare.matches(DOTS).count().saturating_sub(full.matches('*').count());
                assert_eq!(full.matches(DOTS).count(), own, "a fact is missing: {place}");
            }
        }
    }
    assert!(keys > 40, "{keys}");
}

#[test]
fn a_key_is_found_with_its_facts() {
    let source = r#"out.word("cli-saved", &[("n", &n.to_string()), ("file", name)]); out.word("word-due", &[]); out.word(key, &[])"#;
    let found = said(source);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], ("cli-saved", Some(BTreeSet::from(["n", "file"]))));
    assert_eq!(found[1], ("word-due", Some(BTreeSet::new())));
}
