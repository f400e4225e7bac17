//! The model: what reports of two units are after any deeds, without files, keys or a server.

use apoa_core::report::state::{Standing, Work};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// Days until the server's setting and our own let something go.
const CLOSED_STAYS: i64 = 30;
const DRAFT_STAYS: i64 = 30;
const DISCARDED_STAYS: i64 = 1;

/// A report as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) unit: usize,
    pub(crate) passport: u8,
    /// The first day of the stay.
    pub(crate) day: i64,
    pub(crate) room: Option<u8>,
    pub(crate) standing: Standing,
    pub(crate) work: Work,
    pub(crate) leaving: bool,
    pub(crate) cancelling: bool,
    pub(crate) ops: u8,
    /// When it was closed, discarded, or last typed.
    pub(crate) since: i64,
    pub(crate) erased: bool,
}

impl Model {
    pub(crate) fn unsent(&self) -> bool {
        self.standing == Standing::None
    }

    /// Whether the stay is over and the server knows.
    pub(crate) fn closed(&self) -> bool {
        self.standing == Standing::Cancelled
            || (self.standing == Standing::Received && self.leaving && self.ops == 0)
    }

    /// Whether another report of this stay would be its double.
    fn lives(&self) -> bool {
        !self.erased
            && matches!(self.standing, Standing::None | Standing::Received)
            && match self.standing {
                Standing::None => self.work == Work::Queued,
                _ => true,
            }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    pub(crate) reports: Vec<Model>,
    pub(crate) active: usize,
    /// Days since the case began, as the phone has it.
    pub(crate) day: i64,
    pub(crate) last: Option<Ends>,
}

/// What a person does; a report is named by its place among those that were made.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    File(u8),
    Type(u8),
    Finish(usize),
    Correct(usize, u8),
    Extend(usize),
    CheckOut(usize),
    Withdraw(usize),
    Discard(usize),
    Reopen,
    Rotate,
    Suspend,
    Switch,
    Send,
    PutAway(i64),
}

/// What comes of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Done,
    Duplicate,
    NotPossible,
    /// There is no such report in this unit.
    Unknown,
}

impl Deed {
    pub(crate) fn place(&self) -> Option<usize> {
        match self {
            Self::Finish(place)
            | Self::Correct(place, _)
            | Self::Extend(place)
            | Self::CheckOut(place)
            | Self::Withdraw(place)
            | Self::Discard(place) => Some(*place),
            _ => None,
        }
    }
}

impl Reference {
    fn twin(&self, passport: u8, day: i64) -> bool {
        let same =
            |other: &&Model| other.unit == self.active && other.passport == passport && other.day == day;
        self.reports.iter().filter(same).any(Model::lives)
    }

    fn fate(&self, deed: &Deed) -> Ends {
        if let Deed::File(passport) = deed {
            return if self.twin(*passport, self.day) { Ends::Duplicate } else { Ends::Done };
        }
        let Some(place) = deed.place() else { return Ends::Done };
        let report = &self.reports[place % self.reports.len()];
        if report.erased || report.unit != self.active {
            return Ends::Unknown;
        }
        let ended =
            report.work == Work::Discarded || report.standing == Standing::Cancelled || report.cancelling;
        let draft = report.work == Work::Draft;
        let refused = match deed {
            Deed::Finish(_) => !draft,
            Deed::Correct(..) => ended || draft,
            Deed::Extend(_) | Deed::CheckOut(_) => ended || draft || report.leaving,
            Deed::Discard(_) => ended || !report.unsent(),
            _ => ended,
        };
        match deed {
            _ if refused => Ends::NotPossible,
            Deed::Finish(_) if self.twin(report.passport, report.day) => Ends::Duplicate,
            _ => Ends::Done,
        }
    }

    /// What leaves by itself, in the unit that is worked on.
    fn upkeep(&mut self) {
        let (active, day) = (self.active, self.day);
        for report in self.reports.iter_mut().filter(|report| report.unit == active && !report.erased) {
            if report.work == Work::Draft && day - report.since >= DRAFT_STAYS {
                (report.work, report.since) = (Work::Discarded, day);
            }
            let gone = report.work == Work::Discarded && day - report.since >= DISCARDED_STAYS;
            report.erased |= gone || (report.closed() && day - report.since >= CLOSED_STAYS);
        }
    }

