//! Freezes a draft: identities, revision and body are made once, and these bytes are what every attempt sends.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::draft::Draft;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, Serialize)]
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
    verdict: Option<VerdictText>,
    data: BTreeMap<&'static str, Value<'a>>,
}

#[derive(Serialize)]
struct VerdictText {
    verdict: &'static str,
    reasons: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Text(&'a str),
    Count(u16),
    Flag(bool),
}

fn word<S: Serializer>(kind: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&kind.to_string())
}

/// Freezes the first op of a report, or says everything that is wrong with the draft. Notices do not hinder.
pub fn finalise(
    draft: &Draft,
    today: Date,
    identity: &NewIdentity,
    captured: Captured,
    compared: Option<&Compared>,
) -> Result<FrozenOp, Vec<FieldProblem>> {
    let problems = rules::check(draft, today);
    if problems.iter().any(|problem| !problem.is_notice()) {
        return Err(problems);
    }
    let body = Body {
        v: BODY_VERSION,
        op_id: identity.op,
        report_id: identity.report,
        unit_id: identity.unit,
        kind: OpKind::Submit,
        report_kind: draft.kind(),
        revision: Revision::NONE.next(),
        base_revision: Revision::NONE,
        captured_by: identity.captured_by,
        captured,
        salt: Base64UrlUnpadded::encode_string(&identity.salt),
        verdict: compared.map(|compared| VerdictText {
            verdict: compared.verdict.as_str(),
            reasons: compared.reasons.iter().map(|reason| reason.as_str()).collect(),
        }),
        data: draft
            .facts()
            .iter()
            .map(|(field, fact)| (field.as_str(), value(*field, fact.reveal())))
            .collect(),
    };
    #[expect(clippy::expect_used, reason = "plain values with text keys always serialise")]
    let text = serde_json::to_string(&body).expect("a body serialises");
    Ok(FrozenOp {
        op: identity.op,
        report: identity.report,
        unit: identity.unit,
        kind: OpKind::Submit,
        report_kind: draft.kind(),
        revision: body.revision,
        base: body.base_revision,
        digest: Digest::of(text.as_bytes()),
        body: Private::new(text),
    })
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
        let op = finalise(&guest(), today, &identity(), CAPTURED, Some(&compared)).unwrap();
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
}
