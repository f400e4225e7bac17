//! Requests and answers about a unit: profile, members, installations.

use std::collections::BTreeMap;

use apoa_domain::ids::{AccountId, DeviceId};
use apoa_domain::private::Private;
use apoa_domain::report::profile::Profile;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{BASE, json};
use crate::sync::contract::Sender;
use crate::sync::outcome::{self, StoppedBy, Trouble};
use crate::sync::unit::{StaffMember, TaggedProfile, UnitDevice, Written};
use crate::sync::wire::{Body, JSON_TYPE, Method, WireReply, WireRequest};

#[derive(Deserialize)]
struct ProfileAnswer {
    profile: BTreeMap<String, Private<String>>,
}

#[derive(Deserialize)]
struct StaffAnswer {
    members: Vec<StaffMember>,
}

#[derive(Deserialize)]
struct DevicesAnswer {
    devices: Vec<DeviceText>,
}

#[derive(Deserialize)]
struct DeviceText {
    id: DeviceId,
    account: AccountText,
    first_seen: String,
    last_seen: String,
    revoked_at: Option<String>,
}

#[derive(Deserialize)]
struct AccountText {
    id: AccountId,
    name: Private<String>,
}

/// The profile; facts and values that are not known here are left out.
pub(super) fn read_profile(reply: &WireReply) -> Result<TaggedProfile, Trouble> {
    let answer: ProfileAnswer = json(reply)?;
    let mut profile = Profile::default();
    for (code, value) in answer.profile {
        if let Ok(field) = code.parse() {
            let _ = profile.set(field, value.reveal());
        }
    }
    // Without a tag nothing can be replaced: not an answer of the contract.
    let tag = reply.etag.clone().ok_or(Trouble::Stop(StoppedBy::Portal))?;
    Ok(TaggedProfile { profile, tag })
}

/// `PUT /profile`: replaces the one with this tag.
pub(super) fn put_profile(sender: &Sender, profile: &Profile, tag: &str) -> WireRequest {
    let facts: BTreeMap<&str, &str> = profile.facts().map(|(field, value)| (field.as_str(), value)).collect();
    let text = Zeroizing::new(serde_json::to_vec(&facts).unwrap_or_default());
    let body = Body { content_type: JSON_TYPE, bytes: Private::new(text.to_vec()) };
    let request = sender.request(Method::Put, format!("{BASE}/profile"), Some(body));
    WireRequest { if_match: Some(tag.to_owned()), ..request }
}

/// Whether it was replaced.
pub(super) fn read_written(reply: &WireReply) -> Result<Written, Trouble> {
    if reply.status == 412 && outcome::problem(reply).is_some() {
        return Ok(Written::Moved);
    }
    outcome::success(reply, JSON_TYPE).map(|_| Written::Done)
}

/// `GET /units/{id}/staff` or `/devices`, or `DELETE …/devices/{device_id}`.
pub(super) fn about_unit(sender: &Sender, method: Method, what: &str) -> WireRequest {
    let unit = sender.unit.map(|unit| unit.to_string()).unwrap_or_default();
    sender.request(method, format!("{BASE}/units/{unit}/{what}"), None)
}

/// The members.
pub(super) fn read_staff(reply: &WireReply) -> Result<Vec<StaffMember>, Trouble> {
    json::<StaffAnswer>(reply).map(|answer| answer.members)
}

/// The installations.
pub(super) fn read_devices(reply: &WireReply) -> Result<Vec<UnitDevice>, Trouble> {
    let answer: DevicesAnswer = json(reply)?;
    let device = |text: DeviceText| UnitDevice {
        device: text.id,
        account: text.account.id,
        user: text.account.name,
        first_seen: text.first_seen,
        last_seen: text.last_seen,
        revoked_at: text.revoked_at,
    };
    Ok(answer.devices.into_iter().map(device).collect())
}

/// Whether an installation is revoked now; `false` if the unit never saw it.
pub(super) fn read_revoked(reply: &WireReply) -> Result<bool, Trouble> {
    if reply.status == 404 && outcome::problem(reply).as_deref() == Some("no-device") {
        return Ok(false);
    }
    outcome::success(reply, JSON_TYPE).map(|_| true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use apoa_domain::report::profile::ProfileField;

    fn sender() -> Sender {
        Sender { device: DeviceId::from_bytes([7; 16]), unit: None, bearer: None }
    }

    #[test]
    fn a_profile_comes_with_its_tag_and_goes_back_under_it() {
        let body = r#"{"profile":{"zone":"WITA","rooms":"twelve","colour":"red"},"missing":[]}"#;
        let mut reply = WireReply::of(200, "application/json", body);
        assert!(read_profile(&reply).is_err(), "no tag");
        reply.etag = Some("\"abc\"".to_owned());
        let read = read_profile(&reply).unwrap();
        let facts: Vec<_> = read.profile.facts().collect();
        assert_eq!(facts, [(ProfileField::Zone, "WITA")], "what is not known here is left out");
        let request = put_profile(&sender(), &read.profile, &read.tag);
        assert_eq!(request.if_match.as_deref(), Some("\"abc\""));
        assert_eq!(request.body.unwrap().bytes.reveal(), br#"{"zone":"WITA"}"#);
    }

    #[test]
    fn only_our_own_412_says_that_somebody_was_faster() {
        let ours = r#"{"type":"urn:apoa:problem:revision-conflict"}"#;
        let reply = WireReply::of(412, "application/problem+json", ours);
        assert!(matches!(read_written(&reply), Ok(Written::Moved)));
        let page = WireReply::of(412, "text/html", "<html>");
        assert!(matches!(read_written(&page), Err(Trouble::Temporary { .. })));
    }
}
