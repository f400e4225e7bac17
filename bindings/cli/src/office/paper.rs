//! Pages that are drawn on: texts, lines, boxes, codes. Units are points, 72 an inch, from the top left.

use std::fmt;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;

use super::code::Code;
pub(crate) use super::letters::{Fonts, Ink, Style, ink};

/// A4, upright.
pub(crate) const A4: (f32, f32) = (595.28, 841.89);
/// A4, lying.
pub(crate) const A4_LYING: (f32, f32) = (A4.1, A4.0);

/// The document could not be put together: a fault of this program.
#[derive(Debug)]
pub(crate) struct PaperFault(String);

impl fmt::Display for PaperFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the paper could not be written: {}", self.0)
    }
}

/// A document and its fonts.
pub(crate) struct Paper {
    document: Document,
    fonts: Fonts,
}

/// One page while it is drawn on.
pub(crate) struct Page<'a> {
    surface: Surface<'a>,
    fonts: &'a Fonts,
}

impl Paper {
    /// An empty document whose viewer shows this title.
    pub(crate) fn new(title: &str) -> Result<Self, PaperFault> {
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language("id".to_owned())
                .creator(format!("apoa {}", env!("CARGO_PKG_VERSION"))),
        );
        Ok(Self { document, fonts: Fonts::embedded().ok_or_else(|| PaperFault("font".to_owned()))? })
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

impl Page<'_> {
    pub(crate) fn fonts(&self) -> &Fonts {
        self.fonts
    }

    /// One line; `y` is where its letters stand. Returns its width.
    pub(crate) fn line(&mut self, x: f32, y: f32, text: &str, style: Style) -> f32 {
        let shaped = self.fonts.shaped(text, style.weight);
        let font = self.fonts.font(style.weight);
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
        let font = self.fonts.font(style.weight);
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
