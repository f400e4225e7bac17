//! `apoa receipt`: the server's signed word that it has a report. Anybody can verify one, without a sign-in.

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::{ReportId, Timestamp};
use apoa_core::permit::normal_number;
use apoa_core::report::receipt::{ReceiptProblem, VerifiedReceipt};
use apoa_core::scanner::{Found, FrameLayout};
use apoa_core::{JwsProblem, Scanner};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Serialize;
use serde_json::Value;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::{BAD, BOLD, GOOD, Line, Output, table};
use crate::pages::{Drawn, MOST_PAGES, PageFault, Pdf, is_pdf};
use crate::session::{self, Reach};
use crate::sources::read_bytes;

use super::receipt_pdf;
use super::scan::pages::{DPI, Passwords, told, too_many};

/// A page of a list holds several codes: five times as long as any picture gets.
const PICTURE_BUDGET: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The newest receipt of a report.
    Show {
        /// The report.
        id: ReportId,
    },
    /// A paper to show: the receipt of a report, or what waits if there is none; of several reports a list.
    Pdf(receipt_pdf::Args),
    /// Whether a receipt is genuine, and whether it belongs to a passport.
    Verify {
        /// The receipt as text, or a picture or PDF file whose code holds it; `-` reads standard input.
        #[arg(value_name = "FILE|-")]
        file: String,
        /// Number of the passport shown with it.
        #[arg(long, value_name = "NUMBER")]
        passport: Option<String>,
        /// Read the password of locked PDF files from standard input; without it, and at a terminal, it is asked for.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Serialize)]
struct ShowLine {
    report_id: String,
    op_id: Option<String>,
    revision: Option<u64>,
    state: Option<String>,
    issued_at: Option<String>,
    key_id: Option<String>,
    jws: Option<String>,
}

#[derive(Debug, Serialize)]
struct VerifyLine {
    valid: bool,
    report_id: Option<String>,
    op_id: Option<String>,
    revision: Option<u32>,
    state: Option<&'static str>,
    unit: Option<String>,
    issued_at: Option<String>,
    passport: Option<bool>,
    reason: Option<&'static str>,
}

pub(crate) fn run(command: Command, global: &Global, out: &Output) -> Ended {
    match command {
        Command::Show { id } => show(id, global, out),
        Command::Pdf(args) => receipt_pdf::run(&args, global, out),
        Command::Verify { file, passport, password_stdin } => {
            verify(&file, passport.as_deref(), password_stdin, global, out)
        }
    }
}

fn show(id: ReportId, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let receipts = client.report(id)?.map(|detail| detail.receipts).unwrap_or_default();
    let line = ShowLine::of(id, receipts.into_iter().next());
    out.line(&line);
    Ok(if line.jws.is_some() { Exit::Done } else { Exit::Nothing })
}

fn verify(file: &str, passport: Option<&str>, password_stdin: bool, global: &Global, out: &Output) -> Ended {
    if password_stdin && file == "-" {
        return Err(Stop::usage("cli-usage-two-on-stdin", &[]));
    }
    let mut passwords = Passwords::new(password_stdin)?;
    let tokens = tokens_in(file, &read_bytes(file)?, &mut passwords, out)?;
    let client = session::open(global, Reach::Server)?;
    let mut lines = Vec::with_capacity(tokens.len());
    for token in &tokens {
        lines.push(match client.verify_receipt(token)? {
            Ok(receipt) => VerifyLine::of(&receipt, passport),
            Err(problem) => VerifyLine::refused(&problem),
        });
    }
    if lines.len() > 1 {
        out.note(&out.word("cli-receipts-held", &[("n", &lines.len().to_string())]));
    }
    if passport.is_some() {
        // The question is whether one of them is this person's.
        let theirs = lines.iter().any(|line| line.passport == Some(true));
        let proved = lines.iter().any(|line| line.valid);
        lines.retain(|line| if theirs { line.passport == Some(true) } else { line.valid || !proved });
        lines.truncate(if theirs { lines.len() } else { 1 });
    }
    for line in &lines {
        out.line(line);
    }
    let good = lines.iter().all(|line| line.valid && line.passport != Some(false));
    Ok(if good { Exit::Done } else { Exit::Refused })
}

/// The token itself, the one inside a line of `receipt show --json`, or those that the codes in a picture or on the pages
/// hold, each once. A locked file is an error; anything else that holds none is one empty token, which is no receipt.
fn tokens_in(name: &str, file: &[u8], passwords: &mut Passwords, out: &Output) -> Result<Vec<String>, Stop> {
    let mut scanner = Scanner::new(apoa_core::permit::Patterns::default());
    if is_pdf(file) {
        let pdf = passwords.open(name, file, out).map_err(|fault| unopened(fault, out))?;
        return Ok(or_empty(tokens_on_pages(pdf, &mut scanner, out)?));
    }
    if let Ok(text) = std::str::from_utf8(file) {
        let shown: Option<Value> = serde_json::from_str(text).ok();
        let jws = shown.as_ref().and_then(|line| line["jws"].as_str());
        return Ok(vec![jws.unwrap_or(text).trim().to_owned()]);
    }
    let found =
        scanner.scan_picture(file, None, PICTURE_BUDGET).map(|picture| picture.found).unwrap_or_default();
    let mut tokens = Vec::new();
    take_tokens(found, &mut tokens);
    Ok(or_empty(tokens))
}

fn or_empty(tokens: Vec<String>) -> Vec<String> {
    if tokens.is_empty() { vec![String::new()] } else { tokens }
}

/// The tokens on all pages, drawn both ways: a code of several may show in one drawing alone.
fn tokens_on_pages(mut pdf: Pdf<'_>, scanner: &mut Scanner, out: &Output) -> Result<Vec<String>, Stop> {
    let mut tokens = Vec::new();
    if pdf.count() > MOST_PAGES {
        let told = too_many(pdf.count(), out);
        return Err(Failure::new(Code::BadPicture).of_cause("pages", Some(told)).into());
    }
    for page in 0..pdf.count() {
        for dpi in DPI {
            let Ok(Drawn::Page(pixels)) = pdf.page(page, dpi) else { break };
            let layout = FrameLayout::packed(pixels.width, pixels.height);
            let read = scanner.scan_luma(&pixels.luma, layout, PICTURE_BUDGET);
            take_tokens(read.map(|picture| picture.found).unwrap_or_default(), &mut tokens);
        }
        if pdf.is_hopeless() {
            break;
        }
    }
    Ok(tokens)
}

fn unopened(fault: PageFault, out: &Output) -> Failure {
    let mut failure = Failure::new(fault.code());
    failure.told = told(fault, out);
    failure
}

fn take_tokens(found: Vec<Found>, tokens: &mut Vec<String>) {
    let texts = found.into_iter().filter_map(|found| String::from_utf8(found.symbol.bytes).ok());
    for text in texts.filter(|text| text.matches('.').count() == 2) {
        if !tokens.contains(&text) {
            tokens.push(text);
        }
    }
}

/// The two readable parts of a token; nothing is proved by reading them.
pub(crate) fn parts(token: &str) -> Option<(Value, Value)> {
    let mut parts = token.split('.').map(|part| {
        let bytes = Base64UrlUnpadded::decode_vec(part).ok()?;
        serde_json::from_slice(&bytes).ok()
    });
    Some((parts.next()??, parts.next()??))
}

/// When a token says that it was issued; nothing is proved by reading it.
pub(crate) fn issued(token: &str) -> Option<Timestamp> {
    let (_, payload) = parts(token)?;
    payload["iat"].as_i64().map(|seconds| Timestamp(seconds.saturating_mul(1000)))
}

impl ShowLine {
    fn of(id: ReportId, jws: Option<String>) -> Self {
        let (header, payload) = jws.as_deref().and_then(parts).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            report_id: id.to_string(),
            op_id: text(&payload["op"]),
            revision: payload["rev"].as_u64(),
            state: text(&payload["state"]),
            issued_at: jws.as_deref().and_then(issued).map(|at| at.to_string()),
            key_id: text(&header["kid"]),
            jws,
        }
    }
}

