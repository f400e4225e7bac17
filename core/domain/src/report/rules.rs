//! What is wrong with a draft: the server's rules, offline, every problem at once, by field and code.
//! Late is no error: an arrival may lie any time in the past.

use jiff::civil::Date;

use super::draft::{Draft, Facts, normal};
use super::follow_up::{FollowUp, need};
use super::kinds::{Need, OpKind, ReportKind};
use crate::codes::Code;
use crate::fields::{Field, Shape};
use crate::permit::text::{is_hidden, one_script_a_word};

/// Longest text, in characters.
pub const TEXT_CHARS: usize = 128;

/// Longest remark or quotation, in characters.
pub const LONG_TEXT_CHARS: usize = 1000;

/// Further back is probably a typing error in the year.
const LONG_AGO_DAYS: i64 = 365;

/// One thing to mend, or to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where.
    pub field: Field,
    /// What.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is not there.
    Missing,
    /// No such day, or not written as one.
    NotADate,
    /// Before the day it may be earliest.
    Before(Date),
    /// After the day it may be latest.
    After(Date),
    /// More characters than allowed.
    TooLong(usize),
    /// Hidden characters, mixed scripts, or not one of the words, codes or numbers of the field.
    Characters,
    /// The field belongs to another kind of report, or to another op; this one was probably meant.
    Foreign(Field),
    /// More than a year ago: a notice, no obstacle.
    LongAgo,
}

impl FieldProblem {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self.problem {
            Problem::Missing => Code::FieldMissing,
            Problem::NotADate => Code::DateInvalid,
            Problem::Before(_) | Problem::After(_) => Code::DateOrder,
            Problem::TooLong(_) => Code::TooLong,
            Problem::Characters => Code::Characters,
            Problem::Foreign(_) => Code::UnknownField,
            Problem::LongAgo => Code::LongAgo,
        }
    }

    /// Whether the report can be finalised all the same.
    pub fn is_notice(&self) -> bool {
        match self.problem {
            Problem::LongAgo => true,
            Problem::Missing
            | Problem::NotADate
            | Problem::Before(_)
            | Problem::After(_)
            | Problem::TooLong(_)
            | Problem::Characters
            | Problem::Foreign(_) => false,
        }
    }
}

/// Everything that is wrong with the draft as a new report, in the order of the contract's fields.
pub fn check(draft: &Draft, today: Date) -> Vec<FieldProblem> {
    Asked { op: OpKind::Submit, report: draft.kind(), facts: draft.facts(), whole: draft.facts(), today }
        .problems()
}

/// Everything that is wrong with the draft as the whole corrected data of a report. One that opens a closed report
/// again says why in its remarks.
pub fn check_amend(draft: &Draft, reopens: bool, today: Date) -> Vec<FieldProblem> {
    let facts = draft.facts();
    let mut problems =
        Asked { op: OpKind::Amend, report: draft.kind(), facts, whole: facts, today }.problems();
    if reopens && !facts.contains_key(&Field::Remarks) {
        problems.push(FieldProblem { field: Field::Remarks, problem: Problem::Missing });
    }
    problems
}

/// Everything that is wrong with a follow-up on a report of this kind with these data, as far as they are known here.
pub fn check_follow_up(
    follow_up: &FollowUp,
    report: ReportKind,
    before: &Facts,
    today: Date,
) -> Vec<FieldProblem> {
    let (op, facts) = (follow_up.op(), follow_up.facts());
    let whole = follow_up.applied_to(before);
    let mut problems = Asked { op, report, facts, whole: &whole, today }.problems();
    let numbered = matches!(follow_up.changed_field(), Some(Field::PassportNumber | Field::PermitNumber));
    let new = facts.get(&Field::New).map(|new| new.reveal().as_str());
    if numbered && new.is_some_and(|new| normal(Shape::Number, new).as_deref() != Some(new)) {
        problems.push(FieldProblem { field: Field::New, problem: Problem::Characters });
    }
    problems
}

