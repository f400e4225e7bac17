//! Freezes a draft: identities, revision and body are made once, and these bytes are what every attempt sends.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};

use super::draft::{Draft, Facts};
use super::follow_up::{FollowUp, closing_field};
use super::kinds::{OpKind, ReportKind};
use super::op::FrozenOp;
use super::rules::{self, FieldProblem};
use crate::fields::{Field, Shape};
use crate::ids::{AccountId, Digest, OpId, ReportId, Revision, Timestamp, UnitId};
use crate::passport::{Reason, Verdict};
use crate::private::Private;

/// Version of the frozen body.
pub const BODY_VERSION: u32 = 1;

/// Who and what the op is, made by the caller before the first attempt.
#[derive(Clone, Copy, Debug)]
pub struct NewIdentity {
    /// The op.
    pub op: OpId,
    /// Its report.
    pub report: ReportId,
    /// The unit it is filed for.
    pub unit: UnitId,
    /// Who typed it; never changes.
    pub captured_by: AccountId,
    /// Makes the digest useless for guessing a person's data.
    pub salt: [u8; 16],
}

/// How well the time of capture is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockTrust {
    /// The server's clock was seen in this process.
    Synced,
    /// It was seen by an earlier one.
    Estimated,
    /// It was never seen.
    Unknown,
}

/// When the report was captured, and by which clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The device's clock.
    #[serde(rename = "wall_ms")]
    pub wall: Timestamp,
    /// Server time minus the device's clock, 0 where unknown.
    pub offset_ms: i64,
    /// How well the offset is known.
    pub trust: ClockTrust,
}

/// What a comparison of permit and passport gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The whole verdict.
    pub verdict: Verdict,
    /// The reasons behind it, the deciding one first.
    pub reasons: Vec<Reason>,
}

/// A verdict in the words of the body, as drafts and bodies keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    verdict: Cow<'static, str>,
    reasons: Vec<Cow<'static, str>>,
}

impl Judged {
    /// The word of the whole verdict.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// The words of the reasons, the deciding one first.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        self.reasons.iter().map(AsRef::as_ref)
    }
}

impl From<&Compared> for Judged {
    fn from(compared: &Compared) -> Self {
        Self {
            verdict: compared.verdict.as_str().into(),
            reasons: compared.reasons.iter().map(|reason| reason.as_str().into()).collect(),
        }
    }
}

/// Where an op stands in the life of its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its own revision.
    pub revision: Revision,
    /// What it builds on.
    pub base: Revision,
}

impl Step {
    /// The first op of a report.
    pub const FIRST: Self = Self { revision: Revision(1), base: Revision::NONE };
}

/// Order and names are those of the contract; a snapshot test holds the text.
#[derive(Serialize)]
struct Body<'a> {
    v: u32,
    op_id: OpId,
    report_id: ReportId,
    unit_id: UnitId,
    #[serde(serialize_with = "word")]
    kind: OpKind,
    #[serde(serialize_with = "word")]
    report_kind: ReportKind,
    revision: Revision,
    base_revision: Revision,
    captured_by: AccountId,
    captured: Captured,
    salt: String,
    verdict: Option<&'a Judged>,
    data: BTreeMap<&'a str, Value<'a>>,
}

