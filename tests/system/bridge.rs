//! Reports through the bridge, as Kotlin and Swift call it, over a real store and a real server.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use apoa_ffi::{
    ApoaClient, Check, Compared, Config, Counts, Credentials, Draft, DraftError, FollowUp, FollowUpKind,
    Happening, Hold, Instant, ListenerError, LookUpKey, LookUpRequest, NumberKind, Observer, Obstacle,
    OpKind, Page, PhotoProblem, Profile, ProfileField, ProfileSync, Reason, ReceiptCheck, ReportKind,
    Standing, StoppedBy, StoreError, Superseded, SyncError, SyncRequest, TriedVerdict, Trigger,
    TryOutRequest, Verdict, Withdrawn, Work,
};
use apoa_server::Running;
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, USER, server};

const BUDGET_MS: i64 = 20_000;

const EVER: Instant = apoa_core::ids::Timestamp(0);

/// Counts what it hears, and fails every time.
#[derive(Default)]
struct Heard(AtomicUsize);

impl Observer for Heard {
    fn changed(&self, _: Counts) -> Result<(), ListenerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(ListenerError::Failed)
    }
}

fn open(folder: &Folder, server: &Running, observer: Option<Arc<dyn Observer>>) -> ApoaClient {
    let config = Config {
        data_dir: folder.path().to_string_lossy().into_owned(),
        server: Some(server.url().to_owned()),
        trust: Some(std::fs::read_to_string(server.trust_file()).unwrap()),
        client_id: "apoa-tests".to_owned(),
        platform: "test".to_owned(),
    };
    ApoaClient::open_with_file_vault(config, observer).unwrap()
}

fn password(password: &str) -> Credentials {
    Credentials::Password { user: USER.to_owned(), password: password.to_owned() }
}

fn signed_in(folder: &Folder, server: &Running) -> ApoaClient {
    let client = open(folder, server, None);
    client.sign_in(password(PASSWORD)).unwrap();
    client
}

fn facts(facts: &[(&str, &str)]) -> HashMap<String, String> {
    facts.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect()
}

fn guest(client: &ApoaClient, passport: &str) -> Draft {
    let today = client.today().unwrap();
    let mut draft = client.new_draft(ReportKind::LodgingCheckIn).unwrap();
    draft.facts.extend(facts(&[
        ("full_name", "ERIKSSON ANNA MARIA"),
        ("birth_date", "1974-08-12"),
        ("nationality", "UTO"),
        ("sex", "F"),
        ("passport_number", passport),
        ("check_in", &today),
        ("nights", "3"),
        ("purpose", "holiday"),
    ]));
    client.fill_defaults(draft).unwrap()
}

fn send() -> SyncRequest {
    SyncRequest { run: 1, budget_ms: BUDGET_MS, trigger: Trigger::Person }
}

fn page() -> Page {
    Page { work: None, standing: None, limit: 10, after: None }
}

#[test]
fn a_report_goes_from_draft_to_receipt_and_a_screen_that_fails_harms_nothing() {
    let (server, folder, heard) = (server(&[]), Folder::new(), Arc::new(Heard::default()));
    let client = open(&folder, &server, Some(heard.clone()));
    assert_eq!(client.sign_in(password("wrong")).err(), Some(SyncError::WrongSecret));
    let account = client.sign_in(password(PASSWORD)).unwrap();
    assert_eq!((account.user.as_str(), client.members().unwrap().len()), (USER, 1));
    assert_eq!(account.units[0].unit, account.active_unit);

    let compared = Compared { verdict: Verdict::Match, reasons: vec![Reason::NameExact] };
    let report = client.save_draft(None, guest(&client, "L898902C3"), Some(compared)).unwrap();
    assert_eq!(client.counts().unwrap().draft, 1);
    let draft = client.draft(report).unwrap().unwrap();
    assert_eq!(client.check(draft.clone()).unwrap(), []);
    let filed = client.finalise_draft(report, draft.clone(), None).unwrap();
    assert!(filed.report == report && filed.due.is_some());
    assert!(heard.0.load(Ordering::Relaxed) > 1);
    let again = client.finalise(draft, None, None);
    assert_eq!(again.err(), Some(DraftError::Duplicate { existing: report }));

    let [row] = &client.queue().unwrap()[..] else { panic!("one row") };
    assert_eq!((row.op, row.kind, row.work), (Some(filed.op), Some(OpKind::Submit), Work::Queued));
    let tried = client.try_out(TryOutRequest { run: 2, budget_ms: BUDGET_MS }).unwrap();
    assert_eq!((tried[0].op, tried[0].verdict), (filed.op, TriedVerdict::Applied));

    client.cancel(1).unwrap();
    let cancelled = client.sync(send()).unwrap();
    assert_eq!((cancelled.stopped_by, cancelled.received), (Some(StoppedBy::Cancelled), 0));
    let sent = client.sync(send()).unwrap();
    assert_eq!((sent.received, sent.left, sent.stopped_by), (1, 0, None));
    assert_eq!((sent.items[0].report, sent.items[0].standing), (report, Standing::Received));

    let detail = client.report(report).unwrap().unwrap();
    assert_eq!(detail.facts["passport_number"], "L898902C3");
    assert_eq!(detail.sent_by, Some(account.account));
    assert_eq!(detail.history.last().unwrap().what, Happening::Proved);
    for (passport, fits) in [("L898902C3", true), ("X00000001", false)] {
        let check = client.verify_receipt(detail.receipts[0].clone(), Some(passport.to_owned())).unwrap();
        let ReceiptCheck::Proved { report: about, standing, passport, .. } = check else {
            panic!("{check:?}")
        };
        assert_eq!((about, standing, passport), (report, Standing::Received, Some(fits)));
    }
    let forged = client.verify_receipt("e30.e30.e30".to_owned(), None).unwrap();
    assert!(matches!(forged, ReceiptCheck::NotProved { .. }));
    assert_eq!(client.search("eriksson".to_owned(), 5, None).unwrap()[0].report, report);
    assert_eq!(client.reports(page()).unwrap().len(), 1);
    let none = Page { work: Some(Work::Wedged), ..page() };
    assert!(client.reports(none).unwrap().is_empty());
}

