//! What lens, hand and sensor do to a plane of linear light.

use apoa_frames::Rng;

/// A plane of linear light, rows from the top.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) light: Vec<f32>,
}

impl Plane {
    fn height(&self) -> usize {
        self.light.len() / self.width
    }

    /// Mean over places moved by `offsets` pixels, each split between its neighbours.
    fn mean_of(&mut self, offsets: &[(f32, f32)]) {
        let (width, height) = (self.width as i32, self.height() as i32);
        let mut out = vec![0.0; self.light.len()];
        let part = 1.0 / offsets.len() as f32;
        for (dx, dy) in offsets {
            let (left, top) = (dx.floor(), dy.floor());
            let (fx, fy) = (dx - left, dy - top);
            for (x, y, share) in [
                (0, 0, (1.0 - fx) * (1.0 - fy)),
                (1, 0, fx * (1.0 - fy)),
                (0, 1, (1.0 - fx) * fy),
                (1, 1, fx * fy),
            ] {
                if share < 1e-3 {
                    continue;
                }
                let (dx, dy) = (left as i32 + x, top as i32 + y);
                for (row, line) in out.chunks_exact_mut(self.width).enumerate() {
                    let from = (row as i32 + dy).clamp(0, height - 1) as usize * self.width;
                    let from = &self.light[from..from + self.width];
                    // Columns whose source lies inside, then the borders.
                    let (start, end) =
                        ((-dx).clamp(0, width) as usize, (width - dx).clamp(0, width) as usize);
                    let inside = &from[(start as i32 + dx).max(0) as usize..];
                    for (to, value) in line[start..end].iter_mut().zip(inside) {
                        *to += value * share * part;
                    }
                    for to in &mut line[..start] {
                        *to += from[0] * share * part;
                    }
                    for to in &mut line[end..] {
                        *to += from[self.width - 1] * share * part;
                    }
                }
            }
        }
        self.light = out;
    }

    /// The disc of a lens out of focus, radius in pixels.
    pub(crate) fn defocus(&mut self, radius: f32) {
        if radius < 0.4 {
            return;
        }
        let reach = radius.ceil() as i32;
        let mut offsets = Vec::new();
        for y in -reach..=reach {
            for x in -reach..=reach {
                let (x, y) = (x as f32, y as f32);
                if x * x + y * y <= (radius + 0.2) * (radius + 0.2) {
                    // Whole pixels when large, else moved in so that the radius is kept.
                    let shrink = if radius < 1.5 { radius / 1.5 } else { 1.0 };
                    offsets.push((x * shrink, y * shrink));
                }
            }
        }
        self.mean_of(&offsets);
    }

    /// A straight way of the hand, length in pixels.
    pub(crate) fn motion(&mut self, length: f32, rng: &mut Rng) {
        if length < 0.5 {
            return;
        }
        let angle = rng.between(0.0, std::f32::consts::PI);
        let bow = rng.normal() * 0.15;
        let steps = length.ceil() as usize + 1;
        let offsets: Vec<_> = (0..steps)
            .map(|step| {
                let t = step as f32 / (steps - 1) as f32 - 0.5;
                let (a, b) = (t * length, (t * t - 0.08) * length * bow);
                (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
            })
            .collect();
        self.mean_of(&offsets);
    }

    /// A Gaussian by its weights over a few pixels.
    pub(crate) fn blur(&mut self, deviation: f32) {
        if deviation < 0.2 {
            return;
        }
        let reach = (deviation * 2.5).ceil() as i32;
        let kernel: Vec<f32> =
            (-reach..=reach).map(|i| (-((i * i) as f32) / (2.0 * deviation * deviation)).exp()).collect();
        let total: f32 = kernel.iter().sum();
        let width = self.width;
        let mut padded = vec![0.0; width + 2 * reach as usize];
        for line in self.light.chunks_exact_mut(width) {
            let side = reach as usize;
            padded[..side].fill(line[0]);
            padded[side..side + width].copy_from_slice(line);
            padded[side + width..].fill(line[width - 1]);
            line.fill(0.0);
            for (nth, k) in kernel.iter().enumerate() {
                for (to, from) in line.iter_mut().zip(&padded[nth..]) {
                    *to += from * k / total;
                }
            }
        }
        let height = self.height() as i32;
        let source = self.light.clone();
        for (row, line) in self.light.chunks_exact_mut(width).enumerate() {
            line.fill(0.0);
            for (nth, k) in kernel.iter().enumerate() {
                let from = (row as i32 + nth as i32 - reach).clamp(0, height - 1) as usize * width;
                for (to, from) in line.iter_mut().zip(&source[from..from + width]) {
                    *to += from * k / total;
                }
            }
        }
    }

    /// To levels of 0 to 255 along the curve of cameras, about the root.
    pub(crate) fn encode(&mut self, exposure: f32) {
        for light in &mut self.light {
            *light = (*light * exposure).max(0.0).sqrt() * 255.0;
        }
    }

    /// What it is more than its blurred self, added again.
    pub(crate) fn sharpen(&mut self, strength: f32) {
        if strength <= 0.0 {
            return;
        }
        let mut soft = self.clone();
        soft.blur(1.2);
        for (level, soft) in self.light.iter_mut().zip(soft.light) {
            *level += (*level - soft) * strength;
        }
    }

    /// Noise in levels, pixel by pixel or in spots.
    pub(crate) fn noise(&mut self, deviation: f32, spots: bool, rng: &mut Rng) {
        let mut noise = Self {
            width: self.width,
            light: (0..self.light.len()).map(|_| rng.normal() * deviation).collect(),
        };
        if spots {
            noise.blur(0.8);
            for value in &mut noise.light {
                *value *= 2.0;
            }
        }
        for (level, noise) in self.light.iter_mut().zip(noise.light) {
            *level += noise;
        }
    }

    /// Contrast stretched about the middle of the levels.
    pub(crate) fn harden(&mut self, times: f32) {
        if times <= 1.0 {
            return;
        }
        let (low, high) = self.light.iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        let middle = f32::midpoint(low, high);
        for level in &mut self.light {
            *level = (*level - middle) * times + middle;
        }
    }

    /// Eight bits.
    pub(crate) fn levels(&self) -> Vec<u8> {
        self.light.iter().map(|level| (level + 0.5) as u8).collect()
    }
}
