//! Which reports and ops exist, and which fields each report carries: the table of the contract as data.
//! The server implements the same table on its own; `tests/` holds both against one list of cases.

use core::fmt;
use core::str::FromStr;

use crate::fields::Field;

/// One person's stay, job or refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportKind {
    /// A guest arrives at a lodging.
    LodgingCheckIn,
    /// A foreign worker starts a job.
    WorkerStart,
    /// A private host reports a foreigner.
    Individual,
    /// A foreigner refuses to show documents.
    Refusal,
}

/// One instruction about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpKind {
    /// Files the report.
    Submit,
    /// Replaces its data.
    Amend,
    /// Withdraws it.
    Cancel,
    /// A lodging stay lasts longer.
    Extend,
    /// The guest left.
    CheckOut,
    /// A worker's circumstances changed.
    Change,
    /// A job ended.
    End,
    /// A photo belongs to it.
    Attach,
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind")]
pub struct UnknownKind;

impl ReportKind {
    /// All of them; the place in this list is what databases keep.
    pub const ALL: &'static [Self] =
        &[Self::LodgingCheckIn, Self::WorkerStart, Self::Individual, Self::Refusal];

    /// What people who come together share: where and how long they stay, or the job they were hired for. No birth, no
    /// document and no number of a permit is among it.
    pub fn stay(self) -> &'static [Field] {
        match self {
            Self::LodgingCheckIn => &[
                Field::CheckIn,
                Field::Nights,
                Field::CheckOutPlanned,
                Field::Purpose,
                Field::Room,
                Field::GroupId,
            ],
            Self::WorkerStart => &[
                Field::Start,
                Field::Position,
                Field::WorkAddress,
                Field::Guarantor,
                Field::Site,
                Field::ContractEnd,
            ],
            Self::Individual => &[Field::Address, Field::Since, Field::Relation, Field::Until],
            Self::Refusal => &[Field::RefusedAt, Field::Place, Field::AskedFor],
        }
    }

    /// The word of the contract, `lodging.check_in`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LodgingCheckIn => "lodging.check_in",
            Self::WorkerStart => "worker.start",
            Self::Individual => "individual",
            Self::Refusal => "refusal",
        }
    }

    /// Whether the field belongs to this kind, and how much it is needed.
    pub fn need(self, field: Field) -> Need {
        let own = match self {
            Self::LodgingCheckIn => LODGING,
            Self::WorkerStart => WORKER,
            Self::Individual => INDIVIDUAL,
            Self::Refusal => REFUSAL,
        };
        match own.iter().chain(EVERY_REPORT).find(|(listed, _)| *listed == field) {
            Some((_, Need::Required)) if self == Self::Refusal && PERSON.contains(&field) => Need::Optional,
            Some((_, need)) => *need,
            None => Need::Foreign,
        }
    }

    /// The first day of the report: part of its duplicate key. A refusal has none.
    pub fn first_date(self) -> Option<Field> {
        match self {
            Self::LodgingCheckIn => Some(Field::CheckIn),
            Self::WorkerStart => Some(Field::Start),
            Self::Individual => Some(Field::Since),
            Self::Refusal => None,
        }
    }

    /// The last day as planned, where the kind has one.
    pub fn planned_end(self) -> Option<Field> {
        match self {
            Self::LodgingCheckIn => Some(Field::CheckOutPlanned),
            Self::WorkerStart => Some(Field::ContractEnd),
            Self::Individual => Some(Field::Until),
            Self::Refusal => None,
        }
    }
}

impl OpKind {
    /// All of them; the place in this list is what databases keep.
    pub const ALL: &'static [Self] = &[
        Self::Submit,
        Self::Amend,
        Self::Cancel,
        Self::Extend,
        Self::CheckOut,
        Self::Change,
        Self::End,
        Self::Attach,
    ];

    /// The word of the contract, `submit`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Amend => "amend",
            Self::Cancel => "cancel",
            Self::Extend => "extend",
            Self::CheckOut => "check_out",
            Self::Change => "change",
            Self::End => "end",
            Self::Attach => "attach",
        }
    }

    /// Whether the report is over once this is done.
    pub fn closes(self) -> bool {
        matches!(self, Self::CheckOut | Self::End | Self::Cancel)
    }
}

