//! Calls that need neither data folder nor server.

#![expect(clippy::implicit_hasher, reason = "what is exported is not generic")]

use std::collections::HashMap;

use apoa_core::passport;
use apoa_core::permit::{Patterns, RecordKey};

use crate::convert::{Comparison, Described, Draft, FactSource, LookUpKey, MrzReading, Occasion, day, pairs};
use crate::error::{DraftError, InputError};

/// Looks for a machine-readable zone in a text: lines, one joined line, or a page around them. `today`, ISO, settles
/// the century of a birth year.
#[uniffi::export]
pub fn read_mrz(text: String, today: String) -> Result<MrzReading, InputError> {
    Ok(passport::read_mrz(&text, day(&today)?).into())
}

/// Whether permit and passport belong together, by the built-in patterns. No verdict blocks a report.
#[uniffi::export]
pub fn compare(permit: Described, passport: Described, occasion: Occasion) -> Result<Comparison, InputError> {
    let (patterns, occasion) = (Patterns::default(), passport::Occasion::try_from(occasion)?);
    let seen = |person: Described| person.seen(&patterns, occasion.today);
    Ok(passport::compare(&seen(permit)?, &seen(passport)?, &occasion).into())
}

/// The key to look up among written facts: the first number there is.
#[uniffi::export]
pub fn key_of_facts(facts: HashMap<String, String>) -> Result<Option<LookUpKey>, DraftError> {
    let facts = pairs(facts)?;
    let written = |wanted| facts.iter().find(|(field, _)| *field == wanted).map(|(_, text)| text.as_str());
    Ok(RecordKey::of_fields(written).map(LookUpKey::from))
}

/// The draft with what a reading says; facts that do not belong to its kind of report are passed over.
#[uniffi::export]
pub fn fill_draft(
    draft: Draft,
    facts: HashMap<String, String>,
    source: FactSource,
) -> Result<Draft, DraftError> {
    let (mut draft, facts) = (apoa_core::report::draft::Draft::try_from(draft)?, pairs(facts)?);
    draft.fill(facts.iter().map(|(field, text)| (*field, text.as_str())), source);
    Ok(draft.into())
}

/// The draft of the next person of a group: the stay is kept, and nothing of the person, their documents or what was
/// remarked of them.
#[uniffi::export]
pub fn next_guest(draft: Draft) -> Result<Draft, DraftError> {
    Ok(apoa_core::report::draft::Draft::try_from(draft)?.next_guest().into())
}

/// Version of the core, as the server sees it.
#[uniffi::export]
pub fn version() -> Result<String, InputError> {
    Ok(apoa_core::VERSION.to_owned())
}
