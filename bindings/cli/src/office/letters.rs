//! Letters of all papers: the embedded font in two weights, measured and wrapped by the same shaping that is written.

use krilla::Data;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Face, UnicodeBuffer};

static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");

/// Colours of all papers: dark enough on white for a bad printer (contrast over 4.5), and grey ones for what is less
/// important.
pub(crate) mod ink {
    use super::Ink;

    pub(crate) const TEXT: Ink = Ink(0x16, 0x20, 0x33);
    /// Of codes: the strongest contrast there is.
    pub(crate) const BLACK: Ink = Ink(0, 0, 0);
    pub(crate) const GREY: Ink = Ink(0x5A, 0x64, 0x75);
    pub(crate) const LINE: Ink = Ink(0xCF, 0xD5, 0xDE);
    pub(crate) const PANEL: Ink = Ink(0xF3, 0xF5, 0xF8);
    pub(crate) const WHITE: Ink = Ink(0xFF, 0xFF, 0xFF);
    pub(crate) const GOOD: Ink = Ink(0x15, 0x6F, 0x4E);
    pub(crate) const WARN: Ink = Ink(0x92, 0x55, 0x09);
    pub(crate) const BAD: Ink = Ink(0xA8, 0x1E, 0x16);
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// How thick letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const fn plain(size: f32) -> Self {
        Self { weight: Weight::Regular, size, ink: ink::TEXT }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { weight: Weight::Bold, size, ink: ink::TEXT }
    }

    pub(crate) const fn grey(size: f32) -> Self {
        Self { weight: Weight::Regular, size, ink: ink::GREY }
    }

    pub(crate) const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// From one line to the next.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.32
    }
}

struct Letters {
    font: Font,
    shape: Face<'static>,
}

/// The two weights.
pub(crate) struct Fonts {
    regular: Letters,
    bold: Letters,
}

/// A text as glyphs, with its width at size 1.
pub(crate) struct Shaped {
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width: f32,
}

impl Fonts {
    /// The fonts that lie in this program.
    pub(crate) fn embedded() -> Option<Self> {
        let letters = |bytes: &'static [u8]| {
            let font = Font::new(Data::from(bytes), 0)?;
            Some(Letters { font, shape: Face::from_slice(bytes, 0)? })
        };
        Some(Self { regular: letters(REGULAR)?, bold: letters(BOLD)? })
    }

    /// The font as the document takes it.
    pub(crate) fn font(&self, weight: Weight) -> Font {
        self.letters(weight).font.clone()
    }

    fn letters(&self, weight: Weight) -> &Letters {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// A line as it is written, and how wide it is.
    pub(crate) fn shaped(&self, text: &str, weight: Weight) -> Shaped {
        let letters = self.letters(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(rustybuzz::Direction::LeftToRight);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&letters.shape, &[], buffer);
        let unit = letters.font.units_per_em();
        let infos = shaped.glyph_infos();
        let mut glyphs = Vec::with_capacity(infos.len());
        let mut width = 0.0;
        for (place, (info, at)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
            let start = info.cluster as usize;
            let after = infos.iter().skip(place + 1).find(|next| next.cluster != info.cluster);
            let end = after.map_or(text.len(), |next| next.cluster as usize);
            let [advance, x, y] = [at.x_advance, at.x_offset, at.y_offset].map(|value| value as f32 / unit);
            width += advance;
            let id = GlyphId::new(info.glyph_id);
            glyphs.push(KrillaGlyph::new(id, advance, x, y, 0.0, start..end.max(start), None));
        }
        Shaped { glyphs, width }
    }

    /// How wide a line is.
    pub(crate) fn width(&self, text: &str, style: Style) -> f32 {
        self.shaped(text, style.weight).width * style.size
    }

    /// Breaks a text at spaces; a word that is too long for a line is broken where it has to be.
    pub(crate) fn wrap(&self, text: &str, style: Style, most: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            for piece in self.pieces(word, style, most) {
                let Some(line) = lines.last_mut() else { break };
                let joined = if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
                if line.is_empty() || self.width(&joined, style) <= most {
                    *line = joined;
                } else {
                    lines.push(piece);
                }
            }
        }
        lines
    }

    /// A word in pieces that fit: behind a hyphen where there is one, else wherever it is full.
    fn pieces(&self, word: &str, style: Style, most: f32) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut rest = word;
        while self.width(rest, style) > most {
            let mut fits = 0;
            for (place, letter) in rest.char_indices() {
                let end = place + letter.len_utf8();
                if fits > 0 && rest.get(..end).is_some_and(|start| self.width(start, style) > most) {
                    break;
                }
                fits = end;
            }
            let (start, _) = rest.split_at_checked(fits).unwrap_or((rest, ""));
            let end = start.rfind('-').map_or(fits, |hyphen| hyphen + 1);
            let Some((piece, after)) = rest.split_at_checked(end).filter(|(_, after)| !after.is_empty())
            else {
                break;
            };
            pieces.push(piece.to_owned());
            rest = after;
        }
        pieces.push(rest.to_owned());
        pieces
    }

    /// As much of a line as fits, with an ellipsis where something is left out.
    pub(crate) fn fitting(&self, text: &str, style: Style, most: f32) -> String {
        if self.width(text, style) <= most {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().collect();
        while kept.pop().is_some() {
            let line = format!("{}…", kept.iter().collect::<String>().trim_end());
            if self.width(&line, style) <= most {
                return line;
            }
        }
        String::new()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        let fonts = Fonts::embedded().unwrap();
        let style = Style::plain(10.0);
        let lines = fonts.wrap("Bukti Terima Laporan 0123456789abcdef0123456789abcdef", style, 80.0);
        assert!(lines.len() > 3, "{lines:?}");
        assert!(lines.iter().all(|line| fonts.width(line, style) <= 80.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), "BuktiTerimaLaporan0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn a_line_that_does_not_fit_says_so() {
        let fonts = Fonts::embedded().unwrap();
        let style = Style::bold(10.0);
        let short = fonts.fitting("Bukti Terima Laporan", style, 60.0);
        assert!(short.ends_with('…') && fonts.width(&short, style) <= 60.0, "{short}");
        assert_eq!(fonts.fitting("Bukti", style, 60.0), "Bukti");
    }
}
