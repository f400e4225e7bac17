//! The dictionary of field codes: one name for a fact about a report, in JSON, SQL, command line, Kotlin and Swift.
//! Which kind of report carries which field stands in `report/kinds.rs`; the server's file is `core/api/openapi.yaml`.

use core::fmt;
use core::str::FromStr;

/// What a field's value looks like. Dates and numbers are kept in the normal forms of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Free text of one line, NFC, one script a word, at most 128 characters.
    Text,
    /// Free text, at most 1,000 characters.
    LongText,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    PartialDate,
    /// RFC 3339 with offset.
    Instant,
    /// A country code of Doc 9303-3.
    Country,
    /// A document number: upper case, without space, dot, hyphen or slash.
    Number,
    /// A whole number from 1 to 999.
    Count,
    /// `true` or `false`.
    Flag,
    /// A SHA-256 digest: 64 hexadecimal digits in lower case.
    Digest,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, or `other:` and a text.
    WordOrOther(&'static [&'static str]),
}

/// A fact about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The person's whole name, as printed.
    FullName,
    /// Family names, from a machine-readable zone only.
    Surname,
    /// Given names, from a machine-readable zone only.
    GivenNames,
    /// Date of birth; year or year and month where only that is known.
    BirthDate,
    /// Place of birth.
    BirthPlace,
    /// Code of Doc 9303-3.
    Nationality,
    /// `F`, `M` or `X`.
    Sex,
    /// Number of the travel document.
    PassportNumber,
    /// State that issued the travel document.
    IssuingState,
    /// Last valid day of the travel document.
    PassportExpiry,
    /// Number of the stay permit.
    PermitNumber,
    /// `ITK`, `ITAS` or `ITAP`.
    PermitKind,
    /// Stay permit index, as printed.
    PermitIndex,
    /// Last valid day of the stay permit.
    PermitExpiry,
    /// Registration number of the foreigner.
    Niora,
    /// Register number of the permit.
    RegisterNumber,
    /// Number of the visa.
    VisaNumber,
    /// Where the person's data came from; set by the core.
    Source,
    /// E-mail address of the person.
    Email,
    /// Anything else the office should know.
    Remarks,
    /// A child travelling on this passport.
    ParentPassportNumber,
    /// Day of arrival.
    CheckIn,
    /// Nights planned.
    Nights,
    /// Day of planned departure.
    CheckOutPlanned,
    /// Purpose of the stay.
    Purpose,
    /// Room of the stay.
    Room,
    /// Ties guests who came together.
    GroupId,
    /// First day of the job.
    Start,
    /// Position at the company.
    Position,
    /// Where the work is done.
    WorkAddress,
    /// Guarantor of the permit.
    Guarantor,
    /// Site of the company.
    Site,
    /// Last day of the contract.
    ContractEnd,
    /// Number of the work approval.
    WorkApprovalNumber,
    /// Where the person lives.
    Address,
    /// Day from which it holds.
    Since,
    /// What the reporter is to the person.
    Relation,
    /// Last day of the stay.
    Until,
    /// Moment of the refusal.
    RefusedAt,
    /// Where the refusal happened.
    Place,
    /// What was asked for.
    AskedFor,
    /// What was shown.
    Shown,
    /// What the person said.
    Said,
    /// Language of the request.
    Language,
    /// Whether the office was told.
    OfficeInformed,
    /// Day of departure.
    CheckOut,
    /// Where the person goes next.
    NextDestination,
    /// Whether the person left without notice.
    LeftWithoutNotice,
    /// What changed.
    Change,
    /// Value before the change.
    Old,
    /// Value after the change.
    New,
    /// Last day of the job.
    End,
    /// Why.
    Reason,
    /// Day of leaving the country.
    DepartureDate,
    /// Digest of the attachment.
    Sha256,
    /// What the attachment shows.
    Content,
}

