//! The network in floating point, with its gradients by hand.

use apoa_frames::Rng;
use apoa_scan::mrz::alphabet::CLASSES;
use apoa_scan::mrz::cell::{COLUMNS, ROWS, SAMPLES};

/// Side of the first layer's windows.
pub(crate) const WINDOW: usize = 5;
/// Channels of the first layer.
pub(crate) const FINE: usize = 8;
/// Channels of the second layer.
pub(crate) const COARSE: usize = 16;
/// Outputs of the third layer.
pub(crate) const HIDDEN: usize = 64;

const FINE_COLUMNS: usize = COLUMNS / 2;
const FINE_ROWS: usize = ROWS / 2;
const COARSE_COLUMNS: usize = FINE_COLUMNS / 2;
const COARSE_ROWS: usize = FINE_ROWS / 2;
const FINE_TAPS: usize = WINDOW * WINDOW;
const COARSE_TAPS: usize = 9 * FINE;
const FEATURES: usize = COARSE_COLUMNS * COARSE_ROWS * COARSE;

/// Inputs and outputs of each layer, in order.
pub(crate) const LAYERS: [(usize, usize); 4] =
    [(FINE_TAPS, FINE), (COARSE_TAPS, COARSE), (FEATURES, HIDDEN), (HIDDEN, CLASSES)];

/// Numbers that are learned.
pub(crate) const SIZE: usize = {
    let mut sum = 0;
    let mut nth = 0;
    while nth < LAYERS.len() {
        sum += (LAYERS[nth].0 + 1) * LAYERS[nth].1;
        nth += 1;
    }
    sum
};

/// Weights, or gradients of them: per layer one row of outputs for each input, then a row of biases.
#[derive(Clone)]
pub(crate) struct Net {
    pub(crate) numbers: Vec<f32>,
}

/// What one cell left in the layers.
#[derive(Clone)]
pub(crate) struct Trace {
    /// Samples with two zeros around.
    samples: [[f32; COLUMNS + 4]; ROWS + 4],
    /// A border of zeros on top and at the left.
    fine: [[[f32; FINE]; FINE_COLUMNS + 1]; FINE_ROWS + 1],
    coarse: [f32; FEATURES],
    hidden: [f32; HIDDEN],
    /// Logarithms of odds.
    pub(crate) logits: [f32; CLASSES],
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            samples: [[0.0; COLUMNS + 4]; ROWS + 4],
            fine: [[[0.0; FINE]; FINE_COLUMNS + 1]; FINE_ROWS + 1],
            coarse: [0.0; FEATURES],
            hidden: [0.0; HIDDEN],
            logits: [0.0; CLASSES],
        }
    }
}

impl Net {
    /// All zero.
    pub(crate) fn zero() -> Self {
        Self { numbers: vec![0.0; SIZE] }
    }

    /// Small random weights, so that each layer keeps the size of what passes (He 2015).
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let mut net = Self::zero();
        for (nth, (inputs, outputs)) in LAYERS.into_iter().enumerate() {
            let deviation = (2.0 / inputs as f32).sqrt();
            let start = start(nth);
            for weight in &mut net.numbers[start..start + inputs * outputs] {
                *weight = rng.normal() * deviation;
            }
        }
        net
    }

    /// Weights and biases of a layer.
    pub(crate) fn layer(&self, nth: usize) -> (&[f32], &[f32]) {
        let (inputs, outputs) = LAYERS[nth];
        self.numbers[start(nth)..start(nth) + (inputs + 1) * outputs].split_at(inputs * outputs)
    }

    fn layer_mut(&mut self, nth: usize) -> (&mut [f32], &mut [f32]) {
        let (inputs, outputs) = LAYERS[nth];
        self.numbers[start(nth)..start(nth) + (inputs + 1) * outputs].split_at_mut(inputs * outputs)
    }

    /// Runs a cell through the layers.
    pub(crate) fn forward(&self, cell: &[i8; SAMPLES], trace: &mut Trace) {
        for (row, line) in trace.samples[2..].iter_mut().zip(cell.chunks_exact(COLUMNS)) {
            for (to, from) in row[2..].iter_mut().zip(line) {
                *to = f32::from(*from) / 40.0;
            }
        }
        let (weights, bias) = self.layer(0);
        for y in 0..FINE_ROWS {
            for x in 0..FINE_COLUMNS {
                let mut sum = biased::<FINE>(bias);
                for row in 0..WINDOW {
                    let taps = &weights[row * WINDOW * FINE..][..WINDOW * FINE];
                    add_rows(&mut sum, &trace.samples[2 * y + row][2 * x..2 * x + WINDOW], taps);
                }
                trace.fine[y + 1][x + 1] = sum.map(|v| v.max(0.0));
            }
        }
        let (weights, bias) = self.layer(1);
        for y in 0..COARSE_ROWS {
            for x in 0..COARSE_COLUMNS {
                let mut sum = biased::<COARSE>(bias);
                for row in 0..3 {
                    let taps = &weights[row * 3 * FINE * COARSE..][..3 * FINE * COARSE];
                    add_rows(&mut sum, trace.fine[2 * y + row][2 * x..2 * x + 3].as_flattened(), taps);
                }
                let at = (y * COARSE_COLUMNS + x) * COARSE;
                trace.coarse[at..at + COARSE].copy_from_slice(&sum.map(|v| v.max(0.0)));
            }
        }
        let (weights, bias) = self.layer(2);
        let mut sum = biased::<HIDDEN>(bias);
        add_rows(&mut sum, &trace.coarse, weights);
        trace.hidden = sum.map(|v| v.max(0.0));
        let (weights, bias) = self.layer(3);
        trace.logits = biased::<CLASSES>(bias);
        add_rows(&mut trace.logits, &trace.hidden, weights);
    }

    /// Adds to `self`, which holds gradients, those of a cell whose loss changes with the logits by `wrong`.
    pub(crate) fn backward(&mut self, net: &Self, trace: &Trace, wrong: &[f32; CLASSES]) {
        let mut hidden = [0.0; HIDDEN];
        self.layer_back(net, 3, &trace.hidden, wrong, &mut hidden);
        let mut coarse = [0.0; FEATURES];
        self.layer_back(net, 2, &trace.coarse, &hidden, &mut coarse);
        let mut fine = [[[0.0; FINE]; FINE_COLUMNS + 1]; FINE_ROWS + 1];
        let (weights, _) = net.layer(1);
        let (to, bias) = self.layer_mut(1);
        for (place, wrong) in coarse.chunks_exact(COARSE).enumerate() {
            let (x, y) = (place % COARSE_COLUMNS, place / COARSE_COLUMNS);
            add(bias, wrong, 1.0);
            for row in 0..3 {
                let span = row * 3 * FINE * COARSE..(row + 1) * 3 * FINE * COARSE;
                let input = trace.fine[2 * y + row][2 * x..2 * x + 3].as_flattened();
                let down = fine[2 * y + row][2 * x..2 * x + 3].as_flattened_mut();
                rows_back::<COARSE>(&mut to[span.clone()], &weights[span], input, wrong, down);
            }
        }
        let (to, bias) = self.layer_mut(0);
        for y in 0..FINE_ROWS {
            for x in 0..FINE_COLUMNS {
                let wrong = &fine[y + 1][x + 1];
                if wrong.iter().all(|w| *w == 0.0) {
                    continue;
                }
                add(bias, wrong, 1.0);
                for row in 0..WINDOW {
                    let span = row * WINDOW * FINE..(row + 1) * WINDOW * FINE;
                    let input = &trace.samples[2 * y + row][2 * x..2 * x + WINDOW];
                    for (to, value) in to[span].chunks_exact_mut(FINE).zip(input) {
                        add(to, wrong, *value);
                    }
                }
            }
        }
    }

    fn layer_back<const OUT: usize>(
        &mut self,
        net: &Self,
        nth: usize,
        input: &[f32],
        wrong: &[f32; OUT],
        down: &mut [f32],
    ) {
        let (to, bias) = self.layer_mut(nth);
        add(bias, wrong, 1.0);
        rows_back::<OUT>(to, net.layer(nth).0, input, wrong, down);
    }
}

