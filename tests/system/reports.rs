//! The life of a report over a real store and a real server: drafts, follow-ups, corrections, withdrawals, what is on
//! hold, what other phones did, and who finds what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "reports/overtaken.rs"]
mod overtaken;

use apoa_core::fields::Field;
use apoa_core::ids::{ReportId, Timestamp};
use apoa_core::passport::{Reason, Verdict};
use apoa_core::report::draft::Draft;
use apoa_core::report::finalise::Compared;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::report::plan::NotPossible;
use apoa_core::report::profile::ProfileField;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, Happening, Page, Superseded, SyncError, Withdrawn};
use apoa_server::{OfficeReport, Running, office_reports};
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{all, guest, open, send_now, server, signed_in};
use overtaken::Gate;

fn follow_up(op: OpKind, facts: &[(Field, &str)]) -> FollowUp {
    let mut follow_up = FollowUp::new(op).unwrap();
    for (field, value) in facts {
        follow_up.set(*field, value);
    }
    follow_up
}

fn state(client: &ApoaClient, report: ReportId) -> (Standing, Work, bool) {
    let row = client.report(report).unwrap().unwrap().row;
    (row.standing, row.work, row.closed)
}

fn held(server: &Running, report: ReportId) -> Option<OfficeReport> {
    office_reports(server.db()).unwrap().into_iter().find(|held| held.report_id == report.to_string())
}

fn ops(server: &Running, report: ReportId) -> Vec<String> {
    held(server, report).map(|held| held.ops.into_iter().map(|op| op.kind).collect()).unwrap_or_default()
}

fn fact(client: &ApoaClient, report: ReportId, field: Field) -> Option<String> {
    client.report(report).unwrap().unwrap().facts.get(&field).map(|fact| fact.reveal().clone())
}

fn in_days(client: &ApoaClient, days: i64) -> String {
    client.today().checked_add(jiff::Span::new().days(days)).unwrap().to_string()
}

#[test]
fn a_draft_survives_the_process_and_is_filed_once_it_is_finished() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let mut draft = guest(&client, "L898902C3");
    draft.set(Field::Purpose, "");
    let compared = Compared { verdict: Verdict::Match, reasons: vec![Reason::NameExact] };
    let id = client.save_draft(None, &draft, Some(&compared)).unwrap();
    drop(client);

    let client = open(folder.path()).unwrap();
    assert_eq!(client.counts().unwrap().draft, 1);
    let mut draft = client.draft(id).unwrap().unwrap();
    assert_eq!(draft.get(Field::PassportNumber), Some("L898902C3"));
    let unfinished = client.finalise_draft(id, draft.clone(), None);
    assert!(matches!(unfinished, Err(DraftError::Invalid { .. })), "{unfinished:?}");
    draft.set(Field::Room, "12");
    assert_eq!(client.save_draft(Some(id), &draft, None).unwrap(), id);
    assert_eq!(send_now(&client, 20).sent, 0, "a draft was sent");

    draft.set(Field::Purpose, "holiday");
    let filed = client.finalise_draft(id, draft, None).unwrap();
    assert_eq!((filed.report, state(&client, id)), (id, (Standing::None, Work::Queued, false)));
    assert_eq!(send_now(&client, 20).received, 1);
    assert_eq!(state(&client, id), (Standing::Received, Work::None, false));
    assert_eq!(fact(&client, id, Field::Room).as_deref(), Some("12"));
    let history: Vec<_> = client.report(id).unwrap().unwrap().history.iter().map(|line| line.what).collect();
    assert_eq!(history, [Happening::Drafted, Happening::Drafted, Happening::Finalised, Happening::Proved]);
}

#[test]
fn i08_follow_ups_go_in_order_behind_their_report_and_an_amendment_opens_it_again() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let later = in_days(&client, 9);
    client.follow_up(report, &follow_up(OpKind::Extend, &[(Field::CheckOutPlanned, &later)])).unwrap();
    let left = in_days(&client, 1);
    client.follow_up(report, &follow_up(OpKind::CheckOut, &[(Field::CheckOut, &left)])).unwrap();
    let again = client.follow_up(report, &follow_up(OpKind::Extend, &[(Field::CheckOutPlanned, &later)]));
    assert_eq!(again.err(), Some(DraftError::NotPossible { why: NotPossible::Closed }));
    assert_eq!(client.queue().unwrap().len(), 1, "one line a report");

    let summary = send_now(&client, 30);
    assert_eq!((summary.received, summary.left), (3, 0));
    assert_eq!(ops(&server, report), ["submit", "extend", "check_out"]);
    assert_eq!(state(&client, report), (Standing::Received, Work::None, true));
    let row = client.report(report).unwrap().unwrap();
    assert_eq!(row.row.summary.planned_end.as_ref().unwrap().reveal(), &later);
    assert_eq!((row.receipts.len(), row.facts.get(&Field::Nights)), (3, None));
    assert_eq!(row.sent_by, Some(client.account().unwrap().unwrap().account));

    let mut draft = client.draft(report).unwrap().unwrap();
    draft.set(Field::CheckOut, "");
    let unexplained = client.amend(report, draft.clone(), None);
    assert!(matches!(unexplained, Err(DraftError::Invalid { .. })), "{unexplained:?}");
    draft.set(Field::Remarks, "the guest came back");
    client.amend(report, draft, None).unwrap();
    assert_eq!(send_now(&client, 20).received, 1);
    assert_eq!(state(&client, report), (Standing::Received, Work::None, false));
    assert_eq!(fact(&client, report, Field::CheckOut), None);
}

