//! The bans of ARCHITECTURE.md, held against manifests and sources. A rule without a test is a wish; each rule here
//! is one test, and beside them stand tests that each rule notices a breach.
//!
//! Exceptions are named one by one with their reason, and one that nothing needs any more fails too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bans/invariants.rs"]
mod invariants;
#[path = "bans/phone.rs"]
mod phone;
#[path = "bans/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};
use source::{Named, paths, tokens};

/// Which of our crates may name which, whether in code, tests or builds. A new crate is added here first.
const ARROWS: &[(&str, &[&str])] = &[
    ("apoa-domain", &[]),
    // Its tests look at drawn cards.
    ("apoa-scan", &["apoa-frames"]),
    ("apoa-core", &["apoa-domain", "apoa-scan"]),
    // Stands in the place of a crate that reqwest names.
    ("rustls-platform-verifier", &[]),
    ("apoa-ffi", &["apoa-core"]),
    ("apoa-bindgen", &[]),
    ("apoa-frames", &[]),
    // One misunderstanding must not sit on both ends: the server knows the contract, not our code.
    ("apoa-server", &[]),
    ("apoa-cli", &["apoa-core", "apoa-frames", "apoa-server"]),
    ("apoa-tests", &["apoa-core", "apoa-ffi", "apoa-frames", "apoa-server"]),
];

/// The three crates that build, fuzz and test alone.
const CORE: &[&str] = &["apoa-core", "apoa-scan", "apoa-domain"];

/// Beginnings of the names of crates that belong to a platform or to the bridge.
const PLATFORM: &[&str] = &[
    "uniffi",
    "jni",
    "jna",
    "ndk",
    "android",
    "objc",
    "block2",
    "core-foundation",
    "security-framework",
    "swift",
];

/// What apoa-domain and apoa-scan may use: values in, values out. None opens a file or a socket, reads a clock or
/// draws a random number with the features given.
const PURE: &[(&str, &[&str])] = &[
    (
        "apoa-domain",
        &[
            "base64ct",
            "ed25519-dalek",
            "icu_normalizer",
            "icu_properties",
            "jiff",
            "mrz",
            "regex-lite",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "unicode-security",
            "url",
            "uuid",
            "zeroize",
        ],
    ),
    ("apoa-scan", &["mrz", "rqrr", "thiserror"]),
];

/// Features that would bring a clock, a time zone of the system or randomness into a pure crate.
const IMPURE_FEATURES: &[&str] = &[
    "tz-system",
    "tzdb-zoneinfo",
    "rng",
    "fast-rng",
    "rng-getrandom",
    "v1",
    "v4",
    "v6",
    "v7",
    "rand_core",
    "image",
];

/// The files of the queue that touch store and network, and what fuzzers get of them; all others decide.
const JOINING: &[&str] = &["runner.rs", "http.rs", "hearing.rs"];

/// Values of the store that one who decides may name: what a sign-in brings is written down as it is.
const STORED_VALUES: &[(&str, &str)] = &[
    ("auth.rs", "crate::store::accounts::Right"),
    ("auth.rs", "crate::store::accounts::Tokens"),
    ("auth.rs", "crate::store::accounts::UnitCard"),
];

/// Who may name the facade, beside the files that are part of it: values that stand there for its callers.
const FACADE: &[(&str, &str, &str)] = &[
    ("lib.rs", "crate::client", "re-exports it"),
    ("runs.rs", "crate::client", "the part of the facade that starts runs"),
    ("signing.rs", "crate::client::ApoaClient", "the part of the facade that knows who works here"),
    ("changes.rs", "crate::client", "the part of the facade that changes reports"),
    ("unit_work.rs", "crate::client::ApoaClient", "the part of the facade that looks after a unit"),
    ("upkeep.rs", "crate::client::ApoaClient", "the part of the facade that erases and rotates"),
    ("photos.rs", "crate::client", "the part of the facade that keeps photos"),
    ("papers.rs", "crate::client::ApoaClient", "the part of the facade that lists what is shown to others"),
    ("ask.rs", "crate::client::ApoaClient", "the part of the facade that sends a single request"),
    ("look_up.rs", "crate::client::ApoaClient", "the part of the facade that asks for a permit's record"),
    ("try_out.rs", "crate::client::ApoaClient", "the part of the facade that asks what the queue is worth"),
    ("unit_office.rs", "crate::client::ApoaClient", "the part of the facade that asks about the unit"),
    ("roster/import.rs", "crate::client::ApoaClient", "the part of the facade that takes lists"),
    ("patterns.rs", "crate::client::ApoaClient", "the part of the facade that says how codes are recognised"),
    ("doctor.rs", "crate::client::ApoaClient", "the part of the facade that looks for faults"),
];

