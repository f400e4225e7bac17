//! The check against the office's own register: the code, the record behind its key, the passport in hand, each pair
//! compared. A code that anybody can copy proves nothing by itself; the record says whose it is.
//!
//! Not its job: asking for the record, which is the sync's.

use super::compare::{Comparison, Occasion, Remark, compare};
use super::person::Person;
use super::reason::{Reason, Verdict};
use crate::codes::Code;

/// Two of the three sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pair {
    /// The register against the passport: whose permit it is.
    RecordPassport,
    /// The register against what the code itself says: whether the code was made up or changed.
    CodeRecord,
    /// What the code itself says against the passport.
    CodePassport,
}

impl Pair {
    /// Every pair, the one that weighs most first.
    pub const ALL: [Self; 3] = [Self::RecordPassport, Self::CodeRecord, Self::CodePassport];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordPassport => "record_passport",
            Self::CodeRecord => "code_record",
            Self::CodePassport => "code_passport",
        }
    }
}

/// The result of comparing three.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ThreeWay {
    /// The whole verdict: the worst pair's. A pair with nothing to compare does not count.
    pub verdict: Verdict,
    /// The rule that decided it.
    pub reason: Option<Reason>,
    /// The pair that decided it.
    pub decided_by: Pair,
    /// Register and passport: the fields to show.
    pub record_passport: Comparison,
    /// Register (as the permit's side) and code.
    pub code_record: Comparison,
    /// Code and passport.
    pub code_passport: Comparison,
    /// What else to say.
    pub notes: Vec<Remark>,
}

impl ThreeWay {
    /// One pair's comparison.
    pub fn pair(&self, pair: Pair) -> &Comparison {
        match pair {
            Pair::RecordPassport => &self.record_passport,
            Pair::CodeRecord => &self.code_record,
            Pair::CodePassport => &self.code_passport,
        }
    }
}

/// Compares what a code says, the record its key leads to, and the passport. `record` comes from the office's register
/// (`Origin::Record`). A code that is only a key says nothing of the holder and weighs nothing.
pub fn compare_three(code: &Person, record: &Person, passport: &Person, occasion: &Occasion) -> ThreeWay {
    let record_passport = compare(record, passport, occasion);
    let mut code_record = compare(record, code, occasion);
    let mut code_passport = compare(code, passport, occasion);
    if !record.is_pending() {
        // The data are here: that the code itself states none is nothing to wait for.
        for pair in [&mut code_record, &mut code_passport] {
            pair.reason = pair.reason.filter(|reason| *reason != Reason::RecordPending);
        }
    }
    // A paper is older than the register. Where the register already has the new passport, the old number printed in
    // the code is no news.
    let settled = record_passport.verdict == Verdict::Match;
    let is_old_paper = |reason| matches!(reason, Some(Reason::PassportRenewed | Reason::ExpiryDifferent));
    let weight = |pair: Pair, comparison: &Comparison| match comparison.verdict {
        Verdict::NotComparable => 0,
        Verdict::Plausible if pair != Pair::RecordPassport && settled && is_old_paper(comparison.reason) => 1,
        Verdict::Match => 1,
        Verdict::Plausible => 2,
        Verdict::Mismatch => 3,
    };
    let weighed = [
        (Pair::RecordPassport, weight(Pair::RecordPassport, &record_passport)),
        (Pair::CodeRecord, weight(Pair::CodeRecord, &code_record)),
        (Pair::CodePassport, weight(Pair::CodePassport, &code_passport)),
    ];
    let worst = weighed.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
    // Of equal pairs the first decides: the register knows best.
    let decided_by =
        weighed.iter().find(|(_, weight)| *weight == worst).map_or(Pair::RecordPassport, |(pair, _)| *pair);
    let mut whole = ThreeWay {
        verdict: Verdict::Match,
        reason: None,
        decided_by,
        record_passport,
        code_record,
        code_passport,
        notes: Vec::new(),
    };
    let deciding = whole.pair(decided_by);
    (whole.verdict, whole.reason) = (deciding.verdict, deciding.reason);
    whole.notes = remarks(&whole);
    whole
}

/// What register and passport give to say, and of a pair with the code what decided.
fn remarks(whole: &ThreeWay) -> Vec<Remark> {
    let decided = whole.reason.map(Remark::Reason);
    let own = whole.record_passport.notes.iter().copied();
    let mut remarks: Vec<Remark> = own.filter(|remark| Some(*remark) != decided).collect();
    let mut say = |code: Code| {
        if !remarks.contains(&Remark::Code(code)) {
            remarks.push(Remark::Code(code));
        }
    };
    match (whole.decided_by, whole.verdict) {
        (Pair::RecordPassport, _) | (_, Verdict::Match | Verdict::NotComparable) => {}
        // The register may be this guest's; then it is the code that does not tell the truth.
        (Pair::CodeRecord | Pair::CodePassport, Verdict::Mismatch) => say(Code::PermitPassportDiffer),
        (Pair::CodeRecord | Pair::CodePassport, Verdict::Plausible) => {
            if whole.reason == Some(Reason::PassportRenewed) {
                say(Code::PassportRenewed);
            }
        }
    }
    // Why the register had no say, if it had none.
    let silent = whole.record_passport.reason.map(Remark::Reason);
    if whole.record_passport.verdict == Verdict::NotComparable && silent != decided {
        remarks.extend(silent.filter(|reason| !remarks.contains(reason)));
    }
    remarks
}