/// What of a frozen body a new op of the same data takes over.
#[derive(Deserialize)]
struct Kept {
    kind: String,
    report_kind: String,
    captured_by: AccountId,
    captured: Captured,
    verdict: Option<Judged>,
    data: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Text(&'a str),
    Count(u16),
    Flag(bool),
    Null(()),
    Kept(&'a serde_json::Value),
}

fn word<S: Serializer>(kind: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&kind.to_string())
}

/// Freezes a new report, or says everything that is wrong with the draft. Notices do not hinder.
pub fn finalise(
    draft: &Draft,
    today: Date,
    identity: &NewIdentity,
    captured: Captured,
    compared: Option<&Judged>,
) -> Result<FrozenOp, Vec<FieldProblem>> {
    submit(draft, Step::FIRST, today, identity, captured, compared)
}

/// Freezes a new report that replaces one of its own that never had an effect, at a later revision.
pub fn submit(
    draft: &Draft,
    at: Step,
    today: Date,
    identity: &NewIdentity,
    captured: Captured,
    compared: Option<&Judged>,
) -> Result<FrozenOp, Vec<FieldProblem>> {
    refuse_problems(rules::check(draft, today))?;
    Ok(freeze(OpKind::Submit, draft.kind(), at, identity, captured, compared, values(draft.facts())))
}

/// Freezes the whole corrected data of a report. `reopens` opens a closed one again: its remarks say why.
pub fn amend(
    draft: &Draft,
    reopens: bool,
    at: Step,
    today: Date,
    identity: &NewIdentity,
    captured: Captured,
) -> Result<FrozenOp, Vec<FieldProblem>> {
    refuse_problems(rules::check_amend(draft, reopens, today))?;
    let mut data = values(draft.facts());
    if let (true, Some(field)) = (reopens, closing_field(draft.kind())) {
        data.insert(field.as_str(), Value::Null(()));
    }
    Ok(freeze(OpKind::Amend, draft.kind(), at, identity, captured, None, data))
}

/// Freezes a follow-up on a report of this kind; `before` are its data as far as they are known here.
pub fn follow_up(
    follow_up: &FollowUp,
    report: ReportKind,
    before: &Facts,
    at: Step,
    today: Date,
    identity: &NewIdentity,
    captured: Captured,
) -> Result<FrozenOp, Vec<FieldProblem>> {
    refuse_problems(rules::check_follow_up(follow_up, report, before, today))?;
    Ok(freeze(follow_up.op(), report, at, identity, captured, None, values(follow_up.facts())))
}

/// The same instruction with the same data, author, time of capture and verdict, as a new op at another place: after its base
/// moved, or its predecessor was replaced. A submission on top of something is an amendment: its data are whole, and the
/// server has the report already. `None` where the text is no frozen body.
pub fn freeze_again(frozen: &str, at: Step, identity: &NewIdentity) -> Option<FrozenOp> {
    let kept: Kept = serde_json::from_slice(frozen.as_bytes()).ok()?;
    let (kind, report) = (kept.kind.parse().ok()?, kept.report_kind.parse().ok()?);
    let kind = if kind == OpKind::Submit && at.base != Revision::NONE { OpKind::Amend } else { kind };
    let identity = &NewIdentity { captured_by: kept.captured_by, ..*identity };
    let data = kept.data.iter().map(|(code, value)| (code.as_str(), Value::Kept(value))).collect();
    Some(freeze(kind, report, at, identity, kept.captured, kept.verdict.as_ref(), data))
}

/// The verdict inside a frozen body.
pub fn judged(frozen: &str) -> Option<Judged> {
    serde_json::from_slice::<Kept>(frozen.as_bytes()).ok()?.verdict
}

fn refuse_problems(problems: Vec<FieldProblem>) -> Result<(), Vec<FieldProblem>> {
    if problems.iter().any(|problem| !problem.is_notice()) { Err(problems) } else { Ok(()) }
}

fn freeze(
    kind: OpKind,
    report_kind: ReportKind,
    at: Step,
    identity: &NewIdentity,
    captured: Captured,
    verdict: Option<&Judged>,
    data: BTreeMap<&str, Value<'_>>,
) -> FrozenOp {
    let body = Body {
        v: BODY_VERSION,
        op_id: identity.op,
        report_id: identity.report,
        unit_id: identity.unit,
        kind,
        report_kind,
        revision: at.revision,
        base_revision: at.base,
        captured_by: identity.captured_by,
        captured,
        salt: Base64UrlUnpadded::encode_string(&identity.salt),
        verdict,
        data,
    };
    #[expect(clippy::expect_used, reason = "plain values with text keys always serialise")]
    let text = serde_json::to_string(&body).expect("a body serialises");
    FrozenOp {
        op: identity.op,
        report: identity.report,
        unit: identity.unit,
        kind,
        report_kind,
        revision: at.revision,
        base: at.base,
        digest: Digest::of(text.as_bytes()),
        body: Private::new(text),
    }
}

fn values(facts: &Facts) -> BTreeMap<&str, Value<'_>> {
    facts.iter().map(|(field, fact)| (field.as_str(), value(*field, fact.reveal()))).collect()
}