/// One idea a file: longer ones are read by nobody.
const LINES_MOST: usize = 450;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata.packages.iter().find(|package| *package.name == name).unwrap()
}

/// All Rust files below a folder, with their path from it.
fn sources(folder: &str) -> Vec<(String, String)> {
    let top = root().join(folder);
    let (mut found, mut open) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "nothing in {folder}");
    found.sort();
    found
}

/// The paths named in a file of apoa-core; `file` counts from its `src`.
fn named(file: &str, text: &str) -> Vec<Named> {
    let stem = file.trim_end_matches(".rs");
    let module = match stem.strip_suffix("mod").map(|folder| folder.trim_end_matches('/')) {
        Some(folder) => format!("crate::{}", folder.replace('/', "::")),
        None if stem == "lib" => "crate".to_owned(),
        None => format!("crate::{}", stem.replace('/', "::")),
    };
    let words: Vec<&str> = tokens(text).into_iter().map(|token| token.text).collect();
    let children: Vec<String> = words
        .windows(3)
        .filter(|window| window[0] == "mod" && window[2] == ";")
        .map(|window| window[1].to_owned())
        .collect();
    paths(text, &module, &children)
}

/// Each place in `file` that reaches one of the modules.
fn reaching(file: &str, text: &str, banned: &[&str]) -> Vec<String> {
    named(file, text)
        .iter()
        .filter(|named| banned.iter().any(|module| named.reaches(module)))
        .map(|named| format!("{file}:{}: {}", named.line, named.path))
        .collect()
}

fn words(file: &str, text: &str, banned: &[&str]) -> Vec<String> {
    tokens(text)
        .iter()
        .filter(|token| banned.contains(&token.text))
        .map(|token| format!("{file}:{}: {}", token.line, token.text))
        .collect()
}

fn impure_sync(file: &str, text: &str) -> Vec<String> {
    let mut found = reaching(
        file,
        text,
        &[
            "crate::store",
            "crate::sync::http",
            "crate::seal",
            "std::fs",
            "std::net",
            "rusqlite",
            "reqwest",
            "tokio",
        ],
    );
    found.extend(words(file, text, &["SystemTime", "Instant"]));
    found
}

#[track_caller]
fn none(found: &[String]) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn is_platform(dependency: &Dependency) -> bool {
    PLATFORM.iter().any(|name| dependency.name.starts_with(name))
}

#[test]
fn our_crates_name_each_other_only_along_the_arrows() {
    for package in metadata().packages {
        let allowed = ARROWS.iter().find(|(name, _)| *name == *package.name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{} is new: draw its arrows", package.name));
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            assert!(allowed.contains(&&*dependency.name), "{} names {}", package.name, dependency.name);
            let tests_only = (&**package.name, &*dependency.name) == ("apoa-scan", "apoa-frames");
            assert!(!tests_only || dependency.kind == DependencyKind::Development, "{}", package.name);
            let shipped = dependency.kind != DependencyKind::Development;
            let demo_only = package.name.as_str() == "apoa-cli" && dependency.name != "apoa-core";
            assert!(!demo_only || !shipped || dependency.optional, "{} in every build", dependency.name);
        }
    }
}

