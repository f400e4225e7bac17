//! What another decoder, rqrr, says to a matrix that was corrected here.
//!
//! Two decoders that were written independently and agree to the byte rule out a mistake in either. It is asked after
//! correction, so it judges what was made of the code: layout, mask, blocks, zero syndromes, and segments. Costly (0.3
//! ms for a version 4, 20 ms for a 40), so it is for reads in doubt.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rqrr::{DeQRError, Grid, SimpleGrid};

/// Whether rqrr reads the same bytes from a matrix of dark modules, `size` a side, in row order, upright or mirrored.
/// `None` if it has no word for a mode of the code (FNC1, structured append, Hanzi). A panic inside counts as
/// disagreement and is added to `caught`.
pub(crate) fn agrees(size: usize, dark: &[bool], bytes: &[u8], caught: &mut u32) -> Option<bool> {
    if dark.len() != size * size {
        return Some(false);
    }
    let call = || {
        let grid = SimpleGrid::from_func(size, |x, y| dark[y * size + x]);
        let mut read = Vec::with_capacity(bytes.len());
        match Grid::new(grid).decode_to(&mut read) {
            Ok(_) => Some(read == bytes),
            Err(DeQRError::UnknownDataType) => None,
            Err(_) => Some(false),
        }
    };
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        *caught = caught.saturating_add(1);
        Some(false)
    })
}
