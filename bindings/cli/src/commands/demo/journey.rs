//! A report's way through an outage and a kill. The phone is opened and closed around each child process, because a
//! data folder belongs to one process at a time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apoa_core::fields::Field;
use apoa_core::passport::{Comparison, Zone};
use apoa_core::permit::Reading;
use apoa_core::private::Private;
use apoa_core::report::draft::{Draft, Source};
use apoa_core::report::kinds::ReportKind;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{
    ApoaClient, Credentials, Finalised, QueueRow, StoppedBy, SyncRequest, SyncSummary, Trigger, Trust,
};
use apoa_server::{OfficeReport, office_reports};
use serde_json::{Value, json};
use url::Url;

use super::facts::NIGHTS;
use super::processes::{Sender, Server};
use super::stage::{Done, Trouble, duration, expect, millis};
use crate::args::Global;
use crate::commands::report::frozen;
use crate::output::{BOLD, DIM, GOOD, Output, WARN};
use crate::session;

/// Commits, says so, and never answers: the worst moment there is.
const FAULT: &str = "hang_after_commit@/ops";
/// A run of the demo; one that comes near it is broken.
const BUDGET: Duration = Duration::from_mins(1);

/// The device at the front desk.
pub(super) struct Phone<'a> {
    global: &'a Global,
    pub(super) data: PathBuf,
}

impl<'a> Phone<'a> {
    pub(super) fn new(global: &'a Global, data: &Path) -> Self {
        Self { global, data: data.to_owned() }
    }

    /// Opens it as it was left. Nothing but its folder decides: neither options nor the shell's settings.
    pub(super) fn open(&self) -> Result<Arc<ApoaClient>, Trouble> {
        self.open_for(None, None)
    }

    fn open_for(&self, server: Option<Url>, trust: Option<Trust>) -> Result<Arc<ApoaClient>, Trouble> {
        let global = Global { data: Some(self.data.clone()), ..self.global.clone() };
        Ok(session::open_with(&global, server, trust)?)
    }

    /// The one report's open work.
    fn waiting(client: &ApoaClient) -> Result<QueueRow, Trouble> {
        let mut queue = client.queue()?;
        expect(queue.len() == 1, "one report waits")?;
        Ok(queue.remove(0))
    }
}

fn send(client: &ApoaClient) -> Result<SyncSummary, Trouble> {
    Ok(client.sync(SyncRequest { run: 1, budget: BUDGET, trigger: Trigger::Person })?)
}

/// Where the server was and what it keeps.
pub(super) struct Office {
    pub(super) db: PathBuf,
    /// What it listened on.
    pub(super) address: String,
}

impl Office {
    /// What it holds: exactly one report with exactly one op.
    fn only(&self) -> Result<OfficeReport, Trouble> {
        let mut held = office_reports(&self.db)?;
        expect(held.len() == 1, "the server holds one report")?;
        let only = held.remove(0);
        expect(only.ops.len() == 1, "the report has one op at the server")?;
        Ok(only)
    }
}

/// Starts the server on a new database.
pub(super) fn serve(db: &Path) -> Result<Done<(Server, Office)>, Trouble> {
    let server = Server::start(db, None, None)?;
    let hello = &server.hello;
    expect(hello.password.is_some(), "a new server tells a password")?;
    let address = hello.url.trim_start_matches("https://").to_owned();
    let detail = json!({ "url": hello.url, "trust": hello.trust.display().to_string(), "pid": server.pid() });
    let said = vec![
        format!("{}  {DIM}process {}{DIM:#}", hello.url, server.pid()),
        format!("{DIM}trust file {}{DIM:#}", hello.trust.display()),
    ];
    Ok(Done { value: (server, Office { db: db.to_owned(), address }), detail, said })
}

