//! `apoa unit`: which units this account has, and which one it works for. Each keeps its own reports.

use apoa_core::codes::Code;
use apoa_core::ids::UnitId;
use apoa_core::{Account, DraftError};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Line, Output};
use crate::session;

use super::account::{AccountLine, UnitFacts};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// The units of this account.
    List,
    /// Work for another unit from now on.
    Use {
        /// The unit.
        id: UnitId,
    },
}

#[derive(Debug, Serialize)]
struct UnitLine {
    #[serde(flatten)]
    unit: UnitFacts,
    active: bool,
}

pub(crate) fn run(command: &Command, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    match command {
        Command::List => {
            let account = client.account()?.ok_or(Failure::new(Code::SignInNeeded))?;
            for line in UnitLine::all(&account) {
                out.line(&line);
            }
        }
        Command::Use { id } => {
            let account = client.use_unit(*id).map_err(|error| match error {
                DraftError::NoUnit => Failure::new(Code::NoRight),
                other => Failure::new(other.code()).because(&other),
            })?;
            out.line(&AccountLine::of(&account));
        }
    }
    Ok(Exit::Done)
}

impl UnitLine {
    fn all(account: &Account) -> impl Iterator<Item = Self> + '_ {
        account
            .units
            .iter()
            .map(|card| Self { unit: UnitFacts::of(card), active: card.unit == account.active_unit })
    }
}

impl Line for UnitLine {
    fn text(&self, out: &Output) -> String {
        self.unit.text(self.active, out)
    }
}
