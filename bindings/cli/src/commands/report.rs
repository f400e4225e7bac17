//! `apoa report`: make, list, search, show. `new` answers only once the report is on disk. What changes a report that
//! is there stands in `change.rs`.

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::passport::{Comparison, Person, Unproven, Zone};
use apoa_core::permit::{Date, Patterns};
use apoa_core::report::draft::{Draft, Source, zone_fact, zone_facts};
use apoa_core::report::finalise::Compared;
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::report::photo::PhotoProblem;
use apoa_core::report::rules::FieldProblem;
use apoa_core::report::state::{Standing, Work};
use apoa_core::scanner::FoundZone;
use apoa_core::{ApoaClient, DraftError, Happening, Page};

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::Output;
use crate::session;
use crate::sources::{Permit, assignment, from_file, zone_of};

use super::change::{self, AttachArgs, ChangeArgs, EditArgs};
use super::compare;
use super::hand_over::{self, HandOverArgs};
use super::mrz::Place;
use super::receipt::issued;
use super::report_lines::{NewLine, RowLine, ShowLine};
use super::scan::passport::zone_in_picture;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a report; it is safe on disk before this answers.
    New(NewArgs),
    /// Reports, newest first.
    List(ListArgs),
    /// One report with its data, receipts and history.
    Show {
        /// The report.
        id: ReportId,
    },
    /// Reports by document number, or by the beginnings of names, or by room.
    Search(SearchArgs),
    /// The guest stays longer.
    Extend(ChangeArgs),
    /// The guest left.
    CheckOut(ChangeArgs),
    /// Something about a worker changed.
    Change(ChangeArgs),
    /// The job ended.
    End(ChangeArgs),
    /// Keep a photo of the passport's page, a JPEG file, with a report; sent only where the office asks for it.
    Attach(AttachArgs),
    /// Correct the data, or finish a draft.
    Edit(EditArgs),
    /// Withdraw a report; give the reason.
    Cancel(ChangeArgs),
    /// Drop a draft, or a report that was never sent.
    Discard {
        /// The report.
        id: ReportId,
    },
    /// What one shift leaves to the next.
    HandOver(HandOverArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// lodging.check_in, worker.start, individual or refusal.
    #[arg(long, value_parser = kind)]
    kind: ReportKind,
    /// The next guest of a group: begins with the stay of that report, and with nothing of its person.
    #[arg(long, value_name = "ID")]
    next_of: Option<ReportId>,
    /// The payload of the permit's code, or a JSON object of field codes; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    permit: Option<String>,
    /// The lines of the passport; `@FILE` reads a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    mrz: Option<String>,
    /// A picture of the passport page; its lines are read from it.
    #[arg(long, value_name = "IMAGE")]
    passport: Option<String>,
    /// One flat JSON object of field codes; `-` reads standard input.
    #[arg(long, value_name = "FILE.json")]
    from: Option<String>,
    /// One fact; later sources win.
    #[arg(long = "field", value_name = "CODE=VALUE")]
    fields: Vec<String>,
    /// Keep it as a draft; nothing is checked or sent.
    #[arg(long)]
    draft: bool,
    /// Report the same guest and day once more, with the reason.
    #[arg(long, value_name = "REASON")]
    again: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// A document number, words of a name, or a room.
    text: String,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
    /// Only those after this one.
    #[arg(long, value_name = "ID")]
    after: Option<ReportId>,
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
        Command::Search(args) => search(&args, global, out),
        Command::Extend(args) => change::follow_up(OpKind::Extend, &args, global, out),
        Command::CheckOut(args) => change::follow_up(OpKind::CheckOut, &args, global, out),
        Command::Change(args) => change::follow_up(OpKind::Change, &args, global, out),
        Command::End(args) => change::follow_up(OpKind::End, &args, global, out),
        Command::Attach(args) => change::attach(&args, global, out),
        Command::Edit(args) => change::edit(&args, global, out),
        Command::Cancel(args) => change::cancel(&args, global, out),
        Command::Discard { id } => change::discard(id, global, out),
        Command::HandOver(args) => hand_over::run(&args, global, out),
    }
}