/// Signs in with the password of the server's first line.
pub(super) fn login(phone: &Phone<'_>, server: &Server) -> Result<Done<Arc<ApoaClient>>, Trouble> {
    let hello = &server.hello;
    let url = hello.url.parse().map_err(|_| Trouble::unmet("the server has an address"))?;
    let pem = std::fs::read_to_string(&hello.trust)?;
    let trust = Trust::from_pem(&pem).map_err(|problem| Trouble::unmet(problem.to_string()))?;
    let client = phone.open_for(Some(url), Some(trust))?;
    let password = hello.password.clone().unwrap_or_else(|| Private::from(""));
    let account =
        client.sign_in(&Credentials::Password { user: Private::from(hello.user.as_str()), password })?;
    let unit = account.units.first().ok_or_else(|| Trouble::unmet("the account has a unit"))?;
    let rights: Vec<_> = unit.rights.iter().map(|right| right.as_str()).collect();
    let detail =
        json!({ "user": account.user.reveal(), "unit": unit.name, "kind": unit.kind, "rights": rights });
    let said =
        vec![format!("{BOLD}{}{BOLD:#} for {} ({})", account.user.reveal(), unit.name, rights.join(", "))];
    Ok(Done { value: client, detail, said })
}

/// Ends the server.
pub(super) fn server_down(server: Server) -> Result<Done<()>, Trouble> {
    let pid = server.pid();
    let status = server.terminate()?;
    expect(status.success() || cfg!(not(unix)), "the server ends cleanly")?;
    let detail = json!({ "pid": pid, "signal": "TERM", "exit": status.code() });
    let said = vec![format!("process {pid} ended after SIGTERM, exit {}", status.code().unwrap_or_default())];
    Ok(Done { value: (), detail, said })
}

/// Makes the report; it is on disk when this returns. A permit of one's own lends it nothing: the guest is the
/// specimen person.
pub(super) fn report(
    client: &ApoaClient,
    permit: Option<&Reading>,
    zone: &Zone,
    comparison: &Comparison,
    out: &Output,
) -> Result<Done<Finalised>, Trouble> {
    let mut draft = Draft::new(ReportKind::LodgingCheckIn);
    if let Some(reading) = permit {
        draft.fill(reading.fields().iter(), Source::PermitQr);
    }
    draft.fill_zone(zone);
    draft.set(Field::CheckIn, &client.today().to_string());
    draft.set(Field::Nights, &NIGHTS.to_string());
    draft.set(Field::Purpose, "holiday");
    draft.set(Field::Room, "12");
    let finalised = client.finalise(draft, Some(&frozen(comparison)), None)?;
    let row = Phone::waiting(client)?;
    expect(row.work == Work::Queued && row.standing == Standing::None, "the report waits, unproved")?;
    let detail = json!({
        "report_id": finalised.report.to_string(),
        "op_id": finalised.op.to_string(),
        "work": row.work.as_str(),
        "standing": row.standing.as_str(),
        "due": finalised.due.map(|due| due.to_string()),
    });
    let due = finalised.due.map(|due| format!("   {} {due}", out.word("word-due", &[]))).unwrap_or_default();
    let said = vec![out.word("cli-saved", &[]), format!("{DIM}report {}{due}{DIM:#}", finalised.report)];
    Ok(Done { value: finalised, detail, said })
}

/// Tries to send while nobody is there.
pub(super) fn sync_offline(client: &ApoaClient) -> Result<Done<()>, Trouble> {
    let summary = send(client)?;
    let row = Phone::waiting(client)?;
    expect(summary.stopped_by == Some(StoppedBy::Offline), "the run stops as offline")?;
    expect(!row.maybe_sent && row.attempts == 0, "nothing is marked as sent")?;
    let mut detail = sums(&summary);
    detail["attempts"] = row.attempts.into();
    detail["maybe_sent"] = row.maybe_sent.into();
    let said = vec![format!("{WARN}offline{WARN:#} · 1 report waits · not sent, and known not to be sent")];
    Ok(Done { value: (), detail, said })
}

/// Starts the server again where it was, with the worst fault.
pub(super) fn server_up(office: &Office) -> Result<Done<Server>, Trouble> {
    let server = Server::start(&office.db, Some(&office.address), Some(FAULT))?;
    expect(server.hello.password.is_none(), "the server kept its database")?;
    let detail = json!({ "url": server.hello.url, "pid": server.pid(), "fault": FAULT });
    let said = vec![format!("{}  {DIM}process {} · --fail {FAULT}{DIM:#}", server.hello.url, server.pid())];
    Ok(Done { value: server, detail, said })
}

