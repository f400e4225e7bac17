//! The only code that speaks SQL: `device.db` and one file for each reporting unit.
//!
//! A report, its op and its event change in one transaction that is on disk before the call returns
//! (`synchronous=FULL`). No statement outlives its closure, no vault is called inside a transaction, and nothing is
//! deleted because a server, a key or a file disappointed us.

pub(crate) mod accounts;
pub(crate) mod connection;
pub(crate) mod device;
pub(crate) mod device_key;
pub(crate) mod drafts;
pub(crate) mod duplicates;
pub(crate) mod elsewhere;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod filing;
pub(crate) mod found;
pub(crate) mod keyfile;
pub(crate) mod keyring;
pub(crate) mod lists;
pub(crate) mod outbox;
pub(crate) mod pace;
pub(crate) mod pages;
pub(crate) mod photos;
pub(crate) mod purge;
pub(crate) mod quarantine;
pub(crate) mod rebase;
pub(crate) mod remembered;
pub(crate) mod reports;
pub(crate) mod roster;
pub(crate) mod rotate;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod search;
pub(crate) mod settle;
pub(crate) mod shapes;
pub(crate) mod unit;
pub(crate) mod units;

#[cfg(test)]
mod full;