/// Days of which the second never comes before the first.
const ORDER: &[(Field, Field)] = &[
    (Field::CheckIn, Field::CheckOutPlanned),
    (Field::CheckIn, Field::CheckOut),
    (Field::Start, Field::ContractEnd),
    (Field::Start, Field::End),
    (Field::Since, Field::Until),
    (Field::Since, Field::CheckOutPlanned),
    (Field::Since, Field::CheckOut),
];

/// An op with its own facts, and the whole data once it is done.
struct Asked<'a> {
    op: OpKind,
    report: ReportKind,
    facts: &'a Facts,
    whole: &'a Facts,
    today: Date,
}

impl Asked<'_> {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = Field::ALL
            .iter()
            .filter_map(|field| {
                let needed = need(self.op, self.report, *field);
                let problem = match self.facts.get(field).map(|value| value.reveal().as_str()) {
                    None => (needed == Need::Required).then_some(Problem::Missing),
                    Some(_) if needed == Need::Foreign => Some(self.foreign(*field)),
                    Some(value) => {
                        value_problem(field.shape(), value).or_else(|| self.day_problem(*field, value))
                    }
                }?;
                Some(FieldProblem { field: *field, problem })
            })
            .collect();
        let stay =
            self.report == ReportKind::LodgingCheckIn && matches!(self.op, OpKind::Submit | OpKind::Amend);
        let open_end =
            !self.facts.contains_key(&Field::Nights) && !self.facts.contains_key(&Field::CheckOutPlanned);
        if stay && open_end {
            problems.push(FieldProblem { field: Field::CheckOutPlanned, problem: Problem::Missing });
        }
        problems
    }

    /// The nearest of the fields that belong here: one that is missing before all others, then one of the same shape.
    /// `nights` of an extension means its new last day, however unlike the words.
    fn foreign(&self, field: Field) -> Problem {
        let needs = |own: Field| need(self.op, self.report, own);
        let meant = Field::ALL.iter().filter(|own| needs(**own) != Need::Foreign).min_by_key(|own| {
            let missing = needs(**own) == Need::Required && !self.facts.contains_key(*own);
            (!missing, own.shape() != field.shape(), own.edits_from(field.as_str()))
        });
        Problem::Foreign(meant.copied().unwrap_or(field))
    }

    /// Days that cannot be, given today and the report's other days.
    fn day_problem(&self, field: Field, value: &str) -> Option<Problem> {
        let tomorrow = self.today.tomorrow().unwrap_or(self.today);
        match field {
            Field::CheckIn | Field::Start | Field::Since => {
                let first: Date = value.parse().ok()?;
                let long_ago =
                    self.today.checked_sub(jiff::Span::new().try_days(LONG_AGO_DAYS).ok()?).ok()?;
                if first > tomorrow {
                    return Some(Problem::After(tomorrow));
                }
                (first < long_ago).then_some(Problem::LongAgo)
            }
            // A partly known birth date is compared by its first possible day.
            Field::BirthDate => {
                let padded = match value.len() {
                    4 => format!("{value}-01-01"),
                    7 => format!("{value}-01"),
                    _ => value.to_owned(),
                };
                (padded.parse::<Date>().ok()? > self.today).then_some(Problem::After(self.today))
            }
            Field::RefusedAt => {
                let day = value.get(..10)?.parse::<Date>().ok()?;
                (day > tomorrow).then_some(Problem::After(tomorrow))
            }
            _ => self.order_problem(field, value.parse().ok()?),
        }
    }

    fn order_problem(&self, last: Field, to: Date) -> Option<Problem> {
        let day = |field| self.whole.get(&field)?.reveal().parse::<Date>().ok();
        ORDER
            .iter()
            .filter(|(_, field)| *field == last)
            .find_map(|(first, _)| day(*first).filter(|from| to < *from).map(Problem::Before))
    }
}

