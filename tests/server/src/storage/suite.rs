//! What a store promises, asked of every store alike: the rules above are only as good as this holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod rows;

use std::sync::Barrier;
use std::thread;

use serde_json::json;
use uuid::Uuid;

use rows::{CLERK, HOUSE, OTHER_HOUSE, account, deed, done, family, id, op, peopled, report, unit};

use super::{Storage, Tables, rehearse, transact};
use crate::config::Published;
use crate::error::ServerError;
use crate::memory::Memory;
use crate::model::{
    Access, Code, Decision, Device, Family, KeyKind, LookedUp, Membership, OpKind, Permit, Report,
    ReportState, Right, Secret, SecretKind, StoredOp, What,
};
use crate::sqlite::Sqlite;

/// The same promises for each store.
macro_rules! kept_by_every_store {
    ($($promise:ident,)+) => {
        mod in_sqlite {
            $(#[test]
            fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&super::Sqlite::open(&folder.path().join("office.db")).unwrap());
            })+
        }

        mod in_memory {
            $(#[test]
            fn $promise() {
                super::$promise(&super::Memory::default());
            })+
        }
    };
}

kept_by_every_store! {
    work_that_fails_or_is_rehearsed_leaves_nothing,
    an_op_and_a_revision_are_there_once_in_a_unit,
    of_many_at_once_one_has_the_effect,
    versions_rise_and_changes_come_in_their_order,
    a_stay_is_live_while_it_is_open_and_is_no_other_one,
    what_was_merged_closes_and_opens_with_the_other_one,
    a_report_is_what_was_put_last,
    a_stripped_report_keeps_ids_hashes_and_receipts_alone,
    units_accounts_and_members_come_in_the_order_of_their_coming,
    codes_families_and_tokens_are_found_by_their_hash_and_swept_in_time,
    installations_are_kept_for_each_unit_and_end_their_sign_ins,
    secrets_are_spent_and_addresses_replaced,
    the_log_keeps_its_order,
    permits_photos_and_what_is_published_are_there_once,
}

fn work_that_fails_or_is_rehearsed_leaves_nothing(storage: &dyn Storage) {
    peopled(storage);
    let before = done(storage, |tables| {
        tables.put_report(&report(HOUSE, 100, 1))?;
        tables.add_op(&op(HOUSE, 200, 100, 1))?;
        tables.next_version(HOUSE)
    });
    let everything = |tables: &mut dyn Tables| {
        tables.next_version(HOUSE)?;
        tables.put_report(&Report { state: ReportState::Accepted, ..report(HOUSE, 100, 2) })?;
        tables.put_report(&report(HOUSE, 101, 3))?;
        tables.add_op(&op(HOUSE, 201, 100, 2))?;
        tables.saw_op_again(HOUSE, id(200))?;
        tables.set_profile(HOUSE, json!({ "zone": "WITA" }).as_object().unwrap())?;
        tables.note(&deed(What::Accepted, 1))?;
        tables.keep_attachment(HOUSE, "digest", b"photo")
    };
    let failed = transact(storage, |tables| {
        everything(tables)?;
        Err::<(), _>(ServerError::Random)
    });
    assert!(matches!(failed, Err(ServerError::Random)));
    rehearse(storage, everything).unwrap();
    done(storage, |tables| {
        assert_eq!(tables.version(HOUSE)?, before);
        assert_eq!(tables.reports()?.len(), 1);
        assert_eq!(tables.report(HOUSE, id(100))?.unwrap().state, ReportState::Received);
        assert_eq!(tables.ops_of(HOUSE, id(100))?.len(), 1);
        assert_eq!(tables.op(HOUSE, id(200))?.unwrap().times_seen, 1);
        assert!(tables.unit(HOUSE)?.unwrap().profile.is_empty());
        assert!(tables.deeds()?.is_empty() && !tables.has_attachment(HOUSE, "digest")?);
        Ok(())
    });
}