/// The JSON form of a checked value.
fn value(field: Field, fact: &str) -> Value<'_> {
    match field.shape() {
        Shape::Count => fact.parse().map_or(Value::Text(fact), Value::Count),
        Shape::Flag => Value::Flag(fact == "true"),
        Shape::Text
        | Shape::LongText
        | Shape::Date
        | Shape::PartialDate
        | Shape::Instant
        | Shape::Country
        | Shape::Number
        | Shape::Digest
        | Shape::Word(_)
        | Shape::WordOrOther(_) => Value::Text(fact),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::rules::tests::guest;

    fn identity() -> NewIdentity {
        NewIdentity {
            op: OpId::from_bytes([1; 16]),
            report: ReportId::from_bytes([2; 16]),
            unit: UnitId::from_bytes([3; 16]),
            captured_by: AccountId::from_bytes([4; 16]),
            salt: [5; 16],
        }
    }

    const CAPTURED: Captured =
        Captured { wall: Timestamp(1_790_000_000_000), offset_ms: -250, trust: ClockTrust::Estimated };

    #[test]
    fn the_frozen_body_is_the_contracts_and_its_digest_is_over_its_bytes() {
        let compared = Compared { verdict: Verdict::Match, reasons: vec![Reason::NameExact] };
        let today = jiff::civil::date(2026, 11, 24);
        let op = finalise(&guest(), today, &identity(), CAPTURED, Some(&Judged::from(&compared))).unwrap();
        assert_eq!(
            op.body(),
            concat!(
                r#"{"v":1,"op_id":"01010101-0101-0101-0101-010101010101","#,
                r#""report_id":"02020202-0202-0202-0202-020202020202","#,
                r#""unit_id":"03030303-0303-0303-0303-030303030303","kind":"submit","#,
                r#""report_kind":"lodging.check_in","revision":1,"base_revision":0,"#,
                r#""captured_by":"04040404-0404-0404-0404-040404040404","#,
                r#""captured":{"wall_ms":1790000000000,"offset_ms":-250,"trust":"estimated"},"#,
                r#""salt":"BQUFBQUFBQUFBQUFBQUFBQ","verdict":{"verdict":"match","reasons":["NAME_EXACT"]},"#,
                r#""data":{"birth_date":"1974-08-12","check_in":"2026-11-24","full_name":"ERIKSSON ANNA MARIA","#,
                r#""nationality":"UTO","nights":3,"passport_number":"L898902C3","purpose":"holiday","sex":"F","#,
                r#""source":"manual"}}"#
            )
        );
        assert_eq!(op.digest(), Digest::of(op.body().as_bytes()));
        assert!(!format!("{op:?}").contains("ERIKSSON"));
    }

    #[test]
    fn a_wrong_draft_is_not_frozen_and_a_notice_does_not_hinder() {
        let today = jiff::civil::date(2026, 11, 24);
        let mut draft = guest();
        draft.set(Field::Purpose, "");
        let problems = finalise(&draft, today, &identity(), CAPTURED, None).unwrap_err();
        assert_eq!(problems.iter().map(|found| found.field).collect::<Vec<_>>(), [Field::Purpose]);
        let next_year = jiff::civil::date(2028, 1, 1);
        assert!(finalise(&guest(), next_year, &identity(), CAPTURED, None).is_ok());
    }

    #[test]
    fn an_amend_that_opens_a_closed_report_says_so_and_why() {
        let today = jiff::civil::date(2026, 11, 24);
        let at = Step { revision: Revision(3), base: Revision(2) };
        let problems = amend(&guest(), true, at, today, &identity(), CAPTURED).unwrap_err();
        assert_eq!(problems.iter().map(|found| found.field).collect::<Vec<_>>(), [Field::Remarks]);
        let mut draft = guest();
        draft.set(Field::Remarks, "the guest came back");
        let op = amend(&draft, true, at, today, &identity(), CAPTURED).unwrap();
        assert!(
            op.body().contains(
                r#""kind":"amend","report_kind":"lodging.check_in","revision":3,"base_revision":2"#
            )
        );
        assert!(op.body().contains(r#""check_out":null"#), "{}", op.body());
    }

    #[test]
    fn a_follow_up_carries_its_own_facts_and_is_checked_against_the_report() {
        let today = jiff::civil::date(2026, 11, 24);
        let at = Step { revision: Revision(2), base: Revision(1) };
        let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
        left.set(Field::CheckOut, "2026-11-23");
        let kind = ReportKind::LodgingCheckIn;
        let early = follow_up(&left, kind, guest().facts(), at, today, &identity(), CAPTURED).unwrap_err();
        assert_eq!(early[0].field, Field::CheckOut);
        left.set(Field::CheckOut, "2026-11-25");
        let op = follow_up(&left, kind, guest().facts(), at, today, &identity(), CAPTURED).unwrap();
        assert!(op.body().ends_with(r#""verdict":null,"data":{"check_out":"2026-11-25"}}"#), "{}", op.body());
    }

    #[test]
    fn the_same_instruction_at_another_place_keeps_data_time_and_verdict() {
        let compared = Compared { verdict: Verdict::Match, reasons: vec![Reason::NameExact] };
        let today = jiff::civil::date(2026, 11, 24);
        let first = finalise(&guest(), today, &identity(), CAPTURED, Some(&Judged::from(&compared))).unwrap();
        let other = NewIdentity { op: OpId::from_bytes([9; 16]), salt: [8; 16], ..identity() };
        let at = Step { revision: Revision(2), base: Revision::NONE };
        let again = freeze_again(first.body(), at, &other).unwrap();
        assert_ne!(again.digest(), first.digest());
        let tail = |body: &str| body.split_once(r#""verdict""#).unwrap().1.to_owned();
        assert_eq!(tail(again.body()), tail(first.body()));
        assert_eq!(judged(again.body()), Some(Judged::from(&compared)));
        assert_eq!(freeze_again("{}", at, &other), None);
    }

    #[test]
    fn a_submission_on_top_of_what_the_server_has_is_an_amendment() {
        let today = jiff::civil::date(2026, 11, 24);
        let first = finalise(&guest(), today, &identity(), CAPTURED, None).unwrap();
        let at = Step { revision: Revision(2), base: Revision(1) };
        assert_eq!(freeze_again(first.body(), at, &identity()).unwrap().kind(), OpKind::Amend);
        assert_eq!(freeze_again(first.body(), Step::FIRST, &identity()).unwrap().kind(), OpKind::Submit);
    }
}
