//! `apoa scan`: pictures, pages of PDF files, folders of both, or the frames of a camera session; their codes and the lines
//! of passports. A frame that holds nothing is an outcome, and so is one that is no picture: its line says so.

pub(super) mod annotate;
mod inputs;
pub(super) mod line;
pub(super) mod pages;
pub(super) mod passport;
mod payload;
mod report;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use apoa_core::codes::Code;
use apoa_core::diagnosis::Report;
use apoa_core::picture;
use apoa_core::scanner::{Found, FrameLayout, Payload, Region, ScanError, Scanned};
use apoa_core::{Scanner, permit::Patterns};

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::Output;
use crate::pages::is_pdf;
use crate::progress::Progress;
use crate::session;
use annotate::Annotator;
use inputs::{Input, RawSize};
use line::{FrameLine, SequenceLine, State};
use pages::Passwords;

/// A picture gets every lane.
const PICTURE_BUDGET_MS: u64 = 400;
/// Frames of a camera come 33 ms apart.
const FRAME_MS: u64 = 33;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pictures (PNG, JPEG, WebP, BMP, PGM, PPM), PDF files (each page), folders of both, or `-` for standard input.
    #[arg(value_name = "PATH", required_unless_present = "replay")]
    paths: Vec<String>,
    /// The pictures are consecutive frames of one camera session, 33 ms apart.
    #[arg(long)]
    sequence: bool,
    /// Inputs are 8-bit luma without a header.
    #[arg(long, value_name = "WxH[:STRIDE]")]
    raw: Option<RawSize>,
    /// The only part to look at, in pixels.
    #[arg(long, value_name = "X,Y,W,H", value_parser = inputs::region)]
    roi: Option<Region>,
    /// Time for one picture (400) or frame (33).
    #[arg(long, value_name = "N")]
    budget_ms: Option<u64>,
    /// Read the password of locked PDF files from standard input; without it, and at a terminal, it is asked for.
    #[arg(long)]
    password_stdin: bool,
    /// Write each frame as PNG with what was found drawn on it.
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// Where nothing was read, write why as numbers: no payload, no pixels.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Say again what a report of `--report` holds.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "sequence", "raw", "roi", "annotate", "report"])]
    replay: Option<PathBuf>,
}

/// One frame as luma.
struct Luma {
    bytes: Vec<u8>,
    layout: FrameLayout,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    if let Some(file) = &args.replay {
        return report::replay(file, out);
    }
    let patterns = session::patterns(global, out)?;
    let inputs = inputs::expand(&args.paths, args.raw.is_some())?;
    if inputs.is_empty() {
        let cause = out.word("cli-no-pictures", &[]);
        out.stop(&Failure::new(Code::PictureFormat).because(&cause).into());
        return Ok(Exit::Nothing);
    }
    if args.password_stdin && inputs.iter().any(|input| input.name == "-") {
        return Err(Stop::usage("cli-usage-two-on-stdin", &[]));
    }
    let mut session = Session::new(args, patterns)?;
    let annotator = args.annotate.as_deref().map(Annotator::new).transpose()?;
    let progress = Progress::new(global, inputs.len());
    let mut sink =
        Sink { annotator, progress, tally: Tally { files: inputs.len(), ..Tally::default() }, out };
    for input in &inputs {
        session.look(input, &mut sink, out)?;
    }
    if args.sequence {
        out.line(&session.sequence_line(sink.tally.frames, out));
    }
    if let Some(file) = &args.report {
        session.write_report(file)?;
    }
    Ok(sink.tally.exit())
}

/// Where lines go.
struct Sink<'a> {
    annotator: Option<Annotator>,
    progress: Progress,
    tally: Tally,
    out: &'a Output,
}

impl Sink<'_> {
    /// So many lines more than there are files.
    fn expect(&mut self, more: u32) {
        self.progress.expect(u64::from(more));
    }

    fn line(&mut self, line: &FrameLine, luma: Option<&Luma>) -> Result<(), Stop> {
        if let (Some(annotator), Some(luma)) = (&mut self.annotator, luma) {
            let page = line.page.map(|page| format!("-{page}")).unwrap_or_default();
            annotator.draw(&format!("{}{page}", line.file), &luma.bytes, &luma.layout, line)?;
        }
        self.tally.add(line);
        self.out.line(line);
        self.progress.step();
        Ok(())
    }
}

/// Looks at one input after the other.
struct Session<'a> {
    args: &'a Args,
    scanner: Scanner,
    budget: Duration,
    frame: u64,
    /// The first payload of the sequence, and at which frame.
    first: Option<(Vec<u8>, u64)>,
    /// Of the last picture that was not read.
    unread: Option<Report>,
    passwords: Passwords,
}

impl<'a> Session<'a> {
    fn new(args: &'a Args, patterns: Patterns) -> Result<Self, Stop> {
        let default = if args.sequence { FRAME_MS } else { PICTURE_BUDGET_MS };
        let budget = Duration::from_millis(args.budget_ms.unwrap_or(default));
        let passwords = Passwords::new(args.password_stdin)?;
        let scanner = Scanner::new(patterns);
        Ok(Self { args, scanner, budget, frame: 0, first: None, unread: None, passwords })
    }