fn an_op_and_a_revision_are_there_once_in_a_unit(storage: &dyn Storage) {
    peopled(storage);
    done(storage, |tables| {
        for unit in [HOUSE, OTHER_HOUSE] {
            tables.put_report(&report(unit, 100, 1))?;
            tables.put_report(&report(unit, 101, 2))?;
            tables.add_op(&op(unit, 200, 100, 1))?;
        }
        Ok(())
    });
    let again = |op: &StoredOp| transact(storage, |tables| tables.add_op(op));
    assert!(again(&op(HOUSE, 200, 101, 1)).is_err(), "the same op");
    assert!(again(&op(HOUSE, 201, 100, 1)).is_err(), "the same revision");
    assert!(again(&op(HOUSE, 201, 100, 2)).is_ok());
    done(storage, |tables| {
        tables.saw_op_again(HOUSE, id(200))?;
        assert_eq!(tables.op(HOUSE, id(200))?.unwrap().times_seen, 2);
        assert_eq!(tables.op(OTHER_HOUSE, id(200))?.unwrap().times_seen, 1, "looked up with its unit");
        assert!(tables.op(OTHER_HOUSE, id(201))?.is_none());
        let of: Vec<Uuid> = tables.ops_of(HOUSE, id(100))?.iter().map(|op| op.id).collect();
        assert_eq!(of, [id(200), id(201)]);
        Ok(())
    });
}

