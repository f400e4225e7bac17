//! What the options `--permit`, `--mrz`, `--from` and `--field` may hold, and the facts in it.

use std::fs;
use std::io::Read as _;

use apoa_core::codes::Code;
use apoa_core::fields::{Field, UnknownField};
use apoa_core::passport::{MrzReading, Origin, Person, Zone, read_mrz};
use apoa_core::permit::{Date, Patterns, PrintedDate, Reading, Said, read, read_date};
use apoa_core::report::draft;
use apoa_core::roster::in_contract_words;
use serde_json::Value;

use crate::failure::{Failure, Stop};

/// Facts in the order they were given.
pub(crate) type Given = Vec<(Field, String)>;

/// The permit's side of a comparison.
pub(crate) enum Permit {
    /// What a code says.
    Code(Reading),
    /// What somebody wrote down.
    Written(Given),
}

impl Permit {
    /// A JSON object whose keys are field codes, or any payload.
    pub(crate) fn of(argument: &str, patterns: &Patterns) -> Result<Self, Stop> {
        let text = text_or_file(argument)?;
        let Ok(Value::Object(object)) = serde_json::from_str::<Value>(&text) else {
            return Ok(Self::Code(read(text.as_bytes(), patterns)));
        };
        match flat(object) {
            Ok(given) => Ok(Self::Written(given)),
            // Not our codes: perhaps the object is the payload of a code.
            Err(stop) => match read(text.as_bytes(), patterns) {
                Reading { said: Said::Unknown { .. }, .. } => Err(stop),
                reading => Ok(Self::Code(reading)),
            },
        }
    }

    /// The person it describes.
    pub(crate) fn person(&self, patterns: &Patterns, today: Date) -> Person {
        match self {
            Self::Written(given) => {
                let facts = given.iter().map(|(field, value)| (*field, value.as_str()));
                Person::from_fields(facts, Origin::Typed, patterns)
            }
            Self::Code(reading) => match zone_in(reading, today) {
                Some(zone) => Person::from_zone(&zone),
                None => Person::from_reading(reading, patterns),
            },
        }
    }

    /// The facts it brings into a report.
    pub(crate) fn facts(&self, today: Date) -> Given {
        match self {
            Self::Written(given) => given.clone(),
            Self::Code(reading) => match zone_in(reading, today) {
                Some(zone) => zone_facts(&zone),
                None => reading.fields().iter().map(|(field, value)| (field, value.to_owned())).collect(),
            },
        }
    }
}

/// The zone inside a code, if that is what it holds.
pub(crate) fn zone_in(reading: &Reading, today: Date) -> Option<Zone> {
    let Said::Mrz { text, .. } = &reading.said else { return None };
    read_mrz(text.0.reveal(), today).zone().cloned()
}

/// The zone of a passport in a text or file.
pub(crate) fn zone_of(argument: &str, today: Date) -> Result<MrzReading, Stop> {
    Ok(read_mrz(&text_or_file(argument)?, today))
}

/// What a zone says, by field code.
pub(crate) fn zone_facts(zone: &Zone) -> Given {
    draft::zone_facts(zone).into_iter().map(|(field, value)| (field, value.reveal().clone())).collect()
}

/// One flat JSON object `{code: string or number}`; `null` and `""` equal absent.
pub(crate) fn from_file(path: &str) -> Result<Given, Stop> {
    let text = read_text(path)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => flat(object),
        Ok(_) => Err(Stop::usage("cli-usage-from-flat", &[])),
        Err(error) => Err(Stop::usage("cli-usage-from-json", &[("cause", &error.to_string())])),
    }
}

/// `CODE=VALUE`.
pub(crate) fn assignment(text: &str) -> Result<(Field, String), Stop> {
    let (code, value) = text.split_once('=').ok_or_else(|| Stop::usage("cli-usage-field", &[]))?;
    let field = field(code)?;
    Ok((field, in_contract_words(field, value)))
}

/// A day, as ISO or as printed.
pub(crate) fn day(text: &str) -> Result<Date, Stop> {
    match read_date(text) {
        PrintedDate::Day(day) => Ok(day),
        PrintedDate::Absent | PrintedDate::Impossible => Err(Failure::new(Code::DateInvalid).into()),
    }
}

/// `@FILE` is a file, anything else the text itself.
fn text_or_file(argument: &str) -> Result<String, Stop> {
    match argument.strip_prefix('@') {
        Some(path) => read_text(path),
        None => Ok(argument.to_owned()),
    }
}

/// A text file, or stdin for `-`.
pub(crate) fn read_text(path: &str) -> Result<String, Stop> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|_| Stop::usage("cli-usage-no-text", &[("a", path)]))
}

/// A file, or stdin for `-`.
pub(crate) fn read_bytes(path: &str) -> Result<Vec<u8>, Stop> {
    if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| Stop::unread(&"-", &error))?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| Stop::unread(&path, &error))
}

fn flat(object: serde_json::Map<String, Value>) -> Result<Given, Stop> {
    let mut given = Given::new();
    for (code, value) in object {
        let field = field(&code)?;
        let value = match value {
            Value::Null => continue,
            Value::String(text) if text.is_empty() => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(Stop::usage("cli-usage-plain-value", &[("code", &code)]));
            }
        };
        given.push((field, value));
    }
    Ok(given)
}

pub(crate) fn field(code: &str) -> Result<Field, Stop> {
    code.parse().map_err(|unknown: UnknownField| {
        let guess = unknown.nearest.to_string();
        Failure::new(Code::UnknownField).with("code", code).with("guess", guess).into()
    })
}
