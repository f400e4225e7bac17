//! The stretch of a row that beats: a chain of ink goes on over the page's edge and the desk's grain, print does not.

use super::comb::Comb;
use super::pitch::{HALF, Row, Wave};

/// Share of the darkness from which a window belongs to the print: the grain of cloth and wood has up to a sixth at one
/// pitch or another, print a third and more.
const LOUD: f32 = 0.2;

/// Share from which a window's pitch is near enough to that of its neighbour.
const CLEAR: f32 = 0.6;

/// Windows in a row that may be silent inside print, four characters each: a glare that a chain survives is no wider.
const DEAF: usize = 5;

/// Windows along a row at most: of a page 1,000 pixels wide at the smallest pitch.
const WINDOWS: usize = 64;

/// What a window's pitch may be of its neighbour's: seen from 60 degrees it doubles along a line of eleven windows.
const DRIFT: [f32; 4] = [0.95, 1.05, 0.9, 1.1];

/// Windows kept beyond the last that is loud: far ends of a page that leans are small and faint, and a fit bears some
/// desk better than the loss of an end.
const SPARE: f32 = 1.5;

/// A window that was listened to.
#[derive(Clone, Copy)]
struct Heard {
    pitch: f32,
    share: f32,
}

impl Row {
    /// The same row without the ends that do not beat in `pitch`, followed from window to window where it grows or
    /// shrinks, and how clearly the rest does; `None` where nothing beats.
    pub(super) fn trimmed(self, wave: &Wave, pitch: f32) -> Option<(Self, f32)> {
        let hop = HALF * pitch;
        let count = (((self.to - self.from) / hop) as usize).clamp(1, WINDOWS);
        let column = |nth: usize| self.from + hop * nth as f32;
        let mut comb = Comb::NONE;
        comb.tune(pitch);
        let shares = (0..=count).map(|nth| (nth, comb.share(wave, column(nth))));
        let (start, most) = shares.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, most)| *most >= LOUD)?;
        let mut listen = |nth: usize, around: f32| {
            let mut at = |pitch: f32| {
                comb.tune(pitch);
                Heard { pitch, share: comb.share(wave, column(nth)) }
            };
            let mut best = at(around);
            for by in DRIFT {
                if best.share >= CLEAR {
                    break;
                }
                let here = at(around * by);
                if here.share > best.share {
                    best = here;
                }
            }
            best
        };
        let (mut sum, mut heard) = (most.min(Comb::MOST), 1.0);
        let mut follow = |windows: &mut dyn Iterator<Item = usize>| {
            let (mut end, mut around) = (start, pitch);
            let (mut silent, mut quiet) = (0, 0.0);
            for nth in windows {
                let here = listen(nth, around);
                silent += 1;
                quiet += here.share.min(Comb::MOST);
                if here.share >= LOUD {
                    (end, around) = (nth, here.pitch);
                    sum += quiet;
                    heard += silent as f32;
                    (silent, quiet) = (0, 0.0);
                } else if silent > DEAF {
                    break;
                }
            }
            end
        };
        let (last, first) = (follow(&mut (start + 1..=count)), follow(&mut (0..start).rev()));
        let (from, to) = (column(first) - SPARE * hop, column(last) + SPARE * hop);
        Some((Self { from: from.max(self.from), to: to.min(self.to), ..self }, sum / heard))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::frame::Luma;
    use crate::grid::light::Light;
    use crate::mrz::poly::{Poly, Through};
    use crate::mrz::synth::Dice;

    const SIZE: (usize, usize) = (800, 20);

    /// A row of strokes between two columns on a desk of fine grain, heard over its whole width.
    fn heard(strokes: std::ops::Range<usize>, pitch: f32) -> Option<(Row, f32)> {
        let mut dice = Dice::new(1);
        let mut level = |x: usize| match (x as f32 / pitch).fract() {
            _ if !strokes.contains(&x) => 100 + dice.below(60) as u8,
            part if part < 0.5 => 60,
            _ => 200,
        };
        let luma: Vec<u8> = (0..SIZE.0 * SIZE.1).map(|nth| level(nth % SIZE.0)).collect();
        let light = Light::new(Luma::packed(&luma, SIZE.0, SIZE.1), false).unwrap();
        let middle = [0.0, 800.0].map(|at| Through { at, value: 10.0, weight: 1.0 });
        let row = Row { curve: Poly::fit(&middle, 1).unwrap(), from: 0.0, to: SIZE.0 as f32 };
        let mut wave = Wave::default();
        wave.sample(&light, &row, 4.0, 0.0, |x| row.upright(x));
        wave.flatten(2.5 * pitch);
        row.trimmed(&wave, pitch)
    }

    #[test]
    fn a_row_ends_where_its_print_does() {
        let pitch = 6.0;
        let (row, clear) = heard(240..504, pitch).unwrap();
        assert!(row.from <= 240.0 && row.to >= 504.0, "a character is cut off: {row:?}");
        // Grain beats here and there.
        let desk = (240.0 - row.from) + (row.to - 504.0);
        assert!(desk < 0.5 * (SIZE.0 as f32 - 264.0), "{row:?}");
        assert!(clear > 0.4, "{clear}");
    }

    #[test]
    fn a_row_that_is_print_from_end_to_end_stays_whole_and_a_desk_is_none() {
        let (row, _) = heard(0..SIZE.0, 6.0).unwrap();
        assert!(row.from <= 0.0 && row.to >= SIZE.0 as f32, "{row:?}");
        assert!(heard(0..0, 6.0).is_none_or(|(row, clear)| row.to - row.from < 200.0 && clear < 0.4));
    }
}
