//! A second contract, as unlike ours as may be: forms instead of JSON, one report a request, names of its own; and the
//! gateway that translates it for our server. It shows that nothing of the client but its contract knows the words.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use apoa_core::ids::{DeviceId, Digest, OpId};
use apoa_core::permit::RecordKey;
use apoa_core::private::Private;
use apoa_core::report::op::QueuedOp;
use apoa_core::seam::{
    ApoaV1, Applicant, Ask, Body, CancelFlag, ChangedReport, ChangesAnswer, Claim, Contract, Facts, Failure,
    Grant, Method, Sender, StoppedBy, TokenAnswer, Transport, Trouble, WireReply, WireRequest, success,
};
use apoa_core::{Credentials, Summary};
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, parse};

use super::net::Wire;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Names of a changed report: theirs, ours.
const CHANGED: &[(&str, &str)] = &[
    ("laporan", "report_id"),
    ("jenis", "kind"),
    ("pencatat", "captured_by"),
    ("nama", "full_name"),
    ("paspor", "passport_number"),
    ("awal", "first_date"),
    ("akhir", "planned_end"),
    ("izin", "permit_expiry"),
    ("kamar", "room"),
    ("bukti", "receipt"),
];

/// Names of an op: theirs, ours.
const OP: &[(&str, &str)] = &[
    ("nomor", "op_id"),
    ("jenis", "kind"),
    ("laporan", "report_id"),
    ("versi", "revision"),
    ("dasar", "base_revision"),
    ("sidik", "body_sha256"),
    ("isi", "body"),
];

/// Words for outcomes: theirs, ours.
const OUTCOMES: &[(&str, &str)] = &[
    ("diterima", "applied"),
    ("sudah", "duplicate"),
    ("digabung", "merged"),
    ("salah", "invalid"),
    ("bentrok", "conflict"),
    ("lain", "mismatch"),
    ("lama", "unsupported"),
];

/// The contract of forms. Sign-in and config are a deployment's own and stay.
#[derive(Default)]
pub(crate) struct Forms(ApoaV1);

impl Contract for Forms {
    fn batch_most(&self) -> usize {
        1
    }

    fn config(&self, device: DeviceId) -> Ask<String> {
        self.0.config(device)
    }

    fn challenge(&self, app: &Applicant<'_>, secret: &Credentials, challenge: &str) -> Ask<Private<String>> {
        self.0.challenge(app, secret, challenge)
    }

    fn tokens(&self, app: &Applicant<'_>, grant: &Grant<'_>) -> Ask<TokenAnswer> {
        self.0.tokens(app, grant)
    }

    fn revoke(&self, app: &Applicant<'_>, refresh_token: &str) -> Ask<()> {
        self.0.revoke(app, refresh_token)
    }

    fn changes(&self, sender: &Sender, cursor: Option<&str>) -> Ask<ChangesAnswer> {
        let from = Serializer::new(String::new()).append_pair("sejak", cursor.unwrap_or_default()).finish();
        Ask::new(sender.request(Method::Get, format!("/perubahan?{from}"), None), |reply| {
            let mut lines = lines(reply)?.into_iter();
            let head = lines.next().ok_or(NOT_OURS)?;
            Ok(ChangesAnswer {
                items: lines.map(|line| changed(&line)).collect::<Result<_, _>>()?,
                next_cursor: needed(&head, "lanjut")?,
                has_more: needed::<String>(&head, "masih")? == "ya",
            })
        })
    }

    fn ops(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Claim)>> {
        let [op] = ops else { panic!("one report a request, not {}", ops.len()) };
        let (revision, base) = (op.revision.0.to_string(), op.base.0.to_string());
        let (number, report, digest) = (op.op.to_string(), op.report.to_string(), op.digest.to_string());
        let values = [&*number, op.kind.as_str(), &report, &revision, &base, &digest, op.body.reveal()];
        let mut form = Serializer::new(String::new());
        form.extend_pairs(OP.iter().map(|(theirs, _)| theirs).zip(values));
        let body = Body { content_type: FORM, bytes: Private::new(form.finish().into_bytes()) };
        let about = op.op;
        Ask::new(sender.request(Method::Post, "/lapor".to_owned(), Some(body)), move |reply| {
            let lines = lines(reply)?;
            let Some(line) = lines.first() else { return Ok(Vec::new()) };
            // The answer names no op: it is about the one that was sent, which its receipt has to prove.
            Ok(vec![(about, claim(line)?)])
        })
    }

    fn photo(&self, sender: &Sender, digest: Digest, bytes: &[u8]) -> Ask<()> {
        self.0.photo(sender, digest, bytes)
    }

    fn op_status(&self, sender: &Sender, op: OpId) -> Ask<bool> {
        Ask::new(sender.request(Method::Get, format!("/status?nomor={op}"), None), |reply| {
            let lines = lines(reply)?;
            Ok(needed::<String>(lines.first().ok_or(NOT_OURS)?, "dikenal")? == "ya")
        })
    }

    fn look_up(&self, sender: &Sender, key: &RecordKey) -> Ask<Option<Facts>> {
        self.0.look_up(sender, key)
    }
}

/// An answer of somebody else.
const NOT_OURS: Trouble = Trouble::Stop(StoppedBy::Portal);

type Line = BTreeMap<String, String>;

/// An answer: a form a line.
fn lines(reply: &WireReply) -> Result<Vec<Line>, Trouble> {
    let text = core::str::from_utf8(success(reply, FORM)?).map_err(|_| NOT_OURS)?;
    Ok(text.lines().map(|line| parse(line.as_bytes()).into_owned().collect()).collect())
}

