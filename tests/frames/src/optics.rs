//! What the lens and the hand do: defocus and motion blur, over whole rows so that it stays fast.

use crate::math::{cos, exp_neg, sin};

/// Blur of one shot, in pixels of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Optics {
    /// Deviation of the Gaussian that stands for defocus and lens.
    pub defocus: f32,
    /// Length of the way the picture moves while the shutter is open.
    pub motion: f32,
    /// Direction of that way, degrees from the horizontal.
    pub motion_angle: f32,
}

impl Optics {
    /// Blurs a plane in place.
    pub(crate) fn apply(&self, plane: &mut Vec<f32>, width: usize) {
        if self.motion > 0.5 {
            *plane = smear(plane, width, self.motion, self.motion_angle);
        }
        if self.defocus > 0.05 {
            gauss(plane, width, self.defocus);
        }
    }
}

fn gauss(plane: &mut [f32], width: usize, deviation: f32) {
    let reach = (deviation * 3.0).ceil() as usize;
    let mut kernel: Vec<f32> =
        (0..=reach).map(|i| exp_neg((i * i) as f32 / (2.0 * deviation * deviation))).collect();
    let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
    for k in &mut kernel {
        *k /= total;
    }

    let mut padded = vec![0.0; width + 2 * reach];
    for row in plane.chunks_exact_mut(width) {
        padded[..reach].fill(row[0]);
        padded[reach..reach + width].copy_from_slice(row);
        padded[reach + width..].fill(row[width - 1]);
        row.fill(0.0);
        for (i, k) in kernel.iter().enumerate() {
            add(row, &padded[reach - i..], *k);
            if i > 0 {
                add(row, &padded[reach + i..], *k);
            }
        }
    }
    let source = plane.to_vec();
    let height = plane.len() / width;
    for (y, row) in plane.chunks_exact_mut(width).enumerate() {
        row.fill(0.0);
        for (i, k) in kernel.iter().enumerate() {
            add(row, &source[y.saturating_sub(i) * width..], *k);
            if i > 0 {
                add(row, &source[(y + i).min(height - 1) * width..], *k);
            }
        }
    }
}

fn add(to: &mut [f32], from: &[f32], weight: f32) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += f * weight;
    }
}

/// Mean of copies shifted along a line, about one a pixel of its length, each split between its neighbouring pixels.
fn smear(plane: &[f32], width: usize, length: f32, angle: f32) -> Vec<f32> {
    let height = plane.len() / width;
    let steps = length.ceil() as usize + 1;
    let mut out = vec![0.0; plane.len()];
    let mut padded = Vec::new();
    let reach = length as usize + 2;
    for step in 0..steps {
        let along = (step as f32 / (steps - 1) as f32 - 0.5) * length;
        let (dx, dy) = (along * cos(angle), along * sin(angle));
        let (left, top) = (dx.floor(), dy.floor());
        let (fx, fy) = (dx - left, dy - top);
        for (y, row) in out.chunks_exact_mut(width).enumerate() {
            for (down, wy) in [(0, 1.0 - fy), (1, fy)] {
                let from = (y as i32 + top as i32 + down).clamp(0, height as i32 - 1) as usize;
                let source = &plane[from * width..(from + 1) * width];
                padded.clear();
                padded.resize(reach, source[0]);
                padded.extend_from_slice(source);
                padded.resize(width + 2 * reach, source[width - 1]);
                let start = (reach as i32 + left as i32) as usize;
                let weight = wy / steps as f32;
                add(row, &padded[start..], weight * (1.0 - fx));
                add(row, &padded[start + 1..], weight * fx);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_keeps_the_light_and_spreads_a_point() {
        for optics in [
            Optics { defocus: 1.5, ..Optics::default() },
            Optics { motion: 7.0, motion_angle: 30.0, ..Optics::default() },
        ] {
            let mut plane = vec![0.0; 41 * 41];
            plane[20 * 41 + 20] = 1000.0;
            optics.apply(&mut plane, 41);
            let sum: f32 = plane.iter().sum();
            assert!((sum - 1000.0).abs() < 2.0, "{optics:?} {sum}");
            assert!(plane.iter().all(|p| *p < 300.0));
        }
    }
}
