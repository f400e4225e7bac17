//! What a person's wish does to the ops of a report: a pure decision over what waits. Whatever may have reached the
//! server is only followed, never edited; whatever surely did not is replaced in one step.

use super::finalise::Step;
use super::follow_up::fits;
use super::kinds::{OpKind, ReportKind};
use super::state::{Standing, Work};
use crate::ids::{OpId, Revision};

/// Why an op does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    No,
    /// A person has to look.
    Wedged,
    /// Its predecessor needs a correction first.
    Parked,
}

/// An op that waits, in the order in which they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveOp {
    /// The op.
    pub op: OpId,
    /// What it does.
    pub kind: OpKind,
    /// Its revision.
    pub revision: Revision,
    /// What it builds on.
    pub base: Revision,
    /// Whether the server may have it.
    pub maybe_sent: bool,
    /// Why it does not move, if it does not.
    pub held: Held,
}

/// A report as a plan sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its kind.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// The newest revision made here.
    pub local: Revision,
    /// The newest revision the server has proved.
    pub acked: Revision,
    /// Whether the server has proved it closed.
    pub closed: bool,
    /// Whether its data are here; those of a report that another device made are not.
    pub has_data: bool,
    /// What waits, oldest first.
    pub ops: Vec<LiveOp>,
}

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The whole data, corrected.
    Edit,
    /// An operation on the report as it stands.
    FollowUp(OpKind),
    /// It should never have been.
    Withdraw,
    /// It should never have been, and nobody but this device shall hear of it.
    Discard,
}

/// Why it cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// It is still a draft: finish it first.
    #[error("it is a draft")]
    Draft,
    /// It was dropped before the server saw it.
    #[error("it was discarded")]
    Discarded,
    /// The stay or job is over, or its end waits to be sent. An edit can open it again.
    #[error("it is closed")]
    Closed,
    /// It is withdrawn, or the withdrawal waits to be sent.
    #[error("it is cancelled")]
    Cancelled,
    /// The office rejected it.
    #[error("it was rejected")]
    Rejected,
    /// An op that the server may have is on hold: retry or supersede it first.
    #[error("it is on hold")]
    Wedged,
    /// The office asks for other data first.
    #[error("it needs a correction first")]
    NeedsCorrection,
    /// Reports of this kind know no such operation.
    #[error("reports of this kind know no such operation")]
    OtherKind,
    /// The server may have it: it can only be cancelled there.
    #[error("the server may have it")]
    Sent,
    /// Its data are on the device that made it.
    #[error("its data are on another device")]
    Elsewhere,
}

impl NotPossible {
    /// The word for the state that stands in the way.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Discarded => "discarded",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Wedged => "wedged",
            Self::NeedsCorrection => "needs-correction",
            Self::OtherKind => "other-kind",
            Self::Sent => "sent",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What is to be done, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Everything that waits goes; the server never had any of it.
    Discard {
        /// These ops leave.
        drop: Vec<OpId>,
    },
    /// Ops leave, a new one comes, others come again behind it.
    File {
        /// These ops leave.
        drop: Vec<OpId>,
        /// The new op and its place; none when only the places change.
        new: Option<(OpKind, Step)>,
        /// The data of these ops, in order, as new ops at these places.
        again: Vec<(OpId, Step)>,
    },
}

/// What the wish does to a report in this state.
pub fn plan(life: &Life, wish: Wish) -> Result<Plan, NotPossible> {
    refuse_ended(life)?;
    match wish {
        Wish::Withdraw => Ok(withdraw(life)),
        Wish::Discard => match withdraw(life) {
            gone @ Plan::Discard { .. } => Ok(gone),
            Plan::File { .. } => Err(NotPossible::Sent),
        },
        _ if life.work == Work::Draft => Err(NotPossible::Draft),
        Wish::Edit => edit(life),
        Wish::FollowUp(op) => follow_up(life, op),
    }
}

/// Whether what waits may take its new places without a person: its base moved, the server surely has none of it, and
/// each op says the same on any base. An amendment is the whole data, a change and a withdrawal answer what was seen:
/// there a person has to look. So it is where somebody else ended the report meanwhile.
pub fn rebases(life: &Life) -> bool {
    let moved = life.ops.first().is_some_and(|op| op.base < life.acked);
    let over = life.closed || has_ended(life);
    let own = |op: &LiveOp| !op.maybe_sent && op.held != Held::Parked && says_the_same(op.kind);
    moved && !over && life.ops.iter().all(own)
}

/// Whether the server has proved that no op will ever have an effect on it again.
pub fn has_ended(life: &Life) -> bool {
    matches!(life.standing, Standing::Rejected | Standing::Cancelled)
}

/// Whether an op means the same on whatever revision it builds.
pub fn says_the_same(op: OpKind) -> bool {
    matches!(op, OpKind::Extend | OpKind::CheckOut | OpKind::End | OpKind::Attach)
}

/// Everything that waits, at new places on what the server has proved: after its base moved, or after the server said
/// that it never saw the first of it.
pub fn rebased(life: &Life) -> Plan {
    let mut places = Places::from(life, life.acked);
    let again = life.ops.iter().map(|op| (op.op, places.next())).collect();
    Plan::File { drop: all(life), new: None, again }
}

