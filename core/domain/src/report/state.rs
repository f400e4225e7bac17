//! The two axes of a report's state. `Standing` is what the server has proved, `Work` what is left to do here.
//! Every pair of state and event is decided in [`step`]; "sending" is never a stored state.

/// What the server has proved. Only a [`VerifiedReceipt`](super::receipt::VerifiedReceipt) moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nothing yet.
    None,
    /// The server has it.
    Received,
    /// The office accepted it.
    Accepted,
    /// The office rejected it.
    Rejected,
    /// It was withdrawn.
    Cancelled,
}

/// What is left to do on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Nothing.
    None,
    /// Still being typed.
    Draft,
    /// Waits to be sent.
    Queued,
    /// Held back until a person or an update releases it; kept and visible.
    Wedged,
    /// The office asks for other data.
    NeedsCorrection,
    /// Dropped before the server ever saw it.
    Discarded,
}

impl Standing {
    /// All of them; the place in this list is what databases keep.
    pub const ALL: &'static [Self] =
        &[Self::None, Self::Received, Self::Accepted, Self::Rejected, Self::Cancelled];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Work {
    /// All of them; the place in this list is what databases keep.
    pub const ALL: &'static [Self] =
        &[Self::None, Self::Draft, Self::Queued, Self::Wedged, Self::NeedsCorrection, Self::Discarded];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Wedged => "wedged",
            Self::NeedsCorrection => "needs_correction",
            Self::Discarded => "discarded",
        }
    }
}

/// What can happen to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportEvent {
    /// An op was frozen and waits.
    Finalised,
    /// A receipt verified; `more` says that another op of the report still waits.
    Proved {
        /// What the receipt says.
        standing: Standing,
        /// Whether another op of the report waits.
        more: bool,
    },
    /// The server asks for other data.
    Invalid,
    /// The op cannot be sent as it is.
    Wedged,
    /// A wedged op goes on with the same bytes.
    Released,
    /// A draft or a report that the server never saw is dropped.
    Discarded,
    /// The report ended elsewhere: what waits has nothing to build on any more and leaves.
    LetGo,
    /// A receipt of another device's op, or a decision of the office, while ops of this device may still wait.
    Told {
        /// What the receipt says.
        standing: Standing,
    },
    /// The office asks for other data than those it has.
    Asked {
        /// What the receipt says.
        standing: Standing,
    },
    /// What the office asked for is answered elsewhere, or asked no more.
    Answered {
        /// What the receipt says.
        standing: Standing,
    },
}

/// The event cannot happen in this state: a bug, never a person's mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a report in this state cannot take this step")]
pub struct IllegalStep;

