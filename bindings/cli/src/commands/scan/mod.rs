//! `apoa scan`: pictures, folders of pictures, or the frames of a camera session; their codes and the lines of passports. A frame that holds nothing is an
//! outcome, and so is one that is no picture: its line says so.

pub(super) mod annotate;
mod inputs;
pub(super) mod line;
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
use crate::output::{DIM, Output};
use crate::progress::Progress;
use crate::session;
use annotate::Annotator;
use inputs::{Input, RawSize};
use line::{FrameLine, SequenceLine, State};

/// A picture gets every lane.
const PICTURE_BUDGET_MS: u64 = 400;
/// Frames of a camera come 33 ms apart.
const FRAME_MS: u64 = 33;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pictures (PNG, JPEG, WebP, BMP, PGM, PPM), folders of them, or `-` for standard input.
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
    let mut annotator = args.annotate.as_deref().map(Annotator::new).transpose()?;
    let mut session = Session::new(args, patterns);
    let mut progress = Progress::new(global, inputs.len());
    let mut tally = Tally::default();
    for input in &inputs {
        let (line, luma) = session.look(input, out);
        if let (Some(annotator), Some(luma)) = (&mut annotator, &luma) {
            annotator.draw(&input.name, &luma.bytes, &luma.layout, &line)?;
        }
        tally.add(&line);
        out.line(&line);
        progress.step();
    }
    if args.sequence {
        out.line(&session.sequence_line(tally.frames, out));
    }
    if let Some(file) = &args.report {
        session.write_report(file)?;
    }
    Ok(tally.exit())
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
}

impl<'a> Session<'a> {
    fn new(args: &'a Args, patterns: Patterns) -> Self {
        let default = if args.sequence { FRAME_MS } else { PICTURE_BUDGET_MS };
        let budget = Duration::from_millis(args.budget_ms.unwrap_or(default));
        Self { args, scanner: Scanner::new(patterns), budget, frame: 0, first: None, unread: None }
    }

    fn look(&mut self, input: &Input, out: &Output) -> (FrameLine, Option<Luma>) {
        let frame = self.frame;
        self.frame += 1;
        let luma = match self.luma(input, frame, out) {
            Ok(luma) => luma,
            Err(code) => return (FrameLine::unreadable(&input.name, code, out), None),
        };
        let looked = if self.args.sequence {
            self.look_live(&input.name, &luma, frame, out)
        } else {
            self.look_still(&input.name, &luma, out)
        };
        let line = looked.unwrap_or_else(|error| FrameLine::unreadable(&input.name, error.code(), out));
        (line, Some(luma))
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

    fn luma(&self, input: &Input, frame: u64, out: &Output) -> Result<Luma, Code> {
        let file = input.read().map_err(|error| {
            out.note(&format!("{DIM}{}: {error}{DIM:#}", input.name));
            Code::BadPicture
        })?;
        let at_ms = if self.args.sequence { (frame * FRAME_MS) as i64 } else { 0 };
        let region = self.args.roi;
        let (bytes, layout) = if let Some(raw) = self.args.raw {
            let layout = FrameLayout::packed(raw.width, raw.height);
            (file, FrameLayout { row_stride: raw.stride, ..layout })
        } else {
            let luma = picture::decode(&file).map_err(|reason| ScanError::BadPicture { reason }.code())?;
            let layout = FrameLayout::packed(luma.width(), luma.height());
            (luma.into_raw(), layout)
        };
        Ok(Luma { bytes, layout: FrameLayout { region, at_ms, ..layout } })
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

    /// Several frames are a batch: it went well if each was a picture. A single one is a question: was anything read?
    fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Refused
        } else if self.frames == 1 && self.read == 0 {
            Exit::Nothing
        } else {
            Exit::Done
        }
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::usage(error.to_string())
    }
}