fn refuse_ended(life: &Life) -> Result<(), NotPossible> {
    let live = |wanted: fn(&LiveOp) -> bool| life.ops.iter().any(wanted);
    match (life.work, life.standing) {
        (Work::Discarded, _) => Err(NotPossible::Discarded),
        (_, Standing::Cancelled) => Err(NotPossible::Cancelled),
        (_, Standing::Rejected) => Err(NotPossible::Rejected),
        // A withdrawal that the server refused is none: the report goes on.
        _ if life.work != Work::NeedsCorrection && live(|op| op.kind == OpKind::Cancel) => {
            Err(NotPossible::Cancelled)
        }
        _ if live(|op| op.held == Held::Wedged && op.maybe_sent) => Err(NotPossible::Wedged),
        _ => Ok(()),
    }
}

/// Places one behind the other.
struct Places {
    revision: Revision,
    base: Revision,
}

impl Places {
    /// The first one builds on `base`.
    fn from(life: &Life, base: Revision) -> Self {
        Self { revision: life.local.max(life.acked), base }
    }

    fn next(&mut self) -> Step {
        let at = Step { revision: self.revision.next(), base: self.base };
        (self.revision, self.base) = (at.revision, at.revision);
        at
    }
}

/// What a new op builds on, once these unsent ones are gone: the newest op that was sent, or what is proved.
fn base_without(life: &Life, drop: &[OpId]) -> Revision {
    let kept = life.ops.iter().rev().find(|op| !drop.contains(&op.op));
    kept.map_or(life.acked, |op| op.revision)
}

fn all(life: &Life) -> Vec<OpId> {
    life.ops.iter().map(|op| op.op).collect()
}

fn unsent(life: &Life) -> Vec<OpId> {
    life.ops.iter().filter(|op| !op.maybe_sent).map(|op| op.op).collect()
}

fn withdraw(life: &Life) -> Plan {
    let unknown_there = life.standing == Standing::None && life.acked == Revision::NONE;
    if unknown_there && life.ops.iter().all(|op| !op.maybe_sent) {
        return Plan::Discard { drop: all(life) };
    }
    let drop = unsent(life);
    let at = Places::from(life, base_without(life, &drop)).next();
    Plan::File { drop, new: Some((OpKind::Cancel, at)), again: Vec::new() }
}

fn edit(life: &Life) -> Result<Plan, NotPossible> {
    if !life.has_data {
        return Err(NotPossible::Elsewhere);
    }
    let first_of_all = life.acked == Revision::NONE && life.standing == Standing::None;
    if life.work == Work::NeedsCorrection {
        let mut places = Places::from(life, life.acked);
        if first_of_all {
            // What was to follow cannot stand in a new report: it follows again.
            let at = places.next();
            let again = life.ops.iter().map(|op| (op.op, places.next())).collect();
            return Ok(Plan::File { drop: all(life), new: Some((OpKind::Submit, at)), again });
        }
        // The whole data hold what was to follow, photos apart.
        let at = places.next();
        let photos = life.ops.iter().filter(|op| op.kind == OpKind::Attach);
        let again = photos.map(|op| (op.op, places.next())).collect();
        return Ok(Plan::File { drop: all(life), new: Some((OpKind::Amend, at)), again });
    }
    let (drop, kind, base) = match life.ops.last() {
        // A photo is no part of the data: it stays where it is.
        Some(last) if !last.maybe_sent && (last.kind != OpKind::Attach || last.held == Held::Wedged) => {
            let kind = if last.kind == OpKind::Submit { OpKind::Submit } else { OpKind::Amend };
            // What is on hold may be so because its base moved.
            let base = if last.held == Held::Wedged { life.acked } else { last.base };
            (vec![last.op], kind, base)
        }
        Some(last) => (Vec::new(), OpKind::Amend, last.revision),
        None => (Vec::new(), OpKind::Amend, life.acked),
    };
    let held = life.ops.iter().any(|op| op.held == Held::Wedged && !drop.contains(&op.op));
    if held {
        return Err(NotPossible::Wedged);
    }
    let at = Places::from(life, base).next();
    Ok(Plan::File { drop, new: Some((kind, at)), again: Vec::new() })
}

fn follow_up(life: &Life, op: OpKind) -> Result<Plan, NotPossible> {
    if !fits(op, life.kind) {
        return Err(NotPossible::OtherKind);
    }
    let moving = |live: &&LiveOp| live.held != Held::Parked;
    if life.closed || life.ops.iter().filter(moving).any(|live| live.kind.closes()) {
        return Err(NotPossible::Closed);
    }
    if life.ops.iter().any(|live| live.held == Held::Wedged) {
        return Err(NotPossible::Wedged);
    }
    if life.work == Work::NeedsCorrection {
        if life.acked == Revision::NONE {
            return Err(NotPossible::NeedsCorrection);
        }
        // A corrected follow-up goes first, what waited behind the refused one again after it.
        let mut places = Places::from(life, life.acked);
        let at = places.next();
        let still = |live: &&LiveOp| live.kind != op && !op.closes();
        let again = life.ops.iter().filter(still).map(|live| (live.op, places.next())).collect();
        return Ok(Plan::File { drop: all(life), new: Some((op, at)), again });
    }
    let at = Places::from(life, base_without(life, &[])).next();
    Ok(Plan::File { drop: Vec::new(), new: Some((op, at)), again: Vec::new() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
