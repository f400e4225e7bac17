//! The surface as Kotlin and Swift see it, called from Rust: conversions, typed errors, a vault that fails.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::Arc;

use apoa_ffi::{
    ApoaClient, Config, Draft, DraftError, FrameLayout, Hint, KeyVault, Page, Rotation, ScanError, Scanned,
    Scanner, StoreError, SyncError, VaultError, WhyUnavailable,
};

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
    Draft { kind: "lodging.check_in".to_owned(), facts: HashMap::from([(code.to_owned(), value.to_owned())]) }
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
    assert_eq!(client.finalise(draft("full_name", "ERIKSSON"), None).err(), Some(DraftError::NoUnit));
    let sign_in = client.sign_in("resepsionis".to_owned(), "secret".to_owned());
    assert_eq!(sign_in.err(), Some(SyncError::NotSetUp { code: "APOA-A606".to_owned() }));
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
    assert!(client.report("nonsense".to_owned()).is_err());
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
fn a_frame_is_proved_before_it_is_read() {
    let scanner = Scanner::new().unwrap();
    let layout = |width, height, row_stride| FrameLayout {
        width,
        height,
        row_stride,
        rotation: Rotation::Upright,
        region: None,
        at_ms: 0,
    };
    let luma = vec![128; 64 * 48];
    assert!(matches!(
        scanner.scan(&luma, layout(64, 48, 64), 33),
        Ok(Scanned::Nothing { hint: Some(Hint::Aim) })
    ));
    for lying in [layout(-1, 48, 64), layout(64, 49, 64), layout(64, 48, 63), layout(0, 0, 0)] {
        assert!(matches!(scanner.scan(&luma, lying, 33), Err(ScanError::BadFrame { .. })));
    }
    // The last row may end at its last pixel.
    assert!(scanner.scan(&luma[..47 * 64 + 60], layout(60, 48, 64), 33).is_ok());
}
