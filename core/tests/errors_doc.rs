//! docs/errors.md is the catalogue as a page: each code with its meaning, remedy and whether waiting helps, in both
//! languages. This test renders the page and compares; with `APOA_WRITE_DOCS=1` it writes it.
#![cfg(feature = "catalogue")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use apoa_core::catalogue::{Catalogue, Language};
use apoa_core::codes::{Code, Retry};

const HEAD: &str = "\
<!-- Written from core/locales and core/domain/src/codes.rs; change those, then:
     APOA_WRITE_DOCS=1 cargo test -p apoa-core --features catalogue --test errors_doc -->

# Codes

Everything a person can meet has a stable code, the same on screen, on the command line and in an answer of the server.
`apoa explain APOA-S101` says what one means. Codes are never reused. `{field}` and the like stand for what the case
at hand fills in.

The last column says whether waiting helps: **self**, the core tries again by itself; **fix**, a person changes
something first; **no**, there is nothing to repeat.
";

/// A letter and the field that it stands for, in the order of the page.
const FIELDS: &[(char, &str)] = &[
    ('S', "Reading codes and pictures"),
    ('P', "Passport and permit"),
    ('V', "Values of a report"),
    ('R', "The server's decision"),
    ('I', "Import of lists"),
    ('N', "Network"),
    ('A', "Account and set-up"),
    ('D', "Data on this device"),
    ('X', "Unexpected"),
];

fn page() -> String {
    let (english, indonesian) = (Catalogue::new(Language::English), Catalogue::new(Language::Indonesian));
    let names = arguments();
    let named: Vec<(&str, String)> = names.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
    let arguments: Vec<(&str, &str)> = named.iter().map(|(name, shown)| (*name, shown.as_str())).collect();
    let mut page = HEAD.to_owned();
    for (letter, field) in FIELDS {
        write!(
            page,
            "\n## {letter}: {field}\n\n| code | meaning | remedy | arti | tindakan | retry |\n| --- | --- | --- | --- | --- | --- |\n"
        )
        .unwrap();
        for code in Code::ALL.iter().filter(|code| code.short().starts_with(*letter)) {
            let (en, id) = (english.explain(*code, &arguments), indonesian.explain(*code, &arguments));
            let cells = [&en.text, &en.remedy, &id.text, &id.remedy].map(|text| cell(text));
            writeln!(page, "| {code} | {} | {} |", cells.join(" | "), code.retry().as_str()).unwrap();
        }
    }
    page
}

/// What the texts leave open, by name.
fn arguments() -> BTreeSet<&'static str> {
    let texts = [include_str!("../locales/en.ftl"), include_str!("../locales/id.ftl")];
    texts
        .iter()
        .flat_map(|text| text.split("{ $").skip(1))
        .filter_map(|rest| Some(rest.split_once(' ')?.0))
        .collect()
}

/// A text that cannot leave its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_page_of_codes_is_what_the_catalogue_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let page = page();
    if std::env::var_os("APOA_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&file, &page).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    for (number, (there, due)) in there.lines().zip(page.lines()).enumerate() {
        assert_eq!(
            there,
            due,
            "docs/errors.md, line {}; its first lines say how to write it anew",
            number + 1
        );
    }
    assert!(
        there == page,
        "docs/errors.md is too short or too long; its first lines say how to write it anew"
    );
}

#[test]
fn every_code_stands_on_the_page_once_under_its_letter() {
    let page = page();
    for code in Code::ALL {
        assert_eq!(page.matches(&format!("\n| {code} |")).count(), 1, "{code}");
        let field = page.find(&format!("\n## {}:", &code.short()[..1])).unwrap();
        assert!(page.find(&format!("\n| {code} |")).unwrap() > field, "{code}");
    }
}

#[test]
fn each_way_of_retrying_is_explained_above_the_tables() {
    for retry in [Retry::Itself, Retry::AfterFix, Retry::Never] {
        assert!(HEAD.contains(&format!("**{}**", retry.as_str())));
    }
}