impl fmt::Display for ReportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OpKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReportKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

impl FromStr for OpKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// How much a kind needs a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing is sent without it.
    Required,
    /// Welcome.
    Optional,
    /// Not part of this kind.
    Foreign,
}

/// The person block: in a refusal all of it is optional, since nothing may have been shown.
const PERSON: &[Field] =
    &[Field::FullName, Field::BirthDate, Field::Nationality, Field::Sex, Field::PassportNumber];

const EVERY_REPORT: &[(Field, Need)] = &[
    (Field::FullName, Need::Required),
    (Field::Surname, Need::Optional),
    (Field::GivenNames, Need::Optional),
    (Field::BirthDate, Need::Required),
    (Field::BirthPlace, Need::Optional),
    (Field::Nationality, Need::Required),
    (Field::Sex, Need::Required),
    (Field::PassportNumber, Need::Required),
    (Field::IssuingState, Need::Optional),
    (Field::PassportExpiry, Need::Optional),
    (Field::PermitNumber, Need::Optional),
    (Field::PermitKind, Need::Optional),
    (Field::PermitIndex, Need::Optional),
    (Field::PermitExpiry, Need::Optional),
    (Field::Niora, Need::Optional),
    (Field::RegisterNumber, Need::Optional),
    (Field::VisaNumber, Need::Optional),
    (Field::Source, Need::Required),
    (Field::Email, Need::Optional),
    (Field::Remarks, Need::Optional),
    (Field::ParentPassportNumber, Need::Optional),
];

/// `nights` or `check_out_planned`: the rule that one of them is there stands in `rules.rs`.
const LODGING: &[(Field, Need)] = &[
    (Field::CheckIn, Need::Required),
    (Field::Nights, Need::Optional),
    (Field::CheckOutPlanned, Need::Optional),
    (Field::Purpose, Need::Required),
    (Field::Room, Need::Optional),
    (Field::GroupId, Need::Optional),
];

const WORKER: &[(Field, Need)] = &[
    (Field::Start, Need::Required),
    (Field::Position, Need::Required),
    (Field::WorkAddress, Need::Required),
    (Field::Guarantor, Need::Required),
    (Field::Site, Need::Optional),
    (Field::ContractEnd, Need::Optional),
    (Field::WorkApprovalNumber, Need::Optional),
];

const INDIVIDUAL: &[(Field, Need)] = &[
    (Field::Address, Need::Required),
    (Field::Since, Need::Required),
    (Field::Relation, Need::Required),
    (Field::Until, Need::Optional),
];

const REFUSAL: &[(Field, Need)] = &[
    (Field::RefusedAt, Need::Required),
    (Field::Place, Need::Required),
    (Field::AskedFor, Need::Required),
    (Field::Shown, Need::Required),
    (Field::Said, Need::Required),
    (Field::Language, Need::Optional),
    (Field::OfficeInformed, Need::Optional),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_asks_for_no_person_and_the_others_do() {
        assert_eq!(ReportKind::Refusal.need(Field::PassportNumber), Need::Optional);
        assert_eq!(ReportKind::Individual.need(Field::PassportNumber), Need::Required);
        assert_eq!(ReportKind::Refusal.need(Field::CheckIn), Need::Foreign);
        assert_eq!(ReportKind::WorkerStart.need(Field::Guarantor), Need::Required);
    }

    #[test]
    fn what_a_group_shares_belongs_to_the_report_and_not_to_every_report() {
        for kind in ReportKind::ALL {
            for field in kind.stay() {
                assert_ne!(kind.need(*field), Need::Foreign, "{kind}: {field}");
                assert!(EVERY_REPORT.iter().all(|(shared, _)| shared != field), "{kind}: {field}");
            }
        }
    }

    #[test]
    fn words_read_back() {
        assert!(ReportKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
        assert!(OpKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
        assert_eq!("hotel".parse::<ReportKind>(), Err(UnknownKind));
    }
}