    /// Everything that waits in the active unit arrives.
    fn deliver(&mut self) {
        let (active, day) = (self.active, self.day);
        for report in self.reports.iter_mut().filter(|report| report.unit == active && report.ops > 0) {
            report.standing = if report.cancelling { Standing::Cancelled } else { Standing::Received };
            (report.work, report.ops, report.since) = (Work::None, 0, day);
        }
    }
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Deed> {
        let fresh = prop_oneof![3 => (0..6_u8).prop_map(Deed::File), 2 => (0..6_u8).prop_map(Deed::Type)];
        if state.reports.is_empty() {
            return prop_oneof![4 => fresh, 1 => Just(Deed::Switch)].boxed();
        }
        let place = 0..state.reports.len();
        // Sevens and thirty-fives never add up to a day on which something leaves.
        let away = prop_oneof![Just(7), Just(35)].prop_map(Deed::PutAway);
        // The server's clock does not jump: once the phone's did, they speak no more.
        let send = if state.day == 0 { Deed::Send } else { Deed::Reopen };
        prop_oneof![
            4 => fresh,
            2 => place.clone().prop_map(Deed::Finish),
            3 => (place.clone(), any::<u8>()).prop_map(|(place, room)| Deed::Correct(place, room)),
            2 => place.clone().prop_map(Deed::Extend),
            3 => place.clone().prop_map(Deed::CheckOut),
            1 => place.clone().prop_map(Deed::Withdraw),
            1 => place.prop_map(Deed::Discard),
            2 => Just(Deed::Reopen),
            1 => Just(Deed::Rotate),
            1 => Just(Deed::Suspend),
            3 => Just(Deed::Switch),
            1 => away,
            3 => Just(send),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, deed: &Deed) -> bool {
        let known = deed.place().is_none() || !state.reports.is_empty();
        known && (state.day == 0 || !matches!(deed, Deed::Send))
    }

    fn apply(mut state: Self, deed: &Deed) -> Self {
        state.last = Some(state.fate(deed));
        if state.last != Some(Ends::Done) {
            return state;
        }
        let (unit, day) = (state.active, state.day);
        let new = |passport: u8, work| Model {
            unit,
            passport,
            day,
            room: None,
            standing: Standing::None,
            work,
            leaving: false,
            cancelling: false,
            ops: u8::from(work == Work::Queued),
            since: day,
            erased: false,
        };
        match deed {
            Deed::File(passport) => state.reports.push(new(*passport, Work::Queued)),
            Deed::Type(passport) => state.reports.push(new(*passport, Work::Draft)),
            Deed::Switch => state.active = 1 - unit,
            Deed::Send => {
                state.deliver();
                state.upkeep();
            }
            Deed::PutAway(days) => {
                state.day += days;
                state.upkeep();
            }
            Deed::Reopen | Deed::Rotate | Deed::Suspend => {}
            _ => {
                let count = state.reports.len();
                let report = &mut state.reports[deed.place().unwrap() % count];
                match deed {
                    Deed::Finish(_) => (report.work, report.ops) = (Work::Queued, 1),
                    // The last op that waits is replaced; where none waits an amendment goes.
                    Deed::Correct(_, room) => {
                        report.room = Some(*room);
                        (report.work, report.ops) = (Work::Queued, report.ops.max(1));
                    }
                    Deed::Extend(_) => (report.work, report.ops) = (Work::Queued, report.ops + 1),
                    Deed::CheckOut(_) => {
                        (report.work, report.ops, report.leaving) = (Work::Queued, report.ops + 1, true);
                    }
                    _ if report.unsent() => {
                        (report.work, report.ops, report.since) = (Work::Discarded, 0, day);
                    }
                    _ => (report.work, report.ops, report.cancelling) = (Work::Queued, 1, true),
                }
            }
        }
        state
    }
}
