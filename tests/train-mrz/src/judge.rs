//! How well scores do on cells that nothing was learned from.

use apoa_frames::Rng;
use apoa_scan::mrz::alphabet::{ALPHABET, CLASSES, NONE};
use apoa_scan::mrz::cell::Cell;
use apoa_scan::mrz::score::LOG_STEPS;
use apoa_scan::mrz::score_cell;

use crate::cells::{Labelled, harvest};
use crate::learn::{likeliest, probabilities};
use crate::look::Hardship;
use crate::net::{Net, Trace};
use crate::strip::Fonts;

/// Cells held out for each hardship.
const HELD: usize = 3_000;

/// Seed of the held-out cells; the trainer's own forks never meet it.
const HELD_SEED: u64 = 0x4e1d;

/// The held-out cells by hardship.
pub(crate) fn held_out(fonts: &Fonts) -> Vec<(Hardship, Vec<Labelled>)> {
    Hardship::ALL
        .into_iter()
        .map(|hardship| {
            let mut rng = Rng::forked(HELD_SEED, hardship as u64);
            let mut cells = Vec::new();
            while cells.len() < HELD {
                harvest(fonts, hardship, &mut rng, &mut cells);
            }
            cells.truncate(HELD);
            (hardship, cells)
        })
        .collect()
}

/// Figures over the held-out cells.
pub(crate) struct Verdict {
    /// Per hardship: share right of characters, and of cells without one.
    pub(crate) rows: Vec<(String, f32, f32)>,
    /// Share right over all.
    pub(crate) right: f32,
    /// Mean of the true class's -ln p, and of |p - right| over ten bins of the likeliest's p.
    pub(crate) loss: f32,
    pub(crate) calibration: f32,
    /// Commonest mistakes: truth, reading, times.
    pub(crate) confusions: Vec<(char, char, usize)>,
}

/// Judges anything that gives probabilities.
pub(crate) fn judge(
    held: &[(Hardship, Vec<Labelled>)],
    mut score: impl FnMut(&Labelled) -> [f32; CLASSES],
) -> Verdict {
    let mut counts = vec![[0_usize; CLASSES]; CLASSES];
    let mut bins = [(0.0_f32, 0.0_f32); 10];
    let (mut loss, mut total) = (0.0_f64, 0_usize);
    let mut rows = Vec::new();
    for (hardship, cells) in held {
        let mut groups = [(0_usize, 0_usize); 2];
        for cell in cells {
            let class = usize::from(cell.class);
            let p = score(cell);
            let best = likeliest(&p);
            counts[class][best] += 1;
            let bin = &mut bins[((p[best] * 10.0) as usize).min(9)];
            bin.0 += p[best];
            bin.1 += f32::from(u8::from(best == class));
            loss -= f64::from(p[class].max(1e-9).ln());
            total += 1;
            let group = &mut groups[usize::from(class == NONE)];
            group.0 += usize::from(best == class);
            group.1 += 1;
        }
        let [characters, none] = groups.map(|(right, all)| right as f32 / all.max(1) as f32);
        rows.push((hardship.name(), characters, none));
    }
    let right: usize = (0..CLASSES).map(|class| counts[class][class]).sum();
    let mut confusions: Vec<_> = (0..CLASSES * CLASSES)
        .map(|nth| (nth / CLASSES, nth % CLASSES))
        .filter(|(truth, read)| truth != read)
        .map(|(truth, read)| (letter(truth), letter(read), counts[truth][read]))
        .collect();
    confusions.sort_by_key(|(_, _, times)| std::cmp::Reverse(*times));
    confusions.truncate(24);
    let off: f32 = bins.iter().map(|(p, right)| (p - right).abs()).sum();
    Verdict {
        rows,
        right: right as f32 / total as f32,
        loss: (loss / total as f64) as f32,
        calibration: off / total as f32,
        confusions,
    }
}

/// How the card writes a class: none as a dot.
fn letter(class: usize) -> char {
    ALPHABET.get(class).map_or('.', |c| char::from(*c))
}

/// The weights that the scanner was built with.
pub(crate) fn shipped(cell: &Labelled) -> [f32; CLASSES] {
    let score = score_cell(&Cell { samples: cell.samples, known: true });
    score.log_p.map(|log| (f32::from(log) / LOG_STEPS).exp())
}

/// The temperature at which the network's probabilities of the held-out cells are the best.
pub(crate) fn temperature(net: &Net, held: &[(Hardship, Vec<Labelled>)]) -> f32 {
    let mut trace = Trace::default();
    let logits: Vec<_> = held
        .iter()
        .flat_map(|(_, cells)| cells.iter().step_by(3))
        .map(|cell| {
            net.forward(&cell.samples, &mut trace);
            (trace.logits, usize::from(cell.class))
        })
        .collect();
    let loss = |t: f32| -> f64 {
        logits.iter().map(|(l, class)| -f64::from(probabilities(l, t)[*class].max(1e-9).ln())).sum()
    };
    (0..=24).map(|step| 0.7 + step as f32 * 0.025).min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0)
}
