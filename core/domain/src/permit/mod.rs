//! What a scanned payload says, and whether it may be believed.
//!
//! The literal payload of a permit's code is not public, so recognition is configuration ([`Patterns`]) and an unknown
//! code is never a dead end. A code is hostile input that anybody can print: hidden characters refuse it, a host is
//! compared exactly and in its raw spelling, and nothing scanned is ever opened. At most a key comes out, to be asked
//! of our own server.
//!
//! | file | |
//! | --- | --- |
//! | `payload` | the order of recognition |
//! | `text` | hidden characters, limits, encodings |
//! | `host` | addresses: exact hosts, keys |
//! | `forms`, `json`, `holder` | labelled lines, columns, JSON; what they say of the holder |
//! | `value`, `number`, `date` | normal forms |
//! | `patterns`, `config`, `safety` | what is configured, its written form, what no config may do |
//!
//! [`read`] is total: no error, no panic, the same result everywhere. A reading is no identity check: comparing with
//! the passport is (`crate::passport`).

mod config;
mod date;
mod forms;
mod holder;
mod host;
mod json;
mod number;
mod patterns;
mod payload;
mod safety;
pub(crate) mod text;
mod value;

#[cfg(test)]
mod vectors;

use core::fmt;
use std::collections::BTreeSet;

pub use date::{PrintedDate, read_date};
pub use holder::Holder;
pub use jiff::civil::Date;
pub use number::{DocumentNumber, NumberKind, normal_number};
pub use patterns::{KeyKind, Patterns, PatternsError};
pub use payload::read;
pub use value::sex as read_sex;
pub(crate) use value::{Value, permit_kind, read_value};

use crate::fields::Field;
use crate::private::Private;

/// What a payload says, and what should be said about that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Reading {
    /// What it says.
    pub said: Said,
    /// Remarks, in a fixed order.
    pub notes: BTreeSet<Note>,
}

/// The kinds of payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The address of a known issuer; without a key the data are typed.
    IssuerLink {
        /// Its id in the patterns.
        issuer: String,
        /// What to ask our server for.
        key: Option<RecordKey>,
    },
    /// A bare number: permit, register, visa or NIORA.
    Number {
        /// Whose.
        kind: NumberKind,
        /// The number.
        number: DocumentNumber,
    },
    /// The holder's data themselves.
    HolderFields(Holder),
    /// A machine-readable zone.
    Mrz {
        /// Its text, for `passport::read_mrz`.
        text: MrzText,
        /// `Exact` if every check digit fits.
        sure: Confidence,
    },
    /// Something only the server may understand.
    OpaqueToken(Token),
    /// A signed seal, recognised and not read.
    DigitalSeal {
        /// Which.
        kind: SealKind,
    },
    /// Another official document.
    OtherOfficial {
        /// Its id in the patterns.
        kind: String,
    },
    /// Not to be opened, not to be used.
    Suspicious {
        /// The first reason that applies.
        reason: Danger,
    },
    /// A code of another trade.
    NotPermit {
        /// Which.
        kind: ForeignKind,
    },
    /// Not known yet.
    Unknown {
        /// Its redacted form.
        shape: Shape,
    },
}

impl From<Said> for Reading {
    fn from(said: Said) -> Self {
        Self { said, notes: BTreeSet::new() }
    }
}

/// A key to ask our own server with.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordKey {
    /// What it names.
    pub kind: KeyKind,
    /// Its text, as the code carries it; numbers in upper case, and without separators where it is for a request.
    pub key: Private<String>,
}

impl RecordKey {
    /// The key among written fields: the first number there is, in the order in which a bare one is tried.
    pub fn of_fields<'v>(value: impl Fn(Field) -> Option<&'v str>) -> Option<Self> {
        NumberKind::ALL.into_iter().find_map(|kind| {
            let number = normal_number(value(kind.field())?)?;
            Some(Self { kind: KeyKind::Number(kind), key: Private::new(number) })
        })
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The text of a machine-readable zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MrzText(pub Private<String>);

/// A text passed to our own server as a key, its contents never trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(pub Private<String>);

/// A payload's form without its content: `9A99AA9999-A`; of an office's address the host and the path's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(pub(crate) String);

impl Shape {
    /// The form; it holds no personal data.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How sure a reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// An exact pattern or a proof.
    Exact,
    /// A person confirms it.
    Probable,
    /// Nothing was taken.
    None,
}

impl Confidence {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Probable => "probable",
            Self::None => "none",
        }
    }
}

/// Kinds of digital seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealKind {
    /// Visible digital seal in binary (ICAO Doc 9303-13, ISO 22376).
    Vds,
    /// The same in base32 text.
    Rdb,
    /// Visible digital seal for non-constrained environments, in JSON.
    VdsNc,
}

impl SealKind {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vds => "vds",
            Self::Rdb => "rdb",
            Self::VdsNc => "vds_nc",
        }
    }
}

/// Why a payload is not to be used, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Characters nobody can see.
    Hidden,
    /// A scheme other than the issuer's.
    Scheme,
    /// A user before the host.
    UserInfo,
    /// A port that the list does not write.
    Port,
    /// An IP address that is not listed.
    Ip,
    /// A host that is not listed.
    Host,
    /// A listed host, spelled otherwise.
    RawHost,
}

impl Danger {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Scheme => "scheme",
            Self::UserInfo => "userinfo",
            Self::Port => "port",
            Self::Ip => "ip",
            Self::Host => "host",
            Self::RawHost => "raw_host",
        }
    }
}