#[test]
fn core_scan_and_domain_name_no_bridge_and_no_platform() {
    let metadata = metadata();
    for name in CORE {
        let package = package(&metadata, name);
        let found: Vec<_> = package.dependencies.iter().filter(|d| is_platform(d)).map(|d| &d.name).collect();
        assert!(found.is_empty(), "{name} names {found:?}");
    }
    for (file, text) in sources("core") {
        none(&words(&file, &text, &["uniffi", "jni", "ndk", "objc2"]));
    }
}

#[test]
fn only_the_bridge_and_its_generator_name_uniffi() {
    for package in metadata().packages {
        let names = package.dependencies.iter().any(|dependency| dependency.name.starts_with("uniffi"));
        assert!(!names || ["apoa-ffi", "apoa-bindgen"].contains(&package.name.as_str()), "{}", package.name);
    }
}

#[test]
fn domain_and_scan_use_only_crates_that_reach_nothing() {
    let metadata = metadata();
    for (name, allowed) in PURE {
        let shipped: BTreeSet<_> = package(&metadata, name)
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .inspect(|dependency| {
                let impure = dependency.features.iter().find(|name| IMPURE_FEATURES.contains(&name.as_str()));
                assert_eq!(impure, None, "{name} asks {} for it", dependency.name);
            })
            .map(|dependency| dependency.name.as_str())
            .collect();
        assert_eq!(shipped, allowed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn what_decides_in_the_queue_reaches_neither_store_nor_network_nor_clock() {
    let mut excused = 0;
    for (file, text) in sources("core/src/sync").iter().filter(|(file, _)| !JOINING.contains(&file.as_str()))
    {
        let mut found = impure_sync(&format!("sync/{file}"), text);
        let before = found.len();
        found.retain(|breach| {
            !STORED_VALUES.iter().any(|(name, path)| name == file && breach.ends_with(&format!(": {path}")))
        });
        excused += before - found.len();
        none(&found);
    }
    assert_eq!(excused, STORED_VALUES.len(), "an exception is no longer needed, or used twice");
}

#[test]
fn the_store_does_not_know_the_queue_nor_the_network_the_store() {
    for (file, text) in sources("core/src/store") {
        none(&reaching(&format!("store/{file}"), &text, &["crate::sync", "reqwest", "tokio", "std::net"]));
    }
    for file in ["http.rs", "transport.rs"] {
        let text = fs::read_to_string(root().join("core/src/sync").join(file)).unwrap();
        none(&reaching(&format!("sync/{file}"), &text, &["crate::store", "rusqlite"]));
    }
}

#[test]
fn keys_sql_and_http_stand_in_one_place_each() {
    for (file, text) in sources("core/src") {
        let errors = file == "error.rs";
        if !errors && !file.starts_with("store/") {
            none(&reaching(&file, &text, &["rusqlite"]));
            if !file.starts_with("seal/") {
                none(&reaching(&file, &text, &["crate::seal"]));
            }
        }
        if file != "sync/http.rs" {
            none(&reaching(&file, &text, &["reqwest", "tokio"]));
        }
    }
}

#[test]
fn nothing_below_the_facade_knows_it() {
    let mut used: BTreeSet<&(&str, &str, &str)> = BTreeSet::new();
    for (file, text) in sources("core/src").iter().filter(|(file, _)| file != "client.rs") {
        for named in named(file, text).iter().filter(|named| named.reaches("crate::client")) {
            let known = FACADE.iter().find(|(name, path, _)| name == file && named.path.starts_with(path));
            assert!(known.is_some(), "{file}:{}: {}", named.line, named.path);
            used.extend(known);
        }
    }
    let stale: Vec<_> = FACADE.iter().filter(|exception| !used.contains(*exception)).collect();
    assert!(stale.is_empty(), "no longer needed: {stale:?}");
}

#[test]
fn async_stands_in_the_file_that_speaks_http_alone() {
    for (file, text) in sources("core") {
        if file != "src/sync/http.rs" {
            none(&words(&file, &text, &["async", "await"]));
        }
    }
}

/// What Cargo switches on in a build of these packages alone.
fn features_of(packages: &[&str]) -> String {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(root()).args([
        "tree",
        "--locked",
        "--offline",
        "--edges",
        "features,no-dev",
        "--prefix",
        "none",
    ]);
    tree.args(packages.iter().flat_map(|package| ["--package", package]));
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn nothing_that_is_shipped_has_failpoints() {
    for shipped in [&["apoa-ffi"][..], &["apoa-cli"], &["apoa-core", "apoa-cli"]] {
        let features = features_of(shipped);
        assert!(features.contains("apoa-core feature \"still-image\""), "{shipped:?}: {features}");
        assert!(!features.contains("feature \"failpoints\""), "{shipped:?}");
    }
    assert!(features_of(&["apoa-tests"]).contains("apoa-core feature \"failpoints\""));
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.lines().any(|line| line == "unsafe_code = \"forbid\""));
    for package in metadata().packages {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(inherits_lints(&manifest), "{} has lints of its own", package.name);
    }
    for folder in ["core", "bindings", "tests"] {
        for (file, text) in sources(folder) {
            none(&words(&format!("{folder}/{file}"), &text, &["unsafe"]));
        }
    }
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    lines.find(|line| !line.is_empty() && !line.starts_with('#')) == Some("workspace = true")
}

#[test]
fn no_file_is_longer_than_one_idea() {
    for folder in ["core", "bindings", "tests"] {
        for (file, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= LINES_MOST, "{folder}/{file} has {lines} lines");
        }
    }
}

#[test]
fn each_way_of_reaching_a_banned_module_is_noticed() {
    for text in [
        "use crate::store::unit::UnitStore;",
        "use crate::{error::Error, store::{self}};",
        "use super::{wire, http::HttpTransport,};",
        "use super::http as quiet;",
        "use super::*;",
        "use crate::store;",
        "fn f() { crate::store::open(); }",
        "fn f<'a>(x: &'a str) -> char { super::http::roots(); 'x' }",
        "mod tests { use super::super::http::roots; }",
        "use std::{fmt, fs::File};",
        "fn f() -> std::time::Instant { todo }",
        "use std::net::TcpStream;",
    ] {
        assert!(!impure_sync("sync/machine.rs", text).is_empty(), "{text}");
    }
    assert_eq!(
        reaching("store/unit.rs", "\nuse crate::sync::wire;", &["crate::sync"]),
        ["store/unit.rs:2: crate::sync::wire"]
    );
    assert!(!reaching("lib.rs", "mod client;\npub use client::Counts;", &["crate::client"]).is_empty());
}

#[test]
fn what_only_looks_like_a_breach_is_not_one() {
    for text in [
        "use super::outcome::Trouble;\nuse std::sync::Mutex;",
        "//! Unlike crate::store::unit, /* std::fs */ Instant\nfn f() {}",
        "const WHY: &str = \"crate::store \\\" Instant\"; const RAW: &str = r#\"std::fs::\"# ;",
        "mod tests { use super::*; fn f() { g('\"', b'\\'', '\\u{1F}'); } }",
        "fn f(store: u8) -> impl Fn() + use<'_> { move || drop(store) }",
    ] {
        none(&impure_sync("sync/machine.rs", text));
    }
    assert!(
        words("a.rs", "/* unsafe /* async */ */ let unsafe_code = \"unsafe\";", &["unsafe", "async"])
            .is_empty()
    );
    assert_eq!(words("a.rs", "fn f() {}\nasync fn g() {}", &["async"]), ["a.rs:2: async"]);
}

#[test]
fn a_manifest_with_lints_of_its_own_is_noticed() {
    assert!(inherits_lints("[package]\nname = \"a\"\n\n[lints]\n# why\nworkspace = true\n"));
    assert!(!inherits_lints("[package]\nname = \"a\"\n[lints.rust]\nunsafe_code = \"allow\"\n"));
    assert!(!inherits_lints("[lints]\n\n[dependencies]\n"));
}
