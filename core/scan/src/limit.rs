//! How much work one call may do. Time is never read here, only asked for.

/// Says whether the time for a call is over. It is asked between steps, so a call may end one step late.
///
/// Any `Fn() -> bool` is one.
pub trait Deadline {
    /// True once the time is over; must stay true from then on.
    fn passed(&self) -> bool;
}

impl<F: Fn() -> bool> Deadline for F {
    fn passed(&self) -> bool {
        self()
    }
}

/// The deadline that never passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDeadline;

impl Deadline for NoDeadline {
    fn passed(&self) -> bool {
        false
    }
}

/// Bounds for one search of one frame.
///
/// Foreign calls cannot be interrupted, so what goes into them is bounded and the deadline is asked between them.
#[derive(Clone, Copy)]
pub struct WorkLimit<'a> {
    /// When to stop; what was found until then stays found.
    pub deadline: &'a dyn Deadline,
    /// Finder patterns considered in one pass.
    pub max_patterns: usize,
    /// Triples of finder patterns sampled and decoded in one pass.
    pub max_candidates: usize,
    /// Grids that did not decode and are measured again in grey levels, in one pass. The true one is among the first.
    pub max_grey: usize,
    /// Looks for finder patterns in every third row instead of as few as find those of ordinary codes. Never in live
    /// use: noise then costs several times as much.
    pub thorough: bool,
}

/// Sorting 256 patterns into triples stays under a millisecond; text and noise give more than that, codes never do.
const MAX_PATTERNS: usize = 256;

/// A live frame holds one code in hand, rarely two. The right triple is among the first few, since triples come in
/// order of plausibility; 24 fruitless ones cost about as much as the base lane itself.
const LIVE_CANDIDATES: usize = 24;

/// A picture may hold a sheet of codes.
const STILL_CANDIDATES: usize = 512;

/// About 0.3 ms each.
const LIVE_GREY: usize = 2;

/// More than this read no further picture of the test sets (November 2026).
const STILL_GREY: usize = 8;

impl<'a> WorkLimit<'a> {
    /// Bounds for a live frame.
    pub fn live(deadline: &'a dyn Deadline) -> Self {
        Self {
            deadline,
            max_patterns: MAX_PATTERNS,
            max_candidates: LIVE_CANDIDATES,
            max_grey: LIVE_GREY,
            thorough: false,
        }
    }

    /// Bounds for a still picture.
    pub fn still(deadline: &'a dyn Deadline) -> Self {
        Self {
            deadline,
            max_patterns: MAX_PATTERNS,
            max_candidates: STILL_CANDIDATES,
            max_grey: STILL_GREY,
            thorough: true,
        }
    }

    pub(crate) fn passed(&self) -> bool {
        self.deadline.passed()
    }
}

impl std::fmt::Debug for WorkLimit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkLimit")
            .field("max_patterns", &self.max_patterns)
            .field("max_candidates", &self.max_candidates)
            .field("max_grey", &self.max_grey)
            .field("thorough", &self.thorough)
            .finish_non_exhaustive()
    }
}
