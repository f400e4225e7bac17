//! The store against a model of it that fits on a page: any order of saving, typing, correcting, following up,
//! withdrawing, sending to a real server, switching the unit, reopening, rotating, suspending and putting away for weeks
//! ends in the same reports, counts and queue.
//!
//! `PROPTEST_CASES` says how many orders (default 50).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "model/reference.rs"]
mod reference;

use std::path::Path;
use std::sync::LazyLock;

use apoa_core::fields::Field;
use apoa_core::ids::{ReportId, UnitId};
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::plan::NotPossible;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError};
use apoa_server::Running;
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{copy, look, units};
use apoa_tests::folder::Folder;
use apoa_tests::invariants::check_files;
use apoa_tests::office::add_unit;
use apoa_tests::phone::{all, config, guest, ports_of, send_now, server, signed_in_with};
use apoa_tests::vault::MemoryVault;
use proptest::prelude::*;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use reference::{Deed, Ends, Model, Reference};

/// Server time that no case reaches: a template's tokens serve every case, however many there are.
const NEVER_MS: i64 = 4_000_000_000_000;

/// A folder somebody signed in to who belongs to two units, its keys, and the server: every case begins with a copy of
/// the folder and a server that holds nothing.
struct Template {
    server: Running,
    folder: Folder,
    vault: MemoryVault,
    units: [UnitId; 2],
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    // On disk: what a static holds is never dropped, and memory would keep it.
    let (server, folder, vault) = (server(&[]), Folder::new(), MemoryVault::default());
    let other = add_unit(&server, 2);
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    let first = client.account().unwrap().unwrap().active_unit;
    // Both have heard the server's clock: nothing is erased by one that was never compared.
    for unit in [other, first] {
        client.use_unit(unit).unwrap();
        assert_eq!(send_now(&client, 30).stopped_by, None);
    }
    client.suspend().unwrap();
    look(&folder.path().join("device.db")).execute("UPDATE token SET expires_ms = ?1", [NEVER_MS]).unwrap();
    look(server.db()).execute("UPDATE access SET expires_ms = ?1", [NEVER_MS]).unwrap();
    Template { server, folder, vault, units: [first, other] }
});

/// The store, with the ids it gave.
struct Real {
    folder: Folder,
    vault: MemoryVault,
    clock: JumpingClock,
    client: Option<ApoaClient>,
    ids: Vec<ReportId>,
}

impl Real {
    fn open(folder: &Path, vault: &MemoryVault, clock: &JumpingClock) -> ApoaClient {
        ApoaClient::open(config(folder, None, None), ports_of(vault, clock)).unwrap()
    }

    fn reopen(&mut self) {
        self.client = None;
        self.client = Some(Self::open(self.folder.path(), &self.vault, &self.clock));
    }

    fn client(&self) -> &ApoaClient {
        self.client.as_ref().unwrap()
    }

    fn perform(&mut self, deed: &Deed) -> Result<(), DraftError> {
        let client = self.client();
        let days =
            |number: i64| client.today().checked_add(jiff::Span::new().days(number)).unwrap().to_string();
        let follow = |op, field, day: String| {
            let mut follow_up = FollowUp::new(op).unwrap();
            follow_up.set(field, &day);
            follow_up
        };
        let passport = |number: &u8| format!("M{number:08}");
        let nobody = ReportId::from_bytes([0; 16]);
        let at = deed.place().map_or(nobody, |place| self.ids[place % self.ids.len()]);
        let known = client.report(at)?;
        let draft = known.is_some_and(|known| known.row.work == Work::Draft);
        match deed {
            Deed::File(number) => {
                let filed = client.finalise(guest(client, &passport(number)), None, None)?;
                self.ids.push(filed.report);
            }
            Deed::Type(number) => {
                let id = client.save_draft(None, &guest(client, &passport(number)), None)?;
                self.ids.push(id);
            }
            Deed::Finish(_) => {
                let form = client.draft(at)?.ok_or(DraftError::NoReport)?;
                if !draft {
                    return Err(DraftError::NotPossible { why: NotPossible::Draft });
                }
                client.finalise_draft(at, form, None)?;
            }
            Deed::Correct(_, room) => {
                let mut form = client.draft(at)?.ok_or(DraftError::NoReport)?;
                form.set(Field::Room, &room.to_string());
                if draft {
                    return Err(DraftError::NotPossible { why: NotPossible::Draft });
                }
                client.amend(at, form, None)?;
            }
            Deed::Extend(_) => {
                client.follow_up(at, &follow(OpKind::Extend, Field::CheckOutPlanned, days(9)))?;
            }
            Deed::CheckOut(_) => {
                client.follow_up(at, &follow(OpKind::CheckOut, Field::CheckOut, days(1)))?;
            }
            Deed::Withdraw(_) => drop(client.withdraw(at, "typed twice")?),
            Deed::Discard(_) => client.discard(at)?,
            Deed::Reopen => self.reopen(),
            Deed::Rotate => assert_eq!(client.rotate_keys()?.left, 0),
            Deed::Suspend => {
                client.suspend()?;
                client.resume()?;
            }
            Deed::Switch => {
                let active = client.account()?.unwrap().active_unit;
                let other = TEMPLATE.units.iter().find(|unit| **unit != active).unwrap();
                client.use_unit(*other)?;
            }
            Deed::Send => {
                let summary = send_now(client, 30);
                assert_eq!((summary.left, summary.stopped_by), (0, None));
            }
            Deed::PutAway(days) => {
                self.clock.jump_days(*days);
                self.reopen();
                self.client().upkeep()?;
            }
        }
        Ok(())
    }
}