fn new(args: &NewArgs, global: &Global, out: &Output) -> Ended {
    let patterns = session::patterns(global, out)?;
    let client = session::open_signed_in(global)?;
    let Some(begun) = begin(args, &client)? else {
        out.note(&out.word("cli-no-report", &[]));
        return Ok(Exit::Nothing);
    };
    let Gathered { mut draft, compared, unproven } = gather(begun, args, client.today(), &patterns, out)?;
    client.fill_defaults(&mut draft);
    if args.draft {
        let report = client
            .save_draft(None, &draft, compared.as_ref())
            .map_err(|error| refused(error, &client, out))?;
        out.line(&NewLine::draft(report).with_unproven(unproven));
        return Ok(Exit::Done);
    }
    for notice in client.check(&draft).iter().filter(|problem| problem.is_notice()) {
        out.note(&out.problem(notice).text);
    }
    let finalised = client
        .finalise(draft, compared.as_ref(), args.again.as_deref())
        .map_err(|error| refused(error, &client, out))?;
    out.line(&NewLine::of(&finalised, Standing::None).with_unproven(unproven));
    Ok(Exit::Done)
}

/// What the sources of a new report come to.
struct Gathered {
    draft: Draft,
    compared: Option<Compared>,
    unproven: Vec<Place>,
}

/// What the sources are poured into; none if there is no report whose stay is to be kept.
fn begin(args: &NewArgs, client: &ApoaClient) -> Result<Option<Draft>, Stop> {
    let Some(id) = args.next_of else { return Ok(Some(Draft::new(args.kind))) };
    let Some(last) = client.draft(id)? else { return Ok(None) };
    if last.kind() == args.kind {
        return Ok(Some(last.next_guest()));
    }
    Err(Stop::usage("cli-usage-next-of", &[("kind", last.kind().as_str())]))
}

/// Gathers the sources in their order, and compares where both sides are there.
fn gather(
    mut draft: Draft,
    args: &NewArgs,
    today: Date,
    patterns: &Patterns,
    out: &Output,
) -> Result<Gathered, Stop> {
    let permit = args.permit.as_deref().map(|text| Permit::of(text, patterns)).transpose()?;
    if let Some(permit) = &permit {
        let facts = permit.facts(today);
        draft.fill(facts.iter().map(|(field, value)| (*field, value.as_str())), Source::PermitQr);
    }
    let passport = passport(args, today, &mut draft, out)?;
    if let Some(path) = &args.from {
        for (field, value) in from_file(path)? {
            draft.set(field, &value);
        }
    }
    for text in &args.fields {
        let (field, value) = assignment(text)?;
        draft.set(field, &value);
    }
    let unproven = passport.iter().flat_map(|(zone, places)| for_the_eye(&draft, zone, places)).collect();
    let compared = permit.zip(passport).map(|(permit, (zone, _))| {
        let passport = Person::from_zone(&zone);
        frozen(&compare::with(&permit, &passport, draft.planned_end(), today, patterns))
    });
    Ok(Gathered { draft, compared, unproven })
}

/// Fills in what the passport says: its lines, and then a picture of it. The last one counts, with what no digit of it
/// proves.
fn passport(
    args: &NewArgs,
    today: Date,
    draft: &mut Draft,
    out: &Output,
) -> Result<Option<(Zone, Vec<Unproven>)>, Stop> {
    let mut last = None;
    if let Some(text) = &args.mrz {
        let zone = zone_of(text, today)?.zone().cloned().ok_or(Failure::new(Code::ZoneIncomplete))?;
        draft.fill_zone(&zone);
        let unproven = zone.unproven.clone();
        last = Some((zone, unproven));
    }
    if let Some(path) = &args.passport {
        let FoundZone { zone, unproven, .. } = zone_in_picture(path, today, out)?;
        draft.fill_zone(&zone);
        last = Some((zone, unproven));
    }
    Ok(last)
}

