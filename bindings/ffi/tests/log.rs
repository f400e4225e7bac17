//! What the core says on its way to a platform's log. One process, since the sink is the process's.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use apoa_ffi::{ApoaClient, Config, ListenerError, LogLevel, LogSink, install_log};

/// Far more than a line takes.
const SOON: Duration = Duration::from_mins(1);

/// Passes on what it gets, and fails every time.
struct Sink(Sender<(LogLevel, String, String)>);

impl LogSink for Sink {
    fn log(&self, level: LogLevel, target: String, text: String) -> Result<(), ListenerError> {
        self.0.send((level, target, text)).map_err(|_| ListenerError::Failed)?;
        Err(ListenerError::Failed)
    }
}

fn installed(level: Option<LogLevel>) -> Receiver<(LogLevel, String, String)> {
    let (sender, lines) = channel();
    install_log(Arc::new(Sink(sender)), level).unwrap();
    lines
}

/// Makes the core say that somebody else has the folder.
fn open_twice() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let config = Config {
            data_dir: folder.path().to_string_lossy().into_owned(),
            server: None,
            trust: None,
            client_id: "test".to_owned(),
            platform: "test".to_owned(),
        };
        ApoaClient::open_with_file_vault(config, None)
    };
    let _first = open().unwrap();
    assert!(open().is_err());
}

#[test]
fn a_sink_gets_what_it_asked_for_and_nothing_of_others() {
    let lines = installed(Some(LogLevel::Info));
    tracing::debug!(target: "apoa_core", "too low");
    tracing::error!(target: "hyper", "of others");
    open_twice();
    let (level, target, text) = lines.recv_timeout(SOON).unwrap();
    assert_eq!((level, text.as_str()), (LogLevel::Info, "store refused code=APOA-D706"));
    assert!(target.starts_with("apoa_core"), "{target}");

    // A later sink takes its place, and hears warnings alone unless it asks for more.
    let later = installed(None);
    open_twice();
    tracing::warn!(target: "apoa_core", serial = 7, "patterns refused");
    let (level, _, text) = later.recv_timeout(SOON).unwrap();
    assert_eq!((level, text.as_str()), (LogLevel::Warn, "patterns refused serial=7"));
    assert!(lines.recv_timeout(SOON).is_err(), "the first sink is let go");
}
