//! Words on a document, in an 8 × 8 bitmap font drawn in whole multiples.

use font8x8::UnicodeFonts;

use crate::Gray;

/// Writes a line of ASCII with its upper left corner at `x`, `y`, characters side by side. Each of the 8 × 8 cells
/// becomes `scale` × `scale` pixels. What the font lacks is left blank.
pub(crate) fn line(on: &mut Gray, words: &str, x: i32, y: i32, scale: i32, luma: u8) {
    for (nth, letter) in words.chars().enumerate() {
        let Some(glyph) = font8x8::BASIC_FONTS.get(letter) else { continue };
        let left = x + nth as i32 * 8 * scale;
        for (row, cells) in glyph.iter().enumerate() {
            for column in 0..8 {
                if cells >> column & 1 == 1 {
                    on.fill(left + column * scale, y + row as i32 * scale, scale, scale, luma);
                }
            }
        }
    }
}