#[test]
fn what_was_not_sent_is_replaced_and_what_was_is_amended() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let first = client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    let mut draft = client.draft(first.report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    let second = client.amend(first.report, draft.clone(), None).unwrap();
    assert_ne!(second.op, first.op);
    assert_eq!(client.queue().unwrap()[0].kind, Some(OpKind::Submit));
    let _ = send_now(&client, 20);
    assert_eq!(ops(&server, first.report), ["submit"]);

    draft.set(Field::Room, "8");
    client.amend(first.report, draft, None).unwrap();
    assert_eq!(client.queue().unwrap()[0].kind, Some(OpKind::Amend));
    let _ = send_now(&client, 20);
    assert_eq!(ops(&server, first.report), ["submit", "amend"]);
    assert_eq!(fact(&client, first.report, Field::Room).as_deref(), Some("8"));
}

#[test]
fn a_withdrawal_stays_here_unless_the_server_may_have_the_report() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let local = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    assert_eq!(client.withdraw(local, "typed twice"), Ok(Withdrawn::Discarded));
    assert_eq!(state(&client, local), (Standing::None, Work::Discarded, true));
    assert_eq!(send_now(&client, 20).sent, 0);

    // The same stay is free again.
    let sent = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let _ = send_now(&client, 20);
    assert_eq!(client.discard(sent), Err(DraftError::NotPossible { why: NotPossible::Sent }));
    assert!(matches!(client.withdraw(sent, ""), Err(DraftError::Invalid { .. })));
    assert!(matches!(client.withdraw(sent, "wrong guest"), Ok(Withdrawn::Queued(_))));
    let _ = send_now(&client, 20);
    assert_eq!(state(&client, sent), (Standing::Cancelled, Work::None, true));
    assert_eq!(client.counts().unwrap().cancelled, 1);

    let draft = client.save_draft(None, &guest(&client, "X00000001"), None).unwrap();
    client.discard(draft).unwrap();
    assert_eq!(client.counts().unwrap().discarded, 2);
    assert_eq!(client.discard(ReportId::from_bytes([1; 16])), Err(DraftError::NoReport));
}

#[test]
fn an_edited_report_is_held_against_every_other_stay() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let one = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let two = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    let mut draft = client.draft(two).unwrap().unwrap();
    draft.set(Field::PassportNumber, "L898902C3");
    let clash = client.amend(two, draft.clone(), None);
    assert_eq!(clash.err(), Some(DraftError::Duplicate { existing: one }));
    client.amend(two, draft.clone(), Some("came back the same day")).unwrap();
    // What it says about itself is no clash with itself.
    draft.set(Field::Room, "4");
    client.amend(two, draft, None).unwrap();
}

#[test]
fn the_file_itself_refuses_a_second_live_report_of_one_stay_and_takes_one_that_is_over() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let one = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let two = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    let database = look(&units(folder.path()).remove(0));
    let same = "UPDATE report SET (doc_mac, dedup_mac) = (SELECT doc_mac, dedup_mac FROM report WHERE id = ?1) WHERE id = ?2";
    let refused = database.execute(same, (one.as_bytes(), two.as_bytes()));
    assert!(refused.unwrap_err().to_string().contains("UNIQUE constraint failed"));
    let over = "UPDATE report SET work = 5 WHERE id = ?1";
    assert_eq!(database.execute(over, [one.as_bytes()]), Ok(1));
    assert_eq!(database.execute(same, (one.as_bytes(), two.as_bytes())), Ok(1));
    let back = database.execute("UPDATE report SET work = 2 WHERE id = ?1", [one.as_bytes()]);
    assert!(back.unwrap_err().to_string().contains("UNIQUE constraint failed"));
}