impl Field {
    /// Every field, in the order of the contract.
    pub const ALL: &'static [Self] = &[
        Self::FullName,
        Self::Surname,
        Self::GivenNames,
        Self::BirthDate,
        Self::BirthPlace,
        Self::Nationality,
        Self::Sex,
        Self::PassportNumber,
        Self::IssuingState,
        Self::PassportExpiry,
        Self::PermitNumber,
        Self::PermitKind,
        Self::PermitIndex,
        Self::PermitExpiry,
        Self::Niora,
        Self::RegisterNumber,
        Self::VisaNumber,
        Self::Source,
        Self::Email,
        Self::Remarks,
        Self::ParentPassportNumber,
        Self::CheckIn,
        Self::Nights,
        Self::CheckOutPlanned,
        Self::Purpose,
        Self::Room,
        Self::GroupId,
        Self::Start,
        Self::Position,
        Self::WorkAddress,
        Self::Guarantor,
        Self::Site,
        Self::ContractEnd,
        Self::WorkApprovalNumber,
        Self::Address,
        Self::Since,
        Self::Relation,
        Self::Until,
        Self::RefusedAt,
        Self::Place,
        Self::AskedFor,
        Self::Shown,
        Self::Said,
        Self::Language,
        Self::OfficeInformed,
        Self::CheckOut,
        Self::NextDestination,
        Self::LeftWithoutNotice,
        Self::Change,
        Self::Old,
        Self::New,
        Self::End,
        Self::Reason,
        Self::DepartureDate,
        Self::Sha256,
        Self::Content,
    ];

    /// The code, `full_name`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::Surname => "surname",
            Self::GivenNames => "given_names",
            Self::BirthDate => "birth_date",
            Self::BirthPlace => "birth_place",
            Self::Nationality => "nationality",
            Self::Sex => "sex",
            Self::PassportNumber => "passport_number",
            Self::IssuingState => "issuing_state",
            Self::PassportExpiry => "passport_expiry",
            Self::PermitNumber => "permit_number",
            Self::PermitKind => "permit_kind",
            Self::PermitIndex => "permit_index",
            Self::PermitExpiry => "permit_expiry",
            Self::Niora => "niora",
            Self::RegisterNumber => "register_number",
            Self::VisaNumber => "visa_number",
            Self::Source => "source",
            Self::Email => "email",
            Self::Remarks => "remarks",
            Self::ParentPassportNumber => "parent_passport_number",
            Self::CheckIn => "check_in",
            Self::Nights => "nights",
            Self::CheckOutPlanned => "check_out_planned",
            Self::Purpose => "purpose",
            Self::Room => "room",
            Self::GroupId => "group_id",
            Self::Start => "start",
            Self::Position => "position",
            Self::WorkAddress => "work_address",
            Self::Guarantor => "guarantor",
            Self::Site => "site",
            Self::ContractEnd => "contract_end",
            Self::WorkApprovalNumber => "work_approval_number",
            Self::Address => "address",
            Self::Since => "since",
            Self::Relation => "relation",
            Self::Until => "until",
            Self::RefusedAt => "refused_at",
            Self::Place => "place",
            Self::AskedFor => "asked_for",
            Self::Shown => "shown",
            Self::Said => "said",
            Self::Language => "language",
            Self::OfficeInformed => "office_informed",
            Self::CheckOut => "check_out",
            Self::NextDestination => "next_destination",
            Self::LeftWithoutNotice => "left_without_notice",
            Self::Change => "change",
            Self::Old => "old",
            Self::New => "new",
            Self::End => "end",
            Self::Reason => "reason",
            Self::DepartureDate => "departure_date",
            Self::Sha256 => "sha256",
            Self::Content => "content",
        }
    }

    /// What its value looks like.
    pub fn shape(self) -> Shape {
        match self {
            Self::FullName
            | Self::Surname
            | Self::GivenNames
            | Self::BirthPlace
            | Self::PermitIndex
            | Self::Email
            | Self::Room
            | Self::GroupId
            | Self::Position
            | Self::WorkAddress
            | Self::Guarantor
            | Self::Site
            | Self::Address
            | Self::Place
            | Self::AskedFor
            | Self::Shown
            | Self::Language
            | Self::NextDestination
            | Self::Old
            | Self::New
            | Self::Reason => Shape::Text,
            Self::Sha256 => Shape::Digest,
            Self::BirthDate => Shape::PartialDate,
            Self::Nationality | Self::IssuingState => Shape::Country,
            Self::Sex => Shape::Word(&["F", "M", "X"]),
            Self::PassportNumber
            | Self::PermitNumber
            | Self::Niora
            | Self::RegisterNumber
            | Self::VisaNumber
            | Self::ParentPassportNumber
            | Self::WorkApprovalNumber => Shape::Number,
            Self::PassportExpiry
            | Self::PermitExpiry
            | Self::CheckIn
            | Self::CheckOutPlanned
            | Self::Start
            | Self::ContractEnd
            | Self::Since
            | Self::Until
            | Self::CheckOut
            | Self::End
            | Self::DepartureDate => Shape::Date,
            Self::PermitKind => Shape::Word(&["ITK", "ITAS", "ITAP"]),
            Self::Source => Shape::Word(&["permit_qr", "sticker_qr", "mrz", "manual", "import"]),
            Self::Remarks | Self::Said => Shape::LongText,
            Self::Nights => Shape::Count,
            Self::Purpose => {
                Shape::WordOrOther(&["holiday", "business", "family", "work", "study", "transit", "medical"])
            }
            Self::Relation => Shape::WordOrOther(&["host", "landlord", "neighbour"]),
            Self::RefusedAt => Shape::Instant,
            Self::OfficeInformed | Self::LeftWithoutNotice => Shape::Flag,
            Self::Change => Shape::Word(&[
                "address",
                "civil_status",
                "passport",
                "permit",
                "position",
                "site",
                "guarantor",
            ]),
            Self::Content => Shape::Word(&["passport_page"]),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no field code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such field code")]
pub struct UnknownField {
    /// The nearest code, for "did you mean".
    pub nearest: Field,
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(code: &str) -> Result<Self, UnknownField> {
        Self::ALL.iter().copied().find(|field| field.as_str() == code).ok_or_else(|| {
            let nearest = Self::ALL.iter().min_by_key(|field| field.edits_from(code));
            UnknownField { nearest: nearest.copied().unwrap_or(Self::FullName) }
        })
    }
}

impl Field {
    /// How many edits lie between what was written and the code, in whatever case.
    pub(crate) fn edits_from(self, written: &str) -> usize {
        let written: Vec<char> = written.chars().take(64).flat_map(char::to_lowercase).collect();
        edits(&written, self.as_str())
    }
}

/// Levenshtein distance between what was written and a code.
fn edits(written: &[char], code: &str) -> usize {
    let mut row: Vec<usize> = (0..=code.len()).collect();
    for (line, from) in written.iter().enumerate() {
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (above, to) in row.iter().skip(1).zip(code.chars()) {
            let replaced = diagonal.saturating_add(usize::from(*from != to));
            diagonal = *above;
            left = replaced.min(above.saturating_add(1)).min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for field in Field::ALL {
            assert_eq!(field.as_str().parse::<Field>().unwrap(), *field);
        }
    }

    #[test]
    fn a_mistyped_code_names_the_nearest() {
        assert_eq!("pasport_number".parse::<Field>().unwrap_err().nearest, Field::PassportNumber);
        assert_eq!("Checkin".parse::<Field>().unwrap_err().nearest, Field::CheckIn);
        assert_eq!("birthdate".parse::<Field>().unwrap_err().nearest, Field::BirthDate);
    }
}
