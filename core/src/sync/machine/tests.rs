use proptest::prelude::*;

use super::*;

const AT: fn(u64) -> Duration = Duration::from_secs;

const PLAN: Plan = Plan {
    config: false,
    token: false,
    quiet_until: Duration::ZERO,
    grown_ms: 0,
    until: Duration::from_mins(1),
    trigger: Trigger::Schedule,
    batch: 8,
    batch_most: 50,
    seed: 1,
};

/// Two ops went through.
const SETTLED: Event = Event::Settled { settled: 2, waiting: false, conflict: false };
const CONFLICT: Event = Event::Settled { settled: 1, waiting: false, conflict: true };
const BUSY: Event = Event::Failed(Trouble::Temporary { retry_after_ms: None });

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
            SETTLED,
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
fn a_config_that_asks_for_a_sign_in_is_fetched_once_more_and_the_run_goes_on() {
    let refused = Event::Failed(Trouble::Stop(StoppedBy::Auth));
    let commands = drive(
        &mut machine(true, true),
        &[Event::Start, refused, Event::Answered, Event::Answered, Event::Answered],
    );
    assert_eq!(
        commands,
        [
            Command::FetchConfig,
            Command::Refresh,
            Command::FetchConfig,
            Command::PullChanges,
            Command::Load { most: 8 }
        ]
    );
}

#[test]
fn after_a_conflict_the_changes_are_pulled_once_more_and_never_again() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    let round = [Event::Loaded { ops: 2, next: None }, Event::Marked, CONFLICT];
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
    let settled = machine.handle(Event::Settled { settled: 1, waiting: true, conflict: true }, AT(2));
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
    let events =
        [Event::Start, Event::Answered, one, Event::Marked, CONFLICT, Event::PhotoDue, Event::Answered];
    assert_eq!(drive(&mut machine, &events)[5..], [Command::PullChanges, Command::Load { most: 16 }]);
    assert_eq!(
        drive(&mut machine, &[Event::PhotoDue, Event::Answered, one, Event::Marked, SETTLED]),
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
    let waits = drive(&mut machine, &[Event::PhotoDue, BUSY, Event::Tick]);
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
fn a_batch_that_broke_waits_is_halved_and_three_in_a_row_end_the_run() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    for (ops, next) in [(8, Some(4)), (4, Some(2)), (2, None)] {
        drive(&mut machine, &[Event::Loaded { ops, next: None }, Event::Marked]);
        let postponed = machine.handle(Event::Failed(Trouble::Broken), AT(2));
        assert!(matches!(postponed, Command::Postpone { .. }), "{postponed:?}");
        let then = next.map_or(Command::Finish(Some(StoppedBy::Server)), |most| Command::Load { most });
        assert_eq!(machine.handle(Event::Postponed, AT(2)), then);
    }
}

#[test]
fn a_server_that_answers_and_settles_nothing_is_asked_three_times_a_run() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    let put_off = Event::Settled { settled: 0, waiting: true, conflict: false };
    let mut sent = 0;
    let last = loop {
        drive(&mut machine, &[Event::Loaded { ops: 1, next: None }, Event::Marked, put_off]);
        sent += 1;
        match machine.handle(Event::Postponed, AT(2)) {
            Command::Load { .. } => {}
            last => break last,
        }
    };
    assert_eq!((sent, last), (3, Command::Finish(Some(StoppedBy::Server))));
}

#[test]
fn delays_grow_from_run_to_run_until_something_goes_through() {
    let (mut grown_ms, mut seen) = (0, Vec::new());
    for seed in 0..6 {
        let mut machine = Machine::new(Plan { grown_ms, seed, until: AT(7_200), ..PLAN });
        drive(&mut machine, &[Event::Start, BUSY, Event::Tick, BUSY, Event::Tick]);
        assert_eq!(machine.handle(BUSY, AT(3)), Command::Finish(Some(StoppedBy::Server)));
        let left = machine.left();
        assert!(left.wait_ms >= 1_000 && left.wait_ms <= left.grown_ms, "{left:?}");
        grown_ms = left.grown_ms;
        seen.push(grown_ms);
    }
    assert_eq!(seen, [8_000, 64_000, 512_000, 900_000, 900_000, 900_000]);
    // An answer alone does not end them: the next request may be the one that fails.
    let mut machine = Machine::new(Plan { grown_ms, ..PLAN });
    drive(
        &mut machine,
        &[Event::Start, Event::Answered, Event::Loaded { ops: 2, next: None }, Event::Marked],
    );
    assert_eq!(machine.left().grown_ms, 900_000);
    machine.handle(SETTLED, AT(2));
    assert_eq!((machine.left().grown_ms, machine.left().wait_ms), (0, 0));
    // No network says nothing about the server.
    let mut machine = Machine::new(Plan { grown_ms: 4_000, ..PLAN });
    drive(&mut machine, &[Event::Start, Event::Failed(Trouble::Offline)]);
    assert_eq!((machine.left().grown_ms, machine.left().wait_ms), (4_000, 0));
}

