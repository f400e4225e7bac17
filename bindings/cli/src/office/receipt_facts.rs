//! What a paper about one report says, gathered and judged; how it looks is the papers' own.

use apoa_core::WaitingOp;
use apoa_core::ids::{ReportId, Timestamp};
use apoa_core::report::deadline::Zone;
use apoa_core::report::finalise::{ClockTrust, Judged};
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::report::receipt::VerifiedReceipt;

use super::table::Tone;
use super::words::{Both, Said, moment, span, text};

/// Everything a paper about one report may say.
pub(crate) struct Facts {
    pub(crate) report: ReportId,
    pub(crate) kind: ReportKind,
    /// The unit's name.
    pub(crate) unit: String,
    pub(crate) zone: Zone,
    /// By the server's clock as far as it is known.
    pub(crate) now: Timestamp,
    /// When it was finalised here, and by which clock; unknown of a report that another device made.
    pub(crate) captured: Option<(Timestamp, ClockTrust)>,
    pub(crate) due: Option<Timestamp>,
    /// Name and document number as they may be shown.
    pub(crate) holder: Vec<String>,
    pub(crate) judged: Option<Judged>,
    /// Newest first; each verified just now.
    pub(crate) receipts: Vec<VerifiedReceipt>,
    /// What waits on this device, in its order.
    pub(crate) waiting: Vec<WaitingOp>,
    /// The code of what holds it back, or of what the office said.
    pub(crate) code: Option<String>,
    /// Why the office rejected it, in its own words, or which facts it wants corrected.
    pub(crate) reason: Option<Said>,
    /// Whether the deployment says that its receipts are the office's own.
    pub(crate) official: bool,
}

/// How a report stands to its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// There is none.
    NoDeadline,
    /// The server had it in time.
    InTime,
    /// The server had it so many milliseconds late; whether it was captured in time here.
    Late { by_ms: i64, captured_in_time: bool },
    /// Nothing is proved yet and so much time is left; negative once it has passed.
    Open { left_ms: i64 },
}

impl Facts {
    /// When the server first had it, by its own clock.
    pub(crate) fn received(&self) -> Option<Timestamp> {
        self.receipts.iter().map(VerifiedReceipt::issued_at).min()
    }

    pub(crate) fn kept(&self) -> Kept {
        let Some(due) = self.due else { return Kept::NoDeadline };
        match self.received() {
            Some(received) if received <= due => Kept::InTime,
            Some(received) => Kept::Late {
                by_ms: received.0 - due.0,
                captured_in_time: self.captured.is_some_and(|(at, _)| at <= due),
            },
            None => Kept::Open { left_ms: due.0 - self.now.0 },
        }
    }

    /// What the server proved last, or that it has not proved anything.
    pub(crate) fn state(&self, both: &Both) -> (Said, Tone) {
        let Some(newest) = self.receipts.first() else {
            return (both.say("cli-state-none", &[]), Tone::Bad);
        };
        let tone = match newest.state() {
            "received" | "accepted" => Tone::Good,
            "rejected" | "cancelled" => Tone::Bad,
            _ => Tone::Warn,
        };
        (both.say(&format!("cli-state-{}", newest.state()), &[]), tone)
    }

    pub(crate) fn kind(&self, both: &Both) -> Said {
        kind(both, self.kind)
    }

    pub(crate) fn instant(&self, both: &Both, at: Timestamp) -> Said {
        both.each(|words| moment(words, self.zone, at))
    }

    /// When it was captured, and by which clock.
    pub(crate) fn captured_said(&self, both: &Both) -> (Said, Option<Said>) {
        match self.captured {
            Some((at, trust)) => (self.instant(both, at), Some(clock(both, trust))),
            None => (both.say("cli-paper-elsewhere", &[]), None),
        }
    }

    /// The deadline, and whether it was kept.
    pub(crate) fn deadline_said(&self, both: &Both) -> (Said, Option<(Said, Tone)>) {
        let due = self.due.map(|due| self.instant(both, due));
        let with = |key: &str, ms: i64| both.each(|words| text(words, key, &[("time", &span(words, ms))]));
        match (due, self.kept()) {
            (None, _) | (_, Kept::NoDeadline) => (both.say("cli-deadline-none", &[]), None),
            (Some(due), Kept::InTime) => {
                (due, Some((both.say("cli-deadline-kept", &[]), self.in_time(both))))
            }
            (Some(due), Kept::Late { by_ms, captured_in_time }) => {
                let key = if captured_in_time { "cli-deadline-late-captured" } else { "cli-deadline-late" };
                (due, Some((with(key, by_ms), Tone::Warn)))
            }
            (Some(due), Kept::Open { left_ms }) if left_ms >= 0 => {
                (due, Some((with("cli-deadline-open", left_ms), Tone::Plain)))
            }
            (Some(due), Kept::Open { left_ms }) => {
                (due, Some((with("cli-deadline-over", left_ms), Tone::Bad)))
            }
        }
    }

    /// How it strikes the eye that it came in time: in vain is no good news.
    pub(crate) fn in_time(&self, both: &Both) -> Tone {
        if self.state(both).1 == Tone::Bad { Tone::Plain } else { Tone::Good }
    }

    /// The code of what is wrong, and what the office said of it.
    pub(crate) fn wrong_said(&self) -> Option<(Said, Option<Said>)> {
        let code = self.code.as_deref()?;
        Some((Said::same(code), self.reason.clone()))
    }

    /// Whether something was changed here since the server signed last: then what is here is not what it signed.
    pub(crate) fn is_changed(&self) -> bool {
        let changes = |op: &WaitingOp| matches!(op.kind, OpKind::Submit | OpKind::Amend | OpKind::Change);
        !self.receipts.is_empty() && self.waiting.iter().any(changes)
    }

    /// The holder as may be shown, on one line; not one that the server did not sign.
    pub(crate) fn holder_said(&self, both: &Both) -> Said {
        if self.is_changed() {
            return both.say("cli-paper-holder-changed", &[]);
        }
        if self.holder.is_empty() { Said::same("–") } else { Said::same(self.holder.join(" · ")) }
    }

    /// The verdict of the comparison, and the reason that decided it.
    pub(crate) fn verdict_said(&self, both: &Both) -> (Said, Option<Said>) {
        let Some(judged) = self.judged.as_ref().filter(|_| !self.is_changed()) else {
            return (both.say("cli-paper-not-compared", &[]), None);
        };
        let verdict = both.say(&format!("word-{}", judged.verdict().replace('_', "-")), &[]);
        // A sentence whose letters are not kept would show dots.
        let reason = judged.reasons().next().map(|reason| both.say(&format!("reason-{reason}"), &[]));
        (verdict, reason.filter(|said| !said.id.contains('…')))
    }
}

/// A kind of report in words.
pub(crate) fn kind(both: &Both, kind: ReportKind) -> Said {
    both.say(&format!("cli-kind-{}", kind.as_str().replace('.', "-")), &[])
}

/// How far a device's clock can be trusted, in words.
pub(crate) fn clock(both: &Both, trust: ClockTrust) -> Said {
    let key = match trust {
        ClockTrust::Synced => "cli-clock-synced",
        ClockTrust::Estimated => "cli-clock-estimated",
        ClockTrust::Unknown => "cli-clock-unknown",
    };
    both.say(key, &[])
}
