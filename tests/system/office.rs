//! What a phone and the office keep of a unit together: its profile, its members, its installations; and what is left of
//! an installation that was revoked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::time::Duration;

use apoa_core::ids::ReportId;
use apoa_core::private::Private;
use apoa_core::report::profile::ProfileField;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{
    ApoaClient, Credentials, DraftError, ProfileSync, StoppedBy, SyncError, TryOutRequest, Verdict,
};
use apoa_server::{Running, office_access_code, office_reports};
use apoa_tests::files::look;
use apoa_tests::folder::Folder;
use apoa_tests::phone::{
    USER, all, config, credentials, guest, open, ports, send_now, server, signed_in, sync_now,
};

const BUDGET: Duration = Duration::from_secs(20);

fn filed(client: &ApoaClient, passport: &str) -> ReportId {
    client.finalise(guest(client, passport), None, None).unwrap().report
}

fn set(client: &ApoaClient, field: ProfileField, value: &str) {
    let mut profile = client.profile().unwrap();
    profile.set(field, value).unwrap();
    client.set_profile(&profile).unwrap();
}

fn fact(client: &ApoaClient, field: ProfileField) -> Option<String> {
    client.profile().unwrap().get(field).map(str::to_owned)
}

#[test]
fn two_phones_write_one_profile_and_neither_loses_a_fact() {
    let (server, one, two) = (server(&[]), Folder::new(), Folder::new());
    let (desk, other) = (signed_in(one.path(), &server), signed_in(two.path(), &server));
    set(&desk, ProfileField::Site, "before the first pull");
    assert_eq!(desk.sync_profile(BUDGET), Ok(ProfileSync::InLine));
    assert_eq!(fact(&desk, ProfileField::Name).as_deref(), Some("Losmen Contoh"), "pulled");
    assert_eq!(other.sync_profile(BUDGET), Ok(ProfileSync::InLine));
    assert_eq!(fact(&other, ProfileField::Site).as_deref(), Some("before the first pull"), "pushed");

    set(&desk, ProfileField::Zone, "WITA");
    set(&desk, ProfileField::Office, "Kantor Lain");
    set(&other, ProfileField::Rooms, "14");
    set(&other, ProfileField::Office, "");
    assert!(desk.profile_waits().unwrap());
    for client in [&desk, &other, &desk] {
        assert_eq!(client.sync_profile(BUDGET), Ok(ProfileSync::InLine));
        assert!(!client.profile_waits().unwrap());
    }
    assert_eq!(desk.profile(), other.profile());
    assert_eq!(fact(&desk, ProfileField::Rooms).as_deref(), Some("14"));
    assert_eq!(fact(&desk, ProfileField::Zone).as_deref(), Some("WITA"));
    assert_eq!(fact(&desk, ProfileField::Office), None, "who came last took it out");
}

#[test]
fn whoever_may_not_manage_keeps_a_changed_profile_to_himself() {
    let (server, folder) = (server(&[]), Folder::new());
    look(server.db()).execute("UPDATE member SET rights = 'report'", []).unwrap();
    let client = signed_in(folder.path(), &server);
    set(&client, ProfileField::Rooms, "14");
    assert_eq!(client.sync_profile(BUDGET), Ok(ProfileSync::NotAllowed));
    assert_eq!(fact(&client, ProfileField::Rooms).as_deref(), Some("14"));
    assert!(client.profile_waits().unwrap());
    assert_eq!(client.devices(BUDGET), Err(SyncError::Stopped { by: StoppedBy::Blocked }));
}

#[test]
fn a_try_out_changes_nothing_on_either_end() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let reports = ["L898902C3", "X00000001"].map(|passport| filed(&client, passport));
    let before = client.queue().unwrap();
    let tried = client.try_out(TryOutRequest { run: 2, budget: BUDGET }).unwrap();
    let verdicts: Vec<_> = tried.iter().map(|tried| (tried.report, tried.verdict)).collect();
    assert_eq!(verdicts, reports.map(|report| (report, Verdict::Applied)));
    assert_eq!(client.queue().unwrap(), before);
    assert!(office_reports(server.db()).unwrap().is_empty());
    assert_eq!(send_now(&client, 20).received, 2);
}

