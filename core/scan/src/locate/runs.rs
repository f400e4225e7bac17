//! Rows of bits to places that may be the middle of a finder pattern.
//!
//! Along any line through its middle a finder pattern is dark, light, dark, light, dark in the ratio 1 : 1 : 3 : 1 : 1
//! (ISO/IEC 18004, 6.3.3). Print that bleeds and pictures that blur move dark edges outwards and light ones inwards by
//! the same amount, so the test compares distances between edges of the same kind.

use crate::threshold::{Bits, WORD};

/// Edges of one row: where dark begins, where it ends, and so on.
pub(crate) fn edges(words: &[usize], width: usize, out: &mut Vec<u32>) {
    out.clear();
    let mut carry = 0;
    for (nth, word) in words.iter().enumerate() {
        let mut changes = word ^ (word << 1 | carry);
        carry = word >> (WORD - 1);
        while changes != 0 {
            out.push((nth * WORD) as u32 + changes.trailing_zeros());
            changes &= changes - 1;
        }
    }
    if out.len() % 2 == 1 {
        out.push(width as u32);
    }
}

/// The module's size if five runs, given by their six edges, are those of a finder pattern.
pub(crate) fn module_of(e: [f32; 6]) -> Option<f32> {
    let [e0, e1, e2, e3, e4, e5] = e;
    let module = ((e4 - e0) + (e5 - e1)) / 12.0;
    // Half a module, and half a pixel for the grid; the middle spans twice the distance, so it may err by more.
    let slack = 0.5 * module + 0.6;
    let outer = |d: f32| (d - 2.0 * module).abs() <= slack;
    let inner = |d: f32| (d - 4.0 * module).abs() <= 1.5 * slack;
    let fits = outer(e2 - e0) && outer(e5 - e3) && inner(e3 - e1) && inner(e4 - e2)
        // Blur may eat a light ring or thicken it, but the middle stays the widest.
        && e3 - e2 > 0.9 * (e1 - e0) && e3 - e2 > 0.9 * (e5 - e4) && e3 - e2 > e2 - e1 && e3 - e2 > e4 - e3;
    fits.then_some(module)
}

/// The middle of five runs along a column or row through a dark place, and the module's size there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossing {
    pub(crate) middle: f32,
    pub(crate) module: f32,
}

/// Walks from a dark pixel both ways until five runs are complete. `most` is the longest run allowed in pixels.
pub(crate) fn cross(dark: impl Fn(i32) -> bool, at: i32, most: i32) -> Option<Crossing> {
    if !dark(at) {
        return None;
    }
    let walk = |step: i32| -> Option<[i32; 3]> {
        let mut ends = [0; 3];
        let mut here = at;
        let mut now = true;
        for end in &mut ends {
            let limit = here + step * most;
            while dark(here) == now {
                if here == limit {
                    return None;
                }
                here += step;
            }
            now = !now;
            *end = here;
        }
        Some(ends)
    };
    let [u1, u2, u3] = walk(-1)?;
    let [d1, d2, d3] = walk(1)?;
    let e = [u3 + 1, u2 + 1, u1 + 1, d1, d2, d3].map(|v| v as f32);
    module_of(e).map(|module| Crossing { middle: f32::midpoint(e[2], e[3]), module })
}

/// Whether a pixel is dark; the outside is light.
pub(crate) fn dark(bits: &Bits, x: i32, y: i32) -> bool {
    let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return false };
    bits.dark(x, y)
}