/// The unproven characters of the zone's facts, by field code. What a later source set is no longer the passport's.
fn for_the_eye(draft: &Draft, zone: &Zone, unproven: &[Unproven]) -> Vec<Place> {
    let facts = zone_facts(zone);
    let kept = |field: Field| facts.get(&field).is_some_and(|said| draft.get(field) == Some(said.reveal()));
    let place = |place: &Unproven| {
        let field = zone_fact(zone, place.field).filter(|field| kept(*field))?;
        Some(Place { field: field.as_str(), index: place.index })
    };
    unproven.iter().filter_map(place).collect()
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

pub(super) fn refused(error: DraftError, client: &ApoaClient, out: &Output) -> Stop {
    match error {
        DraftError::Invalid { problems } => invalid(&problems, out).into(),
        DraftError::Duplicate { existing } => duplicate(existing, client).into(),
        DraftError::NotPossible { why } => not_possible(why.as_str(), out),
        DraftError::Photo { why } => photo_refused(why).into(),
        DraftError::NoReport => not_possible("unknown", out),
        DraftError::NoUnit => Failure::new(Code::SignInNeeded).into(),
        DraftError::Store(error) => error.into(),
    }
}

fn not_possible(why: &str, out: &Output) -> Stop {
    Failure::new(Code::NotPossible).with("state", out.word(&format!("bar-{why}"), &[])).into()
}

fn photo_refused(why: PhotoProblem) -> Failure {
    let failure = Failure::new(why.code());
    match why {
        PhotoProblem::TooLarge { most_bytes } => failure.with("n", (most_bytes / 1000).to_string()),
        PhotoProblem::NotTaken | PhotoProblem::Child | PhotoProblem::Format => failure,
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

fn duplicate(existing: ReportId, client: &ApoaClient) -> Failure {
    let mut failure = Failure::new(Code::Duplicate);
    failure.report_id = Some(existing.to_string());
    failure.args = there_already(existing, client);
    failure
}

/// When a report that is there was made and by whom, if the store still answers. Of one that another device made only the
/// server says when it came.
pub(super) fn there_already(existing: ReportId, client: &ApoaClient) -> Vec<(&'static str, String)> {
    let Ok(Some(found)) = client.report(existing) else { return Vec::new() };
    let made = found.history.iter().find(|event| event.what == Happening::Finalised).map(|event| event.at);
    let came = || found.receipts.iter().filter_map(|token| issued(token)).min();
    let day = made.or_else(came).map(|at| ("date", client.zone().day(at).to_string()));
    let row = found.row;
    let account = client.account().ok().flatten();
    let own = account.filter(|account| account.account == row.captured_by);
    let staff = own.map_or_else(|| row.captured_by.to_string(), |account| account.user.reveal().clone());
    day.into_iter().chain([("staff", staff)]).collect()
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

fn search(args: &SearchArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let rows = client.search(&args.text, args.limit, args.after)?;
    for row in &rows {
        out.line(&RowLine::of(row, out.mask));
    }
    if rows.is_empty() {
        out.note(&out.word("cli-no-report", &[]));
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}

fn show(id: ReportId, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let Some(detail) = client.report(id)? else {
        out.note(&out.word("cli-no-report", &[]));
        return Ok(Exit::Nothing);
    };
    out.line(&ShowLine::of(detail, out.mask));
    Ok(Exit::Done)
}

pub(super) fn kind(text: &str) -> Result<ReportKind, String> {
    text.parse().map_err(|_| {
        let known: Vec<_> = ReportKind::ALL.iter().map(|kind| kind.as_str()).collect();
        known.join(", ")
    })
}

fn state(text: &str) -> Result<State, String> {
    let work = Work::ALL.iter().copied().find(|work| *work != Work::None && work.as_str() == text);
    let standing = Standing::ALL.iter().copied().find(|standing| standing.as_str() == text);
    let found = work.map(State::Work).or(standing.map(State::Standing));
    found.ok_or_else(|| {
        let works = Work::ALL.iter().filter(|work| **work != Work::None).map(|work| work.as_str());
        Standing::ALL.iter().map(|standing| standing.as_str()).chain(works).collect::<Vec<_>>().join(", ")
    })
}
