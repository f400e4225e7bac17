//! `apoa export`: lists for others. Without a file they go to the screen; a file's ending says its form. Names and numbers
//! are masked unless `--show-pii` is given, and what is on hold for others is in none.

mod breach;
mod deadlines;
mod expiring;
mod outage;
mod present;
mod reports;

use std::path::{Path, PathBuf};

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::Timestamp;
use apoa_core::report::kinds::ReportKind;
use apoa_core::{ApoaClient, ReportRow, Right};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::mask::Mask;
use crate::office::form::Form;
use crate::office::list_paper::{self, Appended};
use crate::office::receipt_facts;
use crate::office::table::{Cell, Column, Table};
use crate::office::words::{Both, Said, moment};
use crate::office::{comma, sheet};
use crate::output::{BOLD, GOOD, Line, Output};
use crate::session;
use crate::written::write_new;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which list.
    #[arg(value_name = "LIST")]
    what: What,
    /// The file to write; its ending says the form. Without it the list goes to the screen.
    #[arg(value_name = "OUT.(csv|xlsx|pdf|json)")]
    out: Option<PathBuf>,
}

/// The lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Every report with its state; closed ones need the right to inspect.
    Reports,
    /// The foreigners who are here now, each with permit and receipt: for an inspection.
    Present,
    /// Permits and contracts that end within 60 days, nearest first.
    Expiring,
    /// What is still to be reported, nearest deadline first.
    Deadlines,
    /// What waits to be sent, by ids and digests: proof that it was recorded, without identities.
    Outage,
    /// What this device holds and held of people, for a notice of a breach, without identities.
    Breach,
}

/// A list in all its forms.
struct Export<H, R> {
    name: &'static str,
    /// What a JSON file says before the rows.
    head: H,
    rows: Vec<R>,
    table: Table,
    /// Receipts whose codes a paper shows.
    codes: Vec<Appended>,
}

#[derive(Serialize)]
struct File<'a, H, R> {
    #[serde(flatten)]
    head: &'a H,
    reports: &'a [R],
}

/// What most files say before their rows.
#[derive(Serialize)]
struct Head {
    unit: String,
    at: String,
}

#[derive(Debug, Serialize)]
struct ExportLine {
    export: &'static str,
    file: Option<String>,
    rows: usize,
}

/// What every list is made with.
struct Maker<'a> {
    client: &'a ApoaClient,
    out: &'a Output,
    both: Both,
    unit: String,
    unit_name: String,
    now: Timestamp,
    /// Whether this member may see closed reports.
    inspects: bool,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let form = args.out.as_deref().map(Form::of).transpose()?;
    let client = session::open_signed_in(global)?;
    let maker = Maker::new(&client, out)?;
    let target = args.out.as_deref().zip(form);
    match args.what {
        What::Reports => deliver(reports::list(&maker)?, target, out),
        What::Present => deliver(present::list(&maker)?, target, out),
        What::Expiring => deliver(expiring::list(&maker)?, target, out),
        What::Deadlines => deliver(deadlines::list(&maker)?, target, out),
        What::Outage => deliver(outage::list(&maker)?, target, out),
        What::Breach => deliver(breach::list(&maker)?, target, out),
    }
}

fn deliver<H: Serialize, R: Serialize>(
    mut export: Export<H, R>,
    target: Option<(&Path, Form)>,
    out: &Output,
) -> Ended {
    let both = Both::new();
    if !export.codes.is_empty() && target.is_some_and(|(_, form)| form == Form::Pdf) {
        export.table.notes.insert(0, both.say("cli-note-codes", &[]));
    }
    let Export { name, head, rows, table, codes } = &export;
    let Some((file, form)) = target else {
        if !out.json {
            out.print(&table.screen(out.language()));
            return Ok(Exit::Done);
        }
        for row in rows {
            out.line(&Json(row));
        }
        out.line(&ExportLine { export: name, file: None, rows: rows.len() });
        return Ok(Exit::Done);
    };
    let bytes = match form {
        Form::Json => serde_json::to_vec_pretty(&File { head, reports: rows }).map_err(unexpected)?,
        Form::Csv => comma::rows(rows).map_err(unexpected)?,
        Form::Xlsx => sheet::workbook(table, out.language()).map_err(unexpected)?,
        Form::Pdf => {
            list_paper::pages(table, codes, &both.say("cli-paper-codes", &[])).map_err(unexpected)?
        }
    };
    write_new(file, &bytes)?;
    out.line(&ExportLine { export: name, file: Some(file.display().to_string()), rows: rows.len() });
    Ok(Exit::Done)
}

