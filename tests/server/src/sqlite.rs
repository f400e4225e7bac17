//! The store in one SQLite file. All SQL of the server stands here and below, and in the files `*.sql`.
//!
//! Invariants: WAL and `synchronous=FULL`, so that what was answered survives a power cut; one connection behind a lock,
//! every transaction IMMEDIATE.

mod file;
mod ledger;
mod register;
mod rows;

use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::ServerError;
use crate::model::{Access, Account, Code, Family, Membership, Report, Right, StoredOp, Unit};
use crate::storage::{Storage, Tables, Work};

use rows::{OP, REPORT, UNIT, account, damaged, maybe_uuid, op, report, rights, text_of, unit, uuid};

/// The store.
pub(crate) struct Sqlite(Mutex<Connection>);

impl Storage for Sqlite {
    fn transaction(&self, work: Work<'_>) -> Result<(), ServerError> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let behavior = if connection.pragma_query_value(None, "query_only", |row| row.get::<_, bool>(0))? {
            TransactionBehavior::Deferred
        } else {
            TransactionBehavior::Immediate
        };
        let transaction = connection.transaction_with_behavior(behavior)?;
        work(&mut Open(&transaction))?;
        transaction.commit()?;
        Ok(())
    }
}

/// The tables of an open transaction.
struct Open<'a>(&'a Connection);

impl Open<'_> {
    fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl Fn(&Row<'_>) -> Result<T, ServerError>,
    ) -> Result<Option<T>, ServerError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        rows.next()?.map(read).transpose()
    }

    fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl Fn(&Row<'_>) -> Result<T, ServerError>,
    ) -> Result<Vec<T>, ServerError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), ServerError> {
        self.0.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}

