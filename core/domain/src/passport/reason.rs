//! Verdicts and their reasons: the words that command line, apps and reports share.

/// How two statements of one fact relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

impl Verdict {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Plausible => "plausible",
            Self::Mismatch => "mismatch",
            Self::NotComparable => "not_comparable",
        }
    }
}

/// The rule behind a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

impl Reason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::NameExact,
        Self::NameOrder,
        Self::NameSpelling,
        Self::NameJoined,
        Self::NameTruncated,
        Self::NameFolded,
        Self::NameMononym,
        Self::NameSubset,
        Self::NameNear,
        Self::NameDifferent,
        Self::NameScript,
        Self::NameMissing,
        Self::PassportRenewed,
        Self::NumberAndNameDiffer,
        Self::BirthDifferent,
        Self::ExpiryDifferent,
        Self::OtherHolder,
        Self::NatVariant,
        Self::NatDifferent,
        Self::NatUnknown,
        Self::SexUnspecified,
        Self::DateImpossible,
        Self::MrzUnproven,
        Self::MrzRepaired,
        Self::RecordPending,
        Self::PartlyCompared,
    ];

    /// The code of the catalogue, `NAME_EXACT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameExact => "NAME_EXACT",
            Self::NameOrder => "NAME_ORDER",
            Self::NameSpelling => "NAME_SPELLING",
            Self::NameJoined => "NAME_JOINED",
            Self::NameTruncated => "NAME_TRUNCATED",
            Self::NameFolded => "NAME_FOLDED",
            Self::NameMononym => "NAME_MONONYM",
            Self::NameSubset => "NAME_SUBSET",
            Self::NameNear => "NAME_NEAR",
            Self::NameDifferent => "NAME_DIFFERENT",
            Self::NameScript => "NAME_SCRIPT",
            Self::NameMissing => "NAME_MISSING",
            Self::PassportRenewed => "PASSPORT_RENEWED",
            Self::NumberAndNameDiffer => "NUMBER_AND_NAME_DIFFER",
            Self::BirthDifferent => "BIRTH_DIFFERENT",
            Self::ExpiryDifferent => "EXPIRY_DIFFERENT",
            Self::OtherHolder => "OTHER_HOLDER",
            Self::NatVariant => "NAT_VARIANT",
            Self::NatDifferent => "NAT_DIFFERENT",
            Self::NatUnknown => "NAT_UNKNOWN",
            Self::SexUnspecified => "SEX_UNSPECIFIED",
            Self::DateImpossible => "DATE_IMPOSSIBLE",
            Self::MrzUnproven => "MRZ_UNPROVEN",
            Self::MrzRepaired => "MRZ_REPAIRED",
            Self::RecordPending => "RECORD_PENDING",
            Self::PartlyCompared => "PARTLY_COMPARED",
        }
    }
}
