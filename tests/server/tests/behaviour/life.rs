//! Starting, restarting, and what lies on disk.

use apoa_server::{Options, ServerError, office_reports, start};

use crate::support::{Client, Draft, Server, options};

#[test]
fn a_restart_keeps_keys_accounts_and_receipts() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("kantor.db");
    let with_db = || Options { db: Some(db.clone()), ..options() };
    let first = Server::with(with_db());
    assert_eq!(first.running.account().password.as_deref(), Some("rahasia-contoh"));
    let (trust, unit) = (first.trust(), first.running.account().unit.clone());
    let client = first.signed_in();
    let op = Draft::submit(&unit, 1).envelope();
    let receipt = client.file(&op)["receipt"].clone();
    let (access, refresh) = (client.access.clone(), client.refresh.clone());
    first.running.stop();

    let second = Server::with(with_db());
    assert_eq!(second.running.account().password, None);
    assert_eq!(second.running.account().unit, unit);
    assert_eq!(second.trust(), trust);
    let mut client = Client::new(second.running.url(), &trust, &unit);
    client.access = access;
    let again = client.file(&op);
    assert_eq!((&again["outcome"], &again["receipt"]), (&"duplicate".into(), &receipt));
    assert_eq!(client.renew(&refresh).unwrap().status, 200);
}

#[test]
fn the_office_sees_reports_while_the_server_runs() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let reports = office_reports(server.running.db()).unwrap();
    let line = serde_json::to_value(&reports[0]).unwrap();
    assert_eq!(
        line,
        serde_json::json!({
            "report_id": crate::support::id(1001), "unit": client.unit, "kind": "lodging.check_in",
            "state": "received", "closed": false, "revision": 1, "received_at": "2026-11-24T03:00:00Z",
            "ops": [{ "op_id": crate::support::id(1), "kind": "submit", "times_seen": 1 }],
        })
    );
}

#[cfg(unix)]
#[test]
fn private_keys_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start(&[]);
    let keys = server.running.db().with_extension("keys.json");
    assert_eq!(std::fs::metadata(keys).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_seed_gives_the_same_unit_and_password_but_other_keys() {
    let seeded = || Server::with(Options { seed: Some(42), ..Options::default() });
    let (one, two) = (seeded(), seeded());
    assert_eq!(one.running.account().unit, two.running.account().unit);
    assert_eq!(one.running.account().password, two.running.account().password);
    assert_ne!(one.trust(), two.trust());
    let random = Server::with(Options::default());
    assert_ne!(random.running.account().password, one.running.account().password);
}

#[test]
fn a_port_in_use_is_named() {
    let server = Server::start(&[]);
    let listen = server.running.url().trim_start_matches("https://").parse().unwrap();
    let error = start(Options { listen, ..options() }, |_| ()).unwrap_err();
    assert!(matches!(error, ServerError::AddressInUse { address } if address == listen));
}

#[test]
fn a_database_that_cannot_be_used_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let open =
        |name: &str| start(Options { db: Some(folder.path().join(name)), ..options() }, |_| ()).unwrap_err();
    assert!(matches!(open("missing/kantor.db"), ServerError::NotFound { .. }));
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is a letter, not a database, and long enough to look at").unwrap();
    assert!(matches!(open("text.db"), ServerError::NotOurs { .. }));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("this is a letter"));
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
    assert!(matches!(open("other.db"), ServerError::NotOurs { .. }));
    assert!(matches!(office_reports(&folder.path().join("no.db")), Err(ServerError::NotFound { .. })));
}

#[test]
fn lost_keys_stop_the_start_instead_of_voiding_every_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("kantor.db");
    let with_db = || Options { db: Some(db.clone()), ..options() };
    Server::with(with_db()).running.stop();
    std::fs::remove_file(db.with_extension("keys.json")).unwrap();
    assert!(matches!(start(with_db(), |_| ()).unwrap_err(), ServerError::KeysMissing { .. }));
}