    fn look(&mut self, input: &Input, sink: &mut Sink<'_>, out: &Output) -> Result<(), Stop> {
        let file = match input.read() {
            Ok(file) => file,
            Err(error) => {
                let mut line = FrameLine::unreadable(&input.name, Code::BadPicture, out);
                if let Some(coded) = &mut line.error {
                    coded.text = out.wrong(&Stop::unread(&input.name, &error));
                }
                return sink.line(&line, None);
            }
        };
        if self.args.raw.is_none() && is_pdf(&file) {
            return pages::look(self, &input.name, &file, sink, out);
        }
        let frame = self.next_frame();
        match self.luma(file, frame) {
            Ok(luma) => {
                let line = self.look_at_luma(&input.name, &luma, frame, out);
                sink.line(&line, Some(&luma))
            }
            Err(code) => sink.line(&FrameLine::unreadable(&input.name, code, out), None),
        }
    }

    fn look_at_luma(&mut self, name: &str, luma: &Luma, frame: u64, out: &Output) -> FrameLine {
        let looked = if self.args.sequence {
            self.look_live(name, luma, frame, out)
        } else {
            self.look_still(name, luma, out)
        };
        looked.unwrap_or_else(|error| FrameLine::unreadable(name, error.code(), out))
    }

    fn next_frame(&mut self) -> u64 {
        self.frame += 1;
        self.frame - 1
    }

    fn look_still(&mut self, name: &str, luma: &Luma, out: &Output) -> Result<FrameLine, ScanError> {
        let picture = self.scanner.scan_luma(&luma.bytes, luma.layout, self.budget)?;
        let mut line = FrameLine::new(name, &luma.layout, picture.took);
        if !picture.is_read() && self.args.report.is_some() {
            self.unread = Some(picture.report());
        }
        line.state = if picture.found.is_empty() { State::Nothing } else { State::Confirmed };
        for found in &picture.found {
            line.push(&found.symbol, &found.reading, out.mask);
        }
        if let Some(zone) = picture.zone {
            line.show_zone(zone, session::today(), out.mask);
        }
        line.advise(picture.hint.as_ref(), picture.sight, out);
        Ok(line)
    }

    fn look_live(
        &mut self,
        name: &str,
        luma: &Luma,
        frame: u64,
        out: &Output,
    ) -> Result<FrameLine, ScanError> {
        let begun = Instant::now();
        let scanned = self.scanner.scan(&luma.bytes, luma.layout, self.budget)?;
        let mut line = FrameLine::new(name, &luma.layout, begun.elapsed());
        let hint = match scanned {
            Scanned::Nothing { hint } => hint,
            Scanned::Located { outline, hint } => {
                line.state = State::Located;
                line.outline = Some(line::corners(outline.corners));
                hint
            }
            Scanned::Confirmed { payload, hint } => {
                let bytes = match payload {
                    Payload::Code(Found { symbol, reading }) => {
                        line.state = State::Confirmed;
                        line.push(&symbol, &reading, out.mask);
                        symbol.bytes
                    }
                    Payload::Mrz(found) => {
                        line.push_zone(&found, out.mask);
                        found.read.lines.join("\n").into_bytes()
                    }
                };
                self.first.get_or_insert((bytes, frame));
                hint
            }
            Scanned::Unchanged => {
                line.state = State::Unchanged;
                None
            }
        };
        line.zone = self.scanner.zone();
        line.advise(hint.as_ref(), self.scanner.sight(), out);
        Ok(line)
    }

    fn luma(&self, file: Vec<u8>, frame: u64) -> Result<Luma, Code> {
        let (bytes, layout) = if let Some(raw) = self.args.raw {
            let layout = FrameLayout::packed(raw.width, raw.height);
            (file, FrameLayout { row_stride: raw.stride, ..layout })
        } else {
            let luma = picture::decode(&file).map_err(|reason| ScanError::BadPicture { reason }.code())?;
            let layout = FrameLayout::packed(luma.width(), luma.height());
            (luma.into_raw(), layout)
        };
        let layout = FrameLayout { region: self.args.roi, ..layout };
        Ok(Luma { bytes, layout: self.timed(layout, frame) })
    }

    /// At its time in the sequence.
    fn timed(&self, layout: FrameLayout, frame: u64) -> FrameLayout {
        let at_ms = if self.args.sequence { (frame * FRAME_MS) as i64 } else { 0 };
        FrameLayout { at_ms, ..layout }
    }

    /// Writes why the sequence, or the last picture without a code or a zone, was not read. A scan that read writes nothing.
    fn write_report(&self, file: &Path) -> Result<(), Stop> {
        let live = || (self.args.sequence && self.first.is_none()).then(|| self.scanner.report());
        match self.unread.clone().or_else(live) {
            Some(report) => report::write(file, &report),
            None => Ok(()),
        }
    }

    fn sequence_line(&self, frames: u64, out: &Output) -> SequenceLine {
        let text = self.first.as_ref().and_then(|(bytes, _)| payload::text(bytes));
        SequenceLine {
            sequence: true,
            text: text.map(|text| out.mask.text(&text)),
            first_frame: self.first.as_ref().map(|(_, frame)| *frame),
            frames,
        }
    }
}

/// What the frames came to.
#[derive(Default)]
struct Tally {
    files: usize,
    frames: u64,
    unreadable: u64,
    read: u64,
}

impl Tally {
    fn add(&mut self, line: &FrameLine) {
        self.frames += 1;
        self.unreadable += u64::from(line.error.is_some());
        self.read += u64::from(line.is_read());
    }

    /// Several files are a batch: it went well if each was a picture. A single one is a question: was anything read?
    fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Refused
        } else if self.files == 1 && self.read == 0 {
            Exit::Nothing
        } else {
            Exit::Done
        }
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::said(&error)
    }
}
