//! The pages of a PDF file, each a picture of its own: drawn at 200 dots an inch, and finer where that shows nothing.

use std::io::{BufRead as _, IsTerminal as _};

use apoa_core::codes::Code;
use apoa_core::scanner::{FrameLayout, Region};

use super::line::FrameLine;
use super::{Luma, Session, Sink};
use crate::failure::Stop;
use crate::output::{DIM, Output, WARN};
use crate::pages::{Drawn, MOST_PAGES, PageFault, Pdf};

/// Dots an inch: of what is read at all nearly all is read at 200; small codes of a dense page need 300.
pub(crate) const DPI: [u16; 2] = [200, 300];

/// How often a person is asked for the password of one file.
const ASKED_MOST: u32 = 3;

/// Passwords for locked files: from standard input if that was said, else asked of whoever sits at the terminal.
pub(crate) struct Passwords {
    given: Option<String>,
}

impl Passwords {
    pub(crate) fn new(from_stdin: bool) -> Result<Self, Stop> {
        if !from_stdin {
            return Ok(Self { given: None });
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| Stop::unread(&"-", &error))?;
        Ok(Self { given: Some(line.trim_end_matches(['\r', '\n']).to_owned()) })
    }

    /// Opens a file; one that is locked with the password that was given, or with the one a person types.
    pub(crate) fn open<'a>(
        &mut self,
        name: &str,
        file: &'a [u8],
        out: &Output,
    ) -> Result<Pdf<'a>, PageFault> {
        let mut opened = Pdf::open(file, "");
        if let (Err(PageFault::Locked), Some(given)) = (&opened, &self.given) {
            opened = Pdf::open(file, given);
        } else if std::io::stdin().is_terminal() {
            for _ in 0..ASKED_MOST {
                match opened {
                    Err(PageFault::Locked) => {}
                    Err(PageFault::WrongPassword) => {
                        out.note(&format!("{WARN}{}{WARN:#}", out.word("cli-pdf-wrong-password", &[])));
                    }
                    Ok(_) | Err(_) => break,
                }
                let prompt = format!("{} ", out.word("cli-ask-pdf-password", &[("a", name)]));
                match rpassword::prompt_password(prompt) {
                    Ok(typed) if !typed.is_empty() => opened = Pdf::open(file, &typed),
                    Ok(_) | Err(_) => break,
                }
            }
        }
        if matches!(opened, Err(PageFault::Locked)) {
            out.note(&format!("{DIM}{name}: {}{DIM:#}", out.word("cli-pdf-password-how", &[])));
        }
        opened
    }
}

/// Looks at every page in its order. One that cannot be drawn has a line that says so.
pub(super) fn look(
    session: &mut Session<'_>,
    name: &str,
    file: &[u8],
    sink: &mut Sink<'_>,
    out: &Output,
) -> Result<(), Stop> {
    let mut pdf = match session.passwords.open(name, file, out) {
        Ok(pdf) => pdf,
        Err(fault) => {
            let mut line = FrameLine::unreadable(name, fault.code(), out);
            if let (Some(told), Some(error)) = (told(fault, out), &mut line.error) {
                (error.text, error.remedy) = told;
            }
            return sink.line(&line, None);
        }
    };
    if pdf.count() > MOST_PAGES {
        let mut line = FrameLine::unreadable(name, Code::BadPicture, out);
        if let Some(error) = &mut line.error {
            (error.text, error.remedy) = too_many(pdf.count(), out);
        }
        return sink.line(&line, None);
    }
    sink.expect(pdf.count().saturating_sub(1));
    for page in 0..pdf.count() {
        let (mut line, luma) = look_at(session, &mut pdf, name, page, out);
        line.page = Some(page + 1);
        sink.line(&line, luma.as_ref())?;
        if pdf.is_hopeless() && page + 1 < pdf.count() {
            // The pages that are left were not looked at: the file as a whole is said to be bad.
            return sink.line(&FrameLine::unreadable(name, Code::BadPicture, out), None);
        }
    }
    Ok(())
}

/// What is said of a file that does not open, and what to do, where its code speaks of pictures or of no password at all.
pub(crate) fn told(fault: PageFault, out: &Output) -> Option<(String, String)> {
    match fault {
        PageFault::WrongPassword => {
            Some((out.word("cli-pdf-wrong-password", &[]), out.explain(fault.code(), &[]).1))
        }
        PageFault::Damaged => Some((out.word("cli-pdf-damaged", &[]), out.word("cli-pdf-damaged-how", &[]))),
        PageFault::Locked | PageFault::Scheme => None,
    }
}

/// What is said of a file of too many pages, and what to do.
pub(crate) fn too_many(pages: u32, out: &Output) -> (String, String) {
    let (pages, most) = (pages.to_string(), MOST_PAGES.to_string());
    (
        out.word("cli-pdf-pages", &[("n", &pages), ("most", &most)]),
        out.word("cli-pdf-pages-how", &[("most", &most)]),
    )
}

/// The finest look that was taken, with the time of all of them.
fn look_at(
    session: &mut Session<'_>,
    pdf: &mut Pdf<'_>,
    name: &str,
    page: u32,
    out: &Output,
) -> (FrameLine, Option<Luma>) {
    let frame = session.next_frame();
    let mut best: Option<(FrameLine, Option<Luma>)> = None;
    for dpi in DPI {
        if let Some((line, luma)) = &mut best {
            if line.is_read() || session.args.sequence {
                break;
            }
            // One page is in memory, not two.
            if session.args.annotate.is_none() {
                *luma = None;
            }
        }
        match pdf.page(page, dpi) {
            Ok(Drawn::Page(pixels)) => {
                let region = session.args.roi.map(|region| finer(region, dpi));
                let layout = FrameLayout { region, ..FrameLayout::packed(pixels.width, pixels.height) };
                let luma = Luma { bytes: pixels.luma, layout: session.timed(layout, frame) };
                let mut line = session.look_at_luma(name, &luma, frame, out);
                line.advise_page(out);
                line.add_ms(best.as_ref().map_or(0.0, |(line, _)| line.ms()));
                best = Some((line, Some(luma)));
            }
            Ok(Drawn::NoFiner) => break,
            Err(_) if best.is_some() => break,
            Err(fault) => return (FrameLine::unreadable(name, fault.code(), out), None),
        }
    }
    best.unwrap_or_else(|| (FrameLine::unreadable(name, Code::BadPicture, out), None))
}

/// A part of the page, which is given in pixels of the first drawing, in those of another.
fn finer(region: Region, dpi: u16) -> Region {
    let scaled = |value: u32| (u64::from(value) * u64::from(dpi) / u64::from(DPI[0])) as u32;
    let Region { x, y, width, height } = region;
    Region { x: scaled(x), y: scaled(y), width: scaled(width), height: scaled(height) }
}
