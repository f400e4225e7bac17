//! PDF files as a test sees them: their text, and hand-made ones that no program writes.

use std::fmt::Write as _;

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::hayro_syntax::Pdf;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::kurbo::{Affine, BezPath, Rect};

/// Everything that a page writes, in the order in which it is written.
#[derive(Default)]
struct Written(String);

impl<'a> Device<'a> for Written {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(letter)) => self.0.push(letter),
                Some(BfString::String(letters)) => self.0.push_str(&letters),
                None => {}
            }
        }
        self.0.push('\n');
    }
}

/// The text of each page.
pub(crate) fn texts(file: &[u8]) -> Vec<String> {
    let pdf = Pdf::new(file.to_vec()).expect("a PDF file");
    let text = |page: &hayro::hayro_syntax::page::Page<'_>| {
        let cache = InterpreterCache::new();
        let area = Rect::new(0.0, 0.0, 2000.0, 2000.0);
        let mut context =
            Context::new(Affine::IDENTITY, area, &cache, page.xref(), InterpreterSettings::default());
        let mut written = Written::default();
        interpret_page(page, &mut context, &mut written);
        written.0
    };
    pdf.pages().iter().map(text).collect()
}

/// A file of so many empty pages with these sides, in points.
pub(crate) fn empty(pages: usize, width: f64, height: f64) -> Vec<u8> {
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>");
    let kids: String = (0..pages).fold(String::new(), |mut kids, page| {
        let _ = write!(kids, "{} 0 R ", page + 3);
        kids
    });
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>").into_bytes(),
    ];
    objects.extend((0..pages).map(|_| page.clone().into_bytes()));
    file(&objects, "")
}

/// A page whose content is this stream.
pub(crate) fn with_content(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = format!("<<{dictionary}/Length {}>>stream\n", content.len()).into_bytes();
    stream.extend_from_slice(content);
    stream.extend_from_slice(b"\nendstream");
    let page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>".to_vec();
    file(
        &[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>".to_vec(),
            page,
            stream,
        ],
        "",
    )
}

/// Objects, numbered from 1, with their table and trailer; the first is the catalogue.
pub(crate) fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(end, "{place:010} 00000 n ");
    }
    let _ = writeln!(
        end,
        "trailer<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF",
        objects.len() + 1
    );
    file.extend_from_slice(end.as_bytes());
    file
}