impl Tables for Open<'_> {
    fn unit(&mut self, id: Uuid) -> Result<Option<Unit>, ServerError> {
        self.one(&format!("SELECT {UNIT} FROM unit WHERE id = ?1"), [id.to_string()], unit)
    }

    fn set_profile(&mut self, unit: Uuid, profile: &Map<String, Value>) -> Result<(), ServerError> {
        self.run("UPDATE unit SET profile = ?2 WHERE id = ?1", params![unit.to_string(), text_of(profile)?])
    }

    fn members(&mut self, unit: Uuid) -> Result<Vec<(Account, Vec<Right>)>, ServerError> {
        self.all(
            "SELECT id, name, password, member.rights FROM member JOIN account ON account.id = member.account \
             WHERE member.unit = ?1 ORDER BY account.rowid",
            [unit.to_string()],
            |row| Ok((account(row)?, rights(row, 3)?)),
        )
    }

    fn add_unit(&mut self, unit: &Unit) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO unit (id, name, kind, profile) VALUES (?1, ?2, ?3, ?4)",
            params![unit.id.to_string(), unit.name, unit.kind.as_str(), text_of(&unit.profile)?],
        )
    }

    fn accounts(&mut self) -> Result<Vec<Account>, ServerError> {
        self.all("SELECT id, name, password FROM account ORDER BY rowid", [], account)
    }

    fn account(&mut self, name: &str) -> Result<Option<Account>, ServerError> {
        self.one("SELECT id, name, password FROM account WHERE name = ?1", [name], account)
    }

    fn account_by_id(&mut self, id: Uuid) -> Result<Option<Account>, ServerError> {
        self.one("SELECT id, name, password FROM account WHERE id = ?1", [id.to_string()], account)
    }

    fn add_account(&mut self, account: &Account) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO account (id, name, password) VALUES (?1, ?2, ?3)",
            params![account.id.to_string(), account.name, account.password],
        )
    }

    fn memberships(&mut self, account: Uuid) -> Result<Vec<Membership>, ServerError> {
        let sql = format!(
            "SELECT {UNIT}, member.rights FROM member JOIN unit ON unit.id = member.unit \
             WHERE member.account = ?1 ORDER BY unit.rowid"
        );
        self.all(&sql, [account.to_string()], |row| {
            Ok(Membership { unit: unit(row)?, rights: rights(row, 4)? })
        })
    }

    fn add_member(&mut self, account: Uuid, membership: &Membership) -> Result<(), ServerError> {
        let rights: Vec<&str> = membership.rights.iter().map(|right| right.as_str()).collect();
        self.run(
            "INSERT INTO member (account, unit, rights) VALUES (?1, ?2, ?3)",
            params![account.to_string(), membership.unit.id.to_string(), rights.join(" ")],
        )
    }

    fn code(&mut self, hash: &str) -> Result<Option<Code>, ServerError> {
        self.one(
            "SELECT account, client, challenge, expires_ms, spent FROM code WHERE hash = ?1",
            [hash],
            |row| {
                Ok(Code {
                    account: uuid(row, 0, "code.account")?,
                    client: row.get(1)?,
                    challenge: row.get(2)?,
                    expires_ms: row.get(3)?,
                    spent: maybe_uuid(row, 4, "code.spent")?,
                })
            },
        )
    }

    fn put_code(&mut self, hash: &str, code: &Code) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO code (hash, account, client, challenge, expires_ms, spent) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (hash) DO UPDATE SET spent = excluded.spent",
            params![
                hash,
                code.account.to_string(),
                code.client,
                code.challenge,
                code.expires_ms,
                code.spent.map(|id| id.to_string())
            ],
        )
    }

    fn family(&mut self, id: Uuid) -> Result<Option<Family>, ServerError> {
        self.one(
            "SELECT account, client, revoked, current, previous, proven, used_ms, device FROM family WHERE id = ?1",
            [id.to_string()],
            |row| {
                Ok(Family {
                    id,
                    account: uuid(row, 0, "family.account")?,
                    client: row.get(1)?,
                    revoked: row.get(2)?,
                    current: row.get(3)?,
                    previous: row.get(4)?,
                    proven: row.get(5)?,
                    used_ms: row.get(6)?,
                    device: maybe_uuid(row, 7, "family.device")?,
                })
            },
        )
    }

    fn put_family(&mut self, family: &Family) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO family (id, account, client, revoked, current, previous, proven, used_ms, device) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET revoked = excluded.revoked, \
             current = excluded.current, previous = excluded.previous, proven = excluded.proven, \
             used_ms = excluded.used_ms, device = excluded.device",
            params![
                family.id.to_string(),
                family.account.to_string(),
                family.client,
                family.revoked,
                family.current,
                family.previous,
                family.proven,
                family.used_ms,
                family.device.map(|id| id.to_string())
            ],
        )
    }

    fn family_of_refresh(&mut self, hash: &str) -> Result<Option<Uuid>, ServerError> {
        self.one("SELECT family FROM refresh WHERE hash = ?1", [hash], |row| uuid(row, 0, "refresh.family"))
    }

    fn add_refresh(&mut self, hash: &str, family: Uuid) -> Result<(), ServerError> {
        self.run("INSERT INTO refresh (hash, family) VALUES (?1, ?2)", params![hash, family.to_string()])
    }

    fn access(&mut self, hash: &str) -> Result<Option<Access>, ServerError> {
        self.one("SELECT family, refresh, expires_ms FROM access WHERE hash = ?1", [hash], |row| {
            Ok(Access {
                family: uuid(row, 0, "access.family")?,
                refresh: row.get(1)?,
                expires_ms: row.get(2)?,
            })
        })
    }

    fn add_access(&mut self, hash: &str, access: &Access) -> Result<(), ServerError> {
        self.run(
            "INSERT INTO access (hash, family, refresh, expires_ms) VALUES (?1, ?2, ?3, ?4)",
            params![hash, access.family.to_string(), access.refresh, access.expires_ms],
        )
    }

    fn sweep(&mut self, before_ms: i64) -> Result<(), ServerError> {
        self.run("DELETE FROM code WHERE expires_ms < ?1", [before_ms])?;
        self.run("DELETE FROM access WHERE expires_ms < ?1", [before_ms])
    }

    fn op(&mut self, unit: Uuid, id: Uuid) -> Result<Option<StoredOp>, ServerError> {
        self.one(
            &format!("SELECT {OP} FROM op WHERE unit = ?1 AND id = ?2"),
            [unit.to_string(), id.to_string()],
            op,
        )
    }

    fn add_op(&mut self, op: &StoredOp) -> Result<(), ServerError> {
        self.run(
            &format!(
                "INSERT INTO op ({OP}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
            ),
            params![
                op.id.to_string(),
                op.unit.to_string(),
                op.report.to_string(),
                op.kind.as_str(),
                op.revision,
                op.sha256,
                op.outcome.as_str(),
                op.state.as_str(),
                op.version,
                op.same_as.map(|id| id.to_string()),
                op.receipt,
                op.times_seen,
                op.device.to_string(),
                op.sent_by.to_string(),
                op.body
            ],
        )
    }

    fn saw_op_again(&mut self, unit: Uuid, id: Uuid) -> Result<(), ServerError> {
        self.run(
            "UPDATE op SET times_seen = times_seen + 1 WHERE unit = ?1 AND id = ?2",
            [unit.to_string(), id.to_string()],
        )
    }

    fn ops_of(&mut self, unit: Uuid, report: Uuid) -> Result<Vec<StoredOp>, ServerError> {
        self.all(
            &format!("SELECT {OP} FROM op WHERE unit = ?1 AND report = ?2 ORDER BY seq"),
            [unit.to_string(), report.to_string()],
            op,
        )
    }

    fn report(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Report>, ServerError> {
        self.one(
            &format!("SELECT {REPORT} FROM report WHERE unit = ?1 AND id = ?2"),
            [unit.to_string(), id.to_string()],
            report,
        )
    }

    fn put_report(&mut self, report: &Report) -> Result<(), ServerError> {
        self.run(
            &format!(
                "INSERT INTO report ({REPORT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                 ON CONFLICT (unit, id) DO UPDATE SET state = excluded.state, closed = excluded.closed, \
                 revision = excluded.revision, version = excluded.version, duplicate_key = excluded.duplicate_key, \
                 data = excluded.data, receipt = excluded.receipt, decision = excluded.decision"
            ),
            params![
                report.id.to_string(),
                report.unit.to_string(),
                report.kind.as_str(),
                report.state.as_str(),
                report.closed,
                report.revision,
                report.version,
                report.captured_by.to_string(),
                report.received_ms,
                report.duplicate_key,
                report.same_as.map(|id| id.to_string()),
                text_of(&report.data)?,
                report.receipt,
                serde_json::to_string(&report.decision).map_err(|_| damaged("report.decision"))?
            ],
        )
    }

    fn strip(&mut self, report: &Report) -> Result<(), ServerError> {
        let of = [report.unit.to_string(), report.id.to_string()];
        self.run(
            "DELETE FROM attachment WHERE unit = ?1 AND sha256 IN (SELECT json_extract(body, '$.data.sha256') FROM op \
             WHERE unit = ?1 AND report = ?2 AND kind = 'attach' AND body <> '')",
            of.each_ref(),
        )?;
        self.run("UPDATE op SET body = '' WHERE unit = ?1 AND report = ?2", of.each_ref())?;
        self.run(
            "UPDATE report SET data = '{}', duplicate_key = NULL WHERE unit = ?1 AND id = ?2",
            of.each_ref(),
        )
    }

    fn live(&mut self, unit: Uuid, duplicate_key: &str) -> Result<Option<Uuid>, ServerError> {
        self.one(
            "SELECT id FROM report WHERE unit = ?1 AND duplicate_key = ?2 AND closed = 0 AND same_as IS NULL \
             ORDER BY seq LIMIT 1",
            params![unit.to_string(), duplicate_key],
            |row| uuid(row, 0, "report.id"),
        )
    }

    fn close_merged(&mut self, unit: Uuid, report: Uuid, closed: bool) -> Result<(), ServerError> {
        self.run(
            "UPDATE report SET closed = ?3 WHERE unit = ?1 AND same_as = ?2 AND state <> 'cancelled'",
            params![unit.to_string(), report.to_string(), closed],
        )
    }

    fn next_version(&mut self, unit: Uuid) -> Result<i64, ServerError> {
        self.one(
            "UPDATE unit SET version = version + 1 WHERE id = ?1 RETURNING version",
            [unit.to_string()],
            |row| Ok(row.get(0)?),
        )?
        .ok_or_else(|| damaged("unit.version"))
    }

    fn version(&mut self, unit: Uuid) -> Result<i64, ServerError> {
        let version = self
            .0
            .query_row("SELECT version FROM unit WHERE id = ?1", [unit.to_string()], |row| row.get(0))
            .optional()?;
        version.ok_or_else(|| damaged("unit.version"))
    }

    fn changed(
        &mut self,
        unit: Uuid,
        after: i64,
        closed_after: i64,
        limit: usize,
    ) -> Result<Vec<Report>, ServerError> {
        self.all(
            &format!(
                "SELECT {REPORT} FROM report WHERE unit = ?1 AND version > ?2 AND (closed = 0 OR version > ?3) \
                 ORDER BY version LIMIT ?4"
            ),
            params![unit.to_string(), after, closed_after, limit as i64],
            report,
        )
    }

    fn report_of_any(&mut self, id: Uuid) -> Result<Option<Report>, ServerError> {
        self.one(&format!("SELECT {REPORT} FROM report WHERE id = ?1"), [id.to_string()], report)
    }

    fn reports(&mut self) -> Result<Vec<Report>, ServerError> {
        self.all(&format!("SELECT {REPORT} FROM report ORDER BY seq"), [], report)
    }
}
