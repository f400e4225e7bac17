//! What JPEG loses of a picture of luma: blocks of 8 × 8, their frequencies rounded to the standard's steps.
//!
//! Only the loss. What a file does besides (reordering, entropy coding) is given back to the bit by every decoder, so
//! it is left out; and the transform is our own, because those of libraries differ by machine.

use crate::math::cos;

const SIDE: usize = 8;

/// Steps for luminance at quality 50, rows from the lowest vertical frequency: ITU-T T.81, table K.1.
const STEPS: [[u16; SIDE]; SIDE] = [
    [16, 11, 10, 16, 24, 40, 51, 61],
    [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77],
    [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101],
    [72, 92, 95, 98, 112, 100, 103, 99],
];

type Block = [[f32; SIDE]; SIDE];

/// Writes and reads the picture at a quality of 1 to 100, in the scale of the Independent JPEG Group.
pub fn round_trip(luma: &mut [u8], width: usize, quality: u8) {
    let height = luma.len() / width;
    let waves = waves();
    let steps = steps(quality);
    for top in (0..height).step_by(SIDE) {
        for left in (0..width).step_by(SIDE) {
            // Blocks over the edge repeat the last pixels.
            let at = |row: usize, column: usize| {
                (top + row).min(height - 1) * width + (left + column).min(width - 1)
            };
            let mut block: Block = [[0.0; SIDE]; SIDE];
            for (row, line) in block.iter_mut().enumerate() {
                for (column, p) in line.iter_mut().enumerate() {
                    *p = f32::from(luma[at(row, column)]) - 128.0;
                }
            }
            let mut waved = forward(&forward(&block, &waves), &waves);
            for (line, steps) in waved.iter_mut().zip(&steps) {
                for (w, step) in line.iter_mut().zip(steps) {
                    *w = (*w / step).round() * step;
                }
            }
            let block = back(&back(&waved, &waves), &waves);
            for (row, line) in block.iter().enumerate().take(height - top) {
                for (column, p) in line.iter().enumerate().take(width - left) {
                    luma[(top + row) * width + left + column] = (p + 128.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

/// Row `k` is the wave of `k` half turns over the block, of length 1.
fn waves() -> Block {
    let mut waves = [[0.0; SIDE]; SIDE];
    for (k, wave) in waves.iter_mut().enumerate() {
        let length = if k == 0 { 0.125_f32.sqrt() } else { 0.5 };
        for (n, w) in wave.iter_mut().enumerate() {
            *w = length * cos((2 * n + 1) as f32 * k as f32 * 11.25);
        }
    }
    waves
}

fn steps(quality: u8) -> Block {
    let quality = u32::from(quality.clamp(1, 100));
    let scale = if quality < 50 { 5_000 / quality } else { 200 - 2 * quality };
    STEPS.map(|row| row.map(|step| ((u32::from(step) * scale + 50) / 100).clamp(1, 255) as f32))
}

/// Rows to frequencies, transposed: twice gives both directions the right way round.
fn forward(block: &Block, waves: &Block) -> Block {
    let mut out = [[0.0; SIDE]; SIDE];
    for (row, line) in block.iter().enumerate() {
        for (k, wave) in waves.iter().enumerate() {
            out[k][row] = line.iter().zip(wave).map(|(p, w)| p * w).sum();
        }
    }
    out
}

/// Frequencies of rows to rows, transposed.
fn back(block: &Block, waves: &Block) -> Block {
    let mut out = [[0.0; SIDE]; SIDE];
    for (row, line) in block.iter().enumerate() {
        let mut sums = [0.0; SIDE];
        for (k, wave) in line.iter().zip(waves) {
            for (sum, w) in sums.iter_mut().zip(wave) {
                *sum += k * w;
            }
        }
        for (n, sum) in sums.iter().enumerate() {
            out[n][row] = *sum;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Rng;

    #[test]
    fn the_loss_is_that_of_a_true_file() {
        let (width, height) = (83, 45);
        let mut rng = Rng::new(3);
        let luma: Vec<u8> = (0..width * height)
            .map(|i| {
                (128.0 + 70.0 * cos((i % width * 9) as f32) + 20.0 * rng.normal()).clamp(0.0, 255.0) as u8
            })
            .collect();
        for quality in [5, 10, 40, 70] {
            let mut file = Vec::new();
            image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality)
                .encode(&luma, width as u32, height as u32, image::ExtendedColorType::L8)
                .unwrap();
            let read = image::load_from_memory(&file).unwrap().to_luma8().into_raw();
            let mut ours = luma.clone();
            round_trip(&mut ours, width, quality);
            // Encoders round what lies half way between two steps either way, and count in whole numbers.
            let off: u32 = read.iter().zip(&ours).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            let lost: u32 = luma.iter().zip(&ours).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            assert!(off * 6 < lost, "quality {quality}: {off} off, {lost} lost");
            assert_ne!(ours, luma, "quality {quality}");
        }
    }
}
