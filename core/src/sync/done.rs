//! What a run did, as its caller hears of it.

use apoa_domain::codes::Code;
use apoa_domain::ids::{OpId, ReportId};
use apoa_domain::report::state::{Standing, Work};

/// What a run did to one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemReport {
    /// The report.
    pub report: ReportId,
    /// The op.
    pub op: OpId,
    /// What became of it: `received`, `invalid`, `wedged`.
    pub outcome: ItemOutcome,
    /// What the server has proved now.
    pub standing: Standing,
    /// What is left to do now.
    pub work: Work,
    /// What holds it back.
    pub problem: Option<Code>,
}

/// What became of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOutcome {
    /// Its receipt verified.
    Received,
    /// Other data are needed.
    Invalid,
    /// A person has to look.
    Wedged,
    /// The office decided.
    Decided,
}

impl ItemOutcome {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Invalid => "invalid",
            Self::Wedged => "wedged",
            Self::Decided => "decided",
        }
    }
}

/// What a run did so far.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) sent: u32,
    pub(crate) received: u32,
    pub(crate) items: Vec<ItemReport>,
}
