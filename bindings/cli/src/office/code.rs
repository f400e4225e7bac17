//! A QR code as one path, so that no seam shows between modules at any resolution.

use fast_qr::{ECL, QRBuilder, QRCode};
use krilla::geom::{Path, PathBuilder, Rect};

/// The quiet zone that ISO/IEC 18004 asks for, in modules.
const QUIET: usize = 4;

/// A code that stands ready to be drawn.
pub(crate) struct Code(QRCode);

impl Code {
    /// A code that holds this text, so that 15 % of it may be soiled; `None` where it is too long for any.
    pub(crate) fn of(text: &str) -> Option<Self> {
        QRBuilder::new(text).ecl(ECL::M).build().ok().map(Self)
    }

    /// Modules on a side, quiet zone included.
    pub(crate) fn modules(&self) -> usize {
        self.0.size + 2 * QUIET
    }

    /// Its dark modules, each one unit wide, so that the file names them by short numbers.
    pub(crate) fn path(&self) -> Option<Path> {
        let modules = self.0.size;
        let mut path = PathBuilder::new();
        for row in 0..modules {
            let mut column = 0;
            while column < modules {
                let dark = |column: usize| self.0[row][column].value();
                let end = (column..modules).find(|column| !dark(*column)).unwrap_or(modules);
                if end > column {
                    let [left, right, top, bottom] =
                        [column, end, row, row + 1].map(|place| (QUIET + place) as f32);
                    path.push_rect(Rect::from_ltrb(left, top, right, bottom)?);
                }
                column = end.max(column + 1);
            }
        }
        path.finish()
    }
}
