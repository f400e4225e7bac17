//! The step that looks: the live scanner over the frames of the hand, or one look at a picture of one's own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use apoa_core::Scanner;
use apoa_core::diagnosis::Sight;
use apoa_core::permit::{Patterns, Reading};
use apoa_core::scanner::{Found, FrameLayout, Hint, Payload, Scanned, Symbol};
use image::GrayImage;
use serde_json::json;

use super::papers::Frames;
use super::stage::{Done, Trouble, millis};
use crate::commands::scan::annotate::Annotator;
use crate::commands::scan::line::{Corners, FrameLine, State, corners};
use crate::output::{DIM, Output};

/// Frames of a camera come 33 ms apart.
pub(super) const FRAME_MS: i64 = 33;
/// As long as a frame lasts.
const BUDGET: Duration = Duration::from_millis(FRAME_MS as u64);
/// A picture gets every lane.
const STILL_BUDGET: Duration = Duration::from_millis(400);

/// One frame and what came of it.
pub(super) struct Look {
    pub(super) state: State,
    /// Where the code is, if it was found.
    pub(super) corners: Option<Corners>,
    pub(super) ms: f64,
}

/// What the scanner brought.
pub(super) struct Seen {
    pub(super) looks: Vec<Look>,
    /// The first frame whose payload counted, from 0.
    pub(super) first: usize,
    pub(super) symbol: Symbol,
    pub(super) reading: Reading,
    pub(super) annotated: PathBuf,
}

impl Seen {
    /// Half of the frames took no longer.
    pub(super) fn median_ms(&self) -> f64 {
        let mut times: Vec<f64> = self.looks.iter().map(|look| look.ms).collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    /// No frame took longer.
    pub(super) fn most_ms(&self) -> f64 {
        self.looks.iter().map(|look| look.ms).fold(0.0, f64::max)
    }
}

/// Reads the frames in the order they were taken, and draws what was found.
pub(super) fn scan(frames: &Frames, out: &Output) -> Result<Done<Seen>, Trouble> {
    let folder = frames.files.first().and_then(|file| file.parent()).unwrap_or(Path::new("."));
    let annotated = folder.join("annotated");
    let mut annotator = Annotator::new(&annotated)?;
    let scanner = Scanner::new(Patterns::default());
    let (mut looks, mut first) = (Vec::new(), None);
    for (nth, (picture, file)) in frames.pictures.iter().zip(&frames.files).enumerate() {
        let layout = FrameLayout {
            at_ms: nth as i64 * FRAME_MS,
            ..FrameLayout::packed(picture.width(), picture.height())
        };
        let begun = Instant::now();
        let Outcome { state, place, read, hint, sight } = look(&scanner, picture, layout, frames.still)?;
        let ms = millis(begun);
        let name = file.display().to_string();
        let mut line = FrameLine::new(&name, &layout, begun.elapsed());
        line.state = state;
        match &read {
            Some((symbol, reading)) => line.push(symbol, reading, out.mask),
            None => line.outline = place,
        }
        line.advise(hint.as_ref(), sight, out);
        annotator.draw(&name, picture.as_raw(), &layout, &line)?;
        looks.push(Look { state, corners: place, ms });
        if let (None, Some((symbol, reading))) = (&first, read) {
            first = Some((nth, symbol, reading));
        }
    }
    let Some((first, symbol, reading)) = first else {
        return Err(Trouble::unmet("the code is read within these frames"));
    };
    Ok(tell(Seen { looks, first, symbol, reading, annotated }))
}

type Read = Option<(Symbol, Reading)>;

/// One look.
struct Outcome {
    state: State,
    place: Option<Corners>,
    read: Read,
    hint: Option<Hint>,
    sight: Sight,
}

fn look(
    scanner: &Scanner,
    picture: &GrayImage,
    layout: FrameLayout,
    still: bool,
) -> Result<Outcome, Trouble> {
    if still {
        let picture = scanner.scan_luma(picture.as_raw(), layout, STILL_BUDGET)?;
        let (hint, sight) = (picture.hint, picture.sight);
        let (state, place, read) = match picture.found.into_iter().next() {
            Some(found) => confirmed(found.symbol, found.reading),
            None => (State::Nothing, None, None),
        };
        return Ok(Outcome { state, place, read, hint, sight });
    }
    let scanned = scanner.scan(picture.as_raw(), layout, BUDGET)?;
    let ((state, place, read), hint) = match scanned {
        Scanned::Nothing { hint } => ((State::Nothing, None, None), hint),
        Scanned::Located { outline, hint } => ((State::Located, Some(corners(outline.corners)), None), hint),
        Scanned::Confirmed { payload: Payload::Code(Found { symbol, reading }), hint } => {
            (confirmed(symbol, reading), hint)
        }
        Scanned::Confirmed { payload: Payload::Mrz(zone), hint } => {
            ((State::Confirmed, Some(corners(zone.read.outline.corners)), None), hint)
        }
        Scanned::Unchanged => ((State::Unchanged, None, None), None),
    };
    Ok(Outcome { state, place, read, hint, sight: scanner.sight() })
}

fn confirmed(symbol: Symbol, reading: Reading) -> (State, Option<Corners>, Read) {
    (State::Confirmed, Some(corners(symbol.corners)), Some((symbol, reading)))
}

fn tell(seen: Seen) -> Done<Seen> {
    let (median, most) = (seen.median_ms(), seen.most_ms());
    let px = (f64::from(seen.symbol.px_per_module) * 100.0).round() / 100.0;
    let detail = json!({
        "frames": seen.looks.len(),
        "first_frame": seen.first,
        "decoder": seen.symbol.decoder,
        "version": seen.symbol.version,
        "px_per_module": px,
        "ms_per_frame": { "median": median, "most": most },
        "states": seen.looks.iter().map(|look| look.state).collect::<Vec<_>>(),
        "annotated": seen.annotated.display().to_string(),
    });
    let strip: String = seen.looks.iter().map(|look| sign(look.state)).collect();
    let said = vec![
        format!(
            "read in frame {} of {}, {} ms after the first  {DIM}decoder {}, {px:.1} px a module{DIM:#}",
            seen.first + 1,
            seen.looks.len(),
            seen.first as i64 * FRAME_MS,
            seen.symbol.decoder,
        ),
        format!("{strip}   {DIM}· nothing  ◎ located  ● confirmed  ○ held in view{DIM:#}"),
        format!("{median:.1} ms a frame, at most {most:.1} of the {FRAME_MS} there are"),
        format!("{DIM}{}{DIM:#}", seen.annotated.display()),
    ];
    Done { value: seen, detail, said }
}

/// A frame as one character.
fn sign(state: State) -> char {
    match state {
        State::Nothing | State::Unreadable => '·',
        State::Located => '◎',
        State::Confirmed => '●',
        State::Unchanged => '○',
    }
}
