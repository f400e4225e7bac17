//! A phone that is passed from shift to shift: reports belong to the unit, so that nobody's leaving loses, changes or
//! holds up one, and whoever is signed in sends what anybody typed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use apoa_core::ids::{AccountId, ReportId, Timestamp};
use apoa_core::private::Private;
use apoa_core::report::profile::Profile;
use apoa_core::report::state::Standing;
use apoa_core::{ApoaClient, DraftError, Member, Missing, SignedOut, StoppedBy, Summary, SyncError};
use apoa_server::{Exchange, Options, Running};
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::office::{add_member, add_unit};
use apoa_tests::phone::{
    PASSWORD, USER, all, credentials, credentials_of, guest, open, options, overhear, send_now, server,
    signed_in, sync_now,
};

/// Who works at night.
const NIGHT: &str = "malam";

/// A phone on which both members are signed in; the day's is active. Returns their accounts.
fn shared(folder: &Folder, server: &Running) -> (ApoaClient, [AccountId; 2]) {
    add_member(server, NIGHT);
    let client = signed_in(folder.path(), server);
    let day = client.account().unwrap().unwrap().account;
    let night = client.sign_in(&credentials_of(NIGHT, PASSWORD)).unwrap().account;
    assert_eq!(client.use_account(day).unwrap().account, day);
    (client, [day, night])
}

fn filed(client: &ApoaClient, passport: &str) -> ReportId {
    client.finalise(guest(client, passport), None, None).unwrap().report
}

/// Who typed and who sent a report, by phone and by server.
fn hands(client: &ApoaClient, server: &Running, report: ReportId) -> [(String, String); 2] {
    let detail = client.report(report).unwrap().unwrap();
    assert_eq!(detail.row.standing, Standing::Received);
    let here = (detail.row.captured_by.to_string(), detail.sent_by.unwrap().to_string());
    let there = look(server.db()).query_row(
        "SELECT report.captured_by, op.sent_by FROM report JOIN op ON op.report = report.id WHERE report.id = ?1",
        [report.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    [here, there.unwrap()]
}

/// The server ends every sign-in of a member.
fn end_sign_in(server: &Running, account: AccountId) {
    let office = look(server.db());
    let ended = office.execute("UPDATE family SET revoked = 1 WHERE account = ?1", [account.to_string()]);
    assert!(ended.is_ok_and(|ended| ended > 0));
}

/// The server no longer knows a member as one of any unit.
fn remove_member(server: &Running, account: AccountId) {
    let office = look(server.db());
    assert_eq!(office.execute("DELETE FROM member WHERE account = ?1", [account.to_string()]), Ok(1));
}

/// Whether the server holds a sign-in of a member for good.
fn is_signed_in(server: &Running, account: AccountId) -> bool {
    let sql = "SELECT count(*) FROM family WHERE account = ?1 AND NOT revoked";
    look(server.db()).query_row(sql, [account.to_string()], |row| row.get::<_, i64>(0)).unwrap() > 0
}

/// Each row of reports and outbox of every unit, byte for byte.
fn rows(folder: &Folder) -> Vec<String> {
    let mut found = Vec::new();
    for (file, table) in units(folder.path()).iter().flat_map(|file| [(file, "report"), (file, "outbox")]) {
        let file = look(file);
        let mut statement = file.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            found.extend((0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())));
        }
    }
    found
}

fn tokens(folder: &Folder) -> i64 {
    let device = look(&folder.path().join("device.db"));
    device.query_row("SELECT count(*) FROM token", [], |row| row.get(0)).unwrap()
}

