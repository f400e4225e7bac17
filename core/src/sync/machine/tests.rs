use proptest::prelude::*;

use super::*;

const AT: fn(u64) -> Duration = Duration::from_secs;

const PLAN: Plan = Plan {
    config: false,
    token: false,
    silent_until: Duration::ZERO,
    until: Duration::from_mins(1),
    trigger: Trigger::Schedule,
    batch_most: 50,
    seed: 1,
};

fn machine(config: bool, token: bool) -> Machine {
    Machine::new(Plan { config, token, ..PLAN })
}

fn drive(machine: &mut Machine, events: &[Event]) -> Vec<Command> {
    events.iter().map(|event| machine.handle(*event, AT(1))).collect()
}

#[test]
fn a_run_asks_for_everything_before_it_marks_and_marks_before_it_sends() {
    let commands = drive(
        &mut machine(true, true),
        &[
            Event::Start,
            Event::Answered,
            Event::Answered,
            Event::Answered,
            Event::Loaded { ops: 3, next: None },
            Event::Marked,
            Event::Settled { waiting: false, conflict: false },
            Event::Loaded { ops: 0, next: None },
        ],
    );
    assert_eq!(
        commands,
        [
            Command::FetchConfig,
            Command::Refresh,
            Command::PullChanges,
            Command::Load { most: 8 },
            Command::Mark,
            Command::Send,
            Command::Load { most: 16 },
            Command::Finish(None),
        ]
    );
}

#[test]
fn after_a_conflict_the_changes_are_pulled_once_more_and_never_again() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    let conflict = Event::Settled { waiting: false, conflict: true };
    let round = [Event::Loaded { ops: 2, next: None }, Event::Marked, conflict];
    let nothing = Event::Loaded { ops: 0, next: None };
    // What else waits goes first: the last batch may bring conflicts too.
    assert_eq!(drive(&mut machine, &round).last(), Some(&Command::Load { most: 16 }));
    assert_eq!(drive(&mut machine, &round).last(), Some(&Command::Load { most: 32 }));
    assert_eq!(
        drive(&mut machine, &[nothing, Event::Answered]),
        [Command::PullChanges, Command::Load { most: 32 }]
    );
    drive(&mut machine, &round);
    assert_eq!(drive(&mut machine, &[nothing]), [Command::Finish(None)]);
}

#[test]
fn what_waits_for_its_time_does_not_hold_up_the_look_after_a_conflict() {
    let mut machine = machine(false, false);
    let events = [Event::Start, Event::Answered, Event::Loaded { ops: 2, next: None }, Event::Marked];
    drive(&mut machine, &events);
    let settled = machine.handle(Event::Settled { waiting: true, conflict: true }, AT(2));
    assert!(matches!(settled, Command::Postpone { .. }), "{settled:?}");
    let waits = Event::Loaded { ops: 0, next: Some(AT(9)) };
    assert_eq!(
        drive(&mut machine, &[Event::Postponed, waits, Event::Answered, waits]),
        [
            Command::Load { most: 16 },
            Command::PullChanges,
            Command::Load { most: 16 },
            Command::Wait { until: AT(9) }
        ]
    );
}

#[test]
fn photos_go_last_each_before_its_op_and_one_that_is_refused_holds_up_no_other() {
    let mut machine = machine(false, false);
    let one = Event::Loaded { ops: 1, next: None };
    let conflict = Event::Settled { waiting: false, conflict: true };
    let events =
        [Event::Start, Event::Answered, one, Event::Marked, conflict, Event::PhotoDue, Event::Answered];
    assert_eq!(drive(&mut machine, &events)[5..], [Command::PullChanges, Command::Load { most: 16 }]);
    let settled = Event::Settled { waiting: false, conflict: false };
    assert_eq!(
        drive(&mut machine, &[Event::PhotoDue, Event::Answered, one, Event::Marked, settled]),
        [
            Command::SendPhoto,
            Command::Load { most: 16 },
            Command::Mark,
            Command::Send,
            Command::Load { most: 32 }
        ]
    );
    let refused = Event::Failed(Trouble::Contract);
    assert_eq!(
        drive(&mut machine, &[Event::PhotoDue, refused, Event::Postponed]),
        [Command::SendPhoto, Command::Wedge, Command::Load { most: 32 }]
    );
    let busy = Event::Failed(Trouble::Temporary { retry_after_ms: None });
    let waits = drive(&mut machine, &[Event::PhotoDue, busy, Event::Tick]);
    assert!(matches!(waits[..], [Command::SendPhoto, Command::Wait { .. }, Command::SendPhoto]), "{waits:?}");
}

#[test]
fn no_answer_at_all_is_offline_and_marks_nothing() {
    for trouble in [Trouble::Offline, Trouble::Broken] {
        let commands = drive(&mut machine(false, false), &[Event::Start, Event::Failed(trouble)]);
        assert_eq!(commands, [Command::PullChanges, Command::Finish(Some(StoppedBy::Offline))]);
    }
}

#[test]
fn a_refused_token_is_renewed_once_and_the_interrupted_request_repeated() {
    let refused = Event::Failed(Trouble::Stop(StoppedBy::Auth));
    let commands = drive(&mut machine(false, false), &[Event::Start, refused, Event::Answered, refused]);
    assert_eq!(
        commands,
        [
            Command::PullChanges,
            Command::Refresh,
            Command::PullChanges,
            Command::Finish(Some(StoppedBy::Auth))
        ]
    );
}

