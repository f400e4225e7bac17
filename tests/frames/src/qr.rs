//! QR codes as squares of modules.

use fast_qr::{ECL, QRBuilder};

use crate::{FrameError, Gray};

/// Error correction level of a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EcLevel {
    /// About 7 % of damage.
    Low,
    /// About 15 %.
    #[default]
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

/// Light modules around a code, as the standard asks.
pub(crate) const QUIET: usize = 4;

/// A code of the smallest version that holds its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules a side, 21 to 177.
    pub size: usize,
    /// Rows from the top, true is dark.
    pub modules: Vec<bool>,
    /// What it says.
    pub payload: Vec<u8>,
}

impl Code {
    /// Encodes a payload of any bytes.
    ///
    /// # Errors
    /// [`FrameError::PayloadEmpty`] or [`FrameError::PayloadTooLong`].
    pub fn new(payload: &[u8], level: EcLevel) -> Result<Self, FrameError> {
        if payload.is_empty() {
            return Err(FrameError::PayloadEmpty);
        }
        let level = match level {
            EcLevel::Low => ECL::L,
            EcLevel::Medium => ECL::M,
            EcLevel::Quartile => ECL::Q,
            EcLevel::High => ECL::H,
        };
        let code = QRBuilder::new(payload)
            .ecl(level)
            .build()
            .map_err(|_| FrameError::PayloadTooLong { bytes: payload.len() })?;
        let modules = code.data[..code.size * code.size].iter().map(|m| m.value()).collect();
        Ok(Self { size: code.size, modules, payload: payload.to_vec() })
    }

    /// Draws the code with its quiet zone, the zone's upper left corner at `x`, `y`. `pixels` is the side of a
    /// module, `dark` and `light` its two brightnesses.
    pub fn draw(&self, on: &mut Gray, x: i32, y: i32, pixels: i32, dark: u8, light: u8) {
        self.draw_within(QUIET, on, x, y, pixels, dark, light);
    }

    /// As [`Code::draw`], with a quiet zone of so many modules: cards often cut it.
    #[expect(clippy::too_many_arguments, reason = "those of `draw` and one more")]
    pub(crate) fn draw_within(
        &self,
        quiet: usize,
        on: &mut Gray,
        x: i32,
        y: i32,
        pixels: i32,
        dark: u8,
        light: u8,
    ) {
        let outer = (self.size + 2 * quiet) as i32 * pixels;
        on.fill(x, y, outer, outer, light);
        let inset = quiet as i32 * pixels;
        for (row, modules) in self.modules.chunks_exact(self.size).enumerate() {
            for (column, set) in modules.iter().enumerate() {
                if *set {
                    let left = x + inset + column as i32 * pixels;
                    let top = y + inset + row as i32 * pixels;
                    on.fill(left, top, pixels, pixels, dark);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn finder_patterns_stand_in_three_corners() {
        let code = Code::new(b"SPECIMEN", EcLevel::Medium).unwrap();
        let at = |x: usize, y: usize| code.modules[y * code.size + x];
        let far = code.size - 7;
        for (x, y) in [(0, 0), (far, 0), (0, far)] {
            assert!(at(x, y) && !at(x + 1, y + 1) && at(x + 3, y + 3));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(Code::new(b"", EcLevel::Low), Err(FrameError::PayloadEmpty)));
        let long = vec![b'a'; 3_000];
        assert!(matches!(Code::new(&long, EcLevel::Low), Err(FrameError::PayloadTooLong { bytes: 3_000 })));
    }
}