/// A report that another phone moved on while an amendment of this one waited.
fn overtaken(server: &Running, desk: &ApoaClient, other: &ApoaClient, passport: &str) -> ReportId {
    let report = desk.finalise(guest(desk, passport), None, None).unwrap().report;
    let _ = send_now(desk, 20);
    let _ = send_now(other, 20);
    let mut draft = desk.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "7");
    desk.amend(report, draft, None).unwrap();
    let later = in_days(other, 9);
    other.follow_up(report, &follow_up(OpKind::Extend, &[(Field::CheckOutPlanned, &later)])).unwrap();
    assert_eq!(send_now(other, 20).received, 1);
    let _ = send_now(desk, 20);
    let line = &desk.queue().unwrap()[0];
    assert_eq!((line.work, line.problem.as_deref()), (Work::Wedged, Some("APOA-R352")));
    assert_eq!(ops(server, report), ["submit", "extend"]);
    report
}

#[test]
fn an_op_on_hold_is_edited_retried_superseded_or_withdrawn() {
    let server = server(&[]);
    let (desk, other) = (Folder::new(), Folder::new());
    let (desk, other) = (signed_in(desk.path(), &server), signed_in(other.path(), &server));
    let later = in_days(&desk, 9);
    let extend = follow_up(OpKind::Extend, &[(Field::CheckOutPlanned, &later)]);

    let report = overtaken(&server, &desk, &other, "X00000001");
    let behind = desk.follow_up(report, &extend);
    assert_eq!(behind.err(), Some(DraftError::NotPossible { why: NotPossible::Wedged }));
    // The same bytes meet the same answer.
    assert_eq!((desk.retry(report), desk.retry(report)), (Ok(true), Ok(false)));
    let _ = send_now(&desk, 20);
    assert_eq!(state(&desk, report).1, Work::Wedged);
    assert_eq!(desk.supersede(report), Ok(Superseded::Replaced));
    assert_eq!(desk.supersede(report), Ok(Superseded::NotHeld));
    assert_eq!(send_now(&desk, 20).received, 1);
    assert_eq!(ops(&server, report), ["submit", "extend", "amend"]);

    let report = overtaken(&server, &desk, &other, "X00000002");
    let mut draft = desk.draft(report).unwrap().unwrap();
    draft.set(Field::Room, "9");
    desk.amend(report, draft, None).unwrap();
    assert_eq!(send_now(&desk, 20).received, 1);
    assert_eq!(ops(&server, report), ["submit", "extend", "amend"]);

    let report = overtaken(&server, &desk, &other, "X00000003");
    assert!(matches!(desk.withdraw(report, "wrong guest"), Ok(Withdrawn::Queued(_))));
    assert_eq!(send_now(&desk, 20).received, 1);
    assert_eq!(state(&desk, report), (Standing::Cancelled, Work::None, true));
}

#[test]
fn beside_a_run_nobody_else_renews_the_sign_in() {
    let (server, gate) = Gate::server();
    let (folder, other) = (Folder::new(), Folder::new());
    let (desk, other) = (signed_in(folder.path(), &server), signed_in(other.path(), &server));
    let report = overtaken(&server, &desk, &other, "X00000001");
    let expire = || look(&folder.path().join("device.db")).execute("UPDATE token SET expires_ms = 0", []);

    let (run, beside) = gate.meanwhile(&desk, || expire().map(|_| desk.supersede(report)));
    assert_eq!((beside, run.stopped_by), (Ok(Err(SyncError::AlreadyRunning)), None));
    assert_eq!(desk.supersede(report), Ok(Superseded::Replaced));
    assert_eq!(send_now(&desk, 20).received, 1);
}

#[test]
fn a_question_about_an_op_renews_a_sign_in_that_the_server_calls_over() {
    let server = server(&[]);
    let (folder, other) = (Folder::new(), Folder::new());
    let (desk, other) = (signed_in(folder.path(), &server), signed_in(other.path(), &server));
    let report = overtaken(&server, &desk, &other, "X00000001");
    // The phone still believes in its access token.
    let office = look(server.db());
    office.execute("UPDATE access SET expires_ms = 0", []).unwrap();
    assert_eq!(desk.supersede(report), Ok(Superseded::Replaced));
    assert_eq!(send_now(&desk, 20).received, 1);
}

