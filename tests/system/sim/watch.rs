//! Looks at every request and answer, and says what must never be: the invariants that are seen on the wire.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use apoa_core::seam::{Failure, WireReply, WireRequest};
use apoa_server::Exchange;
use serde_json::Value;

use super::net::Effects;

/// Temporary failures in a row that a run may meet before it ends.
const FAILURES_MOST: u32 = 3;
/// Requests without progress in a run: three failures, one renewal of the tokens, and the halving of a batch of 50.
const FRUITLESS_MOST: u32 = 10;

/// One exchange as a phone saw it.
pub(crate) struct Seen<'a> {
    pub(crate) outcome: &'a Result<WireReply, Failure>,
    /// Whether it is an answer of the server's own words, if perhaps to another question.
    pub(crate) genuine: bool,
    pub(crate) now: i64,
}

/// What one phone's run met so far.
#[derive(Default)]
struct Run {
    running: bool,
    answered: bool,
    failures: u32,
    fruitless: u32,
    /// No request before then: the server said so and the phone heard it.
    silent_until: Option<i64>,
}

/// Who looks.
pub(crate) struct Watch {
    effects: Effects,
    counted: usize,
    /// How often each op had an effect.
    pub(crate) had_effect: BTreeMap<String, u32>,
    /// Digest and bytes of each op that was ever sent.
    bytes: BTreeMap<String, (String, String)>,
    /// The receipt of each op.
    receipts: BTreeMap<String, String>,
    /// The newest revision that had an effect, of each report.
    revisions: BTreeMap<String, u64>,
    runs: BTreeMap<usize, Run>,
}

impl Watch {
    pub(crate) fn new(effects: Effects) -> Self {
        Self {
            effects,
            counted: 0,
            had_effect: BTreeMap::new(),
            bytes: BTreeMap::new(),
            receipts: BTreeMap::new(),
            revisions: BTreeMap::new(),
            runs: BTreeMap::new(),
        }
    }

    /// A phone begins to send. Its silence stays.
    pub(crate) fn begin(&mut self, phone: usize) {
        let run = self.runs.entry(phone).or_default();
        *run = Run { running: true, silent_until: run.silent_until, ..Run::default() };
    }

    /// It ends; whether it had one verified answer.
    pub(crate) fn end(&mut self, phone: usize) -> bool {
        let run = self.runs.entry(phone).or_default();
        run.running = false;
        run.answered
    }

    /// A phone does not know any more how long it should be silent: its clock jumped, or it forgot.
    pub(crate) fn forget_silence(&mut self, phone: usize) {
        self.runs.entry(phone).or_default().silent_until = None;
    }

    /// A phone sends a request.
    pub(crate) fn asked(&mut self, phone: usize, request: &WireRequest, now: i64) {
        self.note_ops(request);
        let Some(run) = self.runs.get_mut(&phone).filter(|run| run.running) else { return };
        if let Some(until) = run.silent_until {
            assert!(now >= until, "I11: phone {phone} asks {} ms before Retry-After", until - now);
        }
        run.fruitless += 1;
        assert!(run.fruitless <= FRUITLESS_MOST, "I11: phone {phone} asks and asks without progress");
        assert!(run.failures < FAILURES_MOST, "I11: phone {phone} goes on after {FAILURES_MOST} failures");
    }

    /// Of each op the bytes are the same for ever.
    fn note_ops(&mut self, request: &WireRequest) {
        if !request.path.ends_with("/ops") {
            return;
        }
        let body = request.body.as_ref().expect("ops have a body").bytes.reveal();
        let batch: Value = serde_json::from_slice(body).expect("JSON");
        let mut reports = Vec::new();
        for op in batch["ops"].as_array().expect("ops") {
            let text = |name: &str| op[name].as_str().expect("a text").to_owned();
            let same = (text("body_sha256"), text("body"));
            let known = self.bytes.entry(text("op_id")).or_insert_with(|| same.clone());
            assert!(*known == same, "I3: op {} has other bytes", text("op_id"));
            reports.push(text("report_id"));
        }
        reports.sort();
        let count = reports.len();
        reports.dedup();
        assert_eq!(reports.len(), count, "two ops of one report in one request");
    }

    /// What a phone heard.
    pub(crate) fn heard(&mut self, phone: usize, seen: &Seen<'_>) {
        let Some(run) = self.runs.get_mut(&phone).filter(|run| run.running) else { return };
        match seen.outcome {
            Ok(reply) if reply.status == 200 => {
                run.answered |= seen.genuine;
                (run.failures, run.fruitless) = (0, 0);
            }
            Ok(reply) => {
                let ours = reply.content_type == "application/problem+json";
                let temporary = !ours || matches!(reply.status, 429 | 500..);
                run.failures += u32::from(temporary && reply.status >= 400);
                if let Some(ms) = reply.retry_after_ms {
                    run.silent_until = Some(seen.now + ms);
                }
            }
            Err(Failure::Broken | Failure::TooLarge) => run.failures += 1,
            Err(_) => {}
        }
    }

    /// The server answered a request, whatever becomes of its answer.
    pub(crate) fn answered(&mut self, exchange: &Exchange) {
        self.count_effects();
        if exchange.path != "/ops" || exchange.status != 200 {
            return;
        }
        let sent: Value = serde_json::from_slice(&exchange.request_body).expect("JSON");
        let answer: Value = serde_json::from_slice(&exchange.body).expect("JSON");
        for result in answer["results"].as_array().expect("results") {
            let op = result["op_id"].as_str().expect("an id").to_owned();
            let outcome = result["outcome"].as_str().expect("a word");
            let Some(receipt) = result["receipt"].as_str() else { continue };
            let first = self.receipts.entry(op.clone()).or_insert_with(|| receipt.to_owned());
            assert!(first == receipt, "the receipt of {op} is another one the second time");
            if matches!(outcome, "applied" | "merged") {
                let ops = sent["ops"].as_array().expect("ops");
                let sent = ops.iter().find(|sent| sent["op_id"] == op.as_str()).expect("it was sent");
                self.in_order(sent);
            }
        }
    }

    /// Ops of one report have their effects in order, each on its base.
    fn in_order(&mut self, op: &Value) {
        let report = op["report_id"].as_str().expect("an id").to_owned();
        let number = |name: &str| op[name].as_u64().expect("a number");
        let last = self.revisions.insert(report.clone(), number("revision")).unwrap_or(0);
        assert_eq!(number("base_revision"), last, "I8: an op of {report} overtakes its base");
    }

    fn count_effects(&mut self) {
        let effects = self.effects.lock().unwrap_or_else(PoisonError::into_inner);
        for op in &effects[self.counted..] {
            let count = self.had_effect.entry(op.clone()).or_default();
            *count += 1;
            assert_eq!(*count, 1, "I4: op {op} had its effect twice");
        }
        self.counted = effects.len();
    }
}
