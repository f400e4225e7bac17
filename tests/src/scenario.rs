//! What the players of `tests/scenarios` share: its files, and drafts by name. `tests/scenarios/README.md` says what they
//! mean.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use apoa_ffi::{ApoaClient, Config, Draft, ReportKind};
use jiff::civil::Date;
use serde_json::Value;

/// The folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// Every scenario by its file's name, in alphabetical order.
pub fn all() -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(folder()).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "json") && name != "drafts.json")
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(&name))).collect()
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name)).expect("a scenario");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A phone that is opened as an app opens it: through the bridge, with keys in files.
pub fn config(data: &Path, url: Option<&str>, trust: Option<&Path>) -> Config {
    Config {
        data_dir: data.to_string_lossy().into_owned(),
        server: url.map(str::to_owned),
        trust: trust.map(|file| std::fs::read_to_string(file).expect("a trust file")),
        client_id: "apoa-tests".to_owned(),
        platform: "test".to_owned(),
    }
}

/// The draft of this name, with the texts of this object laid over it; days are counted from the client's today.
pub fn draft(client: &ApoaClient, name: &str, over: &Value) -> Draft {
    let drafts = read("drafts.json");
    let draft = drafts.get(name).unwrap_or_else(|| panic!("no draft {name}"));
    let kind = kind(draft["kind"].as_str().expect("a kind"));
    let mut facts = dated(client, &draft["facts"]);
    facts.extend(dated(client, over));
    Draft { kind, facts }
}

/// The kind of report of this word.
pub fn kind(word: &str) -> ReportKind {
    match word {
        "lodging.check_in" => ReportKind::LodgingCheckIn,
        "worker.start" => ReportKind::WorkerStart,
        kind => panic!("no such kind: {kind}"),
    }
}

/// An object's texts.
pub fn texts(object: &Value) -> HashMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    object.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

/// An object's texts, with `@today`, `@today+3` and `@today-1` as days.
pub fn dated(client: &ApoaClient, object: &Value) -> HashMap<String, String> {
    texts(object).into_iter().map(|(code, value)| (code, today_or(client, &value))).collect()
}

/// `@today`, `@today+3` and `@today-1` as days; anything else as it is.
pub fn today_or(client: &ApoaClient, value: &str) -> String {
    let Some(days) = value.strip_prefix("@today") else { return value.to_owned() };
    let days: i64 = if days.is_empty() { 0 } else { days.parse().expect("a number of days") };
    let today: Date = client.today().expect("today").parse().expect("a day");
    today.checked_add(jiff::Span::new().days(days)).expect("a day").to_string()
}
