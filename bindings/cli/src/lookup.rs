//! `--lookup`: the record behind a code's key, from the server of the sign-in. Only the key is sent; an address in a code
//! is never opened. A server out of reach is an outcome, since everything else goes on without it.

use std::time::Duration;

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::permit::RecordKey;
use apoa_core::{ApoaClient, LookUpRequest, LookedUp, Record, SyncError};
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Stop;
use crate::mask::Mask;
use crate::output::{DIM, GOOD, Output, WARN, table};
use crate::sources::Permit;
use crate::values;

/// One look-up a process, so any number will do.
const RUN: u64 = 1;
/// A guest stands at the desk; longer than this nobody looks at a clerk who waits.
const BUDGET: Duration = Duration::from_secs(10);

/// What came of asking.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The register has it.
    Found(Record),
    /// The register has no permit by this key.
    Unknown,
    /// The server is out of reach for now.
    Pending(Code),
    /// The code holds nothing to ask by.
    NoKey,
}

impl Answer {
    /// The word of `lookup`.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::Unknown => "not_found",
            Self::Pending(_) => "pending",
            Self::NoKey => "no_key",
        }
    }

    /// What keeps the record away.
    pub(crate) fn problem(&self) -> Option<Code> {
        if let Self::Pending(code) = self { Some(*code) } else { None }
    }

    /// The record, if there is one.
    pub(crate) fn record(&self) -> Option<&Record> {
        if let Self::Found(record) = self { Some(record) } else { None }
    }

    /// What it is worth to a script that asked for the record.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Found(_) | Self::NoKey => Exit::Done,
            Self::Unknown => Exit::Nothing,
            Self::Pending(code) => Exit::of(*code),
        }
    }

    /// The record's facts, masked unless all is shown.
    pub(crate) fn facts(&self, mask: Mask) -> Option<Map<String, Value>> {
        let fact = |(field, value): (Field, &str)| {
            (field.as_str().to_owned(), Value::String(mask.field(field, value)))
        };
        self.record().map(|record| record.fields.iter().map(fact).collect())
    }

    /// In words, for a person.
    pub(crate) fn text(&self, out: &Output) -> String {
        let said = out.word(&format!("lookup-{}", self.as_str()), &[]);
        match self {
            Self::Found(record) => {
                let rows: Vec<_> = record
                    .fields
                    .iter()
                    .map(|(field, value)| {
                        (out.field(field), Some(values::said(field, &out.mask.field(field, value), out)))
                    })
                    .collect();
                format!("{GOOD}{said}{GOOD:#}\n{}", table(&rows))
            }
            Self::Unknown | Self::NoKey => format!("{WARN}{said}{WARN:#}"),
            Self::Pending(code) => {
                // What a code says of a report that waits is not true of a question: nothing asks it again by itself.
                let (text, of_report) = out.explain(*code, &[]);
                let remedy = out.known_word(&format!("lookup-{}", code.short())).unwrap_or(of_report);
                format!("{WARN}{said}{WARN:#}\n  {text} {remedy} {DIM}{code}{DIM:#}")
            }
        }
    }
}

/// Asks for the record behind a key.
pub(crate) fn ask(client: &ApoaClient, key: Option<RecordKey>) -> Result<Answer, Stop> {
    let Some(key) = key else { return Ok(Answer::NoKey) };
    match client.look_up(&key, LookUpRequest { run: RUN, budget: BUDGET }) {
        Ok(LookedUp::Found(record)) => Ok(Answer::Found(record)),
        Ok(LookedUp::Unknown) => Ok(Answer::Unknown),
        Err(error) if is_passing(&error) => Ok(Answer::Pending(error.code())),
        Err(error) => Err(error.into()),
    }
}

/// Whether it will be better by itself, or elsewhere: those are the codes N.
fn is_passing(error: &SyncError) -> bool {
    error.code().short().starts_with('N')
}

/// The key of what `--permit` holds: a code's, or the first number that somebody wrote down.
pub(crate) fn key_of(permit: &Permit) -> Option<RecordKey> {
    match permit {
        Permit::Code(reading) => reading.lookup_key(),
        Permit::Written(given) => RecordKey::of_fields(|wanted| {
            given.iter().find(|(field, _)| *field == wanted).map(|(_, printed)| printed.as_str())
        }),
    }
}
