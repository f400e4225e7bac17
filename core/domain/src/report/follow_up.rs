//! Operations on a report that is there: which fields each carries, and what they make of the report's data. A
//! follow-up is never a report of its own; it carries its own facts, and the whole data follow from them.

use super::draft::{Facts, Source, set_fact};
use super::kinds::{Need, OpKind, ReportKind};
use super::photo::PASSPORT_PAGE;
use crate::fields::Field;
use crate::ids::Digest;
use crate::private::Private;

/// A follow-up that is being put together: `extend`, `check_out`, `change`, `end`, `cancel` or `attach`.
/// `Debug` shows the codes, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    op: OpKind,
    facts: Facts,
}

/// The op is no follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a follow-up")]
pub struct NoFollowUp;

impl FollowUp {
    /// An empty one.
    pub fn new(op: OpKind) -> Result<Self, NoFollowUp> {
        match op {
            OpKind::Extend | OpKind::CheckOut | OpKind::Change | OpKind::End | OpKind::Cancel => {
                Ok(Self { op, facts: Facts::new() })
            }
            OpKind::Submit | OpKind::Amend | OpKind::Attach => Err(NoFollowUp),
        }
    }

    /// A withdrawal with its reason.
    pub fn cancel(reason: &str) -> Self {
        let mut facts = Facts::new();
        set_fact(&mut facts, Field::Reason, reason);
        Self { op: OpKind::Cancel, facts }
    }

    /// A photo of the passport's page that goes with the report, by its digest.
    pub fn attach(photo: Digest) -> Self {
        let mut facts = Facts::new();
        set_fact(&mut facts, Field::Sha256, &photo.to_string());
        set_fact(&mut facts, Field::Content, PASSPORT_PAGE);
        Self { op: OpKind::Attach, facts }
    }

    /// What it does.
    pub fn op(&self) -> OpKind {
        self.op
    }

    /// All facts, in normal form where they have one.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Sets a fact, as [`Draft::set`](super::draft::Draft::set) does.
    pub fn set(&mut self, field: Field, written: &str) {
        set_fact(&mut self.facts, field, written);
    }

    /// The whole data of the report once this follow-up is done, as the server reckons them.
    pub fn applied_to(&self, before: &Facts) -> Facts {
        let mut facts = before.clone();
        // A photo is no part of the data: its op says enough.
        if matches!(self.op, OpKind::Cancel | OpKind::Attach) {
            return facts;
        }
        facts.extend(self.facts.iter().map(|(field, fact)| (*field, fact.clone())));
        match self.op {
            // The planned end is a date now; a number of nights would contradict it.
            OpKind::Extend => {
                facts.remove(&Field::Nights);
            }
            OpKind::Change => {
                if let (Some(field), Some(new)) = (self.changed_field(), self.facts.get(&Field::New)) {
                    facts.insert(field, new.clone());
                }
            }
            OpKind::Submit
            | OpKind::Amend
            | OpKind::Cancel
            | OpKind::CheckOut
            | OpKind::End
            | OpKind::Attach => {}
        }
        facts
    }

    /// The field of a report that a `change` is about, where the report has one.
    pub fn changed_field(&self) -> Option<Field> {
        match self.facts.get(&Field::Change).map(|word| word.reveal().as_str()) {
            Some("address") => Some(Field::WorkAddress),
            Some("passport") => Some(Field::PassportNumber),
            Some("permit") => Some(Field::PermitNumber),
            Some("position") => Some(Field::Position),
            Some("site") => Some(Field::Site),
            Some("guarantor") => Some(Field::Guarantor),
            _ => None,
        }
    }
}

/// The field whose date closes a report of this kind.
pub fn closing_field(report: ReportKind) -> Option<Field> {
    match report {
        ReportKind::LodgingCheckIn | ReportKind::Individual => Some(Field::CheckOut),
        ReportKind::WorkerStart => Some(Field::End),
        ReportKind::Refusal => None,
    }
}

/// Whether a report of this kind knows the op.
pub fn fits(op: OpKind, report: ReportKind) -> bool {
    match op {
        OpKind::Submit | OpKind::Amend | OpKind::Cancel | OpKind::Attach => true,
        OpKind::Extend | OpKind::CheckOut => {
            matches!(report, ReportKind::LodgingCheckIn | ReportKind::Individual)
        }
        OpKind::Change | OpKind::End => report == ReportKind::WorkerStart,
    }
}