fn of_many_at_once_one_has_the_effect(storage: &dyn Storage) {
    const MANY: usize = 8;
    peopled(storage);
    let start = Barrier::new(MANY);
    let wrote: usize = thread::scope(|scope| {
        let one = || {
            start.wait();
            transact(storage, |tables| {
                if tables.op(HOUSE, id(200))?.is_some() {
                    tables.saw_op_again(HOUSE, id(200))?;
                    return Ok(0);
                }
                tables.put_report(&report(HOUSE, 100, 1))?;
                tables.add_op(&op(HOUSE, 200, 100, 1))?;
                Ok(1)
            })
            .unwrap()
        };
        let threads: Vec<_> = (0..MANY).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(wrote, 1);
    done(storage, |tables| {
        assert_eq!(tables.op(HOUSE, id(200))?.unwrap().times_seen as usize, MANY);
        Ok(())
    });
}

fn versions_rise_and_changes_come_in_their_order(storage: &dyn Storage) {
    peopled(storage);
    done(storage, |tables| {
        assert_eq!((tables.version(HOUSE)?, tables.next_version(HOUSE)?), (0, 1));
        assert_eq!((tables.next_version(HOUSE)?, tables.version(OTHER_HOUSE)?), (2, 0), "for each unit");
        assert!(tables.version(id(3)).is_err() && tables.next_version(id(3)).is_err());
        tables.put_report(&report(HOUSE, 100, 3))?;
        tables.put_report(&report(HOUSE, 101, 1))?;
        tables.put_report(&Report { closed: true, ..report(HOUSE, 102, 2) })?;
        tables.put_report(&report(OTHER_HOUSE, 103, 4))?;
        Ok(())
    });
    let changed = |after, closed_after, limit| {
        let found = done(storage, |tables| tables.changed(HOUSE, after, closed_after, limit));
        found.into_iter().map(|report| report.version).collect::<Vec<_>>()
    };
    assert_eq!(changed(0, 0, 10), [1, 2, 3]);
    assert_eq!(changed(0, 2, 10), [1, 3], "a closed one from behind its place only");
    assert_eq!((changed(1, 0, 10), changed(0, 0, 2), changed(3, 0, 10)), (vec![2, 3], vec![1, 2], vec![]));
    let arrived = done(storage, |tables| tables.reports());
    let arrived: Vec<Uuid> = arrived.iter().map(|report| report.id).collect();
    assert_eq!(arrived, [id(100), id(101), id(102), id(103)]);
}

fn a_stay_is_live_while_it_is_open_and_is_no_other_one(storage: &dyn Storage) {
    peopled(storage);
    let stay = |number, closed, same_as| Report {
        duplicate_key: Some("stay".to_owned()),
        closed,
        same_as,
        ..report(HOUSE, number, 1)
    };
    done(storage, |tables| {
        tables.put_report(&stay(100, true, None))?;
        tables.put_report(&stay(101, false, Some(id(100))))?;
        assert_eq!(tables.live(HOUSE, "stay")?, None);
        tables.put_report(&stay(102, false, None))?;
        tables.put_report(&stay(103, false, None))?;
        assert_eq!(tables.live(HOUSE, "stay")?, Some(id(102)), "the first that came");
        assert_eq!((tables.live(OTHER_HOUSE, "stay")?, tables.live(HOUSE, "other")?), (None, None));
        Ok(())
    });
}

fn what_was_merged_closes_and_opens_with_the_other_one(storage: &dyn Storage) {
    peopled(storage);
    done(storage, |tables| {
        tables.put_report(&report(HOUSE, 100, 1))?;
        tables.put_report(&Report { same_as: Some(id(100)), ..report(HOUSE, 101, 2) })?;
        let cancelled = ReportState::Cancelled;
        tables.put_report(&Report {
            same_as: Some(id(100)),
            closed: true,
            state: cancelled,
            ..report(HOUSE, 102, 3)
        })?;
        for closed in [true, false] {
            tables.close_merged(HOUSE, id(100), closed)?;
            assert_eq!(tables.report(HOUSE, id(101))?.unwrap().closed, closed);
            assert!(tables.report(HOUSE, id(102))?.unwrap().closed, "a cancelled one stays closed");
        }
        Ok(())
    });
}

fn a_report_is_what_was_put_last(storage: &dyn Storage) {
    peopled(storage);
    let newer = Report {
        state: ReportState::NeedsCorrection,
        closed: true,
        revision: 2,
        version: 9,
        duplicate_key: None,
        data: json!({ "room": "13" }).as_object().cloned().unwrap(),
        decision: Decision { fields: vec!["room".to_owned()], reason: None },
        receipt: "newer".to_owned(),
        ..report(HOUSE, 100, 1)
    };
    done(storage, |tables| {
        tables.put_report(&report(HOUSE, 100, 1))?;
        tables.put_report(&newer)?;
        for found in [tables.report(HOUSE, id(100))?.unwrap(), tables.report_of_any(id(100))?.unwrap()] {
            assert_eq!((found.state, found.closed, found.revision, found.version), (newer.state, true, 2, 9));
            assert!(found.data == newer.data && found.decision == newer.decision);
            assert_eq!((found.duplicate_key, found.receipt.as_str()), (None, "newer"));
        }
        assert!(tables.report(OTHER_HOUSE, id(100))?.is_none() && tables.report_of_any(id(7))?.is_none());
        Ok(())
    });
}

fn a_stripped_report_keeps_ids_hashes_and_receipts_alone(storage: &dyn Storage) {
    peopled(storage);
    let attach = StoredOp {
        kind: OpKind::Attach,
        body: json!({ "data": { "sha256": "digest" } }).to_string(),
        ..op(HOUSE, 201, 100, 2)
    };
    done(storage, |tables| {
        tables.put_report(&report(HOUSE, 100, 1))?;
        tables.add_op(&op(HOUSE, 200, 100, 1))?;
        tables.add_op(&attach)?;
        tables.keep_attachment(HOUSE, "digest", b"photo")?;
        tables.keep_attachment(HOUSE, "another", b"photo")
    });
    for _ in 0..2 {
        done(storage, |tables| tables.strip(&report(HOUSE, 100, 1)));
    }
    done(storage, |tables| {
        let stripped = tables.report(HOUSE, id(100))?.unwrap();
        assert!(stripped.data.is_empty() && stripped.duplicate_key.is_none());
        let ops = tables.ops_of(HOUSE, id(100))?;
        assert!(ops.iter().all(|op| op.body.is_empty() && op.sha256 == "hash" && op.receipt == "token"));
        assert_eq!((ops.len(), stripped.receipt.as_str()), (2, "token"));
        assert!(!tables.has_attachment(HOUSE, "digest")? && tables.has_attachment(HOUSE, "another")?);
        Ok(())
    });
}

fn units_accounts_and_members_come_in_the_order_of_their_coming(storage: &dyn Storage) {
    peopled(storage);
    let night = id(5);
    done(storage, |tables| {
        tables.add_account(&account(night, "malam"))?;
        for house in [OTHER_HOUSE, HOUSE] {
            let rights = vec![Right::Report, Right::Manage];
            tables.add_member(night, &Membership { unit: unit(house, "Losmen"), rights })?;
        }
        Ok(())
    });
    assert!(
        transact(storage, |tables| tables.add_account(&account(id(6), "malam"))).is_err(),
        "a taken name"
    );
    done(storage, |tables| {
        let names: Vec<_> = tables.accounts()?.into_iter().map(|account| account.name).collect();
        assert_eq!(names, ["resepsionis", "malam"]);
        assert_eq!(tables.account("malam")?.unwrap().id, tables.account_by_id(night)?.unwrap().id);
        tables.set_profile(HOUSE, json!({ "zone": "WIT" }).as_object().unwrap())?;
        let houses = tables.memberships(night)?;
        assert_eq!(houses.iter().map(|house| house.unit.id).collect::<Vec<_>>(), [HOUSE, OTHER_HOUSE]);
        assert_eq!(houses[0].unit.profile["zone"], "WIT", "the unit as it is now");
        assert_eq!(houses[0].rights, [Right::Report, Right::Manage]);
        let members = tables.members(HOUSE)?;
        let members: Vec<_> = members.iter().map(|(account, rights)| (account.id, rights.len())).collect();
        assert_eq!(members, [(CLERK, 1), (night, 2)]);
        assert!(tables.unit(id(3))?.is_none());
        Ok(())
    });
}

fn codes_families_and_tokens_are_found_by_their_hash_and_swept_in_time(storage: &dyn Storage) {
    peopled(storage);
    let code = |expires_ms| Code {
        account: CLERK,
        client: "apoa".to_owned(),
        challenge: "challenge".to_owned(),
        expires_ms,
        spent: None,
    };
    let access = |expires_ms| Access { family: id(300), refresh: "current".to_owned(), expires_ms };
    done(storage, |tables| {
        tables.put_family(&family(300, None))?;
        tables.put_family(&Family {
            previous: Some("older".to_owned()),
            proven: true,
            ..family(300, Some(id(9)))
        })?;
        let found = tables.family(id(300))?.unwrap();
        assert_eq!(
            (found.previous.as_deref(), found.proven, found.device),
            (Some("older"), true, Some(id(9)))
        );
        tables.add_refresh("refresh", id(300))?;
        assert_eq!(tables.family_of_refresh("refresh")?, Some(id(300)));
        assert_eq!(tables.family_of_refresh("another")?, None);
        tables.put_code("early", &code(10))?;
        tables.put_code("late", &code(30))?;
        tables.put_code("late", &Code { spent: Some(id(300)), ..code(30) })?;
        tables.add_access("early", &access(10))?;
        tables.add_access("late", &access(30))?;
        tables.sweep(20)?;
        assert!(tables.code("early")?.is_none() && tables.access("early")?.is_none());
        assert_eq!(tables.code("late")?.unwrap().spent, Some(id(300)));
        assert_eq!(tables.access("late")?.unwrap().family, id(300));
        Ok(())
    });
    assert!(transact(storage, |tables| tables.add_refresh("refresh", id(300))).is_err(), "a taken hash");
}

fn installations_are_kept_for_each_unit_and_end_their_sign_ins(storage: &dyn Storage) {
    peopled(storage);
    let phone = |unit, number, last_ms| Device {
        id: id(number),
        unit,
        account: CLERK,
        first_ms: last_ms,
        last_ms,
        revoked_ms: None,
    };
    done(storage, |tables| {
        tables.put_device(&phone(HOUSE, 9, 1))?;
        tables.put_device(&phone(HOUSE, 8, 2))?;
        tables.put_device(&phone(OTHER_HOUSE, 9, 3))?;
        tables.put_device(&phone(HOUSE, 9, 4))?;
        let seen: Vec<_> = tables
            .devices(HOUSE)?
            .iter()
            .map(|device| (device.id, device.first_ms, device.last_ms))
            .collect();
        assert_eq!(seen, [(id(9), 1, 4), (id(8), 2, 2)]);
        assert!(!tables.is_revoked(id(9))?);
        tables.put_device(&Device { revoked_ms: Some(5), ..phone(HOUSE, 9, 4) })?;
        assert!(tables.is_revoked(id(9))? && !tables.is_revoked(id(8))?);
        assert_eq!(tables.device(OTHER_HOUSE, id(9))?.unwrap().revoked_ms, None);
        for (number, device) in [(300, Some(id(9))), (301, Some(id(8))), (302, None)] {
            tables.put_family(&family(number, device))?;
        }
        tables.end_families_of(id(9))?;
        let ended: Vec<bool> =
            (300..303).map(|number| tables.family(id(number)).unwrap().unwrap().revoked).collect();
        assert_eq!(ended, [true, false, false]);
        Ok(())
    });
}

fn secrets_are_spent_and_addresses_replaced(storage: &dyn Storage) {
    peopled(storage);
    let secret = Secret { kind: SecretKind::EmailCode, account: CLERK, expires_ms: 9, used: false };
    done(storage, |tables| {
        tables.put_secret("hash", &secret)?;
        tables.put_secret("hash", &Secret { used: true, ..secret.clone() })?;
        let found = tables.secret("hash")?.unwrap();
        assert!(found.used && found.kind == SecretKind::EmailCode && found.account == CLERK);
        assert!(tables.secret("another")?.is_none() && tables.email(CLERK)?.is_none());
        tables.set_email(CLERK, "one@losmen.example")?;
        tables.set_email(CLERK, "two@losmen.example")?;
        assert_eq!(tables.email(CLERK)?.as_deref(), Some("two@losmen.example"));
        Ok(())
    });
}

fn the_log_keeps_its_order(storage: &dyn Storage) {
    peopled(storage);
    // A clock that goes back changes nothing.
    for (what, at_ms) in [(What::SignedIn, 9), (What::DeviceRevoked, 3), (What::Rejected, 5)] {
        done(storage, |tables| tables.note(&deed(what, at_ms)));
    }
    let log = done(storage, |tables| tables.deeds());
    let said: Vec<_> = log.iter().map(|deed| (deed.what.as_str(), deed.at_ms)).collect();
    assert_eq!(said, [("signed_in", 9), ("device_revoked", 3), ("rejected", 5)]);
    assert_eq!((log[0].unit, log[0].about, log[0].device), (Some(HOUSE), Some(id(7)), None));
}

fn permits_photos_and_what_is_published_are_there_once(storage: &dyn Storage) {
    peopled(storage);
    let record = json!({ "full_name": "ERIKSSON ANNA MARIA" }).as_object().cloned().unwrap();
    let permit = Permit { keys: vec![(KeyKind::Niora, "AB12345678".to_owned())], record: record.clone() };
    assert!(!done(storage, |tables| tables.has_permits()));
    done(storage, |tables| tables.add_permit(&permit));
    assert!(transact(storage, |tables| tables.add_permit(&permit)).is_err(), "a taken key");
    done(storage, |tables| {
        assert!(tables.has_permits()?);
        assert_eq!(tables.permit(KeyKind::Niora, "AB12345678")?, Some(record.clone()));
        assert_eq!(tables.permit(KeyKind::VisaNumber, "AB12345678")?, None);
        for found in [true, false] {
            let device = id(9);
            let note =
                LookedUp { at_ms: 1, account: CLERK, unit: HOUSE, device, key_kind: KeyKind::Niora, found };
            tables.note_lookup(&note)?;
        }
        let found: Vec<bool> = tables.lookups()?.iter().map(|note| note.found).collect();
        assert_eq!(found, [true, false]);
        tables.keep_attachment(HOUSE, "digest", b"photo")?;
        tables.keep_attachment(HOUSE, "digest", b"photo")?;
        assert!(tables.has_attachment(HOUSE, "digest")? && !tables.has_attachment(OTHER_HOUSE, "digest")?);
        assert!(tables.published()?.is_none());
        for serial in [1, 2] {
            let published =
                Published { serial, issued_ms: 3, patterns: None, attachments: vec!["x".to_owned()] };
            tables.publish(&published)?;
            assert!(tables.published()? == Some(published));
        }
        Ok(())
    });
}
