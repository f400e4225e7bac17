//! Places where a test ends the process, makes a step fail or slows it: before and after every commit, every step near
//! an fsync, every call of the vault, every request. Without the feature `failpoints` a place is its step and nothing
//! else; neither the phone library nor the command line has the feature.
//!
//! Own lines instead of the crate `fail`: that one keeps a registry which a test has to set up, knows no abort, takes
//! any text for a name, and brings a logger and a source of randomness. Here every name stands in [`ALL`].
//!
//! `APOA_FAILPOINTS` names what happens where, `PLACE=ACTION[@PASS]`, several with commas:
//! `commit.file_new.after=abort@2` ends the process after the second commit of a new report. An action happens once.

#[cfg(not(feature = "failpoints"))]
use crate::sync::outcome::Trouble;

/// Every step with places beside it. `commit.` and `file.` change the disk, `vault.` asks the keeper of keys, `ask.`
/// is a request, whose answer is then read.
#[cfg(feature = "failpoints")]
pub const ALL: &[&str] = &[
    "ask.challenge",
    "ask.changes",
    "ask.check",
    "ask.config",
    "ask.look_up",
    "ask.mail_code",
    "ask.op_status",
    "ask.ops",
    "ask.photo",
    "ask.redeem",
    "ask.refresh",
    "ask.revoke",
    "ask.unit",
    "commit.config",
    "commit.current_epoch",
    "commit.cursor",
    "commit.destroyed",
    "commit.device_key",
    "commit.device_made",
    "commit.discard",
    "commit.draft_kept",
    "commit.draft_updated",
    "commit.epoch_dropped",
    "commit.epoch_lost",
    "commit.file_all",
    "commit.file_new",
    "commit.file_on",
    "commit.filling_epoch",
    "commit.forget",
    "commit.hold",
    "commit.mark",
    "commit.meet",
    "commit.mend",
    "commit.moved_rows",
    "commit.offset",
    "commit.pace",
    "commit.page",
    "commit.photo_arrived",
    "commit.photo_missing",
    "commit.profile",
    "commit.purge",
    "commit.release",
    "commit.salvage",
    "commit.settle",
    "commit.shape",
    "commit.sign_in",
    "commit.sign_out",
    "commit.titles",
    "commit.tokens",
    "commit.unit_made",
    "commit.use_account",
    "commit.use_unit",
    "file.device_aside",
    "file.epochs_renamed",
    "file.epochs_synced",
    "file.key_renamed",
    "file.key_synced",
    "file.quarantined",
    "file.salvage_noted",
    "file.salvage_renamed",
    "file.truncated",
    "file.unit_renamed",
    "file.unit_synced",
    "vault.create",
    "vault.delete",
    "vault.unwrap",
    "vault.wrap",
];

/// Performs a step between its two places.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub(crate) fn around<T, E>(_: &'static str, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    step()
}

/// The place between an answer and its reading.
#[cfg(not(feature = "failpoints"))]
#[inline]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it fails on demand")]
pub(crate) fn answered(_: &'static str) -> Result<(), Trouble> {
    Ok(())
}

#[cfg(feature = "failpoints")]
pub(crate) use live::{answered, around};
#[cfg(feature = "failpoints")]
pub use live::{fired, passed, places};

#[cfg(feature = "failpoints")]
mod live {
    use std::collections::BTreeSet;
    use std::io;
    use std::process::abort;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::{LazyLock, Mutex, PoisonError};
    use std::thread::sleep;
    use std::time::Duration;

    use super::ALL;
    use crate::error::Error;
    use crate::ports::VaultError;
    use crate::sync::outcome::Trouble;

    /// Longer than a commit or a request on this machine, so that whoever else is at work gets ahead.
    const DELAY: Duration = Duration::from_millis(60);

    /// The places of every step: before and after it, and of a request also the one between answer and reading.
    pub fn places() -> impl Iterator<Item = String> {
        ALL.iter().flat_map(|name| {
            let answered = name.starts_with("ask.").then_some("answered");
            ["before", "after"].into_iter().chain(answered).map(move |side| format!("{name}.{side}"))
        })
    }

    /// The places that this process passed.
    pub fn passed() -> BTreeSet<String> {
        PASSED.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many actions happened.
    pub fn fired() -> usize {
        ARMED.iter().filter(|armed| armed.passes.load(SeqCst) >= armed.at).count()
    }

    pub(crate) fn around<T, E: From<Injected>>(
        name: &'static str,
        step: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        pass(name, "before")?;
        let done = step()?;
        pass(name, "after")?;
        Ok(done)
    }

    pub(crate) fn answered(name: &'static str) -> Result<(), Trouble> {
        Ok(pass(name, "answered")?)
    }

    fn pass(name: &'static str, side: &str) -> Result<(), Injected> {
        let place = format!("{name}.{side}");
        PASSED.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone());
        for armed in ARMED.iter().filter(|armed| armed.place == place) {
            if armed.passes.fetch_add(1, SeqCst) + 1 == armed.at {
                match armed.action {
                    Action::Abort => abort(),
                    Action::Fail => return Err(Injected),
                    Action::Delay => sleep(DELAY),
                }
            }
        }
        Ok(())
    }

    static PASSED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

    static ARMED: LazyLock<Vec<Armed>> = LazyLock::new(|| {
        let wanted = std::env::var("APOA_FAILPOINTS").unwrap_or_default();
        wanted.split(',').filter_map(Armed::read).collect()
    });

    struct Armed {
        place: String,
        action: Action,
        /// At which pass.
        at: u32,
        passes: AtomicU32,
    }

    enum Action {
        Abort,
        Fail,
        Delay,
    }

    impl Armed {
        /// Nonsense arms nothing, which a test sees: nothing happens.
        fn read(text: &str) -> Option<Self> {
            let (place, action) = text.split_once('=')?;
            let (action, at) = action.split_once('@').unwrap_or((action, "1"));
            let action = match action {
                "abort" => Action::Abort,
                "error" => Action::Fail,
                "delay" => Action::Delay,
                _ => return None,
            };
            Some(Self { place: place.to_owned(), action, at: at.parse().ok()?, passes: AtomicU32::new(0) })
        }
    }

    /// A step that was made to fail, as disk, vault or network would.
    pub(crate) struct Injected;

    impl From<Injected> for io::Error {
        fn from(_: Injected) -> Self {
            Self::other("failpoint")
        }
    }

    impl From<Injected> for Error {
        fn from(injected: Injected) -> Self {
            Self::File(injected.into())
        }
    }

    impl From<Injected> for VaultError {
        fn from(_: Injected) -> Self {
            Self::Failed
        }
    }

    impl From<Injected> for Trouble {
        fn from(_: Injected) -> Self {
            Self::Broken
        }
    }
}
