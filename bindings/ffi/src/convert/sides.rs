//! The core's own enums about passports, permits and what a camera sees; see `words.rs`.

use super::words::{
    Confidence, NumberKind, Origin, Pair, PictureFault, Reason, Side, Verdict, WhyNoZone, ZoneField,
};

/// How two statements of one fact relate.
#[uniffi::remote(Enum)]
pub enum Verdict {
    /// Same, or same by the rule named.
    Match,
    /// Differs in a known legitimate way; a person looks.
    Plausible,
    /// Ask, note the answer; still reportable.
    Mismatch,
    /// Missing, unproven, or in another script.
    NotComparable,
}

/// The rule behind a verdict.
#[uniffi::remote(Enum)]
pub enum Reason {
    /// Same name.
    NameExact,
    /// Same name, other order.
    NameOrder,
    /// Equal through an allowed spelling.
    NameSpelling,
    /// Equal without separators.
    NameJoined,
    /// Long name cut in the passport.
    NameTruncated,
    /// Equal after folding digraphs on both sides.
    NameFolded,
    /// Single name written twice.
    NameMononym,
    /// Part of the name is not written.
    NameSubset,
    /// One letter differs.
    NameNear,
    /// Names differ.
    NameDifferent,
    /// Not in Latin letters.
    NameScript,
    /// Not written.
    NameMissing,
    /// New passport, change not yet recorded.
    PassportRenewed,
    /// Number and name differ.
    NumberAndNameDiffer,
    /// Birth dates differ.
    BirthDifferent,
    /// Passport expiry differs.
    ExpiryDifferent,
    /// The record is another person's.
    OtherHolder,
    /// Equivalent nationality, other wording.
    NatVariant,
    /// Nationalities differ.
    NatDifferent,
    /// Country name not known.
    NatUnknown,
    /// Sex not stated.
    SexUnspecified,
    /// No such date.
    DateImpossible,
    /// A check digit fails.
    MrzUnproven,
    /// A misread was put right.
    MrzRepaired,
    /// Permit data not here yet.
    RecordPending,
    /// Only partly compared.
    PartlyCompared,
}

/// Where a description of a person comes from.
#[uniffi::remote(Enum)]
pub enum Origin {
    /// The code on a permit or sticker.
    Code,
    /// The server's record for a code's key.
    Record,
    /// A machine-readable zone.
    #[uniffi(name = "Lines")]
    Zone,
    /// A person typed it.
    Typed,
}

/// Two of three sources.
#[uniffi::remote(Enum)]
pub enum Pair {
    /// The register against the passport: whose permit it is.
    RecordPassport,
    /// The register against what the code itself says: whether the code was made up or changed.
    CodeRecord,
    /// What the code itself says against the passport.
    CodePassport,
}

/// A part of a machine-readable zone.
#[uniffi::remote(Enum)]
pub enum ZoneField {
    /// Number of the document.
    DocumentNumber,
    /// Date of birth.
    BirthDate,
    /// Last valid day.
    ExpiryDate,
    /// Code of the issuing state.
    IssuingState,
    /// Code of the nationality.
    Nationality,
    /// Sex.
    Sex,
    /// Primary identifier.
    Surname,
    /// Secondary identifier.
    GivenNames,
    /// Personal number or other optional data.
    PersonalNumber,
    /// The digit over all others.
    Composite,
    /// A whole line, given back its width.
    Line,
}

/// Why a text gives no machine-readable zone.
#[uniffi::remote(Enum)]
pub enum WhyNoZone {
    /// Nothing looks like one.
    NotFound,
    /// Some of its lines are missing.
    Incomplete,
    /// The text is far longer than a page.
    TooLong,
}

/// How sure a reading is.
#[uniffi::remote(Enum)]
pub enum Confidence {
    /// An exact pattern or a proof.
    Exact,
    /// A person confirms it.
    Probable,
    /// Nothing was taken.
    #[uniffi(name = "Nothing")]
    None,
}

/// Whose number it is.
#[uniffi::remote(Enum)]
pub enum NumberKind {
    /// Number of the stay permit.
    Permit,
    /// Register number of the permit.
    Register,
    /// Number of the visa.
    Visa,
    /// Registration number of the foreigner.
    Niora,
}

/// A direction in the upright picture.
#[uniffi::remote(Enum)]
pub enum Side {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// What is wrong with a picture.
#[uniffi::remote(Enum)]
pub enum PictureFault {
    /// No format that is read here.
    Format,
    /// Cut off, damaged, or larger than allowed.
    Damaged,
}