/// How much an op of a report needs a field.
pub fn need(op: OpKind, report: ReportKind, field: Field) -> Need {
    let own: &[(Field, Need)] = match op {
        OpKind::Submit => return report.need(field),
        OpKind::Amend => {
            return match report.need(field) {
                Need::Foreign if left_by_follow_ups(report).contains(&field) => Need::Optional,
                need => need,
            };
        }
        OpKind::Extend => &[(Field::CheckOutPlanned, Need::Required), (Field::PermitExpiry, Need::Optional)],
        OpKind::CheckOut => &[
            (Field::CheckOut, Need::Required),
            (Field::NextDestination, Need::Optional),
            (Field::LeftWithoutNotice, Need::Optional),
        ],
        OpKind::Change => &[
            (Field::Change, Need::Required),
            (Field::Old, Need::Optional),
            (Field::New, Need::Required),
            (Field::Since, Need::Required),
        ],
        OpKind::End => &[
            (Field::End, Need::Required),
            (Field::Reason, Need::Required),
            (Field::DepartureDate, Need::Optional),
        ],
        OpKind::Cancel => &[(Field::Reason, Need::Required)],
        OpKind::Attach => &[(Field::Sha256, Need::Required), (Field::Content, Need::Required)],
    };
    own.iter().find(|(listed, _)| *listed == field).map_or(Need::Foreign, |(_, need)| *need)
}

/// Fields that follow-ups may have left in a report; an amend repeats them.
fn left_by_follow_ups(report: ReportKind) -> &'static [Field] {
    match report {
        ReportKind::LodgingCheckIn => &[
            Field::CheckOut,
            Field::NextDestination,
            Field::LeftWithoutNotice,
            Field::Sha256,
            Field::Content,
        ],
        ReportKind::WorkerStart => &[
            Field::Change,
            Field::Old,
            Field::New,
            Field::Since,
            Field::End,
            Field::Reason,
            Field::DepartureDate,
            Field::Sha256,
            Field::Content,
        ],
        ReportKind::Individual => &[
            Field::CheckOutPlanned,
            Field::CheckOut,
            Field::NextDestination,
            Field::LeftWithoutNotice,
            Field::Sha256,
            Field::Content,
        ],
        ReportKind::Refusal => &[Field::Sha256, Field::Content],
    }
}

/// What an empty report begins with: typed by hand until something else is known.
pub(super) fn typed() -> Facts {
    Facts::from([(Field::Source, Private::from(Source::Manual.as_str()))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::rules::tests::guest;

    #[test]
    fn only_operations_on_a_report_are_follow_ups() {
        for op in OpKind::ALL {
            let own = matches!(op, OpKind::Submit | OpKind::Amend | OpKind::Attach);
            assert_eq!(FollowUp::new(*op).is_err(), own, "{op}");
        }
    }

    #[test]
    fn an_extension_replaces_the_nights_by_a_day() {
        let mut longer = FollowUp::new(OpKind::Extend).unwrap();
        longer.set(Field::CheckOutPlanned, "30-11-2026");
        let after = longer.applied_to(guest().facts());
        assert_eq!(after.get(&Field::CheckOutPlanned).unwrap().reveal(), "2026-11-30");
        assert_eq!(after.get(&Field::Nights), None);
    }

    #[test]
    fn a_change_moves_its_new_value_to_the_field_it_is_about() {
        let mut change = FollowUp::new(OpKind::Change).unwrap();
        change.set(Field::Change, "passport");
        change.set(Field::New, "X00000001");
        let after = change.applied_to(guest().facts());
        assert_eq!(after.get(&Field::PassportNumber).unwrap().reveal(), "X00000001");
        change.set(Field::Change, "civil_status");
        assert_eq!(change.changed_field(), None);
    }

    #[test]
    fn a_withdrawal_leaves_the_data_alone() {
        assert_eq!(&FollowUp::cancel("typed twice").applied_to(guest().facts()), guest().facts());
    }
}
