//! Pages that are drawn on: text in the embedded font, wrapped and measured by the same shaping that is written, lines,
//! boxes. Units are points, 72 an inch, from the top left.

use std::fmt;

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document};
use rustybuzz::{Face, UnicodeBuffer};

use super::code::Code;

/// A4, upright.
pub(crate) const A4: (f32, f32) = (595.28, 841.89);
/// A4, lying.
pub(crate) const A4_LYING: (f32, f32) = (A4.1, A4.0);

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

static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");

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

/// The document could not be put together: a fault of this program.
#[derive(Debug)]
pub(crate) struct PaperFault(String);

impl fmt::Display for PaperFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the paper could not be written: {}", self.0)
    }
}

struct Letters {
    font: Font,
    shape: Face<'static>,
}

/// A document and its fonts.
pub(crate) struct Paper {
    document: Document,
    fonts: Fonts,
}

/// The two weights.
pub(crate) struct Fonts {
    regular: Letters,
    bold: Letters,
}

/// One page while it is drawn on.
pub(crate) struct Page<'a> {
    surface: Surface<'a>,
    fonts: &'a Fonts,
}

/// A text as glyphs, with its width at size 1.
struct Shaped {
    glyphs: Vec<KrillaGlyph>,
    width: f32,
}

impl Paper {
    /// An empty document whose viewer shows this title.
    pub(crate) fn new(title: &str) -> Result<Self, PaperFault> {
        let letters = |bytes: &'static [u8]| {
            let font = Font::new(Data::from(bytes), 0)?;
            Some(Letters { font, shape: Face::from_slice(bytes, 0)? })
        };
        let fonts = letters(REGULAR).zip(letters(BOLD)).map(|(regular, bold)| Fonts { regular, bold });
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language("id".to_owned())
                .creator(format!("apoa {}", env!("CARGO_PKG_VERSION"))),
        );
        Ok(Self { document, fonts: fonts.ok_or_else(|| PaperFault("font".to_owned()))? })
    }

    pub(crate) fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Draws one more page.
    pub(crate) fn page(
        &mut self,
        (width, height): (f32, f32),
        draw: impl FnOnce(&mut Page<'_>),
    ) -> Result<(), PaperFault> {
        let settings = PageSettings::from_wh(width, height).ok_or_else(|| PaperFault("page".to_owned()))?;
        let mut started = self.document.start_page_with(settings);
        {
            let mut page = Page { surface: started.surface(), fonts: &self.fonts };
            draw(&mut page);
        }
        started.finish();
        Ok(())
    }

    /// The file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, PaperFault> {
        self.document.finish().map_err(|fault| PaperFault(format!("{fault:?}")))
    }
}

