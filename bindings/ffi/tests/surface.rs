//! The surface as Kotlin and Swift see it, called from Rust: conversions, typed errors, a vault that fails.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::Arc;

use apoa_ffi::{
    ApoaClient, Config, Credentials, Draft, DraftError, FrameLayout, Hint, Instant, KeyVault, ListenerError,
    Page, PictureFault, ReportId, ReportKind, Rotation, ScanError, Scanned, Scanner, SetUp, Standing,
    StoreError, SyncError, SyncRequest, Trigger, VaultError, WhyUnavailable,
};

const EVER: Instant = apoa_core::ids::Timestamp(0);

fn config(folder: &tempfile::TempDir) -> Config {
    Config {
        data_dir: folder.path().to_string_lossy().into_owned(),
        server: None,
        trust: None,
        client_id: "test".to_owned(),
        platform: "test".to_owned(),
    }
}

fn draft(code: &str, value: &str) -> Draft {
    Draft { kind: ReportKind::LodgingCheckIn, facts: HashMap::from([(code.to_owned(), value.to_owned())]) }
}

/// A vault whose every call fails in the way given.
struct Failing(VaultError);

impl KeyVault for Failing {
    fn create(&self, _: String) -> Result<(), VaultError> {
        Err(self.0)
    }

    fn wrap(&self, _: String, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Err(self.0)
    }

    fn unwrap(&self, _: String, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Err(self.0)
    }

    fn delete(&self, _: String) -> Result<(), VaultError> {
        Err(self.0)
    }
}

#[test]
fn before_the_first_sign_in_everything_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let client = ApoaClient::open_with_file_vault(config(&folder), None).unwrap();
    assert!(client.account().unwrap().is_none());
    assert_eq!(client.counts().unwrap().queued, 0);
    let problems = client.check(draft("full_name", "ERIKSSON ANNA MARIA")).unwrap();
    assert!(problems.iter().any(|problem| problem.field == "purpose" && problem.code == "APOA-V301"));
    assert_eq!(client.finalise(draft("full_name", "ERIKSSON"), None, None).err(), Some(DraftError::NoUnit));
    let password = Credentials::Password { user: "resepsionis".to_owned(), password: "secret".to_owned() };
    let sign_in = client.sign_in(password);
    assert_eq!(sign_in.err(), Some(SyncError::NotSetUp { missing: SetUp::Server }));
}

#[test]
fn arguments_that_are_not_of_their_form_are_typed_errors() {
    let folder = tempfile::tempdir().unwrap();
    let client = ApoaClient::open_with_file_vault(config(&folder), None).unwrap();
    let unknown = client.check(draft("pasport_number", "L898902C3")).err();
    assert_eq!(
        unknown,
        Some(DraftError::UnknownField {
            code: "pasport_number".to_owned(),
            nearest: "passport_number".to_owned()
        })
    );
    assert!(client.reports(Page { work: None, standing: None, limit: -1, after: None }).is_err());
}

#[test]
fn a_vault_that_fails_is_told_by_its_kind_and_nothing_is_made() {
    for (fails, why) in [
        (VaultError::Locked, WhyUnavailable::NotUnlocked),
        (VaultError::Lost, WhyUnavailable::Gone),
        (VaultError::Failed, WhyUnavailable::Unexpected),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let opened = ApoaClient::open(config(&folder), Arc::new(Failing(fails)), None);
        assert_eq!(
            opened.err(),
            Some(SyncError::StoreFailed { failure: StoreError::KeyUnavailable { why } })
        );
        assert!(ApoaClient::open_with_file_vault(config(&folder), None).is_ok());
    }
}

#[test]
fn nobody_s_client_answers_every_list_and_refuses_every_change_by_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let client = ApoaClient::open_with_file_vault(config(&folder), None).unwrap();
    let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057";
    let report: ReportId = nobodys.parse().unwrap();
    let page = Page { work: None, standing: Some(Standing::Received), limit: 5, after: Some(report) };
    assert!(client.reports(page).unwrap().is_empty() && client.queue().unwrap().is_empty());
    assert!(client.report(report).unwrap().is_none() && client.draft(report).unwrap().is_none());
    assert!(client.search("eriksson".to_owned(), 5, None).unwrap().is_empty());
    assert!(client.events(EVER).unwrap().is_empty());
    for refused in [
        client.discard(report).err(),
        client.retry(report).err(),
        client.withdraw(report, "typed twice".to_owned()).err(),
        client.save_draft(None, draft("room", "1"), None).err(),
        client.use_account(nobodys.parse().unwrap()).err(),
        client.use_unit(nobodys.parse().unwrap()).err(),
        client.rotate_keys().err(),
    ] {
        assert_eq!(refused.as_ref(), Some(&DraftError::NoUnit));
        assert_eq!(refused.unwrap().code().unwrap(), "APOA-A601");
    }
    let not_signed_in = Some(SyncError::NotSetUp { missing: SetUp::SignIn });
    let request = SyncRequest { run: -1, budget_ms: -1, trigger: Trigger::Person };
    assert_eq!(client.sync(request).err(), not_signed_in);
    assert_eq!(client.sign_out().err(), not_signed_in);
    assert_eq!(client.staff(-1).err(), not_signed_in);
    let receipt = client.verify_receipt("e30.e30.e30".to_owned(), None).err().unwrap();
    assert_eq!(receipt.code().unwrap(), "APOA-A606");
}