/// The state after the event.
pub fn step(standing: Standing, work: Work, event: ReportEvent) -> Result<(Standing, Work), IllegalStep> {
    let open = matches!(standing, Standing::None | Standing::Received | Standing::Accepted);
    match (work, event) {
        // An op on hold is replaced only if it was never sent; `plan.rs` sees to it.
        (
            Work::None | Work::Draft | Work::Queued | Work::Wedged | Work::NeedsCorrection,
            ReportEvent::Finalised,
        ) if open => Ok((standing, Work::Queued)),
        (Work::Queued | Work::Wedged | Work::None, ReportEvent::Proved { standing: proved, more })
            if proved != Standing::None =>
        {
            Ok((proved, if more { Work::Queued } else { Work::None }))
        }
        (Work::Queued, ReportEvent::Invalid) => Ok((standing, Work::NeedsCorrection)),
        (Work::Queued, ReportEvent::Wedged) => Ok((standing, Work::Wedged)),
        (Work::Wedged, ReportEvent::Released) => Ok((standing, Work::Queued)),
        (Work::Draft | Work::Queued | Work::Wedged | Work::NeedsCorrection, ReportEvent::Discarded)
            if standing == Standing::None =>
        {
            Ok((standing, Work::Discarded))
        }
        (Work::Queued | Work::Wedged | Work::NeedsCorrection, ReportEvent::LetGo)
            if matches!(standing, Standing::Rejected | Standing::Cancelled) =>
        {
            Ok((standing, Work::None))
        }
        // What waits here keeps waiting: its own answer speaks for itself.
        (
            Work::None | Work::Queued | Work::Wedged | Work::NeedsCorrection,
            ReportEvent::Told { standing: told },
        )
        | (Work::Queued | Work::Wedged | Work::NeedsCorrection, ReportEvent::Asked { standing: told })
            if told != Standing::None =>
        {
            Ok((told, work))
        }
        (Work::None, ReportEvent::Asked { standing: told }) if told != Standing::None => {
            Ok((told, Work::NeedsCorrection))
        }
        // What an older copy of the file dropped, believing that nobody had it, and the server has.
        (Work::Discarded, ReportEvent::Told { standing: told })
        | (Work::NeedsCorrection, ReportEvent::Answered { standing: told })
            if told != Standing::None =>
        {
            Ok((told, Work::None))
        }
        _ => Err(IllegalStep),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: &[ReportEvent] = &[
        ReportEvent::Finalised,
        ReportEvent::Proved { standing: Standing::Received, more: false },
        ReportEvent::Proved { standing: Standing::Accepted, more: true },
        ReportEvent::Invalid,
        ReportEvent::Wedged,
        ReportEvent::Released,
        ReportEvent::Discarded,
        ReportEvent::LetGo,
        ReportEvent::Told { standing: Standing::Accepted },
        ReportEvent::Asked { standing: Standing::Received },
        ReportEvent::Answered { standing: Standing::Accepted },
    ];

    #[test]
    fn only_a_proof_moves_the_standing() {
        for (standing, work, event) in every_pair() {
            if let Ok((after, _)) = step(standing, work, event)
                && after != standing
            {
                let proof = matches!(
                    event,
                    ReportEvent::Proved { .. }
                        | ReportEvent::Told { .. }
                        | ReportEvent::Asked { .. }
                        | ReportEvent::Answered { .. }
                );
                assert!(proof, "{standing:?} {work:?} {event:?}");
            }
        }
    }

    #[test]
    fn the_legal_steps_are_exactly_these() {
        let legal: Vec<String> = every_pair()
            .filter(|(standing, ..)| *standing == Standing::None)
            .filter_map(|(standing, work, event)| {
                let (after, left) = step(standing, work, event).ok()?;
                Some(format!("{} {event:?} -> {} {}", work.as_str(), after.as_str(), left.as_str()))
            })
            .collect();
        assert_eq!(
            legal,
            [
                "none Finalised -> none queued",
                "none Proved { standing: Received, more: false } -> received none",
                "none Proved { standing: Accepted, more: true } -> accepted queued",
                "none Told { standing: Accepted } -> accepted none",
                "none Asked { standing: Received } -> received needs_correction",
                "draft Finalised -> none queued",
                "draft Discarded -> none discarded",
                "queued Finalised -> none queued",
                "queued Proved { standing: Received, more: false } -> received none",
                "queued Proved { standing: Accepted, more: true } -> accepted queued",
                "queued Invalid -> none needs_correction",
                "queued Wedged -> none wedged",
                "queued Discarded -> none discarded",
                "queued Told { standing: Accepted } -> accepted queued",
                "queued Asked { standing: Received } -> received queued",
                "wedged Finalised -> none queued",
                "wedged Proved { standing: Received, more: false } -> received none",
                "wedged Proved { standing: Accepted, more: true } -> accepted queued",
                "wedged Released -> none queued",
                "wedged Discarded -> none discarded",
                "wedged Told { standing: Accepted } -> accepted wedged",
                "wedged Asked { standing: Received } -> received wedged",
                "needs_correction Finalised -> none queued",
                "needs_correction Discarded -> none discarded",
                "needs_correction Told { standing: Accepted } -> accepted needs_correction",
                "needs_correction Asked { standing: Received } -> received needs_correction",
                "needs_correction Answered { standing: Accepted } -> accepted none",
                "discarded Told { standing: Accepted } -> accepted none",
            ]
        );
    }

    #[test]
    fn a_rejected_or_cancelled_report_takes_no_new_op() {
        for standing in [Standing::Rejected, Standing::Cancelled] {
            assert_eq!(step(standing, Work::None, ReportEvent::Finalised), Err(IllegalStep));
        }
    }

    #[test]
    fn only_what_waits_for_an_ended_report_is_let_go() {
        for (standing, work, event) in every_pair().filter(|(.., event)| *event == ReportEvent::LetGo) {
            let ended = matches!(standing, Standing::Rejected | Standing::Cancelled);
            let waits = matches!(work, Work::Queued | Work::Wedged | Work::NeedsCorrection);
            let left = (ended && waits).then_some((standing, Work::None));
            assert_eq!(step(standing, work, event).ok(), left, "{standing:?} {work:?}");
        }
    }

    fn every_pair() -> impl Iterator<Item = (Standing, Work, ReportEvent)> {
        Standing::ALL.iter().flat_map(|standing| {
            Work::ALL.iter().flat_map(move |work| EVENTS.iter().map(move |event| (*standing, *work, *event)))
        })
    }
}
