//! Rows of print: from strip to strip, the band of ink that goes on.
//!
//! A line of a zone is a band about a character high, with less ink above and below, that goes on without a gap for
//! thirty characters or more. In each strip such bands are peaks; a chain takes the nearest peak of the next strip as
//! long as there is one. Neither the slope nor a curve has to be known.

use super::poly::{Poly, Through};
use super::strips::{STRIP, Strips};

/// Rows from a band's middle to the rows beside it that are compared with it: for characters of about 4 and about 8
/// pixels a pitch. The nearer ones stay clear of the next line of small print, the others of the band itself.
const BESIDE: [[usize; 2]; 2] = [[3, 5], [5, 7]];

/// Rows of a band on either side of its middle that are inside even for the smallest print.
const INSIDE: usize = 2;

/// Least difference to the rows beside, as a share of the paper's light: ink of a tenth of the usual contrast that covers
/// a fifth of its band leaves 0.02, a third of it between two strokes.
const FAINT: f32 = 0.006;

/// Rows to either side of a peak that must not be higher.
const APART: usize = 3;

/// Peaks taken of a strip, the strongest first. A page of dense print at this scale has about so many.
const PEAKS: usize = 28;

/// Rows that a chain may leave its own direction by from one strip to the next.
const STRAY: f32 = 2.6;

/// Steepest rise from strip to strip for a chain without a direction of its own yet: 27 degrees.
const STEEP: f32 = 0.5 * STRIP as f32;

/// Strips without a peak that a chain survives: a glare, a thumb's edge. Words stand nearer.
const LOST: usize = 3;

/// Strips of the shortest chain kept: thirty characters of four pixels are fifteen strips, and a third may be hidden.
pub(super) const SHORTEST: usize = 9;

/// Chains kept of a plane, the longest and darkest first.
const KEPT: usize = 32;

/// A row of print.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// Its middle: row over column, in pixels of the plane.
    pub(super) curve: Poly,
    /// First and last column with ink, in pixels of the plane.
    pub(super) from: f32,
    pub(super) to: f32,
    /// Mean difference to the rows beside.
    pub(super) strength: f32,
    /// Strips with a peak.
    pub(super) links: usize,
}

#[derive(Clone, Copy)]
struct Peak {
    strip: usize,
    row: f32,
    strength: f32,
}

/// A chain still growing.
struct Growing {
    peaks: Vec<Peak>,
    /// Rows a strip; none until three peaks agree on it.
    slope: Option<f32>,
}

impl Growing {
    fn last(&self) -> Option<Peak> {
        self.peaks.last().copied()
    }

    fn expected(&self, strip: usize) -> Option<(f32, f32)> {
        let last = self.last()?;
        let steps = strip.saturating_sub(last.strip) as f32;
        let slope = self.slope.unwrap_or(0.0);
        let slack = if self.slope.is_some() { STRAY } else { STEEP };
        Some((last.row + slope * steps, slack * steps.sqrt()))
    }

    fn push(&mut self, peak: Peak) {
        self.peaks.push(peak);
        // Over the last strips only, since lines may bend.
        let tail = &self.peaks[self.peaks.len().saturating_sub(7)..];
        if let ([first, .., last], true) = (tail, tail.len() >= 3) {
            let steps = last.strip.saturating_sub(first.strip).max(1) as f32;
            self.slope = Some((last.row - first.row) / steps);
        }
    }
}

/// Finds rows of print. Keeps its buffers.
#[derive(Default)]
pub(super) struct Chains {
    sums: Vec<f32>,
    response: Vec<f32>,
    peaks: Vec<Peak>,
    growing: Vec<Growing>,
    ended: Vec<Growing>,
    /// Memory of chains that are no more.
    spare: Vec<Vec<Peak>>,
    through: Vec<Through>,
    pub(super) found: Vec<Chain>,
}

impl Chains {
    /// Leaves the chains of a plane in `found`, the most print first.
    pub(super) fn find(&mut self, strips: &Strips) {
        self.growing.clear();
        self.ended.clear();
        self.found.clear();
        for nth in 0..strips.columns() {
            self.respond(strips.column(nth));
            self.pick_peaks(nth);
            self.grow(nth, strips.columns());
        }
        self.ended.append(&mut self.growing);
        let mut ended = std::mem::take(&mut self.ended);
        for chain in &ended {
            if let Some(chain) = self.settle(chain) {
                self.found.push(chain);
            }
        }
        self.spare.extend(ended.drain(..).map(|chain| chain.peaks));
        self.ended = ended;
        let ink = |c: &Chain| c.strength.sqrt() * c.links as f32;
        self.found.sort_unstable_by(|a, b| ink(b).total_cmp(&ink(a)));
        self.found.truncate(KEPT);
    }