#[test]
fn a_suspended_client_says_so_until_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let client = ApoaClient::open_with_file_vault(config(&folder), None).unwrap();
    client.suspend().unwrap();
    client.suspend().unwrap();
    let closed = client.members().err().unwrap();
    assert_eq!((closed.clone(), closed.code().unwrap().as_str()), (StoreError::Closed, "APOA-X902"));
    client.resume().unwrap();
    assert_eq!(client.members().map(|members| members.len()), Ok(0));
    let second = ApoaClient::open_with_file_vault(config(&folder), None).err();
    assert_eq!(second, Some(SyncError::StoreFailed { failure: StoreError::Busy }));
}

#[test]
fn settings_that_lead_nowhere_are_typed_errors() {
    let folder = tempfile::tempdir().unwrap();
    for (server, trust, missing) in
        [(Some("no address"), None, SetUp::Server), (None, Some("no certificate"), SetUp::Trust)]
    {
        let [server, trust] = [server, trust].map(|text| text.map(str::to_owned));
        let opened = ApoaClient::open_with_file_vault(Config { server, trust, ..config(&folder) }, None);
        assert_eq!(opened.err(), Some(SyncError::NotSetUp { missing }));
    }
}

#[test]
fn a_picture_that_is_none_is_a_typed_error() {
    let scanner = Scanner::new().unwrap();
    let refused = scanner.scan_still(b"no picture", 100, None).err().unwrap();
    assert_eq!(refused, ScanError::BadPicture { reason: PictureFault::Format });
    assert_eq!(refused.code().unwrap(), "APOA-S110");
    assert!(scanner.report().unwrap().starts_with('{'));
}

#[test]
fn what_a_platform_throws_unforeseen_becomes_a_kind_without_its_text() {
    let thrown = || uniffi::UnexpectedUniFFICallbackError::new("L898902C3");
    assert_eq!(VaultError::from(thrown()), VaultError::Failed);
    assert!(!ListenerError::from(thrown()).to_string().contains("L898902C3"));
}

#[test]
fn a_frame_is_proved_before_it_is_read() {
    let scanner = Scanner::new().unwrap();
    let layout = |width, height, row_stride| FrameLayout {
        width,
        height,
        row_stride,
        rotation: Rotation::Upright,
        region: None,
    };
    let luma = vec![128; 64 * 48];
    let scan = |luma, layout| scanner.set_layout(layout).and_then(|()| scanner.scan(luma, 0, 33));
    let early = scanner.scan(&luma, 0, 33).err().unwrap();
    assert_eq!(early, ScanError::BadFrame { reason: "no layout was said".to_owned() });
    assert_eq!(early.code().unwrap(), "APOA-S109");
    for lying in [layout(64, 49, 64), layout(64, 48, 63), layout(0, 0, 0), layout(-1, 48, 64)] {
        assert!(matches!(scan(&luma, lying), Err(ScanError::BadFrame { .. })));
    }
    // The last row may end at its last pixel.
    scan(&luma[..47 * 64 + 60], layout(60, 48, 64)).unwrap();
    // What was refused has not become the layout.
    assert!(scanner.set_layout(layout(60, -1, 64)).is_err());
    scanner.scan(&luma[..47 * 64 + 60], 33, 33).unwrap();
    assert!(scanner.scan(&luma[..47 * 64 + 59], 66, 33).is_err());
}

#[test]
fn an_answer_is_news_until_it_was_fetched_and_again_when_it_changes() {
    let scanner = Scanner::new().unwrap();
    let layout =
        FrameLayout { width: 64, height: 48, row_stride: 64, rotation: Rotation::Upright, region: None };
    scanner.set_layout(layout).unwrap();
    let dark = vec![0; 64 * 48];
    let scan = |at_ms| scanner.scan(&dark, at_ms, 33).unwrap();
    let hint = || match scanner.seen().unwrap() {
        Scanned::Nothing { hint } => hint,
        _ => None,
    };
    assert!(hint().is_none());
    assert!(scan(0) && scan(33));
    assert!(hint() == Some(Hint::Aim) && !scan(66));
    // A hint is drawn once it had its time.
    assert!(scan(1_000) && hint() == Some(Hint::Dark { torch: true }) && !scan(1_033));
    // A frame that cannot be looked at leaves the answer as it was.
    assert!(scanner.scan(&[], 1_066, 33).is_err());
    assert!(hint() == Some(Hint::Dark { torch: true }) && !scan(1_100));
}
