//! Whether permit and passport belong together: a verdict and a reason for each field, and one for the whole.
//! No verdict blocks a report; it travels with it.

use jiff::civil::Date;

use super::person::{Fact, Origin, Person};
use super::reason::{Reason, Verdict};
use crate::codes::Code;
use crate::countries::Kinship;
use crate::fields::Field;
use crate::private::Private;

/// The days that decide what has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// Today in the unit's zone.
    pub today: Date,
    /// First day of the stay, if it is not today.
    pub check_in: Option<Date>,
    /// Planned last day.
    pub check_out: Option<Date>,
}

impl Occasion {
    /// A stay that begins today and whose end is not known.
    pub fn on(today: Date) -> Self {
        Self { today, check_in: None, check_out: None }
    }
}

/// The verdict on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldVerdict {
    /// Which.
    pub field: Field,
    /// What the permit's side shows.
    pub permit: Option<Private<String>>,
    /// What the passport's side shows.
    pub passport: Option<Private<String>>,
    /// The verdict.
    pub verdict: Verdict,
    /// The rule; none where equal values need none, or a value is simply not stated.
    pub reason: Option<Reason>,
}

/// Something to say beside the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// A code of the catalogue: P202, P204, P205, P206, P208.
    Code(Code),
    /// A reason that did not decide the whole.
    Reason(Reason),
}

impl Remark {
    /// `P206`, `MRZ_UNPROVEN`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(code) => code.short(),
            Self::Reason(reason) => reason.as_str(),
        }
    }
}

/// The result of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Comparison {
    /// The whole verdict.
    pub verdict: Verdict,
    /// The rule that decided it.
    pub reason: Option<Reason>,
    /// Each field of either side.
    pub fields: Vec<FieldVerdict>,
    /// What else to say.
    pub notes: Vec<Remark>,
}

impl Comparison {
    /// The verdict on one field.
    pub fn field(&self, field: Field) -> Option<&FieldVerdict> {
        self.fields.iter().find(|found| found.field == field)
    }
}

#[derive(Clone, Copy)]
struct Judged {
    verdict: Verdict,
    reason: Option<Reason>,
}

impl Judged {
    fn new(verdict: Verdict, reason: impl Into<Option<Reason>>) -> Self {
        Self { verdict, reason: reason.into() }
    }

    fn is(self, verdict: Verdict) -> bool {
        self.verdict == verdict
    }
}

struct Fields {
    number: Judged,
    name: Judged,
    birth: Judged,
    sex: Judged,
    nationality: Judged,
    expiry: Judged,
}

/// Compares the permit's side with the passport's.
pub fn compare(permit: &Person, passport: &Person, occasion: &Occasion) -> Comparison {
    let mut fields = judge(permit, passport);
    let (verdict, reason) = whole(&mut fields, permit, passport);
    let notes = remarks(&fields, reason, permit, passport, occasion);
    let listed = [
        (Field::PassportNumber, fields.number),
        (Field::FullName, fields.name),
        (Field::BirthDate, fields.birth),
        (Field::Sex, fields.sex),
        (Field::Nationality, fields.nationality),
        (Field::PassportExpiry, fields.expiry),
    ];
    let fields = listed.into_iter().map(|(field, judged)| FieldVerdict {
        field,
        permit: permit.shown(field).cloned(),
        passport: passport.shown(field).cloned(),
        verdict: judged.verdict,
        reason: judged.reason,
    });
    Comparison { verdict, reason, fields: fields.collect(), notes }
}

fn judge(permit: &Person, passport: &Person) -> Fields {
    let number = both(&permit.number, &passport.number, |one, other| {
        Judged::new(if one == other { Verdict::Match } else { Verdict::Mismatch }, None)
    });
    let birth = both(&permit.birth, &passport.birth, |one, other| {
        // A partly known date is compared by its known parts.
        let (one, other) = (one.reveal(), other.reveal());
        if one.starts_with(other.as_str()) || other.starts_with(one.as_str()) {
            Judged::new(Verdict::Match, None)
        } else {
            Judged::new(Verdict::Mismatch, Reason::BirthDifferent)
        }
    });
    let sure = number.is(Verdict::Match) && birth.is(Verdict::Match);
    let name = both(&permit.name, &passport.name, |one, other| {
        let reason = one.compare(other);
        Judged::new(name_verdict(reason, sure), reason)
    });
    let sex = both(&permit.sex, &passport.sex, |one, other| {
        Judged::new(if one == other { Verdict::Match } else { Verdict::Mismatch }, None)
    });
    let nationality =
        both(&permit.nationality, &passport.nationality, |one, other| match one.kinship(other) {
            Kinship::Same => Judged::new(Verdict::Match, None),
            Kinship::Variant => Judged::new(Verdict::Plausible, Reason::NatVariant),
            Kinship::Different => Judged::new(Verdict::Mismatch, Reason::NatDifferent),
        });
    let expiry = match (permit.passport_expiry, passport.passport_expiry) {
        (Some(one), Some(other)) if one == other => Judged::new(Verdict::Match, None),
        (Some(_), Some(_)) => Judged::new(Verdict::Plausible, Reason::ExpiryDifferent),
        (None, _) | (_, None) => Judged::new(Verdict::NotComparable, None),
    };
    Fields { number, name, birth, sex, nationality, expiry }
}

