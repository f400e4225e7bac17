//! A zone in the frames of a camera: one size a frame in turn, and where it was once it is seen.
//!
//! Looks at one zone add up over frames (`sum.rs`). A frame's own reading is given unless the sum can be accepted and it
//! cannot. Frames say how they must be turned to stand upright; a zone is looked for that way round, right way up or upside
//! down, and now and then across it, for passports held sideways.

use super::look::Care;
use super::placing::Placing;
use super::reader::{Effort, Level, Reader, Seen};
use super::reading::MrzRead;
use super::sum::{Look, ZoneSums};
use crate::Outline;
use crate::frame::{FrameView, Luma, Region, Rotation};
use crate::limit::WorkLimit;
use crate::plane::{Plane, halve, turn};

/// Halvings at most: a passport across a frame of 3,840 pixels has 80 a character, of which three leave ten.
const LEVELS: usize = 4;

/// How carefully fits are set right: the next frame is another chance. Characters with a mean probability of two
/// thirds are read as they are.
const CARE: Care = Care { every: 4, rounds: 1, enough: -0.45 };

/// What a whole frame is worth: other print on a page beats as well. Of 465 zones 461 were among the first three stacks
/// (November 2026).
const WHOLE: Effort = Effort { fits: 4, looks: 2, care: CARE };

/// What the place of a zone is worth, where there is little else.
const PLACE: Effort = Effort { fits: 2, looks: 1, care: CARE };

/// Pixels a character that a level is chosen for once its size is known, at least; rows are found from 4 to 9.6.
const FINE: f32 = 4.8;

/// Width of a frame in which a passport over two thirds of it has characters of [`FINE`] pixels.
const USUAL: f32 = 320.0;

/// Times that all sizes are looked for before one is looked for across: few hold a passport sideways.
const ROUNDS: usize = 2;

/// Frames for which a size that was seen is tried every other time; even.
const MISSED: u8 = 8;

/// One way of looking at a frame.
#[derive(Clone, Copy)]
struct View {
    /// Times the frame is halved.
    level: usize,
    /// Whether it is turned clockwise by a quarter.
    turned: bool,
}

/// Where a zone was seen last.
#[derive(Clone, Copy)]
struct Track {
    outline: Outline,
    px_per_char: f32,
    turned: bool,
}

/// Looks for the zone in the frames of one camera session. Keeps its memory; holds a person's data, therefore no
/// `Debug`.
#[derive(Default)]
pub(crate) struct Live {
    reader: Reader,
    sums: ZoneSums,
    turned: Plane,
    halves: [Plane; LEVELS - 1],
    round: usize,
    /// How a zone was seen last, and for how many frames that is still tried every other frame.
    seen: Option<(View, u8)>,
    track: Option<Track>,
}

impl Live {
    /// The zone in one frame, accepted or not; `None` where nothing resembles one. A first look over a whole frame sees
    /// one size of print, so it may take a few frames to find a zone.
    pub(crate) fn look(&mut self, frame: &FrameView<'_>, limit: WorkLimit<'_>) -> Option<MrzRead> {
        let track = self.track.take();
        let place = track.and_then(|track| {
            let narrowed = frame.with_region(track.surroundings(frame.region())?)?;
            Some((narrowed, track.view()))
        });
        let mut found = place.and_then(|(narrowed, view)| self.read(&narrowed, view, PLACE, limit));
        // A hand that moved it out of its place is still holding it up.
        if found.is_none() && !limit.passed() {
            let view = place.map_or_else(|| self.next_view(frame), |(_, view)| view);
            found = self.read(frame, view, WHOLE, limit);
        }
        let (seen, placing) = found?;
        let read = self.add_up(&seen, placing, frame.layout().at_ms);
        self.reader.give_back(seen);
        let read = read?;
        let track =
            Track { outline: read.outline, px_per_char: read.px_per_char, turned: placing.is_turned() };
        self.seen = Some((track.view(), MISSED));
        self.track = Some(track);
        Some(read)
    }