#[test]
fn the_next_run_begins_with_what_went_well_last() {
    let mut machine = machine(false, false);
    drive(&mut machine, &[Event::Start, Event::Answered]);
    for ops in [8, 16, 32, 50] {
        assert_eq!(drive(&mut machine, &[Event::Loaded { ops, next: None }, Event::Marked]).len(), 2);
        machine.handle(SETTLED, AT(2));
    }
    assert_eq!(machine.left().batch, 50);
    drive(
        &mut machine,
        &[Event::Loaded { ops: 50, next: None }, Event::Marked, Event::Failed(Trouble::TooLarge)],
    );
    assert_eq!(machine.left().batch, 25);
    let mut next = Machine::new(Plan { batch: 25, ..PLAN });
    assert_eq!(drive(&mut next, &[Event::Start, Event::Answered])[1], Command::Load { most: 25 });
}

#[test]
fn a_wish_to_be_spared_holds_up_the_next_request_and_hides_no_end_of_a_run() {
    let spared = |trigger, event| {
        let mut machine = Machine::new(Plan { trigger, ..PLAN });
        machine.handle(Event::Start, AT(1));
        machine.handle(Event::Tick, AT(2));
        machine.spare(AT(600));
        machine.handle(event, AT(3))
    };
    assert_eq!(spared(Trigger::Schedule, Event::Answered), Command::Finish(Some(StoppedBy::Server)));
    assert_eq!(spared(Trigger::Person, Event::Answered), Command::Load { most: 8 });
    let revoked = Event::Failed(Trouble::Stop(StoppedBy::Revoked));
    assert_eq!(spared(Trigger::Schedule, revoked), Command::Finish(Some(StoppedBy::Revoked)));
}

#[test]
fn when_the_network_is_back_phones_come_within_a_second_and_not_before_what_the_server_is_owed() {
    let begins = |seed| {
        let mut machine = Machine::new(Plan { trigger: Trigger::NetworkUp, seed, ..PLAN });
        let Command::Wait { until } = machine.handle(Event::Start, AT(5)) else { panic!("no wait") };
        until
    };
    let times: Vec<_> = (0..200).map(begins).collect();
    assert!(times.iter().all(|at| *at >= AT(5) && *at <= AT(6)), "{times:?}");
    assert!(times.iter().max() > times.iter().min());
    let mut machine = Machine::new(Plan { trigger: Trigger::NetworkUp, quiet_until: AT(40), ..PLAN });
    assert_eq!(machine.handle(Event::Start, AT(5)), Command::Wait { until: AT(40) });
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

/// A thousand devices heard of one moment at which the server is back.
#[test]
fn a_thousand_devices_come_back_spread_and_none_too_early() {
    let (back, mut seconds) = (AT(3_600), std::collections::BTreeMap::new());
    for seed in 0..1_000 {
        // Each asked at a moment of its own during the hour, and was told how much of it was left.
        let left = 3_540 - seed * 3;
        let (asked, retry_after_ms) = (AT(3_600 - left), left as i64 * 1_000);
        let mut machine = Machine::new(Plan { until: asked + AT(25), seed, ..PLAN });
        machine.handle(Event::Start, asked);
        let told = Event::Failed(Trouble::Temporary { retry_after_ms: Some(retry_after_ms) });
        assert_eq!(machine.handle(told, asked), Command::Finish(Some(StoppedBy::Server)));
        // What the store keeps of it, and the next run begins with.
        let spread = machine.spread(Trigger::Schedule, retry_after_ms);
        let quiet_until = back + ms(spread);
        let mut next = Machine::new(Plan { quiet_until, until: quiet_until + AT(25), seed, ..PLAN });
        let begun = next.handle(Event::Start, back);
        assert!(matches!(begun, Command::Wait { until } if until == quiet_until) || spread == 0);
        *seconds.entry(quiet_until.as_secs()).or_insert(0) += 1;
    }
    assert!(seconds.keys().all(|second| *second >= 3_600));
    assert!(seconds.values().all(|count| *count <= 50), "{seconds:?}");
}

#[test]
fn a_silence_holds_for_every_other_op_too() {
    let mut machine = Machine::new(PLAN);
    drive(
        &mut machine,
        &[Event::Start, Event::Answered, Event::Loaded { ops: 8, next: None }, Event::Marked],
    );
    let busy = Event::Failed(Trouble::Temporary { retry_after_ms: Some(300_000) });
    let postponed = machine.handle(busy, AT(2));
    assert!(matches!(postponed, Command::Postpone { .. }), "{postponed:?}");
    // Eight wait; the ninth was not asked about, and must not be.
    assert_eq!(machine.handle(Event::Postponed, AT(2)), Command::Finish(Some(StoppedBy::Server)));
}

#[test]
fn a_contract_of_one_report_a_request_gets_them_one_by_one() {
    let mut machine = Machine::new(Plan { batch_most: 1, ..PLAN });
    let events =
        [Event::Start, Event::Answered, Event::Loaded { ops: 1, next: None }, Event::Marked, SETTLED];
    let one = Command::Load { most: 1 };
    assert_eq!(drive(&mut machine, &events), [Command::PullChanges, one, Command::Mark, Command::Send, one]);
}

#[test]
fn a_server_that_asked_for_silence_gets_it_also_from_the_next_run() {
    let silent = |seconds| {
        let plan = Plan { token: true, quiet_until: AT(seconds), ..PLAN };
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
        (0..3_usize, any::<(bool, bool)>()).prop_map(|(settled, (waiting, conflict))| Event::Settled {
            settled,
            waiting,
            conflict
        }),
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
