//! `apoa receipt pdf`: a paper about one report, or a list about several. Which paper it is follows from what is proved: a
//! receipt only around a signature that verifies now.

use std::path::PathBuf;

use apoa_core::catalogue::Catalogue;
use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::receipt::VerifiedReceipt;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, Happening, ReportDetail, WaitingOp};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::office::form::Form;
use crate::office::paper::PaperFault;
use crate::office::receipt_facts::Facts;
use crate::office::words::{Both, Said, text};
use crate::office::{batch_paper, receipt_paper, waiting_paper};
use crate::output::{BOLD, GOOD, Line, Output, WARN};
use crate::session;
use crate::written::write_new;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The report; several give one list.
    #[arg(required = true, num_args = 1.., value_name = "ID")]
    ids: Vec<ReportId>,
    /// The file to write.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Which paper was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Paper {
    /// A verified receipt.
    Receipt,
    /// A verified receipt of a server whose receipts are the office's own.
    Official,
    /// What waits; it proves no receipt.
    Queue,
    /// Several reports.
    List,
}

#[derive(Debug, Serialize)]
struct PdfLine {
    report_id: Option<String>,
    paper: Paper,
    /// How many of the reports a verified receipt stands for.
    received: usize,
    reports: usize,
    file: String,
    #[serde(skip)]
    title: String,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    if Form::of(&args.file).ok() != Some(Form::Pdf) {
        return Err(Stop::usage("cli-usage-ending", &[("a", ".pdf")]));
    }
    let client = session::open_signed_in(global)?;
    let both = Both::new();
    let waiting = client.outage_extract()?.map(|extract| extract.waiting).unwrap_or_default();
    let unit = unit_name(&client)?;
    let all: Vec<Facts> =
        args.ids.iter().map(|id| facts(&client, *id, &unit, &waiting, out)).collect::<Result<_, _>>()?;
    let (paper, bytes) =
        written(&all, &both).map_err(|fault| Failure::new(Code::Internal).because(&fault))?;
    write_new(&args.file, &bytes)?;
    let title = match paper {
        Paper::Receipt => "cli-paper-receipt",
        Paper::Official => "cli-paper-official",
        Paper::Queue => "cli-paper-waiting",
        Paper::List => "cli-batch",
    };
    out.line(&PdfLine {
        report_id: if let [only] = all.as_slice() { Some(only.report.to_string()) } else { None },
        paper,
        received: all.iter().filter(|facts| !facts.receipts.is_empty()).count(),
        reports: all.len(),
        file: args.file.display().to_string(),
        title: out.word(title, &[]),
    });
    Ok(Exit::Done)
}

/// The paper of one report, for whoever shows it beside other things.
#[cfg(feature = "demo")]
pub(super) fn paper(client: &ApoaClient, id: ReportId, out: &Output) -> Result<Vec<u8>, Stop> {
    let waiting = client.outage_extract()?.map(|extract| extract.waiting).unwrap_or_default();
    let facts = facts(client, id, &unit_name(client)?, &waiting, out)?;
    let written = written(&[facts], &Both::new());
    Ok(written.map_err(|fault| Failure::new(Code::Internal).because(&fault))?.1)
}

fn written(all: &[Facts], both: &Both) -> Result<(Paper, Vec<u8>), PaperFault> {
    let [facts] = all else { return Ok((Paper::List, batch_paper::page(all, both)?)) };
    match receipt_paper::page(facts, both)? {
        Some(page) if facts.official => Ok((Paper::Official, page)),
        Some(page) => Ok((Paper::Receipt, page)),
        None => Ok((Paper::Queue, waiting_paper::page(facts, both)?)),
    }
}

fn unit_name(client: &ApoaClient) -> Result<String, Stop> {
    let account = client.account()?.ok_or_else(|| Failure::new(Code::SignInNeeded))?;
    let card = account.units.into_iter().find(|card| card.unit == account.active_unit);
    Ok(card.map(|card| card.name).unwrap_or_default())
}

