//! `apoa report`: make, list, show. `new` answers only once the report is on disk.

use std::collections::BTreeMap;

use apoa_core::codes::Code;
use apoa_core::ids::ReportId;
use apoa_core::passport::{Comparison, Person};
use apoa_core::permit::{Date, Patterns};
use apoa_core::report::draft::{Draft, Source};
use apoa_core::report::finalise::Compared;
use apoa_core::report::kinds::ReportKind;
use apoa_core::report::rules::FieldProblem;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, Page, ReportRow};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::mask::Mask;
use crate::output::{BOLD, DIM, GOOD, Line, Output, table};
use crate::session;
use crate::sources::{Permit, assignment, from_file, zone_facts, zone_of};

use super::compare;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a report; it is safe on disk before this answers.
    New(NewArgs),
    /// Reports, newest first.
    List(ListArgs),
    /// One report with its data and receipts.
    Show {
        /// The report.
        id: ReportId,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// lodging.check_in, worker.start, individual or refusal.
    #[arg(long, value_parser = kind)]
    kind: ReportKind,
    /// The payload of the permit's code, or a JSON object of field codes; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    permit: Option<String>,
    /// The lines of the passport; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    mrz: Option<String>,
    /// One flat JSON object of field codes; `-` reads standard input.
    #[arg(long, value_name = "FILE.json")]
    from: Option<String>,
    /// One fact; later sources win.
    #[arg(long = "field", value_name = "CODE=VALUE")]
    fields: Vec<String>,
    /// Report the same guest and day once more, with the reason.
    #[arg(long, value_name = "REASON")]
    again: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Only reports of this state: none, received, accepted, rejected, cancelled, or queued, wedged, needs_correction.
    #[arg(long, value_parser = state, value_name = "S")]
    state: Option<State>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
    /// Only those after this one.
    #[arg(long, value_name = "ID")]
    after: Option<ReportId>,
}

/// Either axis of a report's state.
#[derive(Clone, Copy, Debug)]
enum State {
    Standing(Standing),
    Work(Work),
}

pub(crate) fn run(command: Command, global: &Global, out: &Output) -> Ended {
    match command {
        Command::New(args) => new(&args, global, out),
        Command::List(args) => list(&args, global, out),
        Command::Show { id } => show(id, global, out),
    }
}

fn new(args: &NewArgs, global: &Global, out: &Output) -> Ended {
    let patterns = session::patterns(global, out)?;
    let client = session::open_signed_in(global)?;
    let (draft, compared) = draft_of(args, client.today(), &patterns)?;
    for notice in client.check(&draft).iter().filter(|problem| problem.is_notice()) {
        out.note(&out.problem(notice).text);
    }
    let finalised = client
        .finalise(draft, compared.as_ref(), args.again.as_deref())
        .map_err(|error| refused(error, &client, out))?;
    out.line(&NewLine {
        report_id: finalised.report.to_string(),
        op_id: finalised.op.to_string(),
        work: Work::Queued.as_str(),
        standing: Standing::None.as_str(),
        due: finalised.due.map(|due| due.to_string()),
    });
    Ok(Exit::Done)
}

/// Gathers the sources in their order, and compares where both sides are there.
fn draft_of(args: &NewArgs, today: Date, patterns: &Patterns) -> Result<(Draft, Option<Compared>), Stop> {
    let mut draft = Draft::new(args.kind);
    let permit = args.permit.as_deref().map(|text| Permit::of(text, patterns)).transpose()?;
    if let Some(permit) = &permit {
        let facts = permit.facts(today);
        draft.fill(facts.iter().map(|(field, value)| (*field, value.as_str())), Source::PermitQr);
    }
    let reading = args.mrz.as_deref().map(|text| zone_of(text, today)).transpose()?;
    let zone = match &reading {
        Some(reading) => Some(reading.zone().ok_or(Failure::new(Code::ZoneIncomplete))?),
        None => None,
    };
    if let Some(zone) = zone {
        let facts = zone_facts(zone);
        draft.fill(facts.iter().map(|(field, value)| (*field, value.as_str())), Source::Mrz);
    }
    if let Some(path) = &args.from {
        for (field, value) in from_file(path)? {
            draft.set(field, &value);
        }
    }
    for text in &args.fields {
        let (field, value) = assignment(text)?;
        draft.set(field, &value);
    }
    let compared = permit.zip(zone).map(|(permit, zone)| {
        let passport = Person::from_zone(zone);
        frozen(&compare::with(&permit, &passport, draft.planned_end(), today, patterns))
    });
    Ok((draft, compared))
}

