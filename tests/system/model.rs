//! The store against a model of it that fits on a page: any order of saving, typing, correcting, following up,
//! withdrawing, reopening, rotating and suspending ends in the same reports, counts and queue.
//!
//! `PROPTEST_CASES` says how many orders (default 50).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::Work;
use apoa_core::{ApoaClient, DraftError, Withdrawn};
use apoa_tests::clock::JumpingClock;
use apoa_tests::files::{copy, look, units};
use apoa_tests::invariants::check_files;
use apoa_tests::phone::{all, config, guest, ports_of, server, signed_in_with};
use apoa_tests::vault::MemoryVault;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use tempfile::TempDir;

/// A folder somebody signed in to, with its keys: every case begins with a copy of it.
static TEMPLATE: LazyLock<(TempDir, MemoryVault)> = LazyLock::new(|| {
    let (server, folder, vault) = (server(&[]), tempfile::tempdir().unwrap(), MemoryVault::default());
    let client = signed_in_with(folder.path(), &server, ports_of(&vault, &JumpingClock::default()));
    client.suspend().unwrap();
    (folder, vault)
});

/// A report as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Model {
    passport: u8,
    room: Option<u8>,
    work: Work,
    leaving: bool,
    ops: u8,
}

#[derive(Clone, Debug, Default)]
struct Reference {
    reports: Vec<Model>,
    last: Option<Ends>,
}

/// What a person does; a report is named by its place among those that were made.
#[derive(Clone, Debug)]
enum Deed {
    File(u8),
    Type(u8),
    Finish(usize),
    Correct(usize, u8),
    Extend(usize),
    CheckOut(usize),
    Withdraw(usize),
    Discard(usize),
    Reopen,
    Rotate,
    Suspend,
}

/// What comes of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Done,
    Duplicate,
    NotPossible,
}

impl Reference {
    fn twin(&self, passport: u8, except: Option<usize>) -> bool {
        self.reports.iter().enumerate().any(|(place, report)| {
            Some(place) != except && report.passport == passport && report.work == Work::Queued
        })
    }

    fn fate(&self, deed: &Deed) -> Ends {
        let at = |place: &usize| &self.reports[*place % self.reports.len()];
        match deed {
            Deed::File(passport) if self.twin(*passport, None) => Ends::Duplicate,
            Deed::Finish(place) if at(place).work != Work::Draft => Ends::NotPossible,
            Deed::Finish(place) if self.twin(at(place).passport, None) => Ends::Duplicate,
            Deed::Correct(place, _) if at(place).work != Work::Queued => Ends::NotPossible,
            Deed::Extend(place) | Deed::CheckOut(place)
                if at(place).work != Work::Queued || at(place).leaving =>
            {
                Ends::NotPossible
            }
            Deed::Withdraw(place) | Deed::Discard(place) if at(place).work == Work::Discarded => {
                Ends::NotPossible
            }
            _ => Ends::Done,
        }
    }
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Deed> {
        let fresh = prop_oneof![3 => (0..6_u8).prop_map(Deed::File), 2 => (0..6_u8).prop_map(Deed::Type)];
        if state.reports.is_empty() {
            return fresh.boxed();
        }
        let place = 0..state.reports.len();
        prop_oneof![
            4 => fresh,
            2 => place.clone().prop_map(Deed::Finish),
            3 => (place.clone(), any::<u8>()).prop_map(|(place, room)| Deed::Correct(place, room)),
            2 => place.clone().prop_map(Deed::Extend),
            2 => place.clone().prop_map(Deed::CheckOut),
            1 => place.clone().prop_map(Deed::Withdraw),
            1 => place.prop_map(Deed::Discard),
            2 => Just(Deed::Reopen),
            1 => Just(Deed::Rotate),
            1 => Just(Deed::Suspend),
        ]
        .boxed()
    }

    fn apply(mut state: Self, deed: &Deed) -> Self {
        state.last = Some(state.fate(deed));
        if state.last != Some(Ends::Done) {
            return state;
        }
        let count = state.reports.len();
        let new = |passport: u8, work| Model {
            passport,
            room: None,
            work,
            leaving: false,
            ops: u8::from(work == Work::Queued),
        };
        match deed {
            Deed::File(passport) => state.reports.push(new(*passport, Work::Queued)),
            Deed::Type(passport) => state.reports.push(new(*passport, Work::Draft)),
            Deed::Finish(place) => {
                let report = &mut state.reports[place % count];
                (report.work, report.ops) = (Work::Queued, 1);
            }
            Deed::Correct(place, room) => state.reports[place % count].room = Some(*room),
            Deed::Extend(place) => state.reports[place % count].ops += 1,
            Deed::CheckOut(place) => {
                let report = &mut state.reports[place % count];
                (report.leaving, report.ops) = (true, report.ops + 1);
            }
            Deed::Withdraw(place) | Deed::Discard(place) => {
                let report = &mut state.reports[place % count];
                (report.work, report.ops) = (Work::Discarded, 0);
            }
            Deed::Reopen | Deed::Rotate | Deed::Suspend => {}
        }
        state
    }
}