fn both<T>(permit: &Fact<T>, passport: &Fact<T>, judge: impl Fn(&T, &T) -> Judged) -> Judged {
    match (permit.known(), passport.known()) {
        (Some(one), Some(other)) => judge(one, other),
        (None, _) | (_, None) => {
            Judged::new(Verdict::NotComparable, permit.why_missing().or(passport.why_missing()))
        }
    }
}

fn name_verdict(reason: Reason, sure_otherwise: bool) -> Verdict {
    match reason {
        Reason::NameExact
        | Reason::NameOrder
        | Reason::NameSpelling
        | Reason::NameJoined
        | Reason::NameTruncated => Verdict::Match,
        Reason::NameFolded | Reason::NameMononym | Reason::NameSubset => Verdict::Plausible,
        Reason::NameNear if sure_otherwise => Verdict::Plausible,
        // The ladder has no further rungs.
        _ => Verdict::Mismatch,
    }
}

/// The whole is the worst field, but for a renewed passport; the number's own verdict follows from the whole.
fn whole(fields: &mut Fields, permit: &Person, passport: &Person) -> (Verdict, Option<Reason>) {
    let number_differs = fields.number.is(Verdict::Mismatch);
    let birth_differs = fields.birth.is(Verdict::Mismatch);
    // The register often states no birth date; then number and name alone say that it is somebody else's record.
    let born_unknown = fields.birth.is(Verdict::NotComparable);
    let of_register = permit.origin == Origin::Record && number_differs && born_unknown;
    let other = birth_differs && !fields.number.is(Verdict::Match);
    if fields.name.is(Verdict::Mismatch) && (other || of_register) {
        return (Verdict::Mismatch, Some(Reason::OtherHolder));
    }
    if birth_differs {
        return (Verdict::Mismatch, fields.birth.reason);
    }
    if number_differs && fields.birth.is(Verdict::Match) {
        let as_match = fields.name.is(Verdict::Match) || fields.name.reason == Some(Reason::NameFolded);
        let stated_same = !fields.sex.is(Verdict::Mismatch) && !fields.nationality.is(Verdict::Mismatch);
        if as_match && stated_same {
            fields.number = Judged::new(Verdict::Plausible, Reason::PassportRenewed);
            return (Verdict::Plausible, Some(Reason::PassportRenewed));
        }
        if !fields.name.is(Verdict::Match) && !fields.name.is(Verdict::NotComparable) {
            fields.number.reason = Some(Reason::NumberAndNameDiffer);
            return (Verdict::Mismatch, Some(Reason::NumberAndNameDiffer));
        }
    }
    let main = [fields.number, fields.name, fields.birth];
    let unknown = main.iter().filter(|judged| judged.is(Verdict::NotComparable)).count();
    if unknown == main.len() {
        let pending = permit.is_pending() || passport.is_pending();
        return (
            Verdict::NotComparable,
            if pending { Some(Reason::RecordPending) } else { fields.number.reason },
        );
    }
    let all = [fields.number, fields.name, fields.birth, fields.sex, fields.nationality, fields.expiry];
    let first = |verdict| all.iter().find(|judged| judged.is(verdict));
    let partly = (unknown > 0).then_some(Reason::PartlyCompared);
    match (first(Verdict::Mismatch), first(Verdict::Plausible), partly) {
        (Some(worst), _, _) => (Verdict::Mismatch, worst.reason),
        (None, Some(field), _) => (Verdict::Plausible, field.reason),
        (None, None, Some(partly)) => (Verdict::Plausible, Some(partly)),
        (None, None, None) => (Verdict::Match, None),
    }
}

fn remarks(
    fields: &Fields,
    decided: Option<Reason>,
    permit: &Person,
    passport: &Person,
    occasion: &Occasion,
) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    let first_day = occasion.check_in.unwrap_or(occasion.today);
    let last_day = occasion.check_out.unwrap_or(first_day).max(first_day);
    if passport.passport_expiry.or(permit.passport_expiry).is_some_and(|expiry| expiry < last_day) {
        remarks.push(Remark::Code(Code::PassportExpiry));
    }
    match permit.permit_expiry.or(passport.permit_expiry) {
        Some(expiry) if expiry < first_day => remarks.push(Remark::Code(Code::PermitExpired)),
        Some(expiry) if expiry < last_day => remarks.push(Remark::Code(Code::PermitEndsFirst)),
        Some(_) | None => {}
    }
    if decided == Some(Reason::PassportRenewed) {
        remarks.push(Remark::Code(Code::PassportRenewed));
    }
    if decided == Some(Reason::OtherHolder) && permit.origin == Origin::Record {
        remarks.push(Remark::Code(Code::OtherHolder));
    }
    let main = [fields.number, fields.name, fields.birth];
    let unknown = main.iter().filter(|judged| judged.is(Verdict::NotComparable)).count();
    let partly = (1..main.len()).contains(&unknown).then_some(Reason::PartlyCompared);
    let all = [fields.number, fields.name, fields.birth, fields.sex, fields.nationality, fields.expiry];
    let not_compared =
        all.into_iter().filter(|judged| judged.is(Verdict::NotComparable)).filter_map(|j| j.reason);
    let said =
        not_compared.chain(permit.notes.iter().copied()).chain(passport.notes.iter().copied()).chain(partly);
    for reason in said {
        let remark = Remark::Reason(reason);
        if Some(reason) != decided && !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}
