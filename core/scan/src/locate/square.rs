//! The shape of a finder pattern: rays from its middle to its edges, and the parallelogram they fit.
//!
//! The ends of the rays bound an area. Its second moments say how a square was squeezed, and the fourth moment of the
//! square that remains says how it is turned. Every ray has its say, so a broken ring moves the answer little; both
//! moments follow the picture through any oblique view.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use crate::Point;
use crate::geometry::Axes;
use crate::threshold::Bits;

/// Rays cast from the middle, evenly.
const RAYS: usize = 32;

/// Rays that must see all three edges where a finder pattern has them. A quarter may be lost to a scratch or a thumb.
const NEEDED: usize = 20;

/// Of the first few rays so many may see nothing, and one more of every four after them: noise shows its edges to
/// three rays in ten.
const FIRST_MISSES: usize = 4;

/// The outer edge lies 3.5 modules from the middle.
const REACH: f32 = 3.5;

/// The middle and the sides of a module of the finder pattern around a place; `None` if there is none.
pub(crate) fn fit(bits: &Bits, at: Point, module: f32) -> Option<(Point, Axes)> {
    let mut ends = [None; RAYS];
    let mut missed = 0;
    for i in 0..RAYS {
        // Neighbours see the same; far ones tell sooner that there is nothing.
        let n = i * 11 % RAYS;
        ends[n] = outer_edge(bits, at, ray(n), module);
        missed += usize::from(ends[n].is_none());
        if missed > (RAYS - NEEDED).min(FIRST_MISSES + i / 4) {
            return None;
        }
    }
    let outline = completed(&ends)?;
    parallelogram(&outline.map(|p| at + p))
        .filter(|(_, axes)| axes.size() > 0.5 * module && axes.size() < 2.0 * module)
}

fn ray(n: usize) -> Point {
    static WAYS: LazyLock<[Point; RAYS]> = LazyLock::new(|| {
        std::array::from_fn(|n| {
            let angle = n as f32 * TAU / RAYS as f32;
            Point::new(angle.cos(), angle.sin())
        })
    });
    WAYS[n % RAYS]
}

/// Distance to the outer edge along one way, if the inner edges stand where they should.
fn outer_edge(bits: &Bits, at: Point, way: Point, module: f32) -> Option<f32> {
    // Half a pixel where modules are small: none that can be read is thinner. A quarter of a module where they are
    // large; what a step passes over is halved once more.
    let step = (module * 0.25).max(0.5);
    // A corner is √2 as far as a side; half as much again for a view from the side.
    let most = (REACH * module * 2.2 / step) as i32 + 4;
    // A cast rounds towards zero, so what lies left or above is told apart first: the outside is light.
    let dark = |far: f32| {
        let p = at + way * far;
        p.x >= 0.0 && p.y >= 0.0 && bits.dark(p.x as usize, p.y as usize)
    };
    let mut edges = [0.0; 3];
    let mut nth = 0;
    let mut now = true;
    for i in 0..most {
        let far = i as f32 * step;
        if dark(far) != now {
            let half = far - 0.5 * step;
            edges[nth] = if dark(half) == now { half + 0.25 * step } else { half - 0.25 * step };
            nth += 1;
            now = !now;
            if nth == 3 {
                break;
            }
        }
    }
    let [inner, middle, outer] = edges;
    // 1.5, 2.5 and 3.5 modules in truth; a pixel of slack and a third of the distance for blur and bleeding.
    let near = |got: f32, share: f32| (got - outer * share).abs() <= 0.14 * outer + 0.8;
    (nth == 3 && near(inner, 1.5 / REACH) && near(middle, 2.5 / REACH)).then_some(outer)
}

/// Ends for all rays: what one did not see its opposite did, or its neighbours.
fn completed(ends: &[Option<f32>; RAYS]) -> Option<[Point; RAYS]> {
    let mut outline = [Point::default(); RAYS];
    for (n, place) in outline.iter_mut().enumerate() {
        let around = |by: usize| ends[(n + by) % RAYS].or(ends[(n + by + RAYS / 2) % RAYS]);
        let far = around(0).or_else(|| {
            let left = (1..RAYS / 4).find_map(|d| around(RAYS - d))?;
            let right = (1..RAYS / 4).find_map(around)?;
            Some(f32::midpoint(left, right))
        })?;
        *place = ray(n) * far;
    }
    Some(outline)
}

/// The parallelogram with the moments of a polygon, its half sides scaled to one module.
fn parallelogram(outline: &[Point; RAYS]) -> Option<(Point, Axes)> {
    let (area, middle) = centroid(outline)?;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in sides(outline, middle) {
        // Second moments of the triangle (0, a, b).
        let share = a.cross(b) / 12.0;
        xx += share * (a.x * a.x + a.x * b.x + b.x * b.x);
        yy += share * (a.y * a.y + a.y * b.y + b.y * b.y);
        xy += share * (a.x * b.y * 0.5 + a.x * a.y + b.x * b.y + b.x * a.y * 0.5);
    }
    // A square of half side h has the moments h²/3.
    let (xx, xy, yy) = (3.0 * xx / area, 3.0 * xy / area, 3.0 * yy / area);
    let det = xx * yy - xy * xy;
    if det <= 0.0 {
        return None;
    }
    // The symmetric root of the moments: half sides of some square seen this way.
    let s = det.sqrt();
    let t = (xx + yy + 2.0 * s).sqrt();
    let root = Axes { u: Point::new((xx + s) / t, xy / t), v: Point::new(xy / t, (yy + s) / t) };
    // Which square: the fourth moment of (x + iy) of a square at angle φ is negative and turned by 4φ.
    let (mut re, mut im) = (0.0, 0.0);
    for (a, b) in sides(outline, middle) {
        let (a, b) = (root.measure(a), root.measure(b));
        let [r, i] = fourth(a, b);
        re += r;
        im += i;
    }
    let angle = (-im).atan2(-re) / 4.0;
    let (sin, cos) = angle.sin_cos();
    let axes = Axes { u: root.place(Point::new(cos, sin)), v: root.place(Point::new(-sin, cos)) };
    Some((middle, axes.scaled(1.0 / REACH)))
}

fn sides(outline: &[Point; RAYS], middle: Point) -> impl Iterator<Item = (Point, Point)> + '_ {
    (0..RAYS).map(move |n| (outline[n] - middle, outline[(n + 1) % RAYS] - middle))
}

fn centroid(outline: &[Point; RAYS]) -> Option<(f32, Point)> {
    let mut area = 0.0;
    let mut sum = Point::default();
    let start = outline[0];
    for (a, b) in sides(outline, start) {
        let part = a.cross(b) / 2.0;
        area += part;
        sum = sum + (a + b) * (part / 3.0);
    }
    (area > 1.0).then(|| (area, start + sum * (1.0 / area)))
}

/// The integral of (x + iy)⁴ over the triangle (0, a, b), without a constant factor.
fn fourth(a: Point, b: Point) -> [f32; 2] {
    let times = |p: [f32; 2], q: Point| [p[0] * q.x - p[1] * q.y, p[0] * q.y + p[1] * q.x];
    // a⁴ + a³b + a²b² + ab³ + b⁴ by Horner in a, with powers of b.
    let mut power = [1.0, 0.0];
    let mut sum = [0.0, 0.0];
    for _ in 0..5 {
        sum = times(sum, a);
        sum = [sum[0] + power[0], sum[1] + power[1]];
        power = times(power, b);
    }
    let area = a.cross(b);
    [sum[0] * area, sum[1] * area]
}
