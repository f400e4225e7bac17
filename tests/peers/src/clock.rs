//! CPU time of this thread: what a call costs, whatever else the machine does meanwhile.
//!
//! Not wall time: a table is measured on machines that have other work too.

use rustix::time::{ClockId, clock_gettime};

/// Collects the cost of calls, in milliseconds of CPU time.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    samples: Vec<f64>,
}

impl Clock {
    /// Does some work and keeps what it cost.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = cpu_ms();
        let result = work();
        self.samples.push(cpu_ms() - began);
        result
    }

    /// Keeps a cost that was measured elsewhere.
    pub(crate) fn add(&mut self, ms: f64) {
        self.samples.push(ms);
    }

    /// The costs so far.
    pub(crate) fn into_samples(self) -> Vec<f64> {
        self.samples
    }
}

/// CPU time this thread has used since it began, in milliseconds.
pub(crate) fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}