#[test]
fn i24_a_clerk_who_signs_out_leaves_every_report_and_the_next_one_sends_them() {
    let (server, folder) = (server(&[]), Folder::new());
    add_member(&server, NIGHT);
    let second = add_unit(&server, 2);
    let client = signed_in(folder.path(), &server);
    let account = client.account().unwrap().unwrap();
    let (day, first) = (account.account, account.active_unit);
    let reports = ["L898902C3", "X00000001"].map(|passport| filed(&client, passport));
    client.use_unit(second).unwrap();
    filed(&client, "X00000002");
    client.use_unit(first).unwrap();
    let before = rows(&folder);

    let left = client.sign_out().unwrap();
    assert_eq!(left, SignedOut { account: day, user: Private::from(USER), waiting: 3, units: 2 });
    assert_eq!(client.account().unwrap(), None);
    assert_eq!(tokens(&folder), 0);
    assert!(rows(&folder) == before, "a report changed");
    let nobody = SyncError::NotSetUp { missing: Missing::SignIn };
    assert_eq!(client.sign_out().err(), Some(nobody.clone()), "nobody is there to leave");
    assert_eq!(sync_now(&client, 5).err(), Some(nobody));
    drop(client);

    // The next shift begins with the phone as it lies there.
    let client = open(folder.path()).unwrap();
    assert_eq!((client.account().unwrap(), client.counts().unwrap().queued), (None, 2));
    let night = client.sign_in(&credentials_of(NIGHT, PASSWORD)).unwrap();
    assert_eq!(night.active_unit, first);
    let summary = send_now(&client, 20);
    assert_eq!((summary.received, summary.left), (2, 0));
    for report in reports {
        let both = (day.to_string(), night.account.to_string());
        assert_eq!(hands(&client, &server, report), [both.clone(), both]);
    }
}

#[test]
fn with_nobody_active_numbers_and_deadlines_are_there_and_no_name_is() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let day = client.account().unwrap().unwrap().account;
    let report = filed(&client, "L898902C3");
    let (counts, queue, today) = (client.counts().unwrap(), client.queue().unwrap(), client.today());
    assert!(queue[0].due.is_some());
    let check = |client: &ApoaClient| {
        assert_eq!((client.counts().unwrap(), client.queue().unwrap()), (counts, queue.clone()));
        assert_eq!(client.today(), today);
        let rows = client.reports(all()).unwrap();
        assert_eq!((rows.len(), rows[0].report, rows[0].due), (1, report, queue[0].due));
        assert_eq!((&rows[0].summary, rows[0].readable), (&Summary::default(), false));
        assert_eq!((client.report(report).unwrap(), client.draft(report).unwrap()), (None, None));
        for text in ["L898902C3", "eriksson"] {
            assert_eq!(client.search(text, 10, None).unwrap(), []);
        }
        assert_eq!(client.profile().unwrap(), Profile::default());
        assert_eq!(client.hand_over(Timestamp(0)).err(), Some(DraftError::NoUnit));
        assert_eq!(client.finalise(guest(client, "X00000001"), None, None).err(), Some(DraftError::NoUnit));
        assert_eq!(client.discard(report).err(), Some(DraftError::NoUnit));
    };
    client.sign_out().unwrap();
    check(&client);
    drop(client);
    let client = open(folder.path()).unwrap();
    check(&client);
    // A member is there again, and with the member every name.
    client.use_account(day).unwrap();
    assert!(!client.report(report).unwrap().unwrap().facts.is_empty());
    assert_eq!(client.search("eriksson", 10, None).unwrap().len(), 1);
}

#[test]
fn any_member_known_here_goes_on_without_the_network() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = shared(&folder, &server);
    server.stop();
    client.sign_out().unwrap();
    let signed_in: Vec<_> = client.members().unwrap().into_iter().map(|member| member.signed_in).collect();
    assert_eq!(signed_in, [false, true]);
    for account in [day, night] {
        let member = |known: &Member| known.account == account;
        let known = client.members().unwrap().into_iter().find(member).unwrap();
        let active = client.use_account(account).unwrap();
        assert_eq!((active.user, active.units), (known.user, known.units));
        let report = filed(&client, &format!("X{:08}", u32::from(account == night)));
        assert_eq!(client.report(report).unwrap().unwrap().row.captured_by, account);
    }
    assert_eq!(client.use_account(AccountId::from_bytes([9; 16])).err(), Some(DraftError::NoUnit));
    drop(client);
    assert_eq!(open(folder.path()).unwrap().account().unwrap().unwrap().account, night);
}

#[test]
fn a_member_of_another_unit_moves_to_its_own() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = shared(&folder, &server);
    let own = client.account().unwrap().unwrap().active_unit;
    let second = add_unit(&server, 2);
    client.sign_in(&credentials(PASSWORD)).unwrap();
    client.use_unit(second).unwrap();
    filed(&client, "L898902C3");
    // The night belongs to the first unit alone.
    assert_eq!(client.use_account(night).unwrap().active_unit, own);
    assert_eq!(client.counts().unwrap().queued, 0);
    assert_eq!(client.use_account(day).unwrap().active_unit, own, "the unit that is active stays");
}

