//! A list against the reports of its kind that are open in the unit: who is new, who changed in what, who is gone. It
//! proposes and does nothing: ending a job because a row is missing is a person's word.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{CheckedRow, Columns};
use crate::fields::Field;
use crate::ids::ReportId;
use crate::permit::normal_number;
use crate::private::Private;
use crate::report::draft::Facts;

/// The numbers by which a person is known again: the document first, which may be a new one.
const BY: [Field; 3] = [Field::PassportNumber, Field::PermitNumber, Field::Niora];

/// A report that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The report.
    pub report: ReportId,
    /// Its facts as far as they are here.
    pub facts: Facts,
    /// Whether these are all of them. Of a report that another device made the list's row alone is known.
    pub whole: bool,
}

/// What a list says beside the reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Nobody of this row is reported.
    New {
        /// The row's place among the checked ones.
        row: usize,
    },
    /// Somebody is, with other facts.
    Changed {
        /// The row's place among the checked ones.
        row: usize,
        /// The report.
        report: ReportId,
        /// The facts that differ, in the order of the contract.
        fields: Vec<Field>,
    },
    /// Somebody is, as the row says.
    Same {
        /// The row's place among the checked ones.
        row: usize,
        /// The report.
        report: ReportId,
    },
    /// A report's person is in no row.
    Gone {
        /// The report.
        report: ReportId,
    },
}

/// Compares the rows with the open reports: by document, then by permit, then by NIORA. A row that is wrong still says
/// that its person is there. A repeated row says nothing new.
pub fn compare(rows: &[CheckedRow], columns: &Columns, known: &[Known]) -> Vec<Difference> {
    let mut by: HashMap<(Field, String), usize> = HashMap::new();
    for (place, report) in known.iter().enumerate() {
        for field in BY {
            if let Some(number) = number(&report.facts, field) {
                by.entry((field, number)).or_insert(place);
            }
        }
    }
    let mut found = BTreeSet::new();
    let mut differences = Vec::new();
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.repeats().is_none()) {
        let met = BY.iter().find_map(|field| by.get(&(*field, number(row.draft.facts(), *field)?)));
        differences.push(match met.and_then(|at| known.get(*at)) {
            None => Difference::New { row: place },
            Some(report) => {
                found.insert(report.report);
                let fields = changed(row, columns, report);
                if fields.is_empty() {
                    Difference::Same { row: place, report: report.report }
                } else {
                    Difference::Changed { row: place, report: report.report, fields }
                }
            }
        });
    }
    let gone = known.iter().filter(|report| !found.contains(&report.report));
    differences.extend(gone.map(|report| Difference::Gone { report: report.report }));
    differences
}

fn number(facts: &Facts, field: Field) -> Option<String> {
    normal_number(facts.get(&field)?.reveal())
}

/// Facts that a column of the list states otherwise. An empty cell states nothing, nor does one that cannot be read.
fn changed(row: &CheckedRow, columns: &Columns, report: &Known) -> Vec<Field> {
    let wrong: BTreeSet<Field> = row
        .problems
        .iter()
        .filter(|problem| !problem.is_notice())
        .filter_map(|problem| problem.field)
        .collect();
    let facts: BTreeMap<_, _> =
        row.draft.facts().iter().filter(|(field, _)| columns.of.contains_key(field)).collect();
    let differs = |(field, value): (&Field, &Private<String>)| {
        let here = report.facts.get(field);
        let silent = here.is_none() && !report.whole;
        (!silent && !wrong.contains(field) && here != Some(value)).then_some(*field)
    };
    facts.into_iter().filter_map(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::kinds::ReportKind;
    use crate::roster::rows::tests::{checked, text, workers};
    use crate::roster::{Titles, find};

    fn report(number: u8, row: &CheckedRow, whole: bool, changes: &[(Field, Option<&str>)]) -> Known {
        let mut facts = row.draft.facts().clone();
        for (field, value) in changes {
            match value {
                Some(value) => drop(facts.insert(*field, Private::from(*value))),
                None => drop(facts.remove(field)),
            }
        }
        Known { report: ReportId::from_bytes([number; 16]), facts, whole }
    }

    #[test]
    fn rows_are_new_same_changed_and_reports_gone() {
        let table = workers(&[
            &[],
            &[(4, text("X1")), (9, text("-"))],
            &[(4, text("X2")), (6, text("Director")), (9, text("-"))],
            &[(4, text("X3")), (9, text("CD12345678"))],
        ]);
        let columns = find(&table.rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
        let rows = checked(&table);
        let known = [
            report(1, &rows[0], true, &[]),
            report(2, &rows[2], true, &[(Field::Position, Some("Engineer")), (Field::Remarks, Some("old"))]),
            report(3, &rows[3], true, &[(Field::PassportNumber, Some("X0"))]),
            report(4, &rows[0], true, &[(Field::PassportNumber, Some("GONE1")), (Field::Niora, None)]),
        ];
        let id = |number: u8| ReportId::from_bytes([number; 16]);
        assert_eq!(
            compare(&rows, &columns, &known),
            [
                Difference::Same { row: 0, report: id(1) },
                Difference::New { row: 1 },
                Difference::Changed { row: 2, report: id(2), fields: vec![Field::Position] },
                Difference::Changed { row: 3, report: id(3), fields: vec![Field::PassportNumber] },
                Difference::Gone { report: id(4) },
            ]
        );
    }

    #[test]
    fn what_is_not_known_of_another_devices_report_is_no_change_and_a_wrong_row_is_not_gone() {
        let table = workers(&[&[(5, text("soon"))]]);
        let columns = find(&table.rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
        let rows = checked(&table);
        let elsewhere =
            report(1, &rows[0], false, &[(Field::Position, None), (Field::Start, Some("2026-01-01"))]);
        assert_eq!(
            compare(&rows, &columns, core::slice::from_ref(&elsewhere)),
            [Difference::Same { row: 0, report: elsewhere.report }]
        );
    }
}