    /// The view whose turn it is over a whole frame: the usual size first, then larger and smaller print; at times
    /// across.
    fn next_view(&mut self, frame: &FrameView<'_>) -> View {
        if let Some((view, left)) = self.seen {
            self.seen = left.checked_sub(1).map(|left| (view, left));
            if left % 2 == 0 {
                return view;
            }
        }
        let lies = matches!(frame.layout().rotation, Rotation::Quarter | Rotation::ThreeQuarter);
        let levels = |turned: bool| {
            let Region { width, height, .. } = frame.region();
            let across = if turned { height } else { width } as f32;
            let usual = (across / USUAL).max(1.0).log2() as usize;
            [Some(usual), Some(usual + 1), usual.checked_sub(1), usual.checked_sub(2)]
                .into_iter()
                .flatten()
                .filter(|level| *level < LEVELS)
        };
        let round = self.round;
        self.round = self.round.wrapping_add(1);
        let upright = ROUNDS * levels(lies).count();
        let (nth, turned) = match round % (upright + 1) {
            nth if nth < upright => (nth % (upright / ROUNDS), lies),
            _ => (round / (upright + 1) % levels(!lies).count().max(1), !lies),
        };
        View { level: levels(turned).nth(nth).unwrap_or(0), turned }
    }

    fn read(
        &mut self,
        frame: &FrameView<'_>,
        view: View,
        effort: Effort,
        limit: WorkLimit<'_>,
    ) -> Option<(Seen, Placing)> {
        let Self { reader, turned, halves, .. } = self;
        let View { level: nth, turned: sideways } = view;
        let mut full = frame.luma();
        if sideways {
            turn(full, turned);
            full = turned.view();
        }
        for level in 0..nth.min(halves.len()) {
            let (above, here) = halves.split_at_mut(level);
            halve(above.last().map_or(full, Plane::view), &mut here[0]);
        }
        let plane = |level: usize| level.checked_sub(1).map_or(full, |halved| halves[halved].view());
        let levels: [Level<'_>; LEVELS] = std::array::from_fn(|level| {
            // Those above are not asked for; they have pixels of some other frame.
            let plane = if level <= nth { plane(level) } else { Luma::packed(&[], 0, 0) };
            Level { plane, scale: (1_u32 << level) as f32 }
        });
        let mut seen = reader.look(&levels, nth, effort, limit)?;
        if !seen.is_like_a_zone() {
            reader.give_back(seen);
            return None;
        }
        if !seen.decoded.accepted && !limit.passed() {
            seen = reader.shift(&levels[nth.saturating_sub(1)], seen, effort.care);
        }
        Some((seen, Placing::new(frame, sideways)))
    }

    /// This look's reading, or that of all looks so far where only that one can be accepted.
    fn add_up(&mut self, seen: &Seen, placing: Placing, at_ms: i64) -> Option<MrzRead> {
        let alone = placing.read(seen, 1);
        let scores = seen.scores()?;
        let look = Look { scores, outline: alone.outline, at_ms };
        let Some(joined) = self.sums.join(&look) else { return Some(alone) };
        let (looks, offset) = (joined.looks, joined.offset);
        let Some(decoded) = self.reader.decoder.decode(&joined.scores) else { return Some(alone) };
        let together = placing.read(&seen.with(&decoded, offset), looks);
        // Two readings that may be believed and differ are none.
        let agrees = !alone.accepted || alone.lines == together.lines;
        Some(if together.accepted && agrees { together } else { alone })
    }
}

impl Track {
    /// The most halved level in which the print is still large enough.
    fn view(&self) -> View {
        let level = ((self.px_per_char / FINE).max(1.0).log2() as usize).min(LEVELS - 1);
        View { level, turned: self.turned }
    }

    /// Where the zone may be in the next frame, inside `bounds`: two characters on around what it covers, and as much
    /// again as its lines are apart.
    fn surroundings(&self, bounds: Region) -> Option<Region> {
        let margin = 5.0 * self.px_per_char;
        self.outline.surroundings(margin, bounds)
    }
}