fn needed<T: FromStr>(line: &Line, name: &str) -> Result<T, Trouble> {
    line.get(name).and_then(|text| text.parse().ok()).ok_or(NOT_OURS)
}

fn changed(line: &Line) -> Result<ChangedReport, Trouble> {
    let text = |name: &str| line.get(name).map(|text| Private::from(text.as_str()));
    Ok(ChangedReport {
        report_id: needed(line, "laporan")?,
        kind: needed(line, "jenis")?,
        captured_by: needed(line, "pencatat")?,
        summary: Summary {
            full_name: text("nama"),
            passport_number: text("paspor"),
            first_date: text("awal"),
            planned_end: text("akhir"),
            permit_expiry: text("izin"),
            room: text("kamar"),
            birth_date: None,
        },
        receipt: needed(line, "bukti")?,
    })
}

fn claim(line: &Line) -> Result<Claim, Trouble> {
    Ok(match needed::<String>(line, "hasil")?.as_str() {
        "diterima" | "sudah" | "digabung" => {
            let receipt = line.get("bukti").cloned().unwrap_or_default();
            Claim::Done { receipt, same_as: line.get("sama").and_then(|id| id.parse().ok()) }
        }
        "salah" => Claim::Invalid,
        "bentrok" => Claim::Conflict,
        "lain" => Claim::Mismatch,
        "lama" => Claim::Unsupported,
        _ => Claim::Later,
    })
}

/// Stands before our server and speaks forms to the phone.
pub(crate) struct Gateway(pub(crate) Wire);

impl Transport for Gateway {
    fn send(&self, request: &WireRequest, most: Duration, cancel: &CancelFlag) -> Result<WireReply, Failure> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let asked: Line = parse(query.as_bytes()).into_owned().collect();
        let ours = match path {
            "/lapor" => ops(request),
            "/perubahan" => {
                let cursor = asked.get("sejak").filter(|cursor| !cursor.is_empty());
                let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
                WireRequest { path: format!("/apoa/v1/changes?limit=200{cursor}"), ..request.clone() }
            }
            "/status" => WireRequest { path: format!("/apoa/v1/ops/{}", asked["nomor"]), ..request.clone() },
            _ => return self.0.send(request, most, cancel),
        };
        let reply = self.0.send(&ours, most, cancel)?;
        let never_seen = reply.status == 404 && path == "/status";
        let answer = serde_json::from_slice::<Value>(&reply.body);
        let translated = match (answer, path) {
            (Ok(_), "/status") if never_seen => Some(vec![vec![("dikenal", "tidak".to_owned())]]),
            _ if reply.status != 200 || reply.content_type != JSON => None,
            (Ok(_), "/status") => Some(vec![vec![("dikenal", "ya".to_owned())]]),
            (Ok(answer), "/lapor") => {
                answer["results"].as_array().map(|all| all.iter().map(result).collect())
            }
            (Ok(answer), _) => page(&answer),
            (Err(_), _) => None,
        };
        // What cannot be translated goes on as it is.
        let Some(lines) = translated else { return Ok(reply) };
        let text: Vec<String> = lines
            .into_iter()
            .map(|line| Serializer::new(String::new()).extend_pairs(line).finish())
            .collect();
        let (status, content_type) = (200, FORM.to_owned());
        Ok(WireReply { status, content_type, body: text.join("\n").into_bytes(), ..reply })
    }
}

type Pairs = Vec<(&'static str, String)>;

fn ops(request: &WireRequest) -> WireRequest {
    let body = request.body.as_ref().expect("a form").bytes.reveal();
    let form: Line = parse(body).into_owned().collect();
    let op: serde_json::Map<_, _> = OP
        .iter()
        .map(|(theirs, ours)| {
            let text = &form[*theirs];
            let number = ours.ends_with("revision").then(|| text.parse::<u32>().expect("a number"));
            ((*ours).to_owned(), number.map_or_else(|| json!(text), |number| json!(number)))
        })
        .collect();
    let bytes = json!({ "schema": 1, "ops": [op] }).to_string().into_bytes();
    let body = Some(Body { content_type: JSON, bytes: Private::new(bytes) });
    WireRequest { path: "/apoa/v1/ops".to_owned(), body, ..request.clone() }
}

fn result(result: &Value) -> Pairs {
    let outcome = result["outcome"].as_str().unwrap_or_default();
    let word = OUTCOMES.iter().find(|(_, ours)| *ours == outcome).map_or("nanti", |(theirs, _)| theirs);
    let more = [("bukti", "receipt"), ("sama", "same_as")];
    let more =
        more.into_iter().filter_map(|(theirs, ours)| Some((theirs, result[ours].as_str()?.to_owned())));
    [("hasil", word.to_owned())].into_iter().chain(more).collect()
}

fn page(answer: &Value) -> Option<Vec<Pairs>> {
    let more = if answer["has_more"].as_bool()? { "ya" } else { "tidak" };
    let head = vec![("lanjut", answer["next_cursor"].as_str()?.to_owned()), ("masih", more.to_owned())];
    let items = answer["items"].as_array()?.iter().map(|item| {
        let known =
            CHANGED.iter().filter_map(|(theirs, ours)| Some((*theirs, item[*ours].as_str()?.to_owned())));
        known.collect()
    });
    Some([head].into_iter().chain(items).collect())
}
