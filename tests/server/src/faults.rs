//! Faults on command: `KIND[=ARG][@PATH][*N]`, as `apoa serve --fail` takes them. Here rules are read and counted; what
//! a fault does to a connection stands in `front.rs`.
//!
//! Invariant: a rule is used up only by a request it changed.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The effect is committed, then the connection closes without an answer.
    DropAfterCommit,
    /// The effect is committed, then nothing comes, until the client or the server ends.
    HangAfterCommit,
    /// The answer ends after so many bytes of its body; `None`: after half of it.
    Cut(Option<usize>),
    /// The request waits so many milliseconds before it is looked at.
    Slow(u64),
    /// 503 with `Retry-After` in seconds.
    Busy(u64),
    /// 200 with the page of a Wi-Fi portal.
    Portal,
    /// 401.
    Unauthorised,
    /// The token answer is lost after the new tokens are committed.
    TokenLost,
    /// 409 `revision-conflict`.
    Conflict,
    /// Receipts are signed by a key nobody knows.
    WrongReceipt,
}

/// How often a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// So many times.
    Count(u32),
    /// Every time.
    Always,
}

/// One `--fail` rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// Path below `/apoa/v1`, whole; `None`: wherever the fault makes sense.
    pub path: Option<String>,
    /// How often.
    pub times: Times,
}

/// The text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No such kind.
    #[error("no such fault; known are {}", KINDS.join(", "))]
    Kind,
    /// The kind takes no such argument, or needs one.
    #[error("{0} does not take this argument")]
    Argument(&'static str),
    /// The path does not start with a slash.
    #[error("the path must start with a slash")]
    Path,
    /// The count is no positive number.
    #[error("the count must be a positive number, or * alone")]
    Count,
}

const KINDS: [&str; 10] = [
    "drop_after_commit",
    "hang_after_commit",
    "cut",
    "slow",
    "busy",
    "portal",
    "unauthorised",
    "token_lost",
    "conflict",
    "wrong_receipt",
];

/// Seconds of `Retry-After` where `busy` names none: long enough to be noticed, short enough to wait for.
const BUSY_SECONDS: u64 = 2;

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (text, times) = match text.rsplit_once('*') {
            None => (text, Times::Count(1)),
            Some((rest, "")) => (rest, Times::Always),
            Some((rest, count)) => {
                let count = count.parse().ok().filter(|count| *count > 0).ok_or(RuleError::Count)?;
                (rest, Times::Count(count))
            }
        };
        let (text, path) = match text.split_once('@') {
            None => (text, None),
            Some((rest, path)) if path.starts_with('/') => (rest, Some(path.to_owned())),
            Some(_) => return Err(RuleError::Path),
        };
        let (kind, argument) = match text.split_once('=') {
            None => (text, None),
            Some((kind, argument)) => (kind, Some(argument)),
        };
        Ok(Self { fault: fault(kind, argument)?, path, times })
    }
}

fn fault(kind: &str, argument: Option<&str>) -> Result<Fault, RuleError> {
    let name = KINDS.into_iter().find(|name| *name == kind).ok_or(RuleError::Kind)?;
    let wrong = RuleError::Argument(name);
    let number = match argument {
        None => None,
        Some(digits) => Some(digits.parse::<u64>().map_err(|_| wrong.clone())?),
    };
    let (fault, takes_number) = match name {
        "cut" => (Fault::Cut(number.map(|bytes| bytes as usize)), true),
        "slow" => (Fault::Slow(number.ok_or_else(|| wrong.clone())?), true),
        "busy" => (Fault::Busy(number.unwrap_or(BUSY_SECONDS)), true),
        "drop_after_commit" => (Fault::DropAfterCommit, false),
        "hang_after_commit" => (Fault::HangAfterCommit, false),
        "portal" => (Fault::Portal, false),
        "unauthorised" => (Fault::Unauthorised, false),
        "token_lost" => (Fault::TokenLost, false),
        "conflict" => (Fault::Conflict, false),
        "wrong_receipt" => (Fault::WrongReceipt, false),
        _ => return Err(RuleError::Kind),
    };
    if number.is_some() && !takes_number { Err(wrong) } else { Ok(fault) }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::DropAfterCommit => f.write_str("drop_after_commit"),
            Fault::HangAfterCommit => f.write_str("hang_after_commit"),
            Fault::Cut(None) => f.write_str("cut"),
            Fault::Cut(Some(bytes)) => write!(f, "cut={bytes}"),
            Fault::Slow(ms) => write!(f, "slow={ms}"),
            Fault::Busy(seconds) => write!(f, "busy={seconds}"),
            Fault::Portal => f.write_str("portal"),
            Fault::Unauthorised => f.write_str("unauthorised"),
            Fault::TokenLost => f.write_str("token_lost"),
            Fault::Conflict => f.write_str("conflict"),
            Fault::WrongReceipt => f.write_str("wrong_receipt"),
        }?;
        if let Some(path) = &self.path {
            write!(f, "@{path}")?;
        }
        match self.times {
            Times::Count(1) => Ok(()),
            Times::Count(count) => write!(f, "*{count}"),
            Times::Always => f.write_str("*"),
        }
    }
}