#[test]
fn a_batch_that_broke_waits_and_three_in_a_row_end_the_run() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    for round in 1..=3 {
        drive(&mut machine, &[Event::Loaded { ops: 2, next: None }, Event::Marked]);
        let postponed = machine.handle(Event::Failed(Trouble::Broken), AT(2));
        assert!(matches!(postponed, Command::Postpone { .. }), "{postponed:?}");
        let next = machine.handle(Event::Postponed, AT(2));
        if round < 3 {
            assert_eq!(next, Command::Load { most: 8 });
        } else {
            assert_eq!(next, Command::Finish(Some(StoppedBy::Server)));
        }
    }
}

#[test]
fn a_batch_that_does_not_fit_is_halved_until_one_op_stands_alone() {
    let mut machine = machine(false, false);
    drive(
        &mut machine,
        &[Event::Start, Event::Answered, Event::Loaded { ops: 2, next: None }, Event::Marked],
    );
    assert_eq!(machine.handle(Event::Failed(Trouble::Contract), AT(2)), Command::Load { most: 1 });
    drive(&mut machine, &[Event::Loaded { ops: 1, next: None }, Event::Marked]);
    assert_eq!(machine.handle(Event::Failed(Trouble::TooLarge), AT(2)), Command::Wedge);
}

#[test]
fn retry_after_is_a_minimum_and_phones_come_back_spread_behind_it() {
    let waits = |trigger, seed| {
        let mut machine = Machine::new(Plan { until: AT(900), trigger, seed, ..PLAN });
        machine.handle(Event::Start, AT(0));
        let busy = Trouble::Temporary { retry_after_ms: Some(90_000) };
        let Command::Wait { until } = machine.handle(Event::Failed(busy), AT(1)) else { panic!("no wait") };
        until
    };
    let alone: Vec<_> = (0..200).map(|seed| waits(Trigger::Schedule, seed)).collect();
    assert!(alone.iter().all(|until| *until >= AT(91) && *until <= AT(151)), "{alone:?}");
    assert!(alone.iter().max() > Some(&AT(140)) && alone.iter().min() < Some(&AT(102)), "{alone:?}");
    // Whoever looks at the screen waits what the server wants, and hardly more.
    let watched: Vec<_> = (0..200).map(|seed| waits(Trigger::Person, seed)).collect();
    assert!(watched.iter().all(|until| *until >= AT(91) && *until <= AT(92)), "{watched:?}");
}

#[test]
fn a_contract_of_one_report_a_request_gets_them_one_by_one() {
    let mut machine = Machine::new(Plan { batch_most: 1, ..PLAN });
    let settled = Event::Settled { waiting: false, conflict: false };
    let events =
        [Event::Start, Event::Answered, Event::Loaded { ops: 1, next: None }, Event::Marked, settled];
    let one = Command::Load { most: 1 };
    assert_eq!(drive(&mut machine, &events), [Command::PullChanges, one, Command::Mark, Command::Send, one]);
}

#[test]
fn a_server_that_asked_for_silence_gets_it_also_from_the_next_run() {
    let silent = |seconds| {
        let plan = Plan { token: true, silent_until: AT(seconds), ..PLAN };
        let mut machine = Machine::new(plan);
        [machine.handle(Event::Start, AT(1)), machine.handle(Event::Tick, AT(20))]
    };
    assert_eq!(silent(20), [Command::Wait { until: AT(20) }, Command::Refresh]);
    assert_eq!(silent(59)[0], Command::Finish(Some(StoppedBy::Server)));
}

#[test]
fn nothing_starts_when_the_budget_is_nearly_used_up() {
    let mut machine = machine(false, false);
    assert_eq!(machine.handle(Event::Start, AT(58)), Command::Finish(Some(StoppedBy::Budget)));
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Answered),
        (0..4_usize, proptest::option::of(0..100_u64))
            .prop_map(|(ops, next)| Event::Loaded { ops, next: next.map(AT) }),
        Just(Event::PhotoDue),
        Just(Event::Marked),
        any::<(bool, bool)>().prop_map(|(waiting, conflict)| Event::Settled { waiting, conflict }),
        Just(Event::Postponed),
        Just(Event::Tick),
        Just(Event::Failed(Trouble::Broken)),
        Just(Event::Failed(Trouble::Contract)),
        Just(Event::Failed(Trouble::Stop(StoppedBy::Auth))),
        Just(Event::Failed(Trouble::Temporary { retry_after_ms: Some(1_000) })),
    ]
}

proptest! {
    /// Whatever happens, `Send` follows `Mark`, and nothing is loaded before an answer.
    #[test]
    fn nothing_is_sent_unmarked_or_loaded_unanswered(events in proptest::collection::vec(any_event(), 1..60)) {
        let mut machine = machine(true, true);
        let mut last = machine.handle(Event::Start, AT(0));
        let mut answered = false;
        for event in events {
            let fits = match last {
                Command::FetchConfig | Command::Refresh | Command::PullChanges => {
                    matches!(event, Event::Answered | Event::Failed(_))
                }
                Command::Load { .. } => matches!(event, Event::Loaded { .. } | Event::PhotoDue),
                Command::Mark => event == Event::Marked,
                Command::SendPhoto => matches!(event, Event::Answered | Event::Failed(_)),
                Command::Send => matches!(event, Event::Settled { .. } | Event::Failed(_)),
                Command::Postpone { .. } | Command::Wedge => event == Event::Postponed,
                Command::Wait { .. } => event == Event::Tick,
                Command::Finish(_) => break,
            };
            if !fits {
                continue;
            }
            answered |= event == Event::Answered;
            let next = machine.handle(event, AT(1));
            prop_assert!(next != Command::Send || last == Command::Mark);
            let loads = matches!(next, Command::Load { .. });
            prop_assert!(answered || !loads);
            last = next;
        }
    }
}
