//! Rows into drafts, with everything that is wrong: what a cell does not say is found here, everything else by the rules
//! of a single report.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::cells::{Unread, read_cell, shown};
use super::{Cell, Columns, Row, Table};
use crate::codes::Code;
use crate::fields::Field;
use crate::private::Private;
use crate::report::draft::{Draft, Source};
use crate::report::kinds::ReportKind;
use crate::report::rules::{self, FieldProblem, Problem};
use crate::report::summary::Summary;

/// One thing that is wrong with a row, or to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellProblem {
    /// The fact it is about; none where it is about the whole row.
    pub field: Option<Field>,
    /// What is wrong.
    pub fault: Fault,
    /// What a person sees in the cell.
    pub found: Private<String>,
}

/// What is wrong with a row or one of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The cell cannot be what its column holds: a formula that failed, a kind of value that does not fit.
    Unfit,
    /// A spreadsheet made a number of a document number.
    Mangled,
    /// The same person on the same day stands in this row already.
    Repeats(u32),
    /// The file hides the row: it is read all the same.
    Hidden,
    /// What the rules of a report say.
    Rule(Problem),
}

impl CellProblem {
    /// The stable code; a hidden row has none. What a cell holds cannot be read in its column: that is one code, whatever
    /// rule says so.
    pub fn code(&self) -> Option<Code> {
        Some(match self.fault {
            Fault::Hidden => return None,
            Fault::Mangled => Code::NumberMangled,
            Fault::Repeats(_) => Code::RowRepeated,
            Fault::Unfit | Fault::Rule(Problem::NotADate | Problem::Characters) => Code::Cell,
            Fault::Rule(_) => self.rule().map_or(Code::Cell, |rule| rule.code()),
        })
    }

    /// The problem as the rules of a report name it.
    pub fn rule(&self) -> Option<FieldProblem> {
        match (self.fault, self.field) {
            (Fault::Rule(problem), Some(field)) => Some(FieldProblem { field, problem }),
            _ => None,
        }
    }

    /// Whether the row can be reported all the same.
    pub fn is_notice(&self) -> bool {
        match self.fault {
            Fault::Hidden => true,
            Fault::Unfit | Fault::Mangled | Fault::Repeats(_) => false,
            Fault::Rule(_) => self.rule().is_some_and(|rule| rule.is_notice()),
        }
    }
}

/// A row of a list as a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRow {
    /// Its place among the rows of the table.
    pub place: usize,
    /// Its number in the file, from 1.
    pub number: u32,
    /// Its number in the list that a returned workbook came from.
    pub origin: Option<u32>,
    /// What would be reported.
    pub draft: Draft,
    /// Everything that is wrong, and what should be looked at.
    pub problems: Vec<CellProblem>,
}

impl CheckedRow {
    /// Whether nothing hinders reporting it.
    pub fn is_good(&self) -> bool {
        self.problems.iter().all(CellProblem::is_notice)
    }

    /// Whether it repeats a row above.
    pub fn repeats(&self) -> Option<u32> {
        self.problems.iter().find_map(|problem| match problem.fault {
            Fault::Repeats(row) => Some(row),
            Fault::Unfit | Fault::Mangled | Fault::Hidden | Fault::Rule(_) => None,
        })
    }
}

/// Every row below the header as a draft of this kind, judged as a single report is. `defaults` fill what a row leaves
/// open.
pub fn check(
    table: &Table,
    columns: &Columns,
    kind: ReportKind,
    defaults: &[(Field, &str)],
    today: Date,
) -> Vec<CheckedRow> {
    let below = table.rows.iter().enumerate().skip(columns.header.saturating_add(1));
    let filled = below.filter(|(_, row)| holds_a_fact(row, columns));
    let mut rows: Vec<CheckedRow> =
        filled.map(|(place, row)| read_row((place, row), table, columns, kind, defaults, today)).collect();
    mark_repeats(&mut rows);
    rows
}

/// A row that says nothing in any known column is a sum, a signature or a leftover.
fn holds_a_fact(row: &Row, columns: &Columns) -> bool {
    columns.of.values().any(|column| row.cells.get(column.place).is_some_and(|cell| !cell.is_empty()))
}

