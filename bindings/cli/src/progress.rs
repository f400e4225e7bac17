//! Progress of work over a second: a bar on a terminal, a line every five seconds elsewhere, JSON lines if asked.

use std::io::Write as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Global, Progress as How};
use crate::output::on_terminal;

/// Before this, nobody wonders.
const PATIENCE: Duration = Duration::from_secs(1);
/// Off a terminal a line so often.
const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// JSON lines so often: a program draws its own bar from them.
const BETWEEN_OBJECTS: Duration = Duration::from_millis(500);

/// Shows how far work over a known number of pieces is.
pub(crate) struct Progress {
    how: How,
    total: u64,
    done: u64,
    begun: Instant,
    told: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing is shown yet.
    pub(crate) fn new(global: &Global, total: usize) -> Self {
        let how = if global.quiet { How::None } else { global.progress };
        let now = Instant::now();
        Self { how, total: total as u64, done: 0, begun: now, told: now, bar: None }
    }

    /// There are more pieces than was thought.
    pub(crate) fn expect(&mut self, more: u64) {
        self.total += more;
        if let Some(bar) = &self.bar {
            bar.set_length(self.total);
        }
    }

    /// One more piece is done.
    pub(crate) fn step(&mut self) {
        self.reach(self.done as usize + 1);
    }

    /// So many pieces are done.
    pub(crate) fn reach(&mut self, done: usize) {
        self.done = done as u64;
        match self.how {
            How::None => {}
            How::Auto if on_terminal() => self.draw(),
            How::Auto => self.tell(BETWEEN_LINES, |this| {
                let rate = this.done as f64 / this.begun.elapsed().as_secs_f64();
                let left = (this.total.saturating_sub(this.done)) as f64 / rate;
                format!("{}/{} · {rate:.1}/s · {left:.0} s", this.done, this.total)
            }),
            How::Json => self.tell(BETWEEN_OBJECTS, |this| {
                format!(r#"{{"progress":{{"done":{},"total":{}}}}}"#, this.done, this.total)
            }),
        }
    }

    fn draw(&mut self) {
        if self.begun.elapsed() < PATIENCE && self.bar.is_none() {
            return;
        }
        let total = self.total;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total);
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {pos}/{len} · {per_sec} · {eta_precise}")
            {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(self.done);
    }

    fn tell(&mut self, every: Duration, line: impl Fn(&Self) -> String) {
        if self.told.elapsed() >= every {
            self.told = Instant::now();
            let _ = writeln!(std::io::stderr(), "{}", line(self));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Turns while a single piece of work of unknown length runs; only on a terminal, and gone when dropped.
pub(crate) struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub(crate) fn start(global: &Global) -> Self {
        let shown = !global.quiet && global.progress == How::Auto && on_terminal();
        Self(shown.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        }))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
