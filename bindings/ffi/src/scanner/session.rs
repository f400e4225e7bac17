//! What a camera session has said, on both sides.

use apoa_core::scanner as core;

/// The layout in force, and the answer to the last frame.
pub(super) struct Session {
    pub(super) layout: Option<core::FrameLayout>,
    seen: core::Scanned,
    /// Nobody has fetched `seen` yet.
    news: bool,
}

impl Default for Session {
    fn default() -> Self {
        Self { layout: None, seen: core::Scanned::Nothing { hint: None }, news: true }
    }
}

impl Session {
    /// Keeps an answer, and says whether it differs from what was fetched last.
    pub(super) fn take(&mut self, seen: core::Scanned) -> bool {
        self.news |= seen != self.seen;
        self.seen = seen;
        self.news
    }

    /// The answer, which is no news any more.
    pub(super) fn fetch(&mut self) -> core::Scanned {
        self.news = false;
        self.seen.clone()
    }
}
