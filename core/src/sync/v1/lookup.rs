//! `POST /permits/lookup`, pure: a key to a request, an answer to a record's fields. Only the key of a code goes out,
//! in the body; no address from a code ever becomes a request.

use std::collections::BTreeMap;

use apoa_domain::permit::RecordKey;
use apoa_domain::private::Private;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{json, post};
use crate::sync::contract::{Facts, Sender};
use crate::sync::outcome::{self, Trouble};
use crate::sync::wire::{JSON_TYPE, WireReply, WireRequest};

/// The word of a refusal that is an answer: the server knows no permit by this key.
const NO_RECORD: &str = "no-record";

#[derive(Serialize)]
struct Asked<'a> {
    key_kind: &'static str,
    key: &'a str,
}

/// A fact of a record; one of another type than ours is of a newer server.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fact {
    Text(Private<String>),
    Other(IgnoredAny),
}

/// The question.
pub(super) fn request(sender: &Sender, key: &RecordKey) -> WireRequest {
    let asked = Asked { key_kind: key.kind.as_str(), key: key.key.reveal() };
    #[expect(clippy::expect_used, reason = "two texts always serialise")]
    let bytes = serde_json::to_vec(&asked).expect("a key serialises");
    post(sender, "/permits/lookup", JSON_TYPE, bytes)
}

/// The record; `None` if the server knows none by this key.
pub(super) fn read(reply: &WireReply) -> Result<Option<Facts>, Trouble> {
    if reply.status == 404 && outcome::problem(reply).as_deref() == Some(NO_RECORD) {
        return Ok(None);
    }
    let facts: BTreeMap<String, Fact> = json(reply)?;
    let known = facts.into_iter().filter_map(|(code, fact)| match fact {
        Fact::Text(text) => Some((code.parse().ok()?, text)),
        Fact::Other(_) => None,
    });
    Ok(Some(known.collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::sync::outcome::StoppedBy;
    use apoa_domain::fields::Field;
    use apoa_domain::ids::DeviceId;
    use apoa_domain::permit::{KeyKind, NumberKind};

    #[test]
    fn the_key_stands_in_the_body_and_nowhere_else() {
        let sender = Sender { device: DeviceId::from_bytes([7; 16]), unit: None, bearer: None };
        let kind = KeyKind::Number(NumberKind::Permit);
        let request = request(&sender, &RecordKey { kind, key: "2C21XX0000K".into() });
        assert_eq!(request.path, "/apoa/v1/permits/lookup");
        let body = request.body.as_ref().map(|body| String::from_utf8(body.bytes.reveal().clone()).unwrap());
        assert_eq!(body.as_deref(), Some(r#"{"key_kind":"permit_number","key":"2C21XX0000K"}"#));
        assert!(!format!("{request:?}").contains("2C21"));
    }

    #[test]
    fn what_a_newer_server_adds_is_passed_over() {
        let body = r#"{"full_name":"ERIKSSON ANNA MARIA","colour":"red","sex":7,"niora":null,"passport_number":"X00000001"}"#;
        let facts = read(&WireReply::of(200, "application/json", body)).unwrap().unwrap();
        let fields: Vec<Field> = facts.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, [Field::FullName, Field::PassportNumber]);
    }

    #[test]
    fn no_record_is_an_answer_and_a_404_of_somebody_else_is_none() {
        let ours = |word: &str| {
            WireReply::of(
                404,
                "application/problem+json",
                &format!(r#"{{"type":"urn:apoa:problem:{word}"}}"#),
            )
        };
        assert!(matches!(read(&ours("no-record")), Ok(None)));
        assert!(matches!(read(&ours("not-found")), Err(Trouble::Stop(StoppedBy::UpdateRequired))));
        let page = WireReply::of(404, "text/html", "<html>");
        assert!(matches!(read(&page), Err(Trouble::Temporary { .. })));
        let portal = WireReply::of(200, "text/html", "<html>");
        assert!(matches!(read(&portal), Err(Trouble::Stop(StoppedBy::Portal))));
        let list = WireReply::of(200, "application/json", "[]");
        assert!(matches!(read(&list), Err(Trouble::Stop(StoppedBy::Portal))));
    }
}
