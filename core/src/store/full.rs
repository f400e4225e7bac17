//! Storage that ends at any page: what was acknowledged stays, the rest is refused as "full", and with space again
//! work goes on. `APOA_FULL_OPS` says how many reports are saved at each size (default 30).

use std::path::Path;
use std::sync::Arc;

use apoa_domain::fields::Field;
use apoa_domain::ids::{AccountId, OpId, ReportId, Timestamp, UnitId};
use apoa_domain::report::draft::Draft;
use apoa_domain::report::finalise::{Captured, ClockTrust, NewIdentity, finalise};
use apoa_domain::report::kinds::ReportKind;
use apoa_domain::report::summary::Summary;

use super::events::{Happening, Moment};
use super::filing::{Due, Filing};
use super::reports::Which;
use super::unit::UnitStore;
use crate::clock::{SystemClock, SystemRandom};
use crate::error::{Error, StoreError};
use crate::file_vault::FileVault;
use crate::ports::Ports;

pub(super) const AT: Moment =
    Moment { wall: Timestamp(1_790_000_000_000), trust: ClockTrust::Synced, actor: None };
pub(super) fn unit_id() -> UnitId {
    UnitId::from_bytes([3; 16])
}

fn guest(number: u32) -> Draft {
    let mut draft = Draft::new(ReportKind::LodgingCheckIn);
    for (field, value) in [
        (Field::FullName, "ERIKSSON ANNA MARIA"),
        (Field::BirthDate, "1974-08-12"),
        (Field::Nationality, "UTO"),
        (Field::Sex, "F"),
        (Field::PassportNumber, &format!("F{number:08}")),
        (Field::CheckIn, "2026-09-20"),
        (Field::Nights, "3"),
        (Field::Purpose, "holiday"),
    ] {
        draft.set(field, value);
    }
    draft
}

pub(super) fn save(unit: &UnitStore, number: u32) -> Result<(), Error> {
    let id = |kind: u8| {
        let mut id = [kind; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        id
    };
    let identity = NewIdentity {
        op: OpId::from_bytes(id(1)),
        report: ReportId::from_bytes(id(2)),
        unit: unit_id(),
        captured_by: AccountId::from_bytes([4; 16]),
        salt: [5; 16],
    };
    let captured = Captured { wall: AT.wall, offset_ms: 0, trust: ClockTrust::Synced };
    let draft = guest(number);
    let op = finalise(&draft, jiff::civil::date(2026, 9, 21), &identity, captured, None).unwrap();
    unit.file_new(&Filing {
        ops: core::slice::from_ref(&op),
        body: op.body(),
        summary: &Summary::of(&draft),
        photo: None,
        due: Due::At(None),
        captured_by: identity.captured_by,
        at: AT,
        again: false,
        what: Happening::Finalised,
    })
}

/// What a store beside a file vault is opened with.
pub(super) fn ports(folder: &Path) -> Ports {
    let random = Arc::new(SystemRandom);
    Ports {
        vault: Arc::new(FileVault::new(folder.join("keys"), random.clone())),
        clock: Arc::new(SystemClock::new()),
        random,
        observer: None,
    }
}

/// In memory where that is possible: thousands of commits.
fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

#[test]
fn a_storage_that_ends_at_any_page_keeps_what_it_took_and_goes_on_with_space() {
    let ops: u32 = std::env::var("APOA_FULL_OPS").map_or(30, |text| text.parse().unwrap());
    let folder = scratch();
    let ports = ports(folder.path());
    let units = folder.path().join("units");
    let mut sizes = 0;
    for more in 0.. {
        let name = UnitStore::create(&units, unit_id(), &ports).unwrap();
        let unit = UnitStore::open(&units.join(&name), &ports).unwrap();
        unit.ring().unwrap();
        let pages = unit.database.pages_at_most(None).unwrap();
        unit.database.pages_at_most(Some(pages + more)).unwrap();
        let mut saved = 0;
        for number in 0..ops {
            match save(&unit, number).map_err(StoreError::from) {
                Ok(()) => saved += 1,
                Err(error) => assert_eq!(error, StoreError::DiskFull, "{more} more pages"),
            }
        }
        let there = unit.reports(Which::default(), 10_000).unwrap();
        assert_eq!(there.len(), saved, "{more} more pages");
        assert!(there.iter().all(|row| row.readable));
        assert!(unit.is_sound().unwrap());
        unit.database.pages_at_most(Some(1_000_000)).unwrap();
        save(&unit, 100_000).unwrap();
        assert_eq!(unit.queue().unwrap().len(), saved + 1);
        sizes += 1;
        if saved as u32 == ops {
            break;
        }
        drop(unit);
        std::fs::remove_dir_all(units.join(&name)).unwrap();
    }
    assert!(sizes > 10, "only {sizes} sizes");
}
