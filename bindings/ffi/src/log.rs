//! Log lines on their way to the platform: warnings by default, info on request. Nothing lower crosses, and nothing of
//! other crates, whose lines nobody here has searched for personal data.
//!
//! A line may be written under a lock, and a sink is foreign code: it is called on a thread of its own.

use std::fmt::{self, Write as _};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::error::InputError;
use crate::ports::ListenerError;

/// Lines that wait for a slow sink; what comes on top is dropped rather than kept in memory.
const WAITING_MOST: usize = 256;

/// How every target of ours begins.
const OURS: &str = "apoa_";

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// A bug of ours.
    Error,
    /// Somebody should look.
    Warn,
    /// An expected failure.
    Info,
}

/// Takes the core's log lines, one after the other, on a thread of its own. Never log through the client from here.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// A line: how much it matters, which part of the core says it, and what it says, without personal data.
    fn log(&self, level: LogLevel, target: String, text: String) -> Result<(), ListenerError>;
}

/// Sends the core's log lines of this level and above to the sink; no level means warnings. One sink a process: a
/// later one takes the place of the one before.
#[uniffi::export(default(level = None))]
pub fn install_log(sink: Arc<dyn LogSink>, level: Option<LogLevel>) -> Result<(), InputError> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    let (lines, waiting) = sync_channel::<Line>(WAITING_MOST);
    let deliver = move || {
        for Line { level, target, text } in waiting {
            // A sink that fails misses this line and gets the next.
            let _ = sink.log(level, target.to_owned(), text);
        }
    };
    thread::Builder::new()
        .name("apoa-log".to_owned())
        .spawn(deliver)
        .map_err(|_| InputError::of("the system gives no thread for the log"))?;
    let most = level.unwrap_or(LogLevel::Warn).into();
    *OUTLET.write().unwrap_or_else(PoisonError::into_inner) = Some(Outlet { most, lines });
    if *INSTALLED.get_or_init(|| set_global_default(Crossing).is_ok()) {
        Ok(())
    } else {
        Err(InputError::of("another log is in place"))
    }
}

/// Where lines go now.
static OUTLET: RwLock<Option<Outlet>> = RwLock::new(None);

struct Outlet {
    most: Level,
    lines: SyncSender<Line>,
}

struct Line {
    level: LogLevel,
    target: &'static str,
    text: String,
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
        }
    }
}

/// The level of a line that may cross at all.
fn crossing(line: &Metadata<'_>) -> Option<LogLevel> {
    if !line.is_event() || !line.target().starts_with(OURS) {
        return None;
    }
    match *line.level() {
        Level::ERROR => Some(LogLevel::Error),
        Level::WARN => Some(LogLevel::Warn),
        Level::INFO => Some(LogLevel::Info),
        _ => None,
    }
}

/// Takes events, and no spans.
struct Crossing;

impl Subscriber for Crossing {
    fn register_callsite(&self, line: &'static Metadata<'static>) -> Interest {
        // Which of them are wanted changes with the sink.
        if crossing(line).is_some() { Interest::sometimes() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn enabled(&self, line: &Metadata<'_>) -> bool {
        let outlet = OUTLET.read().unwrap_or_else(PoisonError::into_inner);
        crossing(line).is_some() && outlet.as_ref().is_some_and(|outlet| *line.level() <= outlet.most)
    }

    fn event(&self, event: &Event<'_>) {
        let Some(level) = crossing(event.metadata()) else { return };
        let mut text = Text::default();
        event.record(&mut text);
        let line = Line { level, target: event.metadata().target(), text: text.0 };
        if let Some(outlet) = &*OUTLET.read().unwrap_or_else(PoisonError::into_inner) {
            // Full: the sink is slow, and nobody waits for a log.
            let _ = outlet.lines.try_send(line);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// `store refused code=APOA-D706`.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text cannot fail.
        let _ = match field.name() {
            "message" => {
                let rest = std::mem::take(&mut self.0);
                write!(self.0, "{value:?}{rest}")
            }
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