#[test]
fn an_access_code_and_a_mailed_code_sign_in_once() {
    let (server, folder) = (server(&[]), Folder::new());
    let settings = config(folder.path(), Some(server.url()), Some(server.trust_file()));
    let client = ApoaClient::open(settings, ports(folder.path())).unwrap();
    let code = office_access_code(server.db(), None).unwrap().unwrap().access_code;
    let access = Credentials::AccessCode { code: Private::new(code) };
    assert_eq!(client.sign_in(&access).unwrap().user.reveal(), USER);
    assert_eq!(client.sign_in(&access), Err(SyncError::WrongSecret));

    client.mail_code("nobody").unwrap();
    assert!(!server.outbox().exists());
    client.mail_code(USER).unwrap();
    let mail: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(server.outbox()).unwrap()).unwrap();
    let mailed = Credentials::EmailCode { code: Private::from(mail["code"].as_str().unwrap()) };
    assert_eq!(client.sign_in(&mailed).unwrap().user.reveal(), USER);
    assert_eq!(client.sign_in(&mailed), Err(SyncError::WrongSecret));
    let again = client.mail_code(USER);
    assert_eq!(again, Err(SyncError::Stopped { by: StoppedBy::Server }), "not twice in a minute");
}

/// A phone with a report that waits, which the manager's phone revokes meanwhile.
fn revoked(server: &Running, lost: &Folder, desk: &Folder) -> (ApoaClient, ReportId, ReportId) {
    let phone = signed_in(lost.path(), server);
    let sent = filed(&phone, "L898902C3");
    let _ = send_now(&phone, 20);
    let waits = filed(&phone, "X00000001");
    let manager = signed_in(desk.path(), server);
    assert_eq!(manager.staff(BUDGET).unwrap()[0].user.reveal(), USER);
    let here = manager.breach_extract().unwrap().device;
    let seen = manager.devices(BUDGET).unwrap();
    let lost = seen.iter().find(|seen| seen.device != here).unwrap().device;
    assert_eq!(manager.revoke_device(lost, BUDGET), Ok(true));
    assert_eq!(manager.revoke_device(lost, BUDGET), Ok(true), "again is the same");
    assert!(manager.devices(BUDGET).unwrap().iter().any(|seen| seen.revoked_at.is_some()));
    assert_eq!(sync_now(&manager, 20).unwrap().stopped_by, None, "the other phone works on");
    (phone, sent, waits)
}

#[test]
fn a_revoked_phone_locks_sends_nothing_and_deletes_nothing() {
    let (server, lost, desk) = (server(&[]), Folder::new(), Folder::new());
    let (phone, sent, waits) = revoked(&server, &lost, &desk);
    let counted = phone.counts().unwrap();
    let summary = sync_now(&phone, 20).unwrap();
    assert_eq!((summary.stopped_by, summary.sent), (Some(StoppedBy::Revoked), 0));
    assert_eq!(summary.stopped_by.unwrap().code().unwrap().to_string(), "APOA-A603");

    // Counts and the queue are seen, contents are not; nobody here can go on, not even after a restart.
    let member = phone.members().unwrap()[0].account;
    drop(phone);
    let phone = open(lost.path()).unwrap();
    assert!(phone.is_revoked().unwrap() && phone.account().unwrap().is_none());
    assert_eq!(phone.counts().unwrap(), counted);
    assert_eq!(phone.queue().unwrap()[0].report, waits);
    let rows = phone.reports(all()).unwrap();
    assert!(rows.iter().all(|row| row.summary.full_name.is_none()), "sealed");
    assert_eq!(phone.report(waits), Ok(None));
    assert_eq!(phone.use_account(member), Err(DraftError::NoUnit));
    assert_eq!(sync_now(&phone, 20), Err(SyncError::Stopped { by: StoppedBy::Revoked }));

    // Whoever signs in on it finds everything in its place, and still sends nothing.
    phone.sign_in(&credentials(apoa_tests::phone::PASSWORD)).unwrap();
    let kept = phone.report(waits).unwrap().unwrap();
    assert_eq!((kept.row.standing, kept.row.work), (Standing::None, Work::Queued));
    assert!(!kept.facts.is_empty() && phone.report(sent).unwrap().is_some());
    assert_eq!(sync_now(&phone, 20).unwrap().stopped_by, Some(StoppedBy::Revoked));
    assert_eq!(office_reports(server.db()).unwrap().len(), 1);
}

#[test]
fn a_single_request_that_hears_of_the_revocation_locks_too() {
    let (server, lost, desk) = (server(&[]), Folder::new(), Folder::new());
    let (phone, _, waits) = revoked(&server, &lost, &desk);
    assert_eq!(phone.staff(BUDGET), Err(SyncError::Stopped { by: StoppedBy::Revoked }));
    assert!(phone.is_revoked().unwrap());
    assert_eq!(phone.queue().unwrap()[0].report, waits);
}