#[test]
fn signing_out_ends_the_sign_in_at_the_server_and_needs_none() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = shared(&folder, &server);
    client.sign_out().unwrap();
    // A refresh token of an ended sign-in is refused (`tests/server`).
    assert_eq!([day, night].map(|account| is_signed_in(&server, account)), [false, true]);
    client.use_account(night).unwrap();
    server.stop();
    assert_eq!(client.sign_out().unwrap().account, night);
    assert_eq!(tokens(&folder), 0);
}

#[test]
fn a_run_under_way_ends_with_the_sign_in_and_marks_nothing() {
    let (armed, met) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(2)));
    let (pulls, gate) = (Arc::clone(&armed), Arc::clone(&met));
    let tap = move |exchange: &Exchange| {
        overhear(exchange);
        if exchange.path == "/changes" && pulls.swap(false, Ordering::SeqCst) {
            gate.wait();
            gate.wait();
        }
    };
    let options = Options { tap: Some(Arc::new(tap)), ..options(None, &[]) };
    let (server, folder) = (apoa_server::start(options, |_| {}).unwrap(), Folder::new());
    let client = signed_in(folder.path(), &server);
    filed(&client, "L898902C3");
    armed.store(true, Ordering::SeqCst);
    let summary = thread::scope(|scope| {
        let run = scope.spawn(|| sync_now(&client, 30));
        met.wait();
        let left = client.sign_out().unwrap();
        let summary = run.join().unwrap().unwrap();
        met.wait();
        assert_eq!(left.waiting, 1);
        summary
    });
    assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(StoppedBy::Cancelled)));
    assert!(client.queue().unwrap().iter().all(|row| !row.maybe_sent));
    assert_eq!(tokens(&folder), 0);
}

/// A phone whose active member filed a report and may not send any more: the other one, who is signed in, sends it.
fn sent_in_stead(
    folder: &Folder,
    server: &Running,
    take_away: fn(&Running, AccountId),
) -> (ApoaClient, [AccountId; 2]) {
    let (client, [day, night]) = shared(folder, server);
    let report = filed(&client, "L898902C3");
    take_away(server, day);
    let summary = send_now(&client, 20);
    assert_eq!((summary.received, summary.left, summary.stopped_by), (1, 0, None));
    let both = (day.to_string(), night.to_string());
    assert_eq!(hands(&client, server, report), [both.clone(), both]);
    (client, [day, night])
}

#[test]
fn whoever_is_signed_in_sends_for_one_whose_sign_in_is_over() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = sent_in_stead(&folder, &server, end_sign_in);
    assert_eq!(client.account().unwrap().unwrap().account, day, "the one who works here stays");

    // Where the other one cannot either, it is said what the active one has to do.
    remove_member(&server, night);
    filed(&client, "X00000001");
    let summary = send_now(&client, 20);
    assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(StoppedBy::Auth)));
    assert!(client.queue().unwrap().iter().all(|row| !row.maybe_sent && row.attempts == 0));
}

#[test]
fn whoever_is_signed_in_sends_for_one_who_is_blocked() {
    let (server, folder) = (server(&[]), Folder::new());
    sent_in_stead(&folder, &server, remove_member);
}

#[test]
fn whoever_is_signed_in_sends_for_one_who_is_not() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = shared(&folder, &server);
    let first = filed(&client, "L898902C3");
    client.sign_out().unwrap();
    // Nobody is active: what waits goes all the same.
    assert_eq!(send_now(&client, 20).received, 1);
    client.use_account(day).unwrap();
    let second = filed(&client, "X00000001");
    assert_eq!(send_now(&client, 20).received, 1);
    for report in [first, second] {
        let both = (day.to_string(), night.to_string());
        assert_eq!(hands(&client, &server, report), [both.clone(), both]);
    }
}

#[test]
fn nobody_sends_for_a_unit_that_is_not_his() {
    let (server, folder) = (server(&[]), Folder::new());
    let (client, [day, night]) = shared(&folder, &server);
    let second = add_unit(&server, 2);
    client.sign_in(&credentials(PASSWORD)).unwrap();
    client.use_unit(second).unwrap();
    filed(&client, "L898902C3");
    end_sign_in(&server, day);
    let summary = send_now(&client, 20);
    assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(StoppedBy::Auth)));
    assert!(is_signed_in(&server, night));
}
