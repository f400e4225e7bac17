//! Exit codes: what a script may rely on. Pure: a code or an outcome in, a number out.

use apoa_core::StoppedBy;
use apoa_core::codes::Code;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, nothing to fix.
    Done,
    /// A bug.
    Unexpected,
    /// Wrong usage.
    Usage,
    /// Nothing found, nothing to compare.
    Nothing,
    /// Found, but refused or unreadable.
    Refused,
    /// Mismatch.
    Mismatch,
    /// Invalid data.
    Invalid,
    /// Offline or busy; kept, will retry.
    Waiting,
    /// The server refused or asks for a correction.
    ServerRefused,
    /// Sign-in, right, server or trust missing.
    Account,
    /// Storage or key.
    Storage,
    /// The doctor found problems.
    Sick,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number the shell sees.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::Nothing => 3,
            Self::Refused => 4,
            Self::Mismatch => 5,
            Self::Invalid => 6,
            Self::Waiting => 7,
            Self::ServerRefused => 8,
            Self::Account => 9,
            Self::Storage => 10,
            Self::Sick => 11,
            Self::Interrupted => 130,
        }
    }

    /// Of an error: by the letter of its code.
    pub(crate) fn of(code: Code) -> Self {
        match code.short().as_bytes().first() {
            Some(b'S') => Self::Refused,
            Some(b'P') => Self::Mismatch,
            Some(b'V' | b'I') => Self::Invalid,
            Some(b'N') => Self::Waiting,
            Some(b'R') => Self::ServerRefused,
            Some(b'A') => Self::Account,
            Some(b'D') => Self::Storage,
            _ => Self::Unexpected,
        }
    }

    /// Of what ended a run.
    pub(crate) fn of_stop(by: StoppedBy) -> Self {
        match by.code() {
            Some(code) => Self::of(code),
            None if by == StoppedBy::Cancelled => Self::Interrupted,
            // The budget: what is left waits for the next run.
            None => Self::Waiting,
        }
    }

    /// The one that weighs more: storage before sign-in before refusal before waiting before done. An interruption
    /// is what the person did, so it stands above all.
    #[must_use]
    pub(crate) fn worse(self, other: Self) -> Self {
        if other.number() > self.number() { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_exit_of_its_letter() {
        for code in Code::ALL {
            let expected = match &code.short()[..1] {
                "S" => 4,
                "P" => 5,
                "V" | "I" => 6,
                "N" => 7,
                "R" => 8,
                "A" => 9,
                "D" => 10,
                "X" => 1,
                letter => unreachable!("{letter} has no exit"),
            };
            assert_eq!(Exit::of(*code).number(), expected, "{code}");
        }
    }

    #[test]
    fn a_stopped_run_keeps_its_reports_and_says_what_is_to_be_done() {
        for (by, expected) in [
            (StoppedBy::Offline, 7),
            (StoppedBy::Portal, 7),
            (StoppedBy::Untrusted, 7),
            (StoppedBy::Clock, 7),
            (StoppedBy::Budget, 7),
            (StoppedBy::Server, 7),
            (StoppedBy::UpdateRequired, 7),
            (StoppedBy::Auth, 9),
            (StoppedBy::Blocked, 9),
            (StoppedBy::Revoked, 9),
            (StoppedBy::Cancelled, 130),
        ] {
            assert_eq!(Exit::of_stop(by).number(), expected, "{by}");
        }
    }

    #[test]
    fn the_worst_of_a_run_decides() {
        let all = [Exit::Waiting, Exit::ServerRefused, Exit::Account, Exit::Storage];
        assert_eq!(all.into_iter().fold(Exit::Done, Exit::worse), Exit::Storage);
        assert_eq!(Exit::ServerRefused.worse(Exit::Waiting), Exit::ServerRefused);
    }
}