fn read_row(
    (place, row): (usize, &Row),
    table: &Table,
    columns: &Columns,
    kind: ReportKind,
    defaults: &[(Field, &str)],
    today: Date,
) -> CheckedRow {
    let cell = |place: usize| row.cells.get(place).unwrap_or(&Cell::Empty);
    let found = |field: Field| {
        let column = columns.of.get(&field);
        Private::new(column.map_or_else(String::new, |column| shown(cell(column.place))))
    };
    let mut draft = Draft::new(kind);
    let mut unread: BTreeMap<Field, Fault> = BTreeMap::new();
    for (field, column) in &columns.of {
        match read_cell(*field, cell(column.place), table.epoch) {
            Ok(Some(text)) => draft.set(*field, &text),
            Ok(None) => {}
            Err(Unread::Mangled) => drop(unread.insert(*field, Fault::Mangled)),
            Err(Unread::Unfit) => drop(unread.insert(*field, Fault::Unfit)),
        }
    }
    draft.fill([], Source::Import);
    draft.fill_defaults(defaults.iter().filter(|(field, _)| !unread.contains_key(field)).copied());
    let mut problems: Vec<CellProblem> = unread
        .iter()
        .map(|(field, fault)| CellProblem { field: Some(*field), fault: *fault, found: found(*field) })
        .collect();
    // What could not be read is missing only because of that.
    let judged =
        rules::check(&draft, today).into_iter().filter(|problem| !unread.contains_key(&problem.field));
    problems.extend(judged.map(|FieldProblem { field, problem }| CellProblem {
        field: Some(field),
        fault: Fault::Rule(problem),
        found: found(field),
    }));
    problems.sort_by_key(|problem| problem.field);
    if row.hidden {
        problems.push(CellProblem { field: None, fault: Fault::Hidden, found: Private::default() });
    }
    let origin = columns.origin.and_then(|place| shown(cell(place)).parse().ok());
    CheckedRow { place, number: row.number, origin, draft, problems }
}