/// What is known right after the kill.
pub(super) struct Killed {
    pub(super) client: Arc<ApoaClient>,
    pub(super) row: QueueRow,
    pub(super) pid: u32,
    /// From the start of the process to the server's word.
    pub(super) committed_ms: f64,
    /// From the server's word to the end of the process.
    pub(super) gap_ms: f64,
}

/// Sends from a child process and kills it between the server's commit and its answer.
pub(super) fn sync_killed(
    phone: &Phone<'_>,
    server: &Server,
    office: &Office,
    filed: &Finalised,
) -> Result<Done<Killed>, Trouble> {
    let begun = Instant::now();
    let sender = Sender::start(&phone.data)?;
    let pid = sender.pid();
    let op = server.committed()?;
    let committed_ms = millis(begun);
    let heard = Instant::now();
    sender.kill()?;
    let gap_ms = millis(heard);
    expect(op == filed.op.to_string(), "the server committed this op")?;
    let held = office.only()?;
    expect(held.report_id == filed.report.to_string(), "the server holds this report")?;
    let client = phone.open()?;
    let row = Phone::waiting(&client)?;
    expect(row.maybe_sent, "the op is marked as possibly sent")?;
    expect(row.standing == Standing::None, "nothing counts as received without a receipt")?;
    let detail = json!({
        "pid": pid,
        "signal": "KILL",
        "op_id": op,
        "ms_after_commit": gap_ms,
        "server": { "reports": 1, "ops": 1, "times_seen": held.ops[0].times_seen },
        "device": { "standing": row.standing.as_str(), "work": row.work.as_str(), "maybe_sent": row.maybe_sent },
    });
    let said = vec![
        format!("process {pid} killed {} after the server's commit", duration(gap_ms)),
        format!("server   {GOOD}holds the report{GOOD:#}"),
        format!("device   {WARN}possibly sent{WARN:#} · nothing proved, nothing lost"),
    ];
    Ok(Done { value: Killed { client, row, pid, committed_ms, gap_ms }, detail, said })
}

/// Opens the phone once more: it knows what it knew.
pub(super) fn restart(phone: &Phone<'_>, killed: Killed) -> Result<Done<Arc<ApoaClient>>, Trouble> {
    let Killed { client, row: before, .. } = killed;
    drop(client);
    let client = phone.open()?;
    let (row, counts) = (Phone::waiting(&client)?, client.counts()?);
    expect(row == before && counts.queued == 1, "the queue is as it was")?;
    let detail = json!({
        "queued": counts.queued,
        "received": counts.received,
        "op_id": row.op.map(|op| op.to_string()),
        "work": row.work.as_str(),
        "standing": row.standing.as_str(),
        "attempts": row.attempts,
        "maybe_sent": row.maybe_sent,
    });
    let said = vec![format!("1 report waits · possibly sent · {BOLD}not{BOLD:#} counted as received")];
    Ok(Done { value: client, detail, said })
}

/// Sends again: one report, one effect.
pub(super) fn sync(
    client: &ApoaClient,
    office: &Office,
    filed: &Finalised,
) -> Result<Done<OfficeReport>, Trouble> {
    let summary = send(client)?;
    expect(summary.stopped_by.is_none(), "the run ends by itself")?;
    expect(summary.received == 1 && summary.left == 0, "the report is received, nothing is left")?;
    let held = office.only()?;
    let op = &held.ops[0];
    expect(op.op_id == filed.op.to_string(), "the op is the same")?;
    expect(op.times_seen == 2, "the server saw the op twice")?;
    let mut detail = sums(&summary);
    detail["op_id"] = op.op_id.clone().into();
    detail["server"] = json!({ "reports": 1, "ops": 1, "times_seen": op.times_seen });
    let said = vec![
        format!("{GOOD}received{GOOD:#} · nothing left"),
        format!("server   1 report, 1 op, arrived {BOLD}twice{BOLD:#}, took effect {BOLD}once{BOLD:#}"),
    ];
    Ok(Done { value: held, detail, said })
}

fn sums(summary: &SyncSummary) -> Value {
    json!({
        "sent": summary.sent,
        "received": summary.received,
        "left": summary.left,
        "stopped_by": summary.stopped_by.map(StoppedBy::as_str),
    })
}
