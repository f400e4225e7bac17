//! The office decides while phones are away: what it said reaches them at the next run, and nothing that waits on a phone
//! is lost to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::receipt::Decision as Told;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, ItemOutcome, ReportDetail};
use apoa_server::{Decision, Running, office_decide, office_reports};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{guest, send_now, server, signed_in};

fn decide(server: &Running, report: ReportId, decision: &Decision) {
    office_decide(server.db(), &report.to_string(), decision).unwrap().unwrap();
}

fn correct(fields: &[Field]) -> Decision {
    Decision::Correct { fields: fields.iter().map(ToString::to_string).collect() }
}

fn received(client: &ApoaClient, passport: &str) -> ReportId {
    let report = client.finalise(guest(client, passport), None, None).unwrap().report;
    assert_eq!(send_now(client, 20).left, 0);
    report
}

fn detail(client: &ApoaClient, report: ReportId) -> ReportDetail {
    client.report(report).unwrap().unwrap()
}

fn state(client: &ApoaClient, report: ReportId) -> (Standing, Work) {
    let row = detail(client, report).row;
    (row.standing, row.work)
}

/// Changes the room, as somebody who reads what the office asks for.
fn amend(client: &ApoaClient, report: ReportId, room: &str) {
    let mut draft = client.draft(report).unwrap().unwrap();
    draft.set(Field::Room, room);
    client.amend(report, draft, None).unwrap();
}

fn at_the_office(server: &Running, report: ReportId) -> String {
    let held = office_reports(server.db()).unwrap();
    held.into_iter().find(|held| held.report_id == report.to_string()).unwrap().state
}

#[test]
fn a_decision_made_while_the_phone_is_away_reaches_it_at_the_next_run() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let (good, bad) = (received(&client, "L898902C3"), received(&client, "X00000001"));
    decide(&server, good, &Decision::Accept);
    let reason = "the other lodging reported this stay";
    decide(&server, bad, &Decision::Reject { reason: reason.to_owned() });
    assert_eq!(state(&client, good), (Standing::Received, Work::None), "it has not heard yet");

    let items = send_now(&client, 20).items;
    let told: Vec<_> = items.iter().map(|item| (item.report, item.outcome, item.problem)).collect();
    assert_eq!(told, [(good, ItemOutcome::Decided, None), (bad, ItemOutcome::Decided, Some(Code::Rejected))]);
    assert_eq!(state(&client, good), (Standing::Accepted, Work::None));
    let refused = detail(&client, bad);
    assert_eq!((refused.row.standing, refused.row.closed), (Standing::Rejected, true));
    assert_eq!(refused.decision, Told { asks: None, reason: Some(reason.to_owned()) });
    assert!(!refused.facts.is_empty(), "the data are kept");
    assert_eq!(send_now(&client, 20).items, [], "told once");
}

#[test]
fn what_the_office_asks_to_correct_is_shown_and_answered_by_an_amendment() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let report = received(&client, "L898902C3");
    decide(&server, report, &correct(&[Field::Room]));
    let item = send_now(&client, 20).items.pop().unwrap();
    assert_eq!((item.work, item.problem), (Work::NeedsCorrection, Some(Code::CorrectionAsked)));
    let asked = detail(&client, report);
    assert_eq!(asked.decision.asks, Some(vec![Field::Room]));
    assert_eq!(client.counts().unwrap().needs_correction, 1);
    assert_eq!(client.queue().unwrap()[0].problem.as_deref(), Some("APOA-R350"));

    // Asked again for more before anybody answered: the newest word counts.
    decide(&server, report, &correct(&[Field::Room, Field::FullName]));
    let _ = send_now(&client, 20);
    assert_eq!(detail(&client, report).decision.asks, Some(vec![Field::FullName, Field::Room]));

    amend(&client, report, "27");
    let answered = send_now(&client, 20);
    assert_eq!((answered.received, answered.left), (1, 0));
    assert_eq!(state(&client, report), (Standing::Received, Work::None));
    assert_eq!(detail(&client, report).decision, Told::default());
    assert_eq!(at_the_office(&server, report), "received");
    decide(&server, report, &Decision::Accept);
    let _ = send_now(&client, 20);
    assert_eq!(state(&client, report), (Standing::Accepted, Work::None));
}

#[test]
fn a_decision_never_overwrites_what_was_typed_and_not_yet_sent() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(folder.path(), &server);
    for (passport, decision, standing) in [
        ("L898902C3", Decision::Accept, Standing::Received),
        ("X00000001", correct(&[Field::FullName]), Standing::Received),
    ] {
        let report = received(&client, passport);
        amend(&client, report, "27");
        let before = detail(&client, report).facts;
        decide(&server, report, &decision);
        let summary = send_now(&client, 20);
        assert_eq!((summary.received, summary.left), (1, 0));
        let after = detail(&client, report);
        assert_eq!(
            (after.row.standing, after.row.work),
            (standing, Work::None),
            "the office has to look anew"
        );
        assert_eq!(after.facts, before);
        assert_eq!(after.facts.get(&Field::Room).unwrap().reveal(), "27");
        assert_eq!(at_the_office(&server, report), "received");
    }
    let rejected = received(&client, "X00000002");
    amend(&client, rejected, "27");
    decide(&server, rejected, &Decision::Reject { reason: "twice".to_owned() });
    let _ = send_now(&client, 20);
    let kept = detail(&client, rejected);
    assert_eq!(
        (kept.row.standing, kept.facts.get(&Field::Room).unwrap().reveal().as_str()),
        (Standing::Rejected, "27")
    );
}

#[test]
fn a_decision_about_an_op_whose_answer_was_lost_is_not_lost_with_it() {
    let (server, folder) = (server(&["drop_after_commit@/ops*4"]), Folder::new());
    let client = signed_in(folder.path(), &server);
    let mut filed = Vec::new();
    for (passport, decision, expected) in [
        ("L898902C3", Decision::Accept, (Standing::Accepted, Work::None)),
        ("X00000001", correct(&[Field::Room]), (Standing::Received, Work::NeedsCorrection)),
    ] {
        let report = client.finalise(guest(&client, passport), None, None).unwrap().report;
        filed.push((report, decision, expected));
    }
    // The budget ends before the next attempt: the server has both, the phone knows of neither.
    let _ = send_now(&client, 4);
    assert!(filed.iter().all(|(report, ..)| state(&client, *report) == (Standing::None, Work::Queued)));
    for (report, decision, _) in &filed {
        decide(&server, *report, decision);
    }
    assert_eq!(send_now(&client, 60).received, 2);
    for (report, _, expected) in filed {
        assert_eq!(state(&client, report), expected);
    }
}

#[test]
fn a_correction_goes_to_the_phone_that_has_the_data_and_is_over_wherever_it_is_made() {
    let (server, one, two) = (server(&[]), Folder::new(), Folder::new());
    let (maker, other) = (signed_in(one.path(), &server), signed_in(two.path(), &server));
    let report = received(&maker, "L898902C3");
    decide(&server, report, &correct(&[Field::Room]));
    let _ = (send_now(&maker, 20), send_now(&other, 20));
    assert_eq!(state(&maker, report), (Standing::Received, Work::NeedsCorrection));
    assert_eq!(state(&other, report), (Standing::Received, Work::None), "it has nothing to correct");
    decide(&server, report, &Decision::Accept);
    let _ = send_now(&maker, 20);
    assert_eq!(state(&maker, report), (Standing::Accepted, Work::None), "asked no more");
}