impl Rule {
    /// Whether the rule is about this path. Without a path of its own a rule keeps to where its fault can be seen.
    fn meets(&self, path: &str) -> bool {
        if let Some(own) = &self.path {
            return own == path || (own == "/ops/{op_id}" && path.starts_with("/ops/"));
        }
        match self.fault {
            Fault::DropAfterCommit | Fault::HangAfterCommit | Fault::Conflict => path == "/ops",
            Fault::WrongReceipt => path == "/ops" || path.starts_with("/ops/"),
            Fault::TokenLost => path == "/oauth/token",
            Fault::Unauthorised => path != "/config" && !path.starts_with("/oauth/"),
            Fault::Cut(_) | Fault::Slow(_) | Fault::Busy(_) | Fault::Portal => true,
        }
    }
}

/// When in the life of a request faults are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before anything: only a delay.
    Arrived,
    /// Instead of an answer of the rules.
    Instead,
    /// The answer holds receipts.
    Receipts,
    /// Something was committed.
    Committed,
    /// Tokens were committed.
    Tokens,
    /// An answer goes out.
    Answer,
}

impl Moment {
    fn takes(self, fault: Fault) -> bool {
        let belongs = match fault {
            Fault::Slow(_) => Self::Arrived,
            Fault::Busy(_) | Fault::Portal | Fault::Unauthorised | Fault::Conflict => Self::Instead,
            Fault::WrongReceipt => Self::Receipts,
            Fault::DropAfterCommit | Fault::HangAfterCommit => Self::Committed,
            Fault::TokenLost => Self::Tokens,
            Fault::Cut(_) => Self::Answer,
        };
        self == belongs
    }
}

/// The rules in force and how often each still applies.
#[derive(Debug)]
pub(crate) struct Plan(Mutex<Vec<(Rule, Times)>>);

impl Plan {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(Mutex::new(rules.into_iter().map(|rule| (rule.clone(), rule.times)).collect()))
    }

    /// Uses up the first rule that meets this path at this moment.
    pub(crate) fn take(&self, moment: Moment, path: &str) -> Option<Rule> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (rule, left) = rules.iter_mut().find(|(rule, left)| applies(rule, *left, moment, path))?;
        if let Times::Count(count) = left {
            *count -= 1;
        }
        Some(rule.clone())
    }

    /// Whether a rule would be taken, without using it up.
    pub(crate) fn waits(&self, moment: Moment, path: &str) -> bool {
        let rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().any(|(rule, left)| applies(rule, *left, moment, path))
    }
}

fn applies(rule: &Rule, left: Times, moment: Moment, path: &str) -> bool {
    left != Times::Count(0) && moment.takes(rule.fault) && rule.meets(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_reads_back_as_it_is_written() {
        for text in [
            "drop_after_commit",
            "hang_after_commit@/ops",
            "cut",
            "cut=100@/config*3",
            "slow=250*",
            "busy=30@/ops*2",
            "portal*",
            "unauthorised",
            "token_lost",
            "conflict*4",
            "wrong_receipt@/ops/{op_id}",
        ] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        assert_eq!("explode".parse::<Rule>(), Err(RuleError::Kind));
        assert_eq!("slow".parse::<Rule>(), Err(RuleError::Argument("slow")));
        assert_eq!("portal=1".parse::<Rule>(), Err(RuleError::Argument("portal")));
        assert_eq!("cut=-1".parse::<Rule>(), Err(RuleError::Argument("cut")));
        assert_eq!("busy@ops".parse::<Rule>(), Err(RuleError::Path));
        assert_eq!("busy*0".parse::<Rule>(), Err(RuleError::Count));
        assert_eq!("busy*x".parse::<Rule>(), Err(RuleError::Count));
    }

    #[test]
    fn a_path_is_whole_and_a_count_runs_out() {
        let plan = Plan::new(vec!["busy@/ops*2".parse().unwrap()]);
        assert!(plan.take(Moment::Instead, "/ops/check").is_none());
        assert!(plan.take(Moment::Instead, "/ops").is_some());
        assert!(plan.take(Moment::Answer, "/ops").is_none());
        assert!(plan.take(Moment::Instead, "/ops").is_some());
        assert!(plan.take(Moment::Instead, "/ops").is_none());
    }

    #[test]
    fn always_never_runs_out() {
        let plan = Plan::new(vec!["cut*".parse().unwrap()]);
        assert!((0..100).all(|_| plan.take(Moment::Answer, "/config").is_some()));
    }
}
