//! What a process says: every log line down to TRACE, and the `Debug` and error texts that a test hands in.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

use tracing::level_filters::LevelFilter;

use crate::canary;

static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Somebody who writes lines.
struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on every log line is heard. Again is fine.
pub fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let ear = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
        ear.with_writer(|| Ear).init();
    });
}

/// Hears a text too.
pub fn hear(text: &str) {
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    heard.extend_from_slice(text.as_bytes());
    heard.push(b'\n');
}

/// Searches what was heard since the last time and returns how many bytes that were.
pub fn search() -> usize {
    let heard = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    canary::search(&heard, "a log line, an error or a Debug text");
    heard.len()
}