    /// How much more ink each row's surroundings hold than the rows beside.
    fn respond(&mut self, ink: &[f32]) {
        self.sums.clear();
        self.sums.push(0.0);
        let mut sum = 0.0;
        for share in ink {
            sum += share;
            self.sums.push(sum);
        }
        self.response.clear();
        self.response.resize(ink.len(), 0.0);
        let margin = BESIDE[1][1];
        if ink.len() <= 2 * margin + 1 {
            return;
        }
        // Sums from here to so many rows on, as means; all slices as long as the rows that have both sides.
        let count = ink.len() - 2 * margin;
        let sums = &self.sums;
        let at = |by: isize| &sums[margin.saturating_add_signed(by)..][..count];
        let near_and_far = |beside: [usize; 2]| {
            let [near, far] = beside.map(|b| b as isize);
            [at(-far), at(1 - near), at(near), at(far + 1)]
        };
        let inside = [at(-(INSIDE as isize)), at(INSIDE as isize + 1)];
        let beside = BESIDE.map(near_and_far);
        let share = BESIDE.map(|[near, far]| 1.0 / (far + 1 - near) as f32);
        for (y, out) in self.response[margin..][..count].iter_mut().enumerate() {
            let inside = (inside[1][y] - inside[0][y]) * (1.0 / (2 * INSIDE + 1) as f32);
            // The darker of the two sides counts, so that the edge of a dark field is no band.
            let over = |[a, b, c, d]: &[&[f32]; 4], share: f32| {
                let (above, below) = (b[y] - a[y], d[y] - c[y]);
                inside - if above > below { above } else { below } * share
            };
            let (close, wide) = (over(&beside[0], share[0]), over(&beside[1], share[1]));
            *out = if close > wide { close } else { wide };
        }
    }

    fn pick_peaks(&mut self, strip: usize) {
        self.peaks.clear();
        let response = &self.response;
        let mut y = APART;
        while y + APART < response.len() {
            let here = response[y];
            // Most rows are no candidates, and the neighbours tell at once.
            if here < FAINT || response[y - 1] > here || response[y + 1] > here {
                y += 1;
                continue;
            }
            let around = &response[y - APART..=y + APART];
            if around.iter().all(|r| *r <= here) {
                self.peaks.push(Peak { strip, row: centre(around, y), strength: here });
                y += APART;
            }
            y += 1;
        }
        if self.peaks.len() > PEAKS {
            self.peaks.sort_unstable_by(|a, b| b.strength.total_cmp(&a.strength));
            self.peaks.truncate(PEAKS);
        }
    }

    /// Each peak goes to the longest chain that expects one there; the others begin their own.
    fn grow(&mut self, strip: usize, strips: usize) {
        // Long chains choose first.
        self.growing.sort_unstable_by_key(|g| std::cmp::Reverse(g.peaks.len()));
        let mut taken = [false; PEAKS];
        for chain in &mut self.growing {
            let Some((row, slack)) = chain.expected(strip) else { continue };
            let near =
                self.peaks.iter().enumerate().filter(|(i, p)| !taken[*i] && (p.row - row).abs() <= slack);
            let nearest = near.min_by(|a, b| (a.1.row - row).abs().total_cmp(&(b.1.row - row).abs()));
            if let Some((nth, peak)) = nearest {
                taken[nth] = true;
                chain.push(*peak);
            }
        }
        let Self { ended, spare, .. } = self;
        for chain in self.growing.extract_if(.., |g| g.last().is_none_or(|l| strip - l.strip > LOST)) {
            if chain.peaks.len() >= SHORTEST {
                ended.push(chain);
            } else {
                spare.push(chain.peaks);
            }
        }
        for (peak, taken) in self.peaks.iter().zip(taken) {
            if !taken {
                let mut peaks = spare.pop().unwrap_or_default();
                peaks.clear();
                // At once for the longest it can become.
                peaks.reserve(strips);
                peaks.push(*peak);
                self.growing.push(Growing { peaks, slope: None });
            }
        }
    }

    fn settle(&mut self, chain: &Growing) -> Option<Chain> {
        let links = chain.peaks.len();
        if links < SHORTEST {
            return None;
        }
        self.through.clear();
        self.through.extend(chain.peaks.iter().map(|p| Through {
            at: (p.strip as f32 + 0.5) * STRIP as f32,
            value: p.row + 0.5,
            weight: p.strength.sqrt(),
        }));
        let degree = if links >= 16 { 3 } else { 2 };
        let mut curve = Poly::fit(&self.through, degree)?;
        // Once more without what lies off: a descender, the edge of something beside the line.
        for point in &mut self.through {
            if (curve.at(point.at) - point.value).abs() > 1.5 {
                point.weight = 0.0;
            }
        }
        if let Some(better) = Poly::fit(&self.through, degree) {
            curve = better;
        }
        let (first, last) = (chain.peaks.first()?, chain.peaks.last()?);
        let strength = chain.peaks.iter().map(|p| p.strength).sum::<f32>() / links as f32;
        Some(Chain {
            curve,
            from: (first.strip * STRIP) as f32,
            to: ((last.strip + 1) * STRIP) as f32,
            strength,
            links,
        })
    }
}

/// The middle of a flat or pointed peak: the mean row, weighted by what exceeds the lowest around.
fn centre(around: &[f32], y: usize) -> f32 {
    let floor = around.iter().copied().fold(f32::INFINITY, f32::min);
    let (mut sum, mut moment) = (f32::EPSILON, 0.0);
    for (i, r) in around.iter().enumerate() {
        sum += r - floor;
        moment += (r - floor) * (i as f32 - APART as f32);
    }
    y as f32 + moment / sum
}
