//! Pages of a PDF file as luma, drawn by a process of its own: a file is hostile input, and whatever it does to the
//! memory, the stack or the time of the one who draws it, the one who asks goes on. One page is in memory on either side.

mod drawer;
mod wire;

use std::io::{BufReader, BufWriter, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use apoa_core::codes::Code;

pub(crate) use drawer::run as draw;
use wire::{Answer, Opened};

/// The name under which this program draws pages for itself; nobody types it.
pub(crate) const COMMAND: &str = "draw-pages";

/// Largest file: a scan of a whole file cabinet; more is no permit.
const MOST_BYTES: usize = 200 * 1024 * 1024;

/// Most pages of a file that are looked at: a permit has one or two, a pile of scans some dozens, and every page takes
/// about a second.
pub(crate) const MOST_PAGES: u32 = 200;

/// Time to open a file, and to draw one page. An honest page takes a second on a slow desk, and many on one that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// So many pages in a row that end the one who draws them are no accident.
const MOST_DEATHS: u32 = 3;

/// Why a file or a page gives no pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFault {
    /// It asks for a password.
    Locked,
    /// The password that was given does not open it.
    WrongPassword,
    /// It is locked in a way that is not understood: by a certificate, or by an algorithm of its maker.
    Scheme,
    /// It is no PDF file, or broken, or too large.
    Damaged,
}

impl PageFault {
    /// The stable code of it.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Locked | Self::WrongPassword => Code::PdfLocked,
            Self::Scheme => Code::PictureFormat,
            Self::Damaged => Code::BadPicture,
        }
    }
}

/// 8-bit luma without padding.
#[derive(Debug)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) luma: Vec<u8>,
}

/// What a request for a page came to.
#[derive(Debug)]
pub(crate) enum Drawn {
    /// The page.
    Page(Pixels),
    /// More dots an inch would give no more pixels: the page is as large as it may be.
    NoFiner,
}

/// A PDF file whose pages can be asked for.
pub(crate) struct Pdf<'a> {
    file: &'a [u8],
    password: String,
    count: u32,
    drawer: Option<Drawer>,
    deaths: u32,
}

/// The process that draws.
struct Drawer {
    child: Child,
    asks: BufWriter<ChildStdin>,
    answers: Receiver<Answer>,
}

/// Whether a file says that it is a PDF: within its first kilobyte, since some begin with other bytes.
pub(crate) fn is_pdf(file: &[u8]) -> bool {
    let start = file.get(..1024.min(file.len())).unwrap_or_default();
    start.windows(5).any(|window| window == b"%PDF-")
}

impl<'a> Pdf<'a> {
    /// Opens a file; an empty password opens what anybody may read.
    pub(crate) fn open(file: &'a [u8], password: &str) -> Result<Self, PageFault> {
        if file.len() > MOST_BYTES {
            return Err(PageFault::Damaged);
        }
        let mut pdf = Self { file, password: password.to_owned(), count: 0, drawer: None, deaths: 0 };
        pdf.start()?;
        Ok(pdf)
    }

    /// How many pages it has.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Whether page after page ended the one who draws: then the rest is not worth the time.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.deaths >= MOST_DEATHS
    }

    /// Draws a page, counted from 0, at so many dots an inch.
    pub(crate) fn page(&mut self, page: u32, dpi: u16) -> Result<Drawn, PageFault> {
        if self.drawer.is_none() {
            self.start()?;
        }
        let answer = self.drawer.as_mut().and_then(|drawer| drawer.ask(page, dpi));
        match answer {
            Some(Answer::Page(pixels)) => {
                self.deaths = 0;
                Ok(Drawn::Page(pixels))
            }
            Some(Answer::NoFiner) => Ok(Drawn::NoFiner),
            Some(Answer::Refused) => Err(PageFault::Damaged),
            Some(Answer::Opened(_)) | None => {
                self.drawer = None;
                self.deaths += 1;
                Err(PageFault::Damaged)
            }
        }
    }

    fn start(&mut self) -> Result<(), PageFault> {
        let mut drawer = Drawer::start().ok_or(PageFault::Damaged)?;
        match drawer.open(self.file, &self.password) {
            Some(Opened::Pages(count)) => {
                self.count = count;
                self.drawer = Some(drawer);
                Ok(())
            }
            Some(Opened::Locked) if self.password.is_empty() => Err(PageFault::Locked),
            Some(Opened::Locked) => Err(PageFault::WrongPassword),
            Some(Opened::Scheme) => Err(PageFault::Scheme),
            Some(Opened::Damaged) | None => Err(PageFault::Damaged),
        }
    }
}

impl Drawer {
    fn start() -> Option<Self> {
        let mut child = Command::new(std::env::current_exe().ok()?)
            .arg(COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a hostile file makes a library say is no word for a person.
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let asks = BufWriter::new(child.stdin.take()?);
        let mut said = BufReader::new(child.stdout.take()?);
        // No room in between: a page waits on the other side until somebody wants it.
        let (tell, answers) = sync_channel(0);
        std::thread::spawn(move || {
            while let Some(answer) = wire::read_answer(&mut said) {
                if tell.send(answer).is_err() {
                    break;
                }
            }
        });
        Some(Self { child, asks, answers })
    }

    fn open(&mut self, file: &[u8], password: &str) -> Option<Opened> {
        wire::write_file(&mut self.asks, file, password).ok()?;
        match self.answer()? {
            Answer::Opened(opened) => Some(opened),
            _ => None,
        }
    }

    fn ask(&mut self, page: u32, dpi: u16) -> Option<Answer> {
        wire::write_request(&mut self.asks, page, dpi).ok()?;
        self.answer()
    }

    fn answer(&mut self) -> Option<Answer> {
        self.asks.flush().ok()?;
        self.answers.recv_timeout(PATIENCE).ok()
    }
}

impl Drop for Drawer {
    /// Ends it, whatever it is at.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
