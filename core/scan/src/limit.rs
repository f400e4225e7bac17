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
/// The deadline is asked between steps, and no step is long: what goes into one is bounded here.
#[derive(Clone, Copy)]
pub struct WorkLimit<'a> {
    /// When to stop; what was found until then stays found.
    pub deadline: &'a dyn Deadline,
    /// Finder patterns considered in one pass.
    pub max_patterns: usize,
    /// Threes or twos of finder patterns sketched in one pass.
    pub max_constellations: usize,
    /// Threes or twos of finder patterns sampled and decoded in one pass.
    pub max_candidates: usize,
    /// Grids that did not decode at first sight and are worked on, in one pass. The true one is among the first.
    pub max_deep: usize,
    /// Looks for finder patterns in every row instead of every other.
    pub thorough: bool,
}

/// A wall of codes at arm's length has a few dozen; text and noise give more than any code, and every further one is
/// paired with all others.
const MAX_PATTERNS: usize = 64;

/// A sketch takes about 5 µs, so 64 fruitless ones cost a third of a millisecond. Constellations come in order of
/// plausibility: those of codes read on the test sets were among the first dozen (November 2026).
const LIVE_CONSTELLATIONS: usize = 64;

/// A picture may hold a sheet of codes.
const STILL_CONSTELLATIONS: usize = 640;

/// A live frame holds one code in hand, rarely two; each fruitless candidate costs about 50 µs.
const LIVE_CANDIDATES: usize = 24;

/// As many as are sketched, as good as.
const STILL_CANDIDATES: usize = 512;

/// 2 to 5 ms each at versions 4 to 9; whole frames with an unreadable version 40 took 74 (November 2026, 2-core x86-64).
const LIVE_DEEP: usize = 1;

/// More than this read no further picture of the test sets (November 2026).
const STILL_DEEP: usize = 8;

impl<'a> WorkLimit<'a> {
    /// Bounds for a live frame.
    pub fn live(deadline: &'a dyn Deadline) -> Self {
        Self {
            deadline,
            max_patterns: MAX_PATTERNS,
            max_constellations: LIVE_CONSTELLATIONS,
            max_candidates: LIVE_CANDIDATES,
            max_deep: LIVE_DEEP,
            thorough: false,
        }
    }

    /// Bounds for a still picture.
    pub fn still(deadline: &'a dyn Deadline) -> Self {
        Self {
            deadline,
            max_patterns: MAX_PATTERNS,
            max_constellations: STILL_CONSTELLATIONS,
            max_candidates: STILL_CANDIDATES,
            max_deep: STILL_DEEP,
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
            .field("max_constellations", &self.max_constellations)
            .field("max_candidates", &self.max_candidates)
            .field("max_deep", &self.max_deep)
            .field("thorough", &self.thorough)
            .finish_non_exhaustive()
    }
}