#[expect(clippy::needless_pass_by_value, reason = "taken from where it failed")]
fn unexpected(error: impl ToString) -> Stop {
    Failure::new(Code::Internal).because(&error).into()
}

impl<'a> Maker<'a> {
    fn new(client: &'a ApoaClient, out: &'a Output) -> Result<Self, Stop> {
        let account = client.account()?.ok_or_else(|| Failure::new(Code::SignInNeeded))?;
        let card = account.units.into_iter().find(|card| card.unit == account.active_unit);
        Ok(Self {
            client,
            out,
            both: Both::new(),
            unit: account.active_unit.to_string(),
            inspects: card.as_ref().is_some_and(|card| card.rights.contains(&Right::Inspect)),
            unit_name: card.map(|card| card.name).unwrap_or_default(),
            now: client.now(),
        })
    }

    fn head(&self) -> Head {
        Head { unit: self.unit.clone(), at: self.now.to_string() }
    }

    fn say(&self, key: &str) -> Said {
        self.both.say(key, &[])
    }

    fn columns(&self, columns: &[(&str, f32)]) -> Vec<Column> {
        columns.iter().map(|(key, share)| Column::new(self.say(key), *share)).collect()
    }

    /// What every list says about itself, and what it says besides.
    fn about(&self, rows: usize, more: Vec<(Said, Said)>) -> Vec<(Said, Said)> {
        let zone = self.client.zone();
        let at = self.both.each(|words| moment(words, zone, self.now));
        let mut about = vec![
            (self.say("cli-paper-unit"), Said::same(self.unit_name.as_str())),
            (self.say("cli-paper-as-of"), at),
            (self.say("cli-list-rows"), Said::same(rows.to_string())),
        ];
        about.extend(more);
        about
    }

    /// Notes of a list with identities: what the reader has to know, how it is masked and what it leaves out.
    fn notes(&self, key: Option<&str>, closed_out: usize) -> Result<Vec<Said>, Stop> {
        let mut notes: Vec<Said> = key.map(|key| self.say(key)).into_iter().collect();
        if self.out.mask == Mask::On {
            notes.push(self.say("cli-list-masked"));
        }
        let held = self.client.on_hold().map_err(|error| self.refused(error))?;
        if held > 0 {
            notes.push(self.both.say("cli-list-left-out", &[("n", &held.to_string())]));
        }
        if closed_out > 0 {
            notes.push(self.both.say("cli-list-closed-out", &[("n", &closed_out.to_string())]));
        }
        Ok(notes)
    }

    fn refused(&self, error: apoa_core::DraftError) -> Stop {
        super::report::refused(error, self.client, self.out)
    }

    fn kind(&self, kind: ReportKind) -> Cell {
        Cell::word(receipt_facts::kind(&self.both, kind))
    }

    fn name(&self, row: &ReportRow) -> Option<String> {
        let name = row.summary.full_name.as_ref();
        name.map(|name| self.out.mask.field(Field::FullName, name.reveal()))
    }

    fn document(&self, row: &ReportRow) -> Option<String> {
        row.summary.document().map(|number| self.out.mask.field(Field::PassportNumber, number))
    }
}

/// A fact of a summary.
fn fact(fact: Option<&apoa_core::private::Private<String>>) -> Option<String> {
    fact.map(|fact| fact.reveal().clone())
}

fn instant(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// A row that is only ever said as JSON.
struct Json<'a, R>(&'a R);

impl<R: Serialize> Serialize for Json<'_, R> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<R: Serialize> Line for Json<'_, R> {
    fn text(&self, _: &Output) -> String {
        serde_json::to_string(self.0).unwrap_or_default()
    }
}

impl Line for ExportLine {
    fn text(&self, out: &Output) -> String {
        let said = out.word("cli-exported", &[("n", &self.rows.to_string())]);
        format!("{GOOD}✓{GOOD:#} {said} {BOLD}{}{BOLD:#}", self.file.as_deref().unwrap_or_default())
    }
}
