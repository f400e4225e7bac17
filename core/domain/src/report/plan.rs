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
        _ if live(|op| op.kind == OpKind::Cancel) => Err(NotPossible::Cancelled),
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
        // The whole data hold what was to follow.
        return Ok(Plan::File {
            drop: all(life),
            new: Some((OpKind::Amend, places.next())),
            again: Vec::new(),
        });
    }
    let (drop, kind, base) = match life.ops.last() {
        Some(last) if !last.maybe_sent => {
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
mod tests {
    use super::*;

    fn op(number: u8, kind: OpKind, base: u32, maybe_sent: bool) -> LiveOp {
        LiveOp {
            op: OpId::from_bytes([number; 16]),
            kind,
            revision: Revision(u32::from(number)),
            base: Revision(base),
            maybe_sent,
            held: Held::No,
        }
    }

    fn life(standing: Standing, work: Work, acked: u32, ops: Vec<LiveOp>) -> Life {
        let newest = ops.iter().map(|op| op.revision).max().unwrap_or(Revision(acked));
        Life {
            kind: ReportKind::LodgingCheckIn,
            standing,
            work,
            local: newest,
            acked: Revision(acked),
            closed: false,
            has_data: true,
            ops,
        }
    }

    fn filed(plan: Result<Plan, NotPossible>) -> (usize, OpKind, (u32, u32), usize) {
        match plan {
            Ok(Plan::File { drop, new: Some((kind, at)), again }) => {
                (drop.len(), kind, (at.revision.0, at.base.0), again.len())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_surely_not_sent_is_replaced_and_what_may_have_been_is_followed() {
        let fresh = |sent| life(Standing::None, Work::Queued, 0, vec![op(1, OpKind::Submit, 0, sent)]);
        assert_eq!(filed(plan(&fresh(false), Wish::Edit)), (1, OpKind::Submit, (2, 0), 0));
        assert_eq!(filed(plan(&fresh(true), Wish::Edit)), (0, OpKind::Amend, (2, 1), 0));
        let received = life(Standing::Received, Work::None, 1, vec![]);
        assert_eq!(filed(plan(&received, Wish::Edit)), (0, OpKind::Amend, (2, 1), 0));
        let longer = life(Standing::Received, Work::Queued, 1, vec![op(2, OpKind::Extend, 1, false)]);
        assert_eq!(filed(plan(&longer, Wish::Edit)), (1, OpKind::Amend, (3, 1), 0));
    }

    #[test]
    fn a_withdrawal_is_local_as_long_as_the_server_cannot_have_the_report() {
        let draft = life(Standing::None, Work::Draft, 0, vec![]);
        assert_eq!(plan(&draft, Wish::Withdraw), Ok(Plan::Discard { drop: vec![] }));
        let ops = vec![op(1, OpKind::Submit, 0, false), op(2, OpKind::Extend, 1, false)];
        let waiting = life(Standing::None, Work::Queued, 0, ops);
        assert_eq!(plan(&waiting, Wish::Withdraw), Ok(Plan::Discard { drop: all(&waiting) }));
        let refused = life(Standing::None, Work::NeedsCorrection, 0, vec![]);
        assert_eq!(plan(&refused, Wish::Withdraw), Ok(Plan::Discard { drop: vec![] }));
        assert_eq!(
            plan(&life(Standing::Received, Work::None, 1, vec![]), Wish::Discard),
            Err(NotPossible::Sent)
        );
        assert_eq!(plan(&draft, Wish::Discard), Ok(Plan::Discard { drop: vec![] }));
        let in_doubt = vec![op(1, OpKind::Submit, 0, true), op(2, OpKind::Extend, 1, false)];
        let in_doubt = life(Standing::None, Work::Queued, 0, in_doubt);
        assert_eq!(filed(plan(&in_doubt, Wish::Withdraw)), (1, OpKind::Cancel, (3, 1), 0));
        let received = life(Standing::Accepted, Work::None, 4, vec![]);
        assert_eq!(filed(plan(&received, Wish::Withdraw)), (0, OpKind::Cancel, (5, 4), 0));
    }

    #[test]
    fn a_follow_up_goes_behind_whatever_waits_and_never_behind_an_end() {
        let waiting = life(Standing::None, Work::Queued, 0, vec![op(1, OpKind::Submit, 0, false)]);
        let extend = Wish::FollowUp(OpKind::Extend);
        assert_eq!(filed(plan(&waiting, extend)), (0, OpKind::Extend, (2, 1), 0));
        let leaving = life(Standing::Received, Work::Queued, 1, vec![op(2, OpKind::CheckOut, 1, false)]);
        assert_eq!(plan(&leaving, extend), Err(NotPossible::Closed));
        let mut gone = life(Standing::Received, Work::None, 2, vec![]);
        gone.closed = true;
        assert_eq!(plan(&gone, extend), Err(NotPossible::Closed));
        assert_eq!(filed(plan(&gone, Wish::Edit)), (0, OpKind::Amend, (3, 2), 0));
        assert_eq!(plan(&waiting, Wish::FollowUp(OpKind::End)), Err(NotPossible::OtherKind));
    }

    #[test]
    fn a_correction_takes_along_what_waited_behind_the_refused_op() {
        let parked = LiveOp { held: Held::Parked, ..op(2, OpKind::CheckOut, 1, false) };
        let new = life(Standing::None, Work::NeedsCorrection, 0, vec![parked]);
        let Ok(Plan::File { drop, new: Some((OpKind::Submit, at)), again }) = plan(&new, Wish::Edit) else {
            panic!("not filed anew")
        };
        assert_eq!((drop.len(), at.revision.0, at.base.0), (1, 3, 0));
        assert_eq!((again[0].1.revision.0, again[0].1.base.0), (4, 3));
        assert_eq!(plan(&new, Wish::FollowUp(OpKind::Extend)), Err(NotPossible::NeedsCorrection));

        let parked = LiveOp { held: Held::Parked, ..op(3, OpKind::CheckOut, 2, false) };
        let known = life(Standing::Received, Work::NeedsCorrection, 1, vec![parked]);
        assert_eq!(filed(plan(&known, Wish::Edit)), (1, OpKind::Amend, (4, 1), 0));
        assert_eq!(filed(plan(&known, Wish::FollowUp(OpKind::Extend))), (1, OpKind::Extend, (4, 1), 1));
        assert_eq!(filed(plan(&known, Wish::FollowUp(OpKind::CheckOut))), (1, OpKind::CheckOut, (4, 1), 0));
    }

    #[test]
    fn nothing_is_done_to_what_is_over_or_on_hold_in_doubt() {
        let held = LiveOp { held: Held::Wedged, ..op(2, OpKind::Extend, 1, true) };
        let cases = [
            (life(Standing::None, Work::Discarded, 0, vec![]), NotPossible::Discarded),
            (life(Standing::Cancelled, Work::None, 2, vec![]), NotPossible::Cancelled),
            (life(Standing::Rejected, Work::None, 1, vec![]), NotPossible::Rejected),
            (life(Standing::Received, Work::Wedged, 1, vec![held]), NotPossible::Wedged),
            (
                life(Standing::Received, Work::Queued, 1, vec![op(2, OpKind::Cancel, 1, false)]),
                NotPossible::Cancelled,
            ),
        ];
        for (life, why) in cases {
            for wish in [Wish::Edit, Wish::FollowUp(OpKind::Extend), Wish::Withdraw] {
                assert_eq!(plan(&life, wish), Err(why), "{wish:?}");
            }
        }
        let unsent = LiveOp { maybe_sent: false, ..held };
        let unsent = life(Standing::Received, Work::Wedged, 1, vec![unsent]);
        assert_eq!(filed(plan(&unsent, Wish::Edit)), (1, OpKind::Amend, (3, 1), 0));
    }

    #[test]
    fn whatever_waits_is_put_on_what_is_proved_in_its_order() {
        let ops = vec![op(3, OpKind::Extend, 1, true), op(4, OpKind::CheckOut, 3, false)];
        let moved = life(Standing::Received, Work::Wedged, 2, ops);
        let Plan::File { drop, new: None, again } = rebased(&moved) else { panic!("not filed") };
        let places: Vec<_> = again.iter().map(|(_, at)| (at.revision.0, at.base.0)).collect();
        assert_eq!((drop.len(), places), (2, vec![(5, 2), (6, 5)]));
    }
}