impl Fonts {
    fn letters(&self, weight: Weight) -> &Letters {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    fn shaped(&self, text: &str, weight: Weight) -> Shaped {
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

impl Page<'_> {
    pub(crate) fn fonts(&self) -> &Fonts {
        self.fonts
    }

    /// One line; `y` is where its letters stand. Returns its width.
    pub(crate) fn line(&mut self, x: f32, y: f32, text: &str, style: Style) -> f32 {
        let shaped = self.fonts.shaped(text, style.weight);
        let font = self.fonts.letters(style.weight).font.clone();
        self.fill(style.ink, 1.0);
        self.surface.draw_glyphs(Point::from_xy(x, y), &shaped.glyphs, font, text, style.size, false);
        shaped.width * style.size
    }

    /// One line that ends at `x`.
    pub(crate) fn line_to(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let width = self.fonts.width(text, style);
        self.line(x - width, y, text, style);
    }

    /// One line around `x`.
    pub(crate) fn line_around(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let width = self.fonts.width(text, style);
        self.line(x - width / 2.0, y, text, style);
    }

    /// Lines of at most this width, the first one at `y`. Returns where a next line would stand.
    pub(crate) fn lines(&mut self, x: f32, y: f32, most: f32, text: &str, style: Style) -> f32 {
        let mut y = y;
        for line in self.fonts.wrap(text, style, most) {
            self.line(x, y, &line, style);
            y += style.leading();
        }
        y
    }

    /// A filled box.
    pub(crate) fn panel(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        if let Some(path) = rect(x, y, width, height) {
            self.fill(ink, 1.0);
            self.surface.draw_path(&path);
        }
    }

    /// A thin level line.
    pub(crate) fn rule(&mut self, x: f32, y: f32, width: f32, thick: f32, ink: Ink) {
        self.panel(x, y - thick / 2.0, width, thick, ink);
    }

    /// A broken frame.
    pub(crate) fn dashed(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        let Some(path) = rect(x, y, width, height) else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: colour(ink).into(),
            width: 1.6,
            dash: Some(StrokeDash { array: vec![9.0, 6.0], offset: 0.0 }),
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
        self.surface.set_stroke(None);
    }

    /// A code in a square of this side, its quiet zone included.
    pub(crate) fn code(&mut self, x: f32, y: f32, side: f32, code: &Code) {
        let Some(path) = code.path() else { return };
        let unit = side / code.modules() as f32;
        self.surface.push_transform(&Transform::from_row(unit, 0.0, 0.0, unit, x, y));
        self.shape(&path, ink::BLACK);
        self.surface.pop();
    }

    /// A filled path.
    fn shape(&mut self, path: &Path, ink: Ink) {
        self.fill(ink, 1.0);
        self.surface.draw_path(path);
    }

    /// A tick or a cross in a disc, by which a state is seen without colour.
    pub(crate) fn mark(&mut self, x: f32, y: f32, radius: f32, good: bool, ink: Ink) {
        if let Some(disc) = disc(x, y, radius) {
            self.shape(&disc, ink);
        }
        let r = radius * 0.5;
        let strokes: &[[(f32, f32); 3]] = if good {
            &[[(-0.95, 0.05), (-0.25, 0.7), (0.95, -0.65)]]
        } else {
            &[[(-0.7, -0.7), (0.0, 0.0), (0.7, 0.7)], [(-0.7, 0.7), (0.0, 0.0), (0.7, -0.7)]]
        };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: colour(ink::WHITE).into(),
            width: radius * 0.26,
            ..Stroke::default()
        }));
        for points in strokes {
            let mut path = PathBuilder::new();
            for (place, (dx, dy)) in points.iter().enumerate() {
                let (px, py) = (x + dx * r, y + dy * r);
                if place == 0 { path.move_to(px, py) } else { path.line_to(px, py) }
            }
            if let Some(path) = path.finish() {
                self.surface.draw_path(&path);
            }
        }
        self.surface.set_stroke(None);
    }

    /// Large letters over everything else, turned, faint enough to read what lies below.
    pub(crate) fn watermark(&mut self, x: f32, y: f32, degrees: f32, text: &str, style: Style) {
        let shaped = self.fonts.shaped(text, style.weight);
        let font = self.fonts.letters(style.weight).font.clone();
        self.surface.push_transform(&Transform::from_rotate_at(degrees, x, y));
        self.fill(style.ink, 0.2);
        let start = Point::from_xy(x - shaped.width * style.size / 2.0, y + style.size * 0.36);
        self.surface.draw_glyphs(start, &shaped.glyphs, font, text, style.size, false);
        self.surface.pop();
    }

    fn fill(&mut self, ink: Ink, opacity: f32) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: colour(ink).into(),
            opacity: NormalizedF32::new(opacity).unwrap_or(NormalizedF32::ONE),
            ..Fill::default()
        }));
    }
}

fn colour(Ink(red, green, blue): Ink) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn rect(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    Size::from_wh(width, height)?;
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(x, y, width, height)?);
    path.finish()
}

/// A circle of four cubic curves.
fn disc(x: f32, y: f32, r: f32) -> Option<Path> {
    /// How far control points stand off for a quarter of a circle.
    const K: f32 = 0.552_285;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    for (c1, c2, end) in [
        ((r, K * r), (K * r, r), (0.0, r)),
        ((-K * r, r), (-r, K * r), (-r, 0.0)),
        ((-r, -K * r), (-K * r, -r), (0.0, -r)),
        ((K * r, -r), (r, -K * r), (r, 0.0)),
    ] {
        path.cubic_to(x + c1.0, y + c1.1, x + c2.0, y + c2.1, x + end.0, y + end.1);
    }
    path.close();
    path.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        let paper = Paper::new("t").unwrap();
        let style = Style::plain(10.0);
        let lines = paper.fonts().wrap("Bukti Terima Laporan 0123456789abcdef0123456789abcdef", style, 80.0);
        assert!(lines.len() > 3, "{lines:?}");
        assert!(lines.iter().all(|line| paper.fonts().width(line, style) <= 80.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), "BuktiTerimaLaporan0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn a_line_that_does_not_fit_says_so() {
        let paper = Paper::new("t").unwrap();
        let style = Style::bold(10.0);
        let short = paper.fonts().fitting("Bukti Terima Laporan", style, 60.0);
        assert!(short.ends_with('…') && paper.fonts().width(&short, style) <= 60.0, "{short}");
        assert_eq!(paper.fonts().fitting("Bukti", style, 60.0), "Bukti");
    }
}
