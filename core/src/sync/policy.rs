//! Every limit of the sync, with its reason. Retrying never gives up: these bound one run and one request only.

use core::time::Duration;

use crate::request::Trigger;

/// First delay after a temporary failure. Short enough that a lost packet costs a person no patience.
pub(crate) const BACKOFF_BASE_MS: i64 = 2_000;

/// Longest delay: a report should not wait longer than this after the server is back.
pub(crate) const BACKOFF_CAP_MS: i64 = 15 * 60_000;

/// A server may ask for at most a day of silence; more is a mistake of its clock or ours.
pub(crate) const RETRY_AFTER_CAP_MS: i64 = 24 * 3_600_000;

/// Least width of the time over which phones come back that a server sent away: with a thousand of them this is fewer
/// than twenty a second.
const SPREAD_MS: i64 = 60_000;

/// The same where a person waits in front of the screen. Whoever presses a button does so at a moment of their own.
pub(crate) const SPREAD_PERSON_MS: i64 = 1_000;

/// The same where the network came back: the first receipt should come soon.
pub(crate) const SPREAD_NETWORK_MS: i64 = 1_000;

/// Within so long of the last time a person's "send now" passes over our own delays no more: pressing a button again and
/// again helps nobody.
pub(crate) const SEND_NOW_EVERY: Duration = Duration::from_secs(10);

/// How far phones spread behind the end of `Retry-After`, which is a minimum. All of them heard of the same moment; a
/// person's run still ends a short silence within its budget (`docs/adr/0026-silence-and-spread.md`).
pub(crate) fn spread_ms(trigger: Trigger, retry_after_ms: i64) -> i64 {
    match trigger {
        Trigger::Person => SPREAD_PERSON_MS,
        Trigger::Schedule | Trigger::NetworkUp => SPREAD_MS.max(retry_after_ms / 10),
    }
}

/// Temporary failures in a row that end a run: a phone in a bad net should sleep, not try.
pub(crate) const FAILURES_PER_RUN: u32 = 3;

/// First batch of a unit's first run; it doubles with each success, and the next run begins with what went well. Small,
/// so that the first receipt comes early.
pub(crate) const BATCH_START: usize = 8;

/// Largest batch: 50 was best on a link with 300 ms round trip and 5 % loss (model, November 2026, 2-core x86-64).
pub(crate) const BATCH_MOST: usize = 50;

/// Most bytes of frozen bodies in a batch.
pub(crate) const BATCH_BYTES: usize = 200 * 1024;

/// With less time than this left no new request starts: it could hardly end inside the budget.
pub(crate) const RESERVE: Duration = Duration::from_secs(3);

/// A request ends so long before the budget does, so that its answer can still be kept.
pub(crate) const SETTLE_TIME: Duration = Duration::from_millis(300);

/// Longest request, connecting and reading included.
pub(crate) const REQUEST_MOST: Duration = Duration::from_mins(1);

/// Longest connecting.
pub(crate) const CONNECT_MOST: Duration = Duration::from_secs(10);

/// Longest silence of a server inside an answer.
pub(crate) const READ_MOST: Duration = Duration::from_secs(20);

/// Largest answer, after decompression: a page of 200 changes is a tenth of it.
pub(crate) const ANSWER_BYTES: usize = 1024 * 1024;

/// Request bodies from this size on are compressed; below it the header costs more than it saves.
pub(crate) const GZIP_FROM: usize = 1024;

/// Deepest JSON of an answer; our own shapes need six.
pub(crate) const JSON_DEPTH: usize = 16;

/// A signed config older than this is fetched anew.
pub(crate) const CONFIG_AGE_MS: i64 = 24 * 3_600_000;

/// An access token with less than this left is renewed first.
pub(crate) const TOKEN_RESERVE_MS: i64 = 60_000;

/// Reports asked for in one page of changes.
pub(crate) const PAGE: u32 = 200;

/// Pages of one pull: a unit's 20,000 reports. More in one run says a server that does not end.
pub(crate) const PAGES_MOST: u32 = 100;
