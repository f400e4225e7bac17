//! What frames and pictures held.

use std::collections::HashMap;

use apoa_core::{permit, scanner as core};

use super::hint::Hint;
use super::layout::{Corner, corners};
use super::zone::Zone;
use crate::convert::{Confidence, LookUpKey};

/// A code that was read.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct FoundCode {
    /// Its payload.
    pub bytes: Vec<u8>,
    /// Its corners, from the code's own top left.
    pub corners: Vec<Corner>,
    /// Pixels a module.
    pub px_per_module: f32,
    /// What it says.
    pub reading: Reading,
}

/// What a payload says: the words of the command line.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Reading {
    /// The kind of reading, such as `holder_fields`.
    pub word: String,
    /// The issuer's id.
    pub issuer: Option<String>,
    /// The facts it holds, by field code.
    pub facts: HashMap<String, String>,
    /// Of what foreign or official kind it is.
    pub kind: Option<String>,
    /// Why it is suspicious.
    pub reason: Option<String>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Whether the permit's data are still to be asked of the server.
    pub pending: bool,
    /// What to ask our own server with.
    pub key: Option<LookUpKey>,
    /// Remarks, such as `NAT_UNKNOWN`.
    pub notes: Vec<String>,
    /// The form of a code that nobody knew, without its content.
    pub shape: Option<String>,
}

/// What a picture held.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Picture {
    /// Its codes.
    pub codes: Vec<FoundCode>,
    /// The machine-readable zone of a passport, card or visa.
    pub zone: Option<Zone>,
    /// What to change for the next picture.
    pub hint: Option<Hint>,
    /// Why nothing was read, as JSON: numbers alone, no payload, no pixels.
    pub report: String,
}

/// What counts.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum Payload {
    /// A code.
    Code {
        /// What was read.
        found: FoundCode,
    },
    /// The machine-readable zone of a passport, card or visa.
    Mrz {
        /// Its lines and what they say.
        zone: Zone,
    },
}

/// What one frame brought.
#[derive(Clone, PartialEq, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "made once a frame, read once, never kept in a list")]
pub enum Scanned {
    /// No code and no zone in sight.
    Nothing {
        /// What to change.
        hint: Option<Hint>,
    },
    /// A code or a zone is there and does not count yet.
    Located {
        /// Its corners.
        corners: Vec<Corner>,
        /// What to change; none if it was read and waits for a second look.
        hint: Option<Hint>,
    },
    /// A payload counts; said once for what is held in view.
    Confirmed {
        /// What was read.
        payload: Payload,
        /// That a code is no permit, or that other permits are in view.
        hint: Option<Hint>,
    },
    /// What was confirmed before is still in view.
    Unchanged,
}

fn code(core::Found { symbol, reading }: core::Found) -> FoundCode {
    // How it was read is nothing that an app shows.
    let core::Symbol {
        bytes,
        corners: at,
        px_per_module,
        version: _,
        ec_level: _,
        decoder: _,
        correction: _,
        inverted: _,
        mirrored: _,
    } = symbol;
    FoundCode { bytes, corners: corners(at), px_per_module, reading: (&reading).into() }
}

impl From<&permit::Reading> for Reading {
    fn from(reading: &permit::Reading) -> Self {
        // What is said crosses by the accessors, which know every kind of it.
        let permit::Reading { said: _, notes } = reading;
        Self {
            word: reading.word().to_owned(),
            issuer: reading.issuer().map(str::to_owned),
            facts: reading
                .fields()
                .iter()
                .map(|(field, value)| (field.as_str().to_owned(), value.to_owned()))
                .collect(),
            kind: reading.kind().map(str::to_owned),
            reason: reading.reason().map(|reason| reason.as_str().to_owned()),
            confidence: reading.confidence(),
            pending: reading.is_pending(),
            key: reading.lookup_key().map(LookUpKey::from),
            notes: notes.iter().map(|note| note.as_str().to_owned()).collect(),
            shape: reading.shape().map(|shape| shape.as_str().to_owned()),
        }
    }
}

impl From<core::Payload> for Payload {
    fn from(payload: core::Payload) -> Self {
        match payload {
            core::Payload::Code(found) => Self::Code { found: code(found) },
            core::Payload::Mrz(zone) => Self::Mrz { zone: (*zone).into() },
        }
    }
}

impl From<core::Scanned> for Scanned {
    fn from(scanned: core::Scanned) -> Self {
        match scanned {
            core::Scanned::Nothing { hint } => Self::Nothing { hint: hint.map(Hint::from) },
            core::Scanned::Located { outline, hint } => {
                Self::Located { corners: corners(outline.corners), hint: hint.map(Hint::from) }
            }
            core::Scanned::Confirmed { payload, hint } => {
                Self::Confirmed { payload: payload.into(), hint: hint.map(Hint::from) }
            }
            core::Scanned::Unchanged => Self::Unchanged,
        }
    }
}

impl From<core::Picture> for Picture {
    fn from(picture: core::Picture) -> Self {
        let report = picture.report().to_json();
        // Layout, sight and time stand in the report.
        let core::Picture { layout: _, found, zone, hint, sight: _, took: _ } = picture;
        let codes = found.into_iter().map(code).collect();
        Self { codes, zone: zone.map(Zone::from), hint: hint.map(Hint::from), report }
    }
}