struct Test;

impl StateMachineTest for Test {
    type SystemUnderTest = Real;
    type Reference = Reference;

    fn init_test(_: &Reference) -> Real {
        let template = &*TEMPLATE;
        look(template.server.db()).execute_batch("DELETE FROM op; DELETE FROM report").unwrap();
        let folder = Folder::in_memory();
        copy(template.folder.path(), folder.path());
        // Rotations of one case are none of another's.
        let (vault, clock) = (template.vault.copied(), JumpingClock::default());
        let client = Some(Real::open(folder.path(), &vault, &clock));
        Real { folder, vault, clock, client, ids: Vec::new() }
    }

    fn apply(mut real: Real, after: &Reference, deed: Deed) -> Real {
        let ended = match real.perform(&deed) {
            Ok(()) => Ends::Done,
            Err(DraftError::Duplicate { .. }) => Ends::Duplicate,
            Err(DraftError::NotPossible { .. }) => Ends::NotPossible,
            Err(DraftError::NoReport) => Ends::Unknown,
            Err(error) => panic!("{deed:?}: {error}"),
        };
        assert_eq!(Some(ended), after.last, "{deed:?}");
        real
    }

    fn check_invariants(real: &Real, model: &Reference) {
        let here: Vec<(&Model, ReportId)> = model
            .reports
            .iter()
            .zip(&real.ids)
            .filter(|(report, _)| report.unit == model.active && !report.erased)
            .map(|(report, id)| (report, *id))
            .collect();
        let rows = real.client().reports(all()).unwrap();
        let told: Vec<_> =
            rows.iter().rev().map(|row| (row.report, row.standing, row.work, row.closed)).collect();
        let meant: Vec<_> = here
            .iter()
            .map(|(report, id)| {
                (*id, report.standing, report.work, report.closed() || report.work == Work::Discarded)
            })
            .collect();
        assert_eq!(told.len(), meant.len());
        for ((id, standing, work, closed), meant) in told.iter().zip(&meant) {
            // Whether a report is over is the server's word: one that waits to be closed is not.
            assert_eq!((*id, *standing, *work), (meant.0, meant.1, meant.2));
            assert!(*closed || !meant.3, "{id} is not over");
        }
        let counts = real.client().counts().unwrap();
        let number = |is: fn(&Model) -> bool| here.iter().filter(|(report, _)| is(report)).count() as u32;
        assert_eq!(
            (counts.draft, counts.queued, counts.discarded, counts.received, counts.cancelled),
            (
                number(|report| report.work == Work::Draft),
                number(|report| report.work == Work::Queued && report.unsent()),
                number(|report| report.work == Work::Discarded),
                number(|report| report.standing == Standing::Received),
                number(|report| report.standing == Standing::Cancelled),
            )
        );
        for (row, (report, _)) in rows.iter().rev().zip(&here) {
            assert!(row.readable);
            let detail = real.client().report(row.report).unwrap().unwrap();
            let room = detail.facts.get(&Field::Room).map(|room| room.reveal().clone());
            assert_eq!(room, report.room.map(|room| room.to_string()));
        }
        let mut waiting = 0;
        for file in units(real.folder.path()) {
            let file = look(&file);
            let ask = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            waiting += ask("SELECT count(*) FROM outbox");
            let bodiless = "SELECT count(*) FROM report WHERE enc_body IS NULL AND work NOT IN (1, 5)";
            assert_eq!(ask(bodiless), 0, "a report that lost its body");
        }
        let ops: i64 = model.reports.iter().map(|report| i64::from(report.ops)).sum();
        assert_eq!(waiting, ops, "ops that wait");
        check_files(real.folder.path());
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().map_or(50, |text| text.parse().expect("a number")),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn i02_i06_any_order_of_deeds_ends_as_the_model_says(sequential 1..30 => Test);
}