/// Of the rows that could be reported, those that are there already: the same duplicate key as that of a report. A row that
/// is wrong repeats nothing and is repeated by nothing, so that mending it loses no row.
fn mark_repeats(rows: &mut [CheckedRow]) {
    let mut seen: HashMap<(String, String), u32> = HashMap::new();
    for row in rows.iter_mut().filter(|row| row.is_good()) {
        let summary = Summary::of(&row.draft);
        let (Some(document), Some(day)) = (summary.document(), summary.first_date()) else { continue };
        let first = *seen.entry((document.to_owned(), day.to_owned())).or_insert(row.number);
        if first != row.number {
            let found = Private::from(document);
            let fault = Fault::Repeats(first);
            row.problems.push(CellProblem { field: Some(Field::PassportNumber), fault, found });
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::roster::{Epoch, Titles, find};

    const TODAY: Date = jiff::civil::date(2026, 11, 24);

    const HEADER: &[&str] = &[
        "Nama",
        "Tgl lahir",
        "Kebangsaan",
        "L/P",
        "No. paspor",
        "Mulai bekerja",
        "Jabatan",
        "Alamat kerja",
        "Penjamin",
        "NIORA",
    ];

    const WORKER: &[&str] = &[
        "ERIKSSON ANNA MARIA",
        "12-08-1974",
        "UTOPIA",
        "P",
        "L898902C3",
        "24-11-2026",
        "Engineer",
        "Jl. Contoh 1",
        "PT Contoh Uji",
        "AB12345678",
    ];

    pub(in crate::roster) fn text(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }

    /// A list of workers: the header, then these rows; a fact of a row by its place.
    pub(in crate::roster) fn workers(changes: &[&[(usize, Cell)]]) -> Table {
        let row = |number: usize, cells: Vec<Cell>| Row {
            number: u32::try_from(number).unwrap(),
            hidden: false,
            cells,
        };
        let mut rows = vec![row(1, HEADER.iter().map(|title| text(title)).collect())];
        for (place, changes) in changes.iter().enumerate() {
            let mut cells: Vec<Cell> = WORKER.iter().map(|fact| text(fact)).collect();
            for (place, cell) in *changes {
                cells[*place] = cell.clone();
            }
            rows.push(row(place + 2, cells));
        }
        Table { sheet: None, epoch: Epoch::Of1900, rows }
    }

    pub(in crate::roster) fn checked(table: &Table) -> Vec<CheckedRow> {
        let columns = find(&table.rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
        check(table, &columns, ReportKind::WorkerStart, &[], TODAY)
    }

    fn codes(row: &CheckedRow) -> Vec<(Option<Field>, Option<Code>)> {
        row.problems.iter().map(|problem| (problem.field, problem.code())).collect()
    }

    #[test]
    fn a_good_row_is_a_draft_from_an_import() {
        let rows = checked(&workers(&[&[]]));
        assert!(rows[0].problems.is_empty(), "{:?}", rows[0].problems);
        for (field, value) in [
            (Field::Source, "import"),
            (Field::BirthDate, "1974-08-12"),
            (Field::Nationality, "UTO"),
            (Field::Sex, "F"),
            (Field::Start, "2026-11-24"),
        ] {
            assert_eq!(rows[0].draft.get(field), Some(value), "{field}");
        }
    }

    #[test]
    fn each_fault_has_its_code_at_its_column() {
        let rows = checked(&workers(&[
            &[(4, Cell::Number(1.2e46))],
            &[(1, text("31-02-1974"))],
            &[(5, text("11/24/2026"))],
            &[(2, text("ATLANTIS"))],
            &[(3, Cell::Failed)],
            &[(0, Cell::Empty)],
            &[(5, text("24-11-2030"))],
            &[(5, text("24-11-2020"))],
        ]));
        let expected = [
            (Field::PassportNumber, Code::NumberMangled),
            (Field::BirthDate, Code::Cell),
            (Field::Start, Code::Cell),
            (Field::Nationality, Code::Cell),
            (Field::Sex, Code::Cell),
            (Field::FullName, Code::FieldMissing),
            (Field::Start, Code::DateOrder),
            (Field::Start, Code::LongAgo),
        ];
        for (row, (field, code)) in rows.iter().zip(expected) {
            assert_eq!(codes(row), [(Some(field), Some(code))], "row {}", row.number);
        }
        assert_eq!(rows[0].problems[0].found.reveal(), "1.2E+46");
        assert!(rows[7].is_good() && !rows[6].is_good(), "only the old date is a notice");
    }

    #[test]
    fn a_row_repeats_the_first_good_one_of_its_person_and_day() {
        let rows = checked(&workers(&[
            &[(0, Cell::Empty)],
            &[],
            &[(4, text("l898902-c3"))],
            &[(5, text("23-11-2026"))],
        ]));
        assert_eq!(rows[1].problems, []);
        assert_eq!((rows[2].repeats(), codes(&rows[2])[0].1), (Some(3), Some(Code::RowRepeated)));
        assert_eq!(rows[3].repeats(), None, "another first day is another job");
    }

    #[test]
    fn what_a_row_leaves_open_comes_from_the_profile_and_a_hidden_row_is_read() {
        let mut table = workers(&[&[(7, Cell::Empty), (8, text("PT Lain"))]]);
        table.rows[1].hidden = true;
        let columns = find(&table.rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
        let defaults = [
            (Field::WorkAddress, "Jl. Profil 2"),
            (Field::Guarantor, "PT Profil"),
            (Field::Site, "Proyek A"),
        ];
        let rows = check(&table, &columns, ReportKind::WorkerStart, &defaults, TODAY);
        let of = |field| rows[0].draft.get(field);
        assert_eq!(
            (of(Field::WorkAddress), of(Field::Guarantor), of(Field::Site)),
            (Some("Jl. Profil 2"), Some("PT Lain"), Some("Proyek A"))
        );
        assert!(rows[0].is_good() && codes(&rows[0]) == [(None, None)]);
    }

    #[test]
    fn a_line_without_any_fact_is_no_row() {
        let mut table = workers(&[&[]]);
        let mut cells = vec![Cell::Empty; 10];
        cells.push(text("Mengetahui,"));
        table.rows.push(Row { number: 9, hidden: false, cells });
        assert_eq!(checked(&table).len(), 1);
    }

    proptest! {
        /// A row is good exactly if a report with its facts would be: there is no second set of rules.
        #[test]
        fn a_row_is_judged_as_a_single_report_is(
            place in 0_usize..10,
            written in "[A-Za-z0-9 ./-]{0,20}|\\PC{0,12}",
        ) {
            let rows = checked(&workers(&[&[(place, text(&written))]]));
            let judged = rules::check(&rows[0].draft, TODAY);
            let unread = rows[0].problems.iter().any(|problem| problem.rule().is_none());
            if !unread {
                let said: Vec<_> = rows[0].problems.iter().filter_map(CellProblem::rule).collect();
                let mut judged = judged;
                judged.sort_by_key(|problem| problem.field);
                prop_assert_eq!(said, judged);
            }
        }
    }
}