/// Everything that a paper says of a report. What is still typed, dropped or on hold for others has no paper.
fn facts(
    client: &ApoaClient,
    id: ReportId,
    unit: &str,
    waiting: &[WaitingOp],
    out: &Output,
) -> Result<Facts, Stop> {
    let not_possible = |key: &str| Failure::new(Code::NotPossible).with("state", out.word(key, &[]));
    let detail = client.report(id)?.ok_or_else(|| not_possible("bar-unknown"))?;
    if detail.row.hold {
        return Err(not_possible("cli-receipt-held").into());
    }
    match detail.row.work {
        Work::Draft => return Err(not_possible("bar-draft").into()),
        Work::Discarded => return Err(not_possible("bar-discarded").into()),
        Work::None | Work::Queued | Work::Wedged | Work::NeedsCorrection => {}
    }
    let receipts = verified(client, &detail)?;
    if receipts.is_empty() && !detail.receipts.is_empty() {
        return Err(not_possible("cli-receipt-unproved").into());
    }
    let captured = detail.history.iter().find(|event| event.what == Happening::Finalised);
    let waiting: Vec<WaitingOp> = waiting.iter().filter(|op| op.report == id).cloned().collect();
    let summary = &detail.row.summary;
    let shown = [
        (Field::FullName, summary.full_name.as_ref()),
        (Field::PassportNumber, summary.passport_number.as_ref()),
    ];
    Ok(Facts {
        report: id,
        kind: detail.row.kind,
        unit: unit.to_owned(),
        zone: client.zone(),
        now: client.now(),
        captured: captured.map(|event| (event.at, event.trust)),
        due: detail.row.due,
        holder: shown
            .into_iter()
            .filter_map(|(field, fact)| fact.map(|fact| out.mask.field(field, fact.reveal())))
            .collect(),
        code: code(&detail, &waiting),
        reason: reason(&detail, &Both::new()),
        judged: detail.judged,
        receipts,
        waiting,
        official: client.official_receipts()?,
    })
}

/// The receipts whose signature fits now and that are about this report, newest first.
fn verified(client: &ApoaClient, detail: &ReportDetail) -> Result<Vec<VerifiedReceipt>, Stop> {
    let mut receipts = Vec::new();
    for token in &detail.receipts {
        if let Ok(receipt) = client.verify_receipt(token)?
            && receipt.about().report == detail.row.report
        {
            receipts.push(receipt);
        }
    }
    Ok(receipts)
}

/// What holds it back, or what the office said.
fn code(detail: &ReportDetail, waiting: &[WaitingOp]) -> Option<String> {
    let held = waiting.iter().find_map(|op| op.problem.clone());
    let asked = detail.decision.asks.is_some() || detail.row.work == Work::NeedsCorrection;
    let said = asked
        .then_some(Code::CorrectionAsked)
        .or_else(|| detail.decision.reason.is_some().then_some(Code::Rejected));
    held.or_else(|| said.map(|code| code.to_string()))
}

/// What the office said: why it rejected the report, else what it wants corrected.
fn reason(detail: &ReportDetail, both: &Both) -> Option<Said> {
    let asks = detail.decision.asks.as_ref().filter(|fields| !fields.is_empty());
    let name = |words: &Catalogue, field: &Field| text(words, &format!("field-{field}"), &[]);
    let names = |fields: &Vec<Field>| {
        both.each(|words| fields.iter().map(|field| name(words, field)).collect::<Vec<_>>().join(", "))
    };
    detail.decision.reason.as_deref().map(Said::same).or_else(|| asks.map(names))
}

impl Line for PdfLine {
    fn text(&self, out: &Output) -> String {
        let style = if self.paper == Paper::Queue { WARN } else { GOOD };
        let mut text = format!("{style}✓{style:#} {} {BOLD}{}{BOLD:#}", self.title, self.file);
        if self.paper == Paper::Queue {
            text = format!("{text}\n{WARN}{}{WARN:#}", out.word("cli-no-receipt", &[]));
        }
        text
    }
}
