//! Where a place on the document appears in the frame, and back: a flat sheet, or one bent over a cylinder.

use crate::camera::Pose;
use crate::math::{Homography, asin, cos, sin};
use crate::{Point, Size};

/// Distance from the lens to the picture, in frame widths: the main camera of a phone sees about 65° across.
const FOCAL: f32 = 0.8;

/// A document before the lens. Distances are document pixels.
pub(crate) enum Surface {
    Flat { to_frame: Homography, back: Homography },
    Bent(Bent),
}

impl Surface {
    /// The document in this pose with `aim`, a place on it, at the pose's centre. `side` is the length that the
    /// bend's arc is told of.
    pub(crate) fn new(pose: &Pose, size: Size, aim: Point, side: f32) -> Self {
        let turned = rotation(pose);
        let focal = FOCAL * size.width as f32;
        let away = focal / pose.scale;
        if pose.bend > 0.0 {
            // Radians of arc over the side.
            let arc = f64::from(pose.bend) * std::f64::consts::PI / 180.0;
            let turned = turned.map(|row| row.map(f64::from));
            return Self::Bent(Bent {
                turned,
                focal: f64::from(focal),
                away: f64::from(away),
                radius: f64::from(side) / arc,
                aim,
                centre: pose.centre,
            });
        }
        let depth = [turned[2][0], turned[2][1], away - turned[2][0] * aim.x - turned[2][1] * aim.y];
        let row = |r: [f32; 3], at: f32| {
            let own = [focal * r[0], focal * r[1], -focal * (r[0] * aim.x + r[1] * aim.y)];
            [own[0] + at * depth[0], own[1] + at * depth[1], own[2] + at * depth[2]]
        };
        let to_frame = Homography::new([row(turned[0], pose.centre.x), row(turned[1], pose.centre.y), depth]);
        Self::Flat { to_frame, back: to_frame.inverse() }
    }

    pub(crate) fn to_frame(&self, at: Point) -> Point {
        match self {
            Self::Flat { to_frame, .. } => to_frame.apply(at),
            Self::Bent(bent) => bent.to_frame(at),
        }
    }

    /// What is seen there, if the surface is there at all; it may lie beyond the document's edge.
    pub(crate) fn to_document(&self, at: Point) -> Option<Point> {
        match self {
            Self::Flat { back, .. } => Some(back.apply(at)),
            Self::Bent(bent) => bent.to_document(at),
        }
    }

    /// Places in the frame whose box holds the whole visible document of this size.
    pub(crate) fn outline(&self, width: f32, height: f32) -> Vec<Point> {
        match self {
            Self::Flat { to_frame, .. } => [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
                .map(|(x, y)| to_frame.apply(Point::new(x, y)))
                .to_vec(),
            Self::Bent(bent) => bent.outline(width, height),
        }
    }
}

/// Leans about an axis in the document's plane, then turns in the frame.
fn rotation(pose: &Pose) -> [[f32; 3]; 3] {
    let (ax, ay) = (cos(pose.tilt_angle), sin(pose.tilt_angle));
    let (ct, st) = (cos(pose.tilt), sin(pose.tilt));
    let lean = [
        [ct + ax * ax * (1.0 - ct), ax * ay * (1.0 - ct), ay * st],
        [ax * ay * (1.0 - ct), ct + ay * ay * (1.0 - ct), -ax * st],
        [-ay * st, ax * st, ct],
    ];
    let (cr, sr) = (cos(pose.roll), sin(pose.roll));
    let mix = |i: usize| (cr * lean[0][i] - sr * lean[1][i], sr * lean[0][i] + cr * lean[1][i]);
    let columns = [mix(0), mix(1), mix(2)];
    [columns.map(|c| c.0), columns.map(|c| c.1), lean[2]]
}

/// A document over a cylinder whose axis runs along the document's height, its nearest line through the aim.
pub(crate) struct Bent {
    turned: [[f64; 3]; 3],
    focal: f64,
    away: f64,
    radius: f64,
    aim: Point,
    centre: Point,
}

impl Bent {
    fn to_frame(&self, at: Point) -> Point {
        let turn = (f64::from(at.x - self.aim.x) / self.radius).to_degrees() as f32;
        let place = [
            self.radius * f64::from(sin(turn)),
            f64::from(at.y - self.aim.y),
            self.radius * (1.0 - f64::from(cos(turn))),
        ];
        let [x, y, z] = self.turned.map(|row| row[0] * place[0] + row[1] * place[1] + row[2] * place[2]);
        let scale = self.focal / (z + self.away);
        Point::new((x * scale) as f32 + self.centre.x, (y * scale) as f32 + self.centre.y)
    }