/// What of a comparison goes into the report: the verdict, and its reasons, the deciding one first.
pub(crate) fn frozen(comparison: &Comparison) -> Compared {
    let mut reasons = Vec::new();
    for reason in
        comparison.reason.into_iter().chain(comparison.fields.iter().filter_map(|field| field.reason))
    {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    Compared { verdict: comparison.verdict, reasons }
}

fn refused(error: DraftError, client: &ApoaClient, out: &Output) -> Stop {
    match error {
        DraftError::Invalid { problems } => invalid(&problems, out).into(),
        DraftError::Duplicate { existing } => duplicate(existing, client).into(),
        DraftError::NoUnit => Failure::new(Code::SignInNeeded).into(),
        DraftError::Store(error) => error.into(),
    }
}

/// The error speaks of the first thing to mend; all of them stand beside it.
fn invalid(problems: &[FieldProblem], out: &Output) -> Failure {
    let real: Vec<&FieldProblem> = problems.iter().filter(|problem| !problem.is_notice()).collect();
    let mut failure = Failure::new(real.first().map_or(Code::FieldMissing, |first| first.code()));
    failure.args = real.first().map(|first| out.problem_args(first)).unwrap_or_default();
    failure.problems = real.into_iter().map(|problem| out.problem(problem)).collect();
    failure
}

/// Which day the other report speaks of, if the store still answers.
fn duplicate(existing: ReportId, client: &ApoaClient) -> Failure {
    let mut failure = Failure::new(Code::Duplicate);
    failure.report_id = Some(existing.to_string());
    if let Ok(Some(found)) = client.report(existing) {
        let row = found.row;
        if let Some(day) = &row.summary.first_date {
            failure = failure.with("date", day.reveal().as_str());
        }
        let account = client.account().ok().flatten();
        let own = account.filter(|account| account.account == row.captured_by);
        let staff = own.map_or_else(|| row.captured_by.to_string(), |account| account.user.reveal().clone());
        failure = failure.with("staff", staff);
    }
    failure
}

fn list(args: &ListArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let (work, standing) = match args.state {
        Some(State::Work(work)) => (Some(work), None),
        Some(State::Standing(standing)) => (None, Some(standing)),
        None => (None, None),
    };
    let rows = client.reports(Page { work, standing, limit: args.limit, after: args.after })?;
    for row in &rows {
        out.line(&RowLine::of(row, out.mask));
    }
    if rows.is_empty() {
        out.note(&out.word("count-none", &[]));
    }
    Ok(Exit::Done)
}

fn show(id: ReportId, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let Some(detail) = client.report(id)? else {
        out.note(&out.word("cli-no-report", &[]));
        return Ok(Exit::Nothing);
    };
    let data =
        detail.facts.iter().map(|(field, value)| (field.as_str(), out.mask.field(*field, value.reveal())));
    out.line(&ShowLine {
        row: RowLine::of(&detail.row, out.mask),
        data: data.collect(),
        receipts: detail.receipts,
    });
    Ok(Exit::Done)
}

fn kind(text: &str) -> Result<ReportKind, String> {
    text.parse().map_err(|_| {
        let known: Vec<_> = ReportKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("kinds are {}", known.join(", "))
    })
}

fn state(text: &str) -> Result<State, String> {
    let work = Work::ALL.iter().copied().find(|work| *work != Work::None && work.as_str() == text);
    let standing = Standing::ALL.iter().copied().find(|standing| standing.as_str() == text);
    let found = work.map(State::Work).or(standing.map(State::Standing));
    found.ok_or_else(|| "no such state".to_owned())
}

#[derive(Debug, Serialize)]
struct NewLine {
    report_id: String,
    op_id: String,
    work: &'static str,
    standing: &'static str,
    due: Option<String>,
}

#[derive(Debug, Serialize)]
struct RowLine {
    report_id: String,
    kind: &'static str,
    standing: &'static str,
    work: &'static str,
    full_name: Option<String>,
    passport_number: Option<String>,
    first_date: Option<String>,
    planned_end: Option<String>,
    due: Option<String>,
    captured_by: String,
    revision: u32,
}

#[derive(Debug, Serialize)]
struct ShowLine {
    #[serde(flatten)]
    row: RowLine,
    data: BTreeMap<&'static str, String>,
    receipts: Vec<String>,
}

impl RowLine {
    fn of(row: &ReportRow, mask: Mask) -> Self {
        use apoa_core::fields::Field;
        let summary = &row.summary;
        let day =
            |day: &Option<apoa_core::private::Private<String>>| day.as_ref().map(|day| day.reveal().clone());
        Self {
            report_id: row.report.to_string(),
            kind: row.kind.as_str(),
            standing: row.standing.as_str(),
            work: row.work.as_str(),
            full_name: summary.full_name.as_ref().map(|name| mask.field(Field::FullName, name.reveal())),
            passport_number: summary
                .passport_number
                .as_ref()
                .map(|number| mask.field(Field::PassportNumber, number.reveal())),
            first_date: day(&summary.first_date),
            planned_end: day(&summary.planned_end),
            due: row.due.map(|due| due.to_string()),
            captured_by: row.captured_by.to_string(),
            revision: row.revision.0,
        }
    }

    /// What is proved, or else what is to be done.
    fn state(&self, out: &Output) -> String {
        let word = if self.standing == "none" { self.work } else { self.standing };
        out.word(&format!("count-{}", word.replace('_', "-")), &[])
    }
}

impl Line for NewLine {
    fn text(&self, out: &Output) -> String {
        let saved = out.word("cli-saved", &[]);
        let rows = [
            (out.word("word-report", &[]), Some(self.report_id.clone())),
            (out.word("word-due", &[]), self.due.clone()),
        ];
        format!("{GOOD}✓{GOOD:#} {BOLD}{saved}{BOLD:#}\n{}\n{}", table(&rows), out.word("cli-next-sync", &[]))
    }
}

impl Line for RowLine {
    fn text(&self, out: &Output) -> String {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        format!(
            "{}  {:18}  {:10}  {DIM}{}{DIM:#}  {}",
            self.report_id,
            shown(&self.full_name),
            shown(&self.passport_number),
            shown(&self.first_date),
            self.state(out)
        )
    }
}

impl Line for ShowLine {
    fn text(&self, out: &Output) -> String {
        let facts: Vec<_> = self
            .data
            .iter()
            .map(|(code, value)| (out.word(&format!("field-{code}"), &[]), Some(value.clone())))
            .collect();
        let state = self.row.state(out);
        format!(
            "{BOLD}{}{BOLD:#} {} · {state}\n{}\n  {} {}",
            self.row.kind,
            self.row.report_id,
            table(&facts),
            self.receipts.len(),
            out.word("word-receipts", &[])
        )
    }
}
