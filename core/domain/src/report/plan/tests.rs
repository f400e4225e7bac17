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
    assert_eq!(plan(&life(Standing::Received, Work::None, 1, vec![]), Wish::Discard), Err(NotPossible::Sent));
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

#[test]
fn only_what_says_the_same_on_any_base_takes_its_new_place_by_itself() {
    let on = |base, kinds: &[OpKind]| {
        let ops = kinds.iter().zip(3..).map(|(kind, number)| op(number, *kind, base, false)).collect();
        life(Standing::Received, Work::Wedged, 2, ops)
    };
    for kind in OpKind::ALL {
        let same = matches!(kind, OpKind::Extend | OpKind::CheckOut | OpKind::End | OpKind::Attach);
        assert_eq!(rebases(&on(1, &[*kind])), same, "{kind}");
        assert_eq!(rebases(&on(1, &[OpKind::Extend, *kind])), same, "behind: {kind}");
        assert!(!rebases(&on(2, &[*kind])), "its base is where it was: {kind}");
    }
    let good = on(1, &[OpKind::Extend]);
    let with = |change: fn(&mut Life)| {
        let mut life = good.clone();
        change(&mut life);
        rebases(&life)
    };
    assert!(!with(|life| life.closed = true));
    assert!(!with(|life| life.standing = Standing::Cancelled));
    assert!(!with(|life| life.ops[0].maybe_sent = true));
    assert!(!with(|life| life.ops[0].held = Held::Parked));
    assert!(!with(|life| life.ops.clear()));
}

#[test]
fn a_withdrawal_behind_a_refused_op_is_made_again_or_taken_back() {
    let parked = LiveOp { held: Held::Parked, ..op(3, OpKind::Cancel, 2, false) };
    let refused = life(Standing::Received, Work::NeedsCorrection, 1, vec![parked]);
    assert_eq!(filed(plan(&refused, Wish::Withdraw)), (1, OpKind::Cancel, (4, 1), 0));
    assert_eq!(filed(plan(&refused, Wish::Edit)), (1, OpKind::Amend, (4, 1), 0));
    let waiting = life(Standing::Received, Work::Queued, 1, vec![op(2, OpKind::Cancel, 1, false)]);
    assert_eq!(plan(&waiting, Wish::Edit), Err(NotPossible::Cancelled));
}
