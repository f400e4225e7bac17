//! Pictures: every lane, several codes, one look decides.

use crate::{Deadline, Decoder, Findings, FrameLayout, FrameView, Ladder, ScanError, Symbol, WorkLimit};

/// Reads the codes of one picture, each once, in the order they were found; the same payload at two places is two
/// codes. When the deadline passes, what was read by then is returned.
///
/// Blocks: up to some hundred milliseconds for 12 Mpx.
///
/// # Errors
/// [`ScanError::BadFrame`] if the layout does not fit the slice. A picture without a code is no error.
pub fn scan_still(
    luma: &[u8],
    layout: FrameLayout,
    deadline: &dyn Deadline,
) -> Result<Vec<Symbol>, ScanError> {
    let frame = FrameView::new(luma, layout)?;
    let mut found = Findings::default();
    Ladder::new().find(&frame, WorkLimit::still(deadline), &mut found);
    Ok(found.symbols)
}
