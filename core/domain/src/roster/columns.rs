//! The header row of a list, and the column of each fact. What a person said about a column counts before what its
//! title says.

use std::collections::BTreeMap;

use super::titles::{fact_of, fold};
use super::{Cell, Row};
use crate::fields::Field;
use crate::report::kinds::{Need, ReportKind};

/// The header stands among so many rows: above it lists have a name, a date, a logo.
pub const HEADER_WITHIN: usize = 10;

/// Fewer known titles in a row are chance.
const TITLES_LEAST: usize = 2;

/// Columns looked at: lists have some thirty, and sheets end at 16,384.
const COLUMNS_MOST: usize = 512;

/// The title of the hidden column in a returned workbook that holds the number of the row in the first list.
pub const ORIGIN: &str = "apoa_row";

/// What a person says about columns: the title of each fact.
pub type Titles = BTreeMap<Field, String>;

/// A column of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its place, 0 is the first.
    pub place: usize,
    /// Its title as written.
    pub title: String,
}

/// The header and the columns of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Its place among the rows of the table.
    pub header: usize,
    /// The column of each fact that has one.
    pub of: BTreeMap<Field, Column>,
    /// The column with the numbers of the rows in an earlier list.
    pub origin: Option<usize>,
}

/// Whether two titles are the same but for case, accents and punctuation.
pub fn is_same_title(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// The facts that a list of this kind can hold. The source is the core's to say, the parts of a name a passport's.
pub fn facts(kind: ReportKind) -> Vec<Field> {
    let never = [Field::Source, Field::Surname, Field::GivenNames];
    let all = Field::ALL.iter().copied();
    all.filter(|field| kind.need(*field) != Need::Foreign && !never.contains(field)).collect()
}

/// The header row: of the first rows the one with the most known titles, of equals the first.
pub fn find(rows: &[Row], kind: ReportKind, given: &Titles) -> Option<Columns> {
    let facts = facts(kind);
    let mut best: Option<Columns> = None;
    for (place, row) in rows.iter().take(HEADER_WITHIN).enumerate() {
        let columns = read_header(place, row, &facts, given);
        let more = best.as_ref().is_none_or(|best| columns.of.len() > best.of.len());
        if more && columns.of.len() >= TITLES_LEAST {
            best = Some(columns);
        }
    }
    best
}

fn read_header(header: usize, row: &Row, facts: &[Field], given: &Titles) -> Columns {
    let titles: Vec<(usize, &str)> = row
        .cells
        .iter()
        .take(COLUMNS_MOST)
        .enumerate()
        .filter_map(|(place, cell)| match cell {
            Cell::Text(title) => Some((place, title.trim())),
            Cell::Empty | Cell::Number(_) | Cell::Day(_) | Cell::Flag(_) | Cell::Failed => None,
        })
        .filter(|(_, title)| !title.is_empty())
        .collect();
    let mut columns = Columns { header, of: BTreeMap::new(), origin: None };
    let column = |(place, title): (usize, &str)| Column { place, title: title.to_owned() };
    for (field, wanted) in given.iter().filter(|(field, _)| facts.contains(field)) {
        if let Some(found) = titles.iter().find(|(_, title)| is_same_title(title, wanted)) {
            columns.of.insert(*field, column(*found));
        }
    }
    for (place, title) in titles {
        if title == ORIGIN {
            columns.origin = Some(place);
        } else if !columns.of.values().any(|column| column.place == place)
            && let Some(field) = fact_of(title, facts)
        {
            columns.of.entry(field).or_insert_with(|| column((place, title)));
        }
    }
    columns
}

/// The facts that every row needs and neither a column nor the unit's profile gives.
pub fn missing(columns: Option<&Columns>, kind: ReportKind, defaults: &[Field]) -> Vec<Field> {
    let has = |field: &Field| columns.is_some_and(|columns| columns.of.contains_key(field));
    let mut missing: Vec<Field> = facts(kind)
        .into_iter()
        .filter(|field| kind.need(*field) == Need::Required && !has(field) && !defaults.contains(field))
        .collect();
    // The rule that one of the two is there stands in `report/rules.rs`; without both columns no row can hold it.
    if kind == ReportKind::LodgingCheckIn && !has(&Field::Nights) && !has(&Field::CheckOutPlanned) {
        missing.push(Field::CheckOutPlanned);
    }
    missing
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(number: u32, cells: &[&str]) -> Row {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        Row { number, hidden: false, cells: cells.iter().map(cell).collect() }
    }

    const HEADER: &[&str] = &[
        "No",
        "Nama Lengkap",
        "Tgl Lahir",
        "Kebangsaan",
        "L/P",
        "No. Paspor",
        "Mulai Bekerja",
        "Jabatan",
        "Alamat Kerja",
        "Penjamin",
    ];

    #[test]
    fn the_header_is_found_below_what_stands_above_lists() {
        let rows = [
            row(1, &["DAFTAR PEKERJA"]),
            row(2, &["Nama", "Jabatan perusahaan"]),
            row(4, HEADER),
            row(5, &["1", "ERIKSSON ANNA MARIA"]),
        ];
        let columns = find(&rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
        assert_eq!((columns.header, columns.of.len()), (2, 9));
        assert_eq!(columns.of[&Field::PassportNumber], Column { place: 5, title: "No. Paspor".to_owned() });
        assert_eq!(missing(Some(&columns), ReportKind::WorkerStart, &[]), []);
    }

    #[test]
    fn a_header_too_far_down_or_none_is_none() {
        let mut rows: Vec<Row> = (1..=10).map(|number| row(number, &["x"])).collect();
        rows.push(row(11, HEADER));
        assert_eq!(find(&rows, ReportKind::WorkerStart, &Titles::new()), None);
        assert_eq!(find(&rows[1..], ReportKind::WorkerStart, &Titles::new()).unwrap().header, 9);
        assert_eq!(find(&[], ReportKind::WorkerStart, &Titles::new()), None);
        assert_eq!(missing(None, ReportKind::WorkerStart, &[Field::Guarantor]).len(), 8);
    }

    #[test]
    fn what_a_person_says_of_a_column_counts_first() {
        let rows = [row(1, &["Nama Lengkap", "Nama di dokumen", "No. Paspor"])];
        let given = Titles::from([(Field::FullName, "NAMA DI DOKUMEN".to_owned())]);
        let columns = find(&rows, ReportKind::WorkerStart, &given).unwrap();
        assert_eq!(columns.of[&Field::FullName].place, 1);
        let absent = Titles::from([(Field::FullName, "Name of nobody".to_owned())]);
        assert_eq!(find(&rows, ReportKind::WorkerStart, &absent).unwrap().of[&Field::FullName].place, 0);
    }

    #[test]
    fn a_stay_needs_its_nights_or_its_last_day() {
        let rows = [row(1, &["Nama", "Tgl lahir", "Kebangsaan", "L/P", "No Paspor", "Check-in", "Tujuan"])];
        let columns = find(&rows, ReportKind::LodgingCheckIn, &Titles::new()).unwrap();
        assert_eq!(missing(Some(&columns), ReportKind::LodgingCheckIn, &[]), [Field::CheckOutPlanned]);
    }

    proptest! {
        /// However a title is written, it is the same title: case, accents, punctuation and spaces do not count.
        #[test]
        fn spelling_of_a_title_does_not_matter(
            place in 1_usize..10,
            upper in any::<bool>(),
            sign in "[ ._/:#-]{1,3}",
        ) {
            let title: Vec<&str> = HEADER[place].split([' ', '.', '/']).filter(|word| !word.is_empty()).collect();
            let mut written = title.join(&sign);
            if upper {
                written = written.to_uppercase();
            }
            let rows = [row(1, &["No. Paspor", "Nama", &written])];
            let plain = [row(1, &["No. Paspor", "Nama", HEADER[place]])];
            let fields = |rows: &[Row]| {
                let columns = find(rows, ReportKind::WorkerStart, &Titles::new()).unwrap();
                columns.of.into_iter().map(|(field, column)| (field, column.place)).collect::<Vec<_>>()
            };
            prop_assert_eq!(fields(&rows), fields(&plain));
        }

        /// No header panics, and no column is two facts.
        #[test]
        fn any_header_is_read(titles in proptest::collection::vec("\\PC{0,30}", 0..20)) {
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            for kind in ReportKind::ALL {
                if let Some(columns) = find(&[row(1, &titles)], *kind, &Titles::new()) {
                    let mut places: Vec<usize> = columns.of.values().map(|column| column.place).collect();
                    places.sort_unstable();
                    places.dedup();
                    prop_assert_eq!(places.len(), columns.of.len());
                }
            }
        }
    }
}