#[test]
fn a_report_is_changed_held_and_withdrawn_and_what_may_not_be_is_a_typed_error() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(&folder, &server);
    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let mut corrected = client.draft(report).unwrap().unwrap();
    corrected.facts.insert("room".to_owned(), "12".to_owned());
    client.amend(report, corrected, None).unwrap();
    let change = FollowUp { kind: FollowUpKind::Change, facts: facts(&[("change", "site")]) };
    let other_kind = client.follow_up(report, change).err();
    assert_eq!(other_kind, Some(DraftError::NotPossible { why: Obstacle::OtherKind }));
    let incomplete = FollowUp { kind: FollowUpKind::Extend, facts: HashMap::new() };
    let Some(DraftError::Invalid { problems }) = client.follow_up(report, incomplete).err() else { panic!() };
    assert_eq!(problems[0].field, "check_out_planned");
    let refused = client.attach(report, &[0xff, 0xd8, 0xff]).err().unwrap();
    assert_eq!(refused, DraftError::PhotoRefused { why: PhotoProblem::NotTaken });

    client.set_hold(report, Hold::Set).unwrap();
    assert!(client.report(report).unwrap().unwrap().row.hold);
    client.set_hold(report, Hold::Cleared).unwrap();
    assert!(!client.retry(report).unwrap());
    assert_eq!(client.supersede(report).unwrap(), Superseded::NotHeld);

    assert_eq!(client.withdraw(report, "typed twice".to_owned()).unwrap(), Withdrawn::Discarded);
    let second = client.finalise(guest(&client, "X00000001"), None, None).unwrap().report;
    client.sync(send()).unwrap();
    let Withdrawn::Queued { cancel } = client.withdraw(second, "typed twice".to_owned()).unwrap() else {
        panic!("the server has it")
    };
    assert_eq!(cancel.report, second);
    assert_eq!(client.discard(second).err().map(|error| error.code().unwrap()), Some("APOA-V311".to_owned()));
    let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    assert_eq!(client.discard(nobodys).err(), Some(DraftError::NoReport));
}

#[test]
fn the_unit_its_people_and_its_upkeep_are_reached() {
    let (server, folder) = (server(&[]), Folder::new());
    let client = signed_in(&folder, &server);
    let account = client.account().unwrap().unwrap();
    let profile = |zone: &str| Profile { facts: HashMap::from([(ProfileField::Zone, zone.to_owned())]) };
    let bad = client.set_profile(profile("CET")).err();
    assert_eq!(bad, Some(DraftError::BadValue { field: ProfileField::Zone }));
    client.set_profile(profile("WITA")).unwrap();
    assert!(client.profile_waits().unwrap() && !client.profile_gaps().unwrap().is_empty());
    assert_eq!(client.sync_profile(BUDGET_MS).unwrap(), ProfileSync::InLine);
    assert_eq!(client.profile().unwrap().facts[&ProfileField::Zone], "WITA");
    assert_eq!(client.staff(BUDGET_MS).unwrap()[0].account, account.account);
    assert_eq!(client.devices(BUDGET_MS).unwrap().len(), 1);
    let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    assert!(!client.revoke_device(nobodys, BUDGET_MS).unwrap());
    assert_eq!(client.use_unit(account.active_unit).unwrap().account, account.account);
    let key = LookUpKey::PrintedNumber { kind: NumberKind::Permit, number: "2C99XX0000".to_owned() };
    let _ = client.look_up(key, LookUpRequest { run: 3, budget_ms: BUDGET_MS }).unwrap();

    let report = client.finalise(guest(&client, "L898902C3"), None, None).unwrap().report;
    let shift = client.hand_over(EVER).unwrap();
    assert_eq!((shift.counts.queued, shift.to_do[0].report), (1, report));
    assert!(client.events(EVER).unwrap().iter().any(|event| event.report == Some(report)));
    assert_eq!(client.rotate_keys().unwrap().reports, 1);
    let extract = client.breach_extract().unwrap();
    assert_eq!((extract.unit, extract.reports[0].report), (account.active_unit, report));
    assert_eq!(client.upkeep().unwrap().purged, 0);
    assert!(client.salvages().unwrap().is_empty() && client.rescued().unwrap().is_none());
    let doctor = client.doctor().unwrap();
    assert!(doctor.iter().all(|finding| finding.problem.is_none()), "{doctor:?}");
    assert!(doctor.iter().any(|finding| finding.check == Check::Server));

    client.lock().unwrap();
    assert_eq!(client.reports(page()).unwrap().len(), 1, "the vault answers again");
    client.suspend().unwrap();
    assert_eq!(client.counts().err(), Some(StoreError::Closed));
    client.resume().unwrap();
    let left = client.sign_out().unwrap();
    assert_eq!((left.account, left.waiting, left.units), (account.account, 1, 1));
    assert!(client.account().unwrap().is_none() && !client.is_revoked().unwrap());
    assert_eq!(client.use_account(account.account).unwrap().active_unit, account.active_unit);
}