    /// Where the ray of a pixel first meets the cylinder.
    fn to_document(&self, at: Point) -> Option<Point> {
        let ray =
            [f64::from(at.x - self.centre.x) / self.focal, f64::from(at.y - self.centre.y) / self.focal, 1.0];
        let column = |i: usize, v: [f64; 3]| {
            self.turned[0][i] * v[0] + self.turned[1][i] * v[1] + self.turned[2][i] * v[2]
        };
        let [dx, dy, dz] = [0, 1, 2].map(|i| column(i, ray));
        let [ox, oy, oz] = [0, 1, 2].map(|i| column(i, [0.0, 0.0, -self.away]));
        let oz = oz - self.radius;
        let square = dx * dx + dz * dz;
        let along = ox * dx + oz * dz;
        let under = along * along - square * (ox * ox + oz * oz - self.radius * self.radius);
        if under <= 0.0 {
            return None;
        }
        let t = (-along - under.sqrt()) / square;
        let across = self.radius * asin((ox + t * dx) / self.radius);
        Some(Point::new(across as f32 + self.aim.x, (oy + t * dy) as f32 + self.aim.y))
    }

    /// Both long edges as far as they can be seen.
    fn outline(&self, width: f32, height: f32) -> Vec<Point> {
        // A quarter turn each way is more than a lens sees.
        let quarter = (self.radius * std::f64::consts::FRAC_PI_2) as f32;
        let (from, to) = ((self.aim.x - quarter).max(0.0), (self.aim.x + quarter).min(width));
        (0..=32)
            .flat_map(|step| {
                let x = from + (to - from) * step as f32 / 32.0;
                [Point::new(x, 0.0), Point::new(x, height)]
            })
            .map(|p| self.to_frame(p))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn places_come_back_from_flat_and_bent_documents() {
        for bend in [0.0, 55.0, 105.0] {
            let pose = Pose {
                scale: 0.6,
                tilt: 11.0,
                tilt_angle: 40.0,
                roll: -7.0,
                bend,
                centre: Point::new(600.0, 380.0),
            };
            let surface = Surface::new(&pose, Size::HD, Point::new(780.0, 400.0), 340.0);
            let middle = surface.to_frame(Point::new(780.0, 400.0));
            assert!((middle.x - 600.0).abs() < 0.01 && (middle.y - 380.0).abs() < 0.01);
            for (x, y) in [(620.0, 240.0), (940.0, 240.0), (940.0, 560.0), (620.0, 560.0)] {
                let seen = surface.to_frame(Point::new(x, y));
                let back = surface.to_document(seen).unwrap();
                assert!((back.x - x).abs() < 0.02 && (back.y - y).abs() < 0.02, "{bend}: {back:?}");
            }
        }
    }

    #[test]
    fn a_bend_draws_the_sides_together_and_leaves_the_height() {
        let pose = |bend| Pose {
            scale: 0.6,
            tilt: 0.0,
            tilt_angle: 0.0,
            roll: 0.0,
            bend,
            centre: Point::new(640.0, 360.0),
        };
        let width = |bend| {
            let surface = Surface::new(&pose(bend), Size::HD, Point::new(500.0, 300.0), 340.0);
            let [left, right] = [330.0, 670.0].map(|x| surface.to_frame(Point::new(x, 300.0)).x);
            right - left
        };
        assert!((width(0.0) - 204.0).abs() < 0.1);
        // A chord of 105° is 0.866 of its arc, and lies further from the lens.
        assert!(width(105.0) < 204.0 * 0.87 && width(105.0) > 204.0 * 0.8, "{}", width(105.0));
        assert!(width(30.0) > width(55.0) && width(55.0) > width(80.0));
    }
}