#[test]
fn what_another_phone_reported_is_a_row_here_and_takes_follow_ups() {
    let server = server(&[]);
    let (desk, back_office) = (Folder::new(), Folder::new());
    let desk = signed_in(desk.path(), &server);
    let other = signed_in(back_office.path(), &server);
    let report = desk.finalise(guest(&desk, "L898902C3"), None, None).unwrap().report;
    let _ = send_now(&desk, 20);
    let _ = send_now(&other, 20);

    let row = other.reports(all()).unwrap().pop().unwrap();
    assert_eq!((row.report, row.here, row.readable, row.standing), (report, false, true, Standing::Received));
    assert_eq!(row.summary.passport_number.as_ref().unwrap().reveal(), "L898902C3");
    assert_eq!(other.search("l898902c3", 10, None).unwrap().len(), 1);
    let twice = other.finalise(guest(&other, "L898902C3"), None, None);
    assert_eq!(twice.err(), Some(DraftError::Duplicate { existing: report }));
    let edit = other.amend(report, Draft::new(ReportKind::LodgingCheckIn), None);
    assert_eq!(edit.err(), Some(DraftError::NotPossible { why: NotPossible::Elsewhere }));

    let before = in_days(&other, -2);
    let early = other.follow_up(report, &follow_up(OpKind::CheckOut, &[(Field::CheckOut, &before)]));
    assert!(matches!(early, Err(DraftError::Invalid { .. })), "{early:?}");
    let left = in_days(&other, 1);
    other.follow_up(report, &follow_up(OpKind::CheckOut, &[(Field::CheckOut, &left)])).unwrap();
    assert_eq!(send_now(&other, 20).received, 1);
    assert_eq!(state(&other, report), (Standing::Received, Work::None, true));
    let _ = send_now(&desk, 20);
    assert_eq!(state(&desk, report), (Standing::Received, Work::None, true));
}

#[test]
fn lists_page_and_a_search_finds_by_number_name_and_room() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    for number in 0..7 {
        let mut draft = guest(&client, &format!("X0000000{number}"));
        draft.set(Field::Room, &format!("10{number}"));
        if number == 3 {
            draft.set(Field::FullName, "SPECIMEN ANNA");
        }
        client.finalise(draft, None, None).unwrap();
    }
    let mut seen = Vec::new();
    loop {
        let after = seen.last().copied();
        let page =
            client.reports(Page { after, limit: 3, work: Some(Work::Queued), standing: None }).unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|row| row.report));
    }
    let whole: Vec<_> = client.reports(all()).unwrap().iter().map(|row| row.report).collect();
    assert_eq!((seen.len(), &seen), (7, &whole));

    let find = |text: &str| client.search(text, 50, None).unwrap().len();
    assert_eq!(find("x 0000 0004"), 1);
    assert_eq!((find("anna"), find("eriks anna"), find("specimen"), find("nobody")), (7, 6, 1, 0));
    assert_eq!((find("103"), find("spec 103"), find("spec 104")), (1, 1, 0));
    let first = client.search("anna", 4, None).unwrap();
    let rest = client.search("anna", 4, first.last().map(|row| row.report)).unwrap();
    assert_eq!((first.len(), rest.len()), (4, 3));
}

#[test]
fn a_shift_leaves_what_is_to_be_done_what_was_begun_and_what_it_touched() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    client.finalise(guest(&client, "L898902C3"), None, None).unwrap();
    client.save_draft(None, &guest(&client, "X00000001"), None).unwrap();
    let list = client.hand_over(Timestamp(0)).unwrap();
    assert_eq!((list.to_do.len(), list.drafts.len(), list.touched.len()), (1, 1, 1));
    assert_eq!((list.counts.draft, list.counts.queued), (1, 1));
    let later = client.hand_over(Timestamp(i64::MAX)).unwrap();
    assert_eq!((later.to_do.len(), later.touched.len()), (1, 0));
}

#[test]
fn a_unit_says_once_what_its_reports_begin_with() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let gaps = client.profile_gaps().unwrap();
    assert!(gaps.contains(&ProfileField::Zone), "{gaps:?}");
    let mut profile = client.profile().unwrap();
    for (field, value) in [
        (ProfileField::Guarantor, "PT Contoh Uji"),
        (ProfileField::WorkAddress, "Jl. Contoh 1"),
        (ProfileField::Zone, "WIT"),
    ] {
        profile.set(field, value).unwrap();
    }
    client.set_profile(&profile).unwrap();
    drop(client);
    let client = open(folder.path()).unwrap();
    let draft = client.new_draft(ReportKind::WorkerStart);
    assert_eq!(
        (draft.get(Field::Guarantor), draft.get(Field::WorkAddress)),
        (Some("PT Contoh Uji"), Some("Jl. Contoh 1"))
    );
    assert_eq!(client.profile_gaps().unwrap().len(), gaps.len() - 1);
}