/// Codes of other trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKind {
    /// Access to a network.
    Wifi,
    /// A payment, QRIS among them.
    Payment,
    /// A person's contact.
    Contact,
    /// Nothing at all.
    Empty,
}

impl ForeignKind {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wifi => "wifi",
            Self::Payment => "payment",
            Self::Contact => "contact",
            Self::Empty => "empty",
        }
    }
}

/// A remark about a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// The address is not encrypted; harmless, because it is never opened.
    InsecureScheme,
    /// The bytes are no UTF-8; read as Windows-1252.
    EncodingGuessed,
    /// A date is in no calendar and was left out.
    DateImpossible,
    /// The country's name is not known and stands as printed.
    NationalityUnknown,
    /// The country's name is narrower than its code.
    NationalityVariant,
    /// A word mixes scripts and was left out.
    TextMixedScript,
    /// A number has none of the known shapes; it stands, and a person looks.
    NumberUnusual,
    /// A value cannot be its field and was left out.
    ValueRefused,
}

impl Note {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InsecureScheme => "INSECURE_SCHEME",
            Self::EncodingGuessed => "ENCODING_GUESSED",
            Self::DateImpossible => "DATE_IMPOSSIBLE",
            Self::NationalityUnknown => "NAT_UNKNOWN",
            Self::NationalityVariant => "NAT_VARIANT",
            Self::TextMixedScript => "TEXT_MIXED_SCRIPT",
            Self::NumberUnusual => "NUMBER_UNUSUAL",
            Self::ValueRefused => "VALUE_REFUSED",
        }
    }
}

impl Reading {
    /// The word of the command line: `issuer_link`, `permit_number`, …
    pub fn word(&self) -> &'static str {
        match &self.said {
            Said::IssuerLink { .. } => "issuer_link",
            Said::Number { kind, .. } => kind.field().as_str(),
            Said::HolderFields(_) => "holder_fields",
            Said::Mrz { .. } => "mrz",
            Said::OpaqueToken(_) => "opaque_token",
            Said::DigitalSeal { .. } => "digital_seal",
            Said::OtherOfficial { .. } => "other_official",
            Said::Suspicious { .. } => "suspicious",
            Said::NotPermit { .. } => "not_permit",
            Said::Unknown { .. } => "unknown",
        }
    }

    /// The issuer's id.
    pub fn issuer(&self) -> Option<&str> {
        if let Said::IssuerLink { issuer, .. } = &self.said { Some(issuer) } else { None }
    }

    /// What the payload itself says of the holder and the permit: whole data, or the one number it is or links to.
    pub fn fields(&self) -> Holder {
        if let Said::HolderFields(holder) = &self.said {
            return holder.clone();
        }
        let mut holder = Holder::default();
        if let Some((KeyKind::Number(kind), printed)) = self.key()
            && let Some(normal) = normal_number(printed)
        {
            holder.set(kind.field(), normal);
        }
        holder
    }

    /// One field of [`Reading::fields`].
    pub fn field(&self, field: Field) -> Option<String> {
        self.fields().get(field).map(str::to_owned)
    }

    /// The kind of a foreign or official document or of a seal.
    pub fn kind(&self) -> Option<&str> {
        match &self.said {
            Said::DigitalSeal { kind } => Some(kind.as_str()),
            Said::OtherOfficial { kind } => Some(kind),
            Said::NotPermit { kind } => Some(kind.as_str()),
            Said::IssuerLink { .. }
            | Said::Number { .. }
            | Said::HolderFields(_)
            | Said::Mrz { .. }
            | Said::OpaqueToken(_)
            | Said::Suspicious { .. }
            | Said::Unknown { .. } => None,
        }
    }

    /// Why it is suspicious.
    pub fn reason(&self) -> Option<Danger> {
        if let Said::Suspicious { reason } = &self.said { Some(*reason) } else { None }
    }

    /// The redacted form of an unknown payload.
    pub fn shape(&self) -> Option<&Shape> {
        if let Said::Unknown { shape } = &self.said { Some(shape) } else { None }
    }

    /// How sure it is. A bare number is probable until a person confirms it.
    pub fn confidence(&self) -> Confidence {
        match &self.said {
            Said::IssuerLink { key: Some(_), .. } | Said::DigitalSeal { .. } | Said::OtherOfficial { .. } => {
                Confidence::Exact
            }
            Said::HolderFields(holder) if holder.is_complete() => Confidence::Exact,
            Said::HolderFields(_) | Said::Number { .. } | Said::OpaqueToken(_) => Confidence::Probable,
            Said::Mrz { sure, .. } => *sure,
            Said::IssuerLink { key: None, .. }
            | Said::Suspicious { .. }
            | Said::NotPermit { .. }
            | Said::Unknown { .. } => Confidence::None,
        }
    }

    /// The key to ask the office's register with, in the form of the request: what the code is or links to, else the
    /// first number that its data hold. Numbers have their normal form. An address itself is never part of it.
    pub fn lookup_key(&self) -> Option<RecordKey> {
        if let Some((kind, text)) = self.key() {
            let key = match kind {
                KeyKind::Number(_) => normal_number(text)?,
                KeyKind::RecordId | KeyKind::Token => text.to_owned(),
            };
            return Some(RecordKey { kind, key: Private::new(key) });
        }
        let Said::HolderFields(holder) = &self.said else { return None };
        RecordKey::of_fields(|field| holder.get(field))
    }

    /// Whether the permit's data are still to be asked of the server.
    pub fn is_pending(&self) -> bool {
        self.key().is_some()
    }
}