/// Gradients of rows of weights, and of their inputs where those passed.
fn rows_back<const OUT: usize>(
    to: &mut [f32],
    weights: &[f32],
    input: &[f32],
    wrong: &[f32],
    down: &mut [f32],
) {
    let rows = to.chunks_exact_mut(OUT).zip(weights.chunks_exact(OUT));
    for (((to, weights), value), down) in rows.zip(input).zip(down) {
        if *value <= 0.0 {
            continue;
        }
        add(to, wrong, *value);
        let mut sums = [0.0; 4];
        for (weights, wrong) in weights.chunks(4).zip(wrong.chunks(4)) {
            for ((sum, w), g) in sums.iter_mut().zip(weights).zip(wrong) {
                *sum += w * g;
            }
        }
        *down += sums.iter().sum::<f32>();
    }
}

fn start(layer: usize) -> usize {
    LAYERS[..layer].iter().map(|(inputs, outputs)| (inputs + 1) * outputs).sum()
}

fn biased<const OUT: usize>(bias: &[f32]) -> [f32; OUT] {
    let mut sum = [0.0; OUT];
    sum.copy_from_slice(bias);
    sum
}

fn add_rows<const OUT: usize>(sum: &mut [f32; OUT], input: &[f32], weights: &[f32]) {
    for (value, row) in input.iter().zip(weights.chunks_exact(OUT)) {
        if *value != 0.0 {
            for (s, w) in sum.iter_mut().zip(row) {
                *s += w * value;
            }
        }
    }
}

fn add(to: &mut [f32], from: &[f32], times: f32) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += f * times;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_those_of_the_loss() {
        let mut rng = Rng::new(5);
        let mut net = Net::random(&mut rng);
        let mut cell = [0_i8; SAMPLES];
        for sample in &mut cell {
            *sample = (rng.normal() * 40.0) as i8;
        }
        // The loss here: logits times fixed numbers.
        let mut wrong = [0.0; CLASSES];
        for w in &mut wrong {
            *w = rng.normal();
        }
        let mut trace = Trace::default();
        let mut loss = |net: &Net| {
            net.forward(&cell, &mut trace);
            trace.logits.iter().zip(wrong).map(|(l, w)| f64::from(l * w)).sum::<f64>()
        };
        loss(&net);
        let mut gradient = Net::zero();
        let mut seen = Trace::default();
        net.forward(&cell, &mut seen);
        gradient.backward(&net, &seen, &wrong);
        let mut off = 0;
        for nth in (0..SIZE).step_by(97) {
            let kept = net.numbers[nth];
            net.numbers[nth] = kept + 1e-3;
            let up = loss(&net);
            net.numbers[nth] = kept - 1e-3;
            let down = loss(&net);
            net.numbers[nth] = kept;
            let slope = (up - down) / 2e-3;
            // A step across a bend of the rectifier may differ.
            off += usize::from((slope - f64::from(gradient.numbers[nth])).abs() > 0.02 + 0.02 * slope.abs());
        }
        assert!(off < 8, "{off} of {} differ", SIZE / 97);
    }
}