fn value_problem(shape: Shape, value: &str) -> Option<Problem> {
    let most = if shape == Shape::LongText { LONG_TEXT_CHARS } else { TEXT_CHARS };
    if value.chars().count() > most {
        return Some(Problem::TooLong(most));
    }
    let fits = normal(shape, value).as_deref() == Some(value);
    match shape {
        Shape::Date | Shape::PartialDate | Shape::Instant => (!fits).then_some(Problem::NotADate),
        Shape::Text | Shape::LongText | Shape::WordOrOther(_) => {
            let clean = !value.chars().any(|c| is_hidden(c) || c.is_control()) && one_script_a_word(value);
            (!fits || !clean).then_some(Problem::Characters)
        }
        Shape::Country | Shape::Number | Shape::Count | Shape::Flag | Shape::Digest | Shape::Word(_) => {
            (!fits).then_some(Problem::Characters)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 24);

    /// A complete stay of the specimen of ICAO Doc 9303.
    pub(in crate::report) fn guest() -> Draft {
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        for (field, value) in [
            (Field::FullName, "ERIKSSON ANNA MARIA"),
            (Field::BirthDate, "1974-08-12"),
            (Field::Nationality, "UTO"),
            (Field::Sex, "F"),
            (Field::PassportNumber, "L898902C3"),
            (Field::CheckIn, "2026-11-24"),
            (Field::Nights, "3"),
            (Field::Purpose, "holiday"),
        ] {
            draft.set(field, value);
        }
        draft
    }

    fn problem_with(field: Field, value: &str) -> Vec<(Field, Problem)> {
        let mut draft = guest();
        draft.set(field, value);
        check(&draft, TODAY).into_iter().map(|found| (found.field, found.problem)).collect()
    }

    #[test]
    fn a_complete_stay_has_no_problem() {
        assert_eq!(check(&guest(), TODAY), []);
    }

    #[test]
    fn an_empty_draft_names_every_missing_field_at_once() {
        let missing: Vec<Field> =
            check(&Draft::new(ReportKind::LodgingCheckIn), TODAY).iter().map(|found| found.field).collect();
        assert_eq!(
            missing,
            [
                Field::FullName,
                Field::BirthDate,
                Field::Nationality,
                Field::Sex,
                Field::PassportNumber,
                Field::CheckIn,
                Field::Purpose,
                Field::CheckOutPlanned,
            ]
        );
    }

    #[test]
    fn each_kind_of_mistake_has_its_problem() {
        let ahead = jiff::civil::date(2026, 11, 25);
        for (field, value, problem) in [
            (Field::CheckIn, "2026-02-31", Problem::NotADate),
            (Field::CheckIn, "2026-11-26", Problem::After(ahead)),
            (Field::CheckIn, "2025-11-23", Problem::LongAgo),
            (Field::CheckOutPlanned, "2026-11-23", Problem::Before(TODAY)),
            (Field::BirthDate, "2027", Problem::After(TODAY)),
            (Field::PassportNumber, "L8989#", Problem::Characters),
            (Field::Nationality, "ATLANTIS", Problem::Characters),
            (Field::Purpose, "espionage", Problem::Characters),
            (Field::FullName, "ERIKSSON\u{202e}ANNA", Problem::Characters),
            (Field::FullName, "\u{421}ONTOH UJI", Problem::Characters),
            (Field::Start, "2026-11-24", Problem::Foreign(Field::CheckIn)),
        ] {
            assert_eq!(problem_with(field, value), [(field, problem)], "{field} {value}");
        }
        assert_eq!(problem_with(Field::Room, &"1".repeat(129)), [(Field::Room, Problem::TooLong(128))]);
        assert_eq!(problem_with(Field::CheckIn, "2026-11-25"), []);
    }

    #[test]
    fn only_an_old_date_is_a_notice() {
        let notice = FieldProblem { field: Field::CheckIn, problem: Problem::LongAgo };
        assert!(notice.is_notice());
        assert!(!FieldProblem { field: Field::CheckIn, problem: Problem::Missing }.is_notice());
    }
}