/// The store, with the ids it gave.
struct Real {
    folder: TempDir,
    vault: MemoryVault,
    client: Option<ApoaClient>,
    ids: Vec<ReportId>,
}

impl Real {
    fn open(folder: &Path, vault: &MemoryVault) -> ApoaClient {
        ApoaClient::open(config(folder, None, None), ports_of(vault, &JumpingClock::default())).unwrap()
    }

    fn client(&self) -> &ApoaClient {
        self.client.as_ref().unwrap()
    }

    fn file(&self) -> PathBuf {
        units(self.folder.path()).remove(0)
    }

    fn perform(&mut self, deed: &Deed) -> Result<(), DraftError> {
        let at = |place: &usize| self.ids[place % self.ids.len()];
        let client = self.client();
        let days =
            |number: i64| client.today().checked_add(jiff::Span::new().days(number)).unwrap().to_string();
        let follow = |op, field, day: String| {
            let mut follow_up = FollowUp::new(op).unwrap();
            follow_up.set(field, &day);
            follow_up
        };
        let passport = |number: &u8| format!("M{number:08}");
        match deed {
            Deed::File(number) => {
                let filed = client.finalise(guest(client, &passport(number)), None, None)?;
                self.ids.push(filed.report);
            }
            Deed::Type(number) => {
                let id = client.save_draft(None, &guest(client, &passport(number)), None)?;
                self.ids.push(id);
            }
            Deed::Finish(place) => {
                let draft = client.draft(at(place))?.unwrap();
                if client.report(at(place))?.unwrap().row.work == Work::Draft {
                    client.finalise_draft(at(place), draft, None)?;
                } else {
                    return Err(DraftError::NotPossible { why: apoa_core::report::plan::NotPossible::Draft });
                }
            }
            Deed::Correct(place, room) => {
                let mut draft = client.draft(at(place))?.unwrap();
                draft.set(Field::Room, &room.to_string());
                if client.report(at(place))?.unwrap().row.work == Work::Draft {
                    return Err(DraftError::NotPossible { why: apoa_core::report::plan::NotPossible::Draft });
                }
                client.amend(at(place), draft, None)?;
            }
            Deed::Extend(place) => {
                client.follow_up(at(place), &follow(OpKind::Extend, Field::CheckOutPlanned, days(9)))?;
            }
            Deed::CheckOut(place) => {
                client.follow_up(at(place), &follow(OpKind::CheckOut, Field::CheckOut, days(1)))?;
            }
            Deed::Withdraw(place) => {
                assert_eq!(client.withdraw(at(place), "typed twice")?, Withdrawn::Discarded);
            }
            Deed::Discard(place) => client.discard(at(place))?,
            Deed::Reopen => {
                self.client = None;
                self.client = Some(Self::open(self.folder.path(), &self.vault));
            }
            Deed::Rotate => {
                let rotated = client.rotate_keys()?;
                assert_eq!(rotated.left, 0);
            }
            Deed::Suspend => {
                client.suspend()?;
                client.resume()?;
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
        let (template, vault) = &*TEMPLATE;
        let folder = tempfile::tempdir().unwrap();
        copy(template.path(), folder.path());
        // Rotations of one case are none of another's.
        let own = vault.copied();
        let client = Some(Real::open(folder.path(), &own));
        Real { folder, vault: own, client, ids: Vec::new() }
    }

    fn apply(mut real: Real, after: &Reference, deed: Deed) -> Real {
        let ended = match real.perform(&deed) {
            Ok(()) => Ends::Done,
            Err(DraftError::Duplicate { .. }) => Ends::Duplicate,
            Err(DraftError::NotPossible { .. }) => Ends::NotPossible,
            Err(error) => panic!("{deed:?}: {error}"),
        };
        assert_eq!(Some(ended), after.last, "{deed:?}");
        real
    }

    fn check_invariants(real: &Real, model: &Reference) {
        let counts = real.client().counts().unwrap();
        let number = |work| model.reports.iter().filter(|report| report.work == work).count() as u32;
        assert_eq!(
            (counts.draft, counts.queued, counts.discarded),
            (number(Work::Draft), number(Work::Queued), number(Work::Discarded))
        );
        let rows = real.client().reports(all()).unwrap();
        assert_eq!(rows.len(), model.reports.len());
        for (row, report) in rows.iter().rev().zip(&model.reports) {
            assert!(row.readable);
            assert_eq!(
                (row.work, row.report),
                (
                    report.work,
                    real.ids[model.reports.iter().position(|other| core::ptr::eq(other, report)).unwrap()]
                )
            );
            let detail = real.client().report(row.report).unwrap().unwrap();
            let room = detail.facts.get(&Field::Room).map(|room| room.reveal().clone());
            assert_eq!(room, report.room.map(|room| room.to_string()));
        }
        let file = look(&real.file());
        let ask = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let ops: i64 = model.reports.iter().map(|report| i64::from(report.ops)).sum();
        assert_eq!(ask("SELECT count(*) FROM outbox"), ops, "ops that wait");
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
    fn any_order_of_deeds_ends_as_the_model_says(sequential 1..30 => Test);
}
