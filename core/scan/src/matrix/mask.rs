//! The eight data masks (ISO/IEC 18004:2015, table 10).
//!
//! Every mask repeats after 12 columns and 12 rows, so a mask is a table of 144 flips, and a module's place in it,
//! its phase, belongs to the layout.

/// Columns and rows after which every mask repeats: the least common multiple of the periods 2, 3, 4 and 6 of its
/// formulas.
const PERIOD: usize = 12;

/// Phases in all.
pub(super) const PHASES: usize = PERIOD * PERIOD;

/// Which phases each mask flips.
pub(super) static MASKS: [[bool; PHASES]; 8] = tables();

/// The place of column `x`, row `y` in the period.
pub(super) const fn phase(x: usize, y: usize) -> u8 {
    ((y % PERIOD) * PERIOD + x % PERIOD) as u8
}

const fn tables() -> [[bool; PHASES]; 8] {
    let mut all = [[false; PHASES]; 8];
    let mut at = 0;
    while at < PHASES {
        let (x, y) = (at % PERIOD, at / PERIOD);
        all[0][at] = (x + y) % 2 == 0;
        all[1][at] = y % 2 == 0;
        all[2][at] = x % 3 == 0;
        all[3][at] = (x + y) % 3 == 0;
        all[4][at] = (y / 2 + x / 3) % 2 == 0;
        all[5][at] = (x * y) % 2 + (x * y) % 3 == 0;
        all[6][at] = ((x * y) % 2 + (x * y) % 3) % 2 == 0;
        all[7][at] = ((x + y) % 2 + (x * y) % 3) % 2 == 0;
        at += 1;
    }
    all
}
