//! The side that draws: reads a file and requests from standard input, answers on standard output, and ends when nobody
//! asks any more. It holds itself to a bound of memory before it looks at the file.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use super::MOST_BYTES;
use super::wire::{self, MOST_PIXELS, Opened};
use crate::exit::Exit;

/// Points an inch.
const POINTS: f32 = 72.0;

/// Longest side of a page: PDF's own bound (ISO 32000-1, annex C), five metres. More is an attack or an accident.
const MOST_POINTS: f32 = 14_400.0;

/// A pixmap's sides are 16 bits.
const MOST_SIDE: f32 = 65_535.0;

/// Everything the process may take: the largest page in colour with what is drawn over it several times, and the file.
#[cfg(unix)]
const MOST_MEMORY: u64 = 1536 * 1024 * 1024;

/// Content streams stay decoded in an open file; past so many bytes it is opened anew.
const MOST_DECODED: usize = 64 * 1024 * 1024;

/// Draws until nobody asks any more.
pub(crate) fn run() -> Exit {
    hold_to_bounds();
    let mut asks = BufReader::new(io::stdin().lock());
    let mut answers = BufWriter::new(io::stdout().lock());
    // Whoever asked is gone: nobody is left to be told.
    let _ = serve(&mut asks, &mut answers);
    Exit::Done
}

fn serve(asks: &mut impl Read, answers: &mut impl Write) -> io::Result<()> {
    let Some((file, password)) = wire::read_file(asks, MOST_BYTES) else { return Ok(()) };
    let file: Arc<Vec<u8>> = Arc::new(file);
    let open = || Pdf::new_with_password(PdfData::from(file.clone()), &password);
    let mut pdf = match open() {
        Ok(pdf) => pdf,
        Err(error) => return wire::write_opened(answers, refused(error)),
    };
    let count = pdf.pages().len() as u32;
    wire::write_opened(answers, if count == 0 { Opened::Damaged } else { Opened::Pages(count) })?;
    let mut decoded = 0;
    while let Some((number, dpi)) = wire::read_request(asks) {
        if decoded > MOST_DECODED {
            decoded = 0;
            match open() {
                Ok(anew) => pdf = anew,
                Err(_) => return Ok(()),
            }
        }
        let Some(page) = pdf.pages().get(number as usize) else {
            wire::write_word(answers, true)?;
            continue;
        };
        match page.page_stream() {
            Some(content) => decoded += content.len(),
            // What should be on it is not in the file: it was cut, and a blank page would be a lie.
            None if page.raw().contains_key(b"Contents".as_slice()) => {
                wire::write_word(answers, true)?;
                continue;
            }
            None => {}
        }
        answer(answers, page, dpi)?;
    }
    Ok(())
}

fn answer(answers: &mut impl Write, page: &Page<'_>, dpi: u16) -> io::Result<()> {
    /// What is asked for first; only a finer drawing than that is worth the time.
    const FIRST: u16 = 200;
    let (width, height) = page.render_dimensions();
    let Some(scale) = scale(width, height, dpi) else { return wire::write_word(answers, true) };
    if dpi > FIRST && scale_of(width, height, FIRST).is_some_and(|first| first >= scale) {
        return wire::write_word(answers, false);
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    // Caches never forget; a page's own is enough.
    let cache = RenderCache::new();
    let pixmap = render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    write_page(answers, &pixmap)
}

/// Pixels a point: as asked, or as many as fit. `None` for a page of no size or of an absurd one.
fn scale(width: f32, height: f32, dpi: u16) -> Option<f32> {
    let sides = [width, height];
    let sane = sides.iter().all(|side| side.is_finite() && *side > 0.0 && *side <= MOST_POINTS);
    sane.then(|| scale_of(width, height, dpi)).flatten()
}

fn scale_of(width: f32, height: f32, dpi: u16) -> Option<f32> {
    // A little below the bound: sides are rounded.
    let most = (MOST_PIXELS as f32 * 0.99 / (width * height)).sqrt();
    let longest = MOST_SIDE / width.max(height);
    let scale = (f32::from(dpi) / POINTS).min(most).min(longest);
    // A side of less than a pixel holds nothing.
    (width.min(height) * scale >= 1.0).then_some(scale)
}

/// Row by row, so that no second copy of the page is in memory.
fn write_page(answers: &mut impl Write, pixmap: &Pixmap) -> io::Result<()> {
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    wire::write_size(answers, width, height)?;
    let mut row = Vec::with_capacity(width as usize);
    for line in pixmap.data_as_u8_slice().chunks_exact(4 * width as usize) {
        row.clear();
        row.extend(line.chunks_exact(4).map(luma));
        answers.write_all(&row)?;
    }
    answers.flush()
}

/// ITU-R BT.709, as pictures become luma elsewhere. The page lies on white: nothing shines through.
fn luma(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [0, 1, 2].map(|place| u32::from(pixel.get(place).copied().unwrap_or(255)));
    ((2126 * red + 7152 * green + 722 * blue) / 10_000) as u8
}

fn refused(error: LoadPdfError) -> Opened {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Opened::Locked,
        LoadPdfError::Decryption(_) => Opened::Scheme,
        LoadPdfError::Invalid => Opened::Damaged,
    }
}

/// Bounds the memory of this process, and leaves no copy of it behind if the file ends it: a page holds identities.
#[cfg(unix)]
fn hold_to_bounds() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    for (resource, most) in [(Resource::As, MOST_MEMORY), (Resource::Core, 0)] {
        let set = getrlimit(resource);
        let most = set.maximum.map_or(most, |maximum| maximum.min(most));
        // A system that knows no such bound goes without: the time is bounded by whoever asks.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(not(unix))]
fn hold_to_bounds() {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_the_dots_that_were_asked_for_or_as_many_as_fit() {
        let a4 = (595.0, 842.0);
        assert!((scale(a4.0, a4.1, 200).unwrap() - 200.0 / 72.0).abs() < 1e-6);
        let photo = scale(3024.0, 4032.0, 200).unwrap();
        let pixels = (3024.0 * photo) as u32 * (4032.0 * photo) as u32;
        assert!((15_000_000..=MOST_PIXELS).contains(&pixels), "{pixels}");
    }

    #[test]
    fn absurd_pages_get_none() {
        for (width, height) in
            [(14_401.0, 10.0), (0.0, 10.0), (f32::NAN, 10.0), (f32::INFINITY, 1.0), (14_400.0, 0.01)]
        {
            assert_eq!(scale(width, height, 200), None, "{width} × {height}");
        }
    }
}
