//! Pictures: every lane, several codes, one look decides.

use crate::quality::Gauge;
use crate::{
    Coach, Deadline, Decoder, Findings, FrameLayout, FrameView, Hint, Ladder, ScanError, Signals, Symbol,
    WorkLimit,
};

/// What a picture held, or why it was not read.
#[derive(Clone, Debug)]
pub struct Still {
    /// Codes in the order they were found, and what was seen and not read. The same payload at two places is two codes.
    pub findings: Findings,
    /// What to change for the next picture; `None` if something was read.
    pub hint: Option<Hint>,
    /// What the hint was drawn from; `None` if something was read.
    pub signals: Option<Signals>,
}

impl Still {
    /// The codes, each once.
    pub fn symbols(&self) -> &[Symbol] {
        &self.findings.symbols
    }
}

/// Reads the codes of one picture. When the deadline passes, what was read by then is returned.
///
/// Blocks: up to some hundred milliseconds for 12 Mpx.
///
/// # Errors
/// [`ScanError::BadFrame`] if the layout does not fit the slice. A picture without a code is no error.
pub fn scan_still(luma: &[u8], layout: FrameLayout, deadline: &dyn Deadline) -> Result<Still, ScanError> {
    let frame = FrameView::new(luma, layout)?;
    let mut findings = Findings::default();
    Ladder::new().find(&frame, WorkLimit::still(deadline), &mut findings);
    let signals = findings.symbols.is_empty().then(|| Gauge::default().measure(&frame, &findings));
    Ok(Still { hint: signals.as_ref().map(Coach::once), signals, findings })
}
