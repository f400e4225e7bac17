//! What generated Kotlin and Swift cannot bear in names and docs, searched for in the source of what is exported.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Names that clash with what every generated class or error has, and the hard keywords of both languages.
const FORBIDDEN: &str = "message cause description hash close destroy \
    as break class continue do else false for fun if in interface is null object package return super this throw \
    true try typealias typeof val var when while \
    associatedtype deinit enum extension fileprivate func import init inout internal let operator private \
    precedencegroup protocol public rethrows static struct subscript case catch default defer fallthrough guard \
    repeat switch where any await nil self throws none some";

/// What is exported: the text of its file, and of each item with an attribute of uniffi.
fn exported(folder: &Path) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(exported(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let (mut items, mut item) = (Vec::new(), None::<String>);
        for line in text.lines() {
            if item.is_none() && line.starts_with("#[") && line.contains("uniffi::") {
                item = Some(String::new());
            }
            if let Some(lines) = &mut item {
                if !line.trim_start().starts_with("//") {
                    lines.push_str(line);
                    lines.push('\n');
                }
                if line == "}" {
                    items.extend(item.take());
                }
            }
        }
        found.push((text, items));
    }
    found
}

fn source() -> Vec<(String, Vec<String>)> {
    exported(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The names an item gives: of functions, arguments, fields and variants.
fn names(item: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = variants(item).into_iter().collect();
    for (start, c) in item.char_indices().filter(|(_, c)| matches!(c, ':' | '(')) {
        let before = &item[..start];
        let name = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
        let ahead = before.strip_suffix(name).unwrap();
        let named = if c == '(' { ahead.ends_with("fn ") } else { !item[start..].starts_with("::") };
        if named && !name.is_empty() && !ahead.ends_with(':') {
            names.insert(name.to_owned());
        }
    }
    names
}

/// The variants of an enum, by the names they cross with.
fn variants(item: &str) -> Vec<String> {
    if !item.contains("pub enum ") {
        return Vec::new();
    }
    let mut renamed = None;
    let mut found = Vec::new();
    for line in item.lines() {
        if let Some((_, rest)) = line.split_once("#[uniffi(name = \"") {
            renamed = rest.split('"').next().map(str::to_owned);
        } else if let Some(line) = line.strip_prefix("    ")
            && line.starts_with(char::is_uppercase)
        {
            let name = line.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned();
            found.push(renamed.take().unwrap_or(name));
        }
    }
    found
}

#[test]
fn no_name_breaks_generated_code() {
    let forbidden: BTreeSet<&str> = FORBIDDEN.split_whitespace().collect();
    let mut seen = 0;
    for item in source().iter().flat_map(|(_, items)| items) {
        for name in names(item) {
            seen += 1;
            let plain = name.trim_start_matches('_').to_lowercase();
            assert!(plain == "self" || !forbidden.contains(plain.as_str()), "{name} in\n{item}");
        }
    }
    assert!(seen > 500, "only {seen} names were found");
}

#[test]
fn no_variant_is_named_like_a_type() {
    let source = source();
    let items = || source.iter().flat_map(|(_, items)| items);
    let kinds = ["pub struct ", "pub enum ", "pub trait "];
    let types: BTreeSet<&str> = items()
        .flat_map(|item| kinds.iter().filter_map(|kind| item.split_once(kind)))
        .filter_map(|(_, rest)| rest.split(|c: char| !c.is_alphanumeric()).next())
        .collect();
    assert!(types.contains("ApoaClient") && types.contains("Zone") && types.len() > 80, "{types:?}");
    let both: Vec<String> =
        items().flat_map(|item| variants(item)).filter(|variant| types.contains(variant.as_str())).collect();
    assert!(both.is_empty(), "{both:?}");
}

#[test]
fn no_comment_ends_a_generated_one() {
    for (text, _) in source() {
        assert!(!text.contains("/*") && !text.contains("*/"));
    }
}

#[test]
fn every_exported_function_can_fail() {
    for item in source().iter().flat_map(|(_, items)| items) {
        if item.starts_with("#[uniffi::export") {
            let signatures =
                item.split("fn ").skip(1).filter(|text| text.contains("->") || text.contains(')'));
            for signature in signatures {
                let head = signature.split(['{', ';']).next().unwrap();
                assert!(head.contains("-> Result<"), "{head}");
            }
        }
    }
}