impl VerifyLine {
    fn of(receipt: &VerifiedReceipt, passport: Option<&str>) -> Self {
        let about = receipt.about();
        let belongs = passport.and_then(|number| match normal_number(number) {
            Some(number) => receipt.belongs_to(&number),
            None => Some(false),
        });
        Self {
            valid: true,
            report_id: Some(about.report.to_string()),
            op_id: Some(about.op.to_string()),
            revision: Some(about.revision.0),
            state: Some(receipt.state()),
            unit: Some(about.unit.to_string()),
            issued_at: Some(receipt.issued_at().to_string()),
            passport: belongs,
            reason: (belongs == Some(false)).then_some("other_passport"),
        }
    }

    fn refused(problem: &ReceiptProblem) -> Self {
        let reason = match problem {
            ReceiptProblem::Token(JwsProblem::Malformed) => "none",
            ReceiptProblem::Token(JwsProblem::UnknownKey) => "unknown_key",
            ReceiptProblem::Token(JwsProblem::BadSignature) => "bad_signature",
            ReceiptProblem::Content | ReceiptProblem::About(_) => "content",
        };
        Self {
            valid: false,
            report_id: None,
            op_id: None,
            revision: None,
            state: None,
            unit: None,
            issued_at: None,
            passport: None,
            reason: Some(reason),
        }
    }
}

impl Line for ShowLine {
    fn text(&self, out: &Output) -> String {
        let Some(jws) = &self.jws else { return out.word("cli-no-receipt", &[]) };
        let state = self.state.as_deref();
        let state = state.map(|state| out.word(&format!("count-{}", state.replace('_', "-")), &[]));
        let rows = [
            (out.word("word-report", &[]), Some(self.report_id.clone())),
            (out.word("word-state", &[]), state),
            (out.word("word-issued", &[]), self.issued_at.as_deref().map(|at| out.moment(at))),
            (out.word("word-key", &[]), self.key_id.clone()),
        ];
        format!("{GOOD}✓{GOOD:#} {BOLD}{}{BOLD:#}\n{}\n\n{jws}", out.word("word-receipt", &[]), table(&rows))
    }
}

impl Line for VerifyLine {
    fn text(&self, out: &Output) -> String {
        let (style, mark, word) = match (self.valid, self.passport) {
            (true, Some(false)) => (BAD, "✗", "receipt-other-passport"),
            (true, _) => (GOOD, "✓", "receipt-genuine"),
            (false, _) => (BAD, "✗", "receipt-refused"),
        };
        let passport = match self.passport {
            Some(true) => Some(out.word("receipt-same-passport", &[])),
            Some(false) | None => None,
        };
        let reason =
            self.reason.map(|reason| out.word(&format!("receipt-{}", reason.replace('_', "-")), &[]));
        let rows = [
            (out.word("word-report", &[]), self.report_id.clone()),
            (
                out.word("word-state", &[]),
                self.state.map(|state| out.word(&format!("count-{}", state.replace('_', "-")), &[])),
            ),
            (out.word("word-issued", &[]), self.issued_at.as_deref().map(|at| out.moment(at))),
            (out.field(Field::PassportNumber), passport),
            (out.word("word-reason", &[]), reason),
        ];
        format!("{style}{mark} {BOLD}{}{BOLD:#}{style:#}\n{}", out.word(word, &[]), table(&rows))
    }
}
