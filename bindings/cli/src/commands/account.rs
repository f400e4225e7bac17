//! `apoa login`, `apoa logout` and `apoa whoami`: one sign-in with network, once; after it nothing here needs it again.

use std::fmt::Write as _;

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use apoa_core::codes::Code;
use apoa_core::private::Private;
use apoa_core::{Account, Credentials, SignedOut, UnitCard};
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::{BOLD, DIM, GOOD, Line, Output, table};
use crate::session::{self, Reach};

use super::profile;

#[derive(Debug, clap::Args)]
pub(crate) struct LoginArgs {
    /// User name; asked for if absent.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Read the password from the first line of standard input instead of asking.
    #[arg(long)]
    password_stdin: bool,
    /// Read an access code of the office from the first line of standard input; it works once and needs no user name.
    #[arg(long, conflicts_with_all = ["password_stdin", "user"])]
    access_code_stdin: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct AccountLine {
    user: String,
    account_id: String,
    units: Vec<UnitFacts>,
    unit: String,
}

#[derive(Debug, Serialize)]
struct LogoutLine {
    user: String,
    account_id: String,
    waiting: u32,
}

/// A unit of the account.
#[derive(Debug, Serialize)]
pub(super) struct UnitFacts {
    id: String,
    name: String,
    kind: String,
    rights: Vec<&'static str>,
}

pub(crate) fn login(args: &LoginArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open(global, Reach::Server)?;
    let credentials = if args.access_code_stdin {
        Credentials::AccessCode { code: Private::new(first_line()?) }
    } else {
        password(args, out)?
    };
    let account = client.sign_in(&credentials)?;
    profile::bring_in_line(&client, out);
    out.line(&AccountLine::of(&account));
    Ok(Exit::Done)
}

fn password(args: &LoginArgs, out: &Output) -> Result<Credentials, Stop> {
    let user = match &args.user {
        Some(user) => user.clone(),
        None if args.password_stdin => return Err(Stop::usage("cli-usage-user", &[])),
        None => ask(&out.word("cli-ask-user", &[]))?,
    };
    let password = if args.password_stdin {
        first_line()?
    } else {
        let prompt = format!("{} ", out.word("cli-ask-password", &[]));
        rpassword::prompt_password(prompt).map_err(|_| Stop::usage("cli-usage-ask-password", &[]))?
    };
    Ok(Credentials::Password { user: Private::new(user), password: Private::new(password) })
}

pub(crate) fn logout(global: &Global, out: &Output) -> Ended {
    let client = session::open(global, Reach::Server)?;
    let SignedOut { account, user, waiting, units: _ } = client.sign_out()?;
    out.line(&LogoutLine { user: user.reveal().clone(), account_id: account.to_string(), waiting });
    Ok(Exit::Done)
}

pub(crate) fn whoami(global: &Global, out: &Output) -> Ended {
    let client = session::open(global, Reach::Local)?;
    let account = client.account()?.ok_or(Failure::new(Code::SignInNeeded))?;
    out.line(&AccountLine::of(&account));
    Ok(Exit::Done)
}

fn first_line() -> Result<String, Stop> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Stop::unread(&"-", &error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask(prompt: &str) -> Result<String, Stop> {
    if !std::io::stdin().is_terminal() {
        return Err(Stop::usage("cli-usage-user", &[]));
    }
    let _ = write!(std::io::stderr(), "{prompt} ");
    first_line()
}

impl AccountLine {
    pub(super) fn of(account: &Account) -> Self {
        Self {
            user: account.user.reveal().clone(),
            account_id: account.account.to_string(),
            units: account.units.iter().map(UnitFacts::of).collect(),
            unit: account.active_unit.to_string(),
        }
    }
}

impl UnitFacts {
    pub(super) fn of(card: &UnitCard) -> Self {
        Self {
            id: card.unit.to_string(),
            name: card.name.clone(),
            kind: card.kind.clone(),
            rights: card.rights.iter().map(|right| right.as_str()).collect(),
        }
    }

    /// Its line in a list; the active one is marked.
    pub(super) fn text(&self, active: bool, out: &Output) -> String {
        let mark = if active { "▸" } else { " " };
        let kind = out.known_word(&format!("cli-unit-{}", self.kind)).unwrap_or_else(|| self.kind.clone());
        format!("{mark} {} {DIM}{kind} · {}{DIM:#}", self.name, self.id)
    }
}

impl Line for LogoutLine {
    fn text(&self, out: &Output) -> String {
        let done = out.word("cli-signed-out", &[("a", &self.user)]);
        let stay = match self.waiting {
            0 => out.word("cli-nothing-waits", &[]),
            waiting => out.word("cli-waiting-stays", &[("n", &waiting.to_string())]),
        };
        format!("{GOOD}✓{GOOD:#} {BOLD}{done}{BOLD:#}\n{stay}")
    }
}

impl Line for AccountLine {
    fn text(&self, out: &Output) -> String {
        let mut text = format!("{GOOD}✓{GOOD:#} {BOLD}{}{BOLD:#}", self.user);
        for unit in &self.units {
            let _ = write!(text, "\n{}", unit.text(unit.id == self.unit, out));
        }
        let said = |right: &&str| out.word(&format!("cli-right-{right}"), &[]);
        let active = self.units.iter().find(|unit| unit.id == self.unit);
        let rights = active.map(|unit| unit.rights.iter().map(said).collect::<Vec<_>>().join(", "));
        format!("{text}\n{}", table(&[(out.word("word-rights", &[]), rights)]))
    }
}
