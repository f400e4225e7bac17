//! Draws what was found onto the frame it was found in: for people who want to see why a frame was read or not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use apoa_core::scanner::{FinderMark, FrameLayout, MrzRead};
use font8x8::UnicodeFonts as _;
use image::{Rgb, RgbImage};

use super::line::{Corners, FrameLine, State, corners};
use crate::failure::Stop;

const READ: Rgb<u8> = Rgb([0, 200, 120]);
const SEEN: Rgb<u8> = Rgb([255, 176, 32]);
const QUIET: Rgb<u8> = Rgb([170, 180, 190]);
const MARK: Rgb<u8> = Rgb([80, 160, 255]);
const BACK: Rgb<u8> = Rgb([16, 24, 32]);

/// Side of a letter's pixel: letters of 16 pixels stay legible when a page shows the frame at half its size.
const LETTER: u32 = 2;

/// Writes one PNG a frame into a folder.
pub(crate) struct Annotator {
    folder: PathBuf,
    taken: BTreeSet<String>,
}

impl Annotator {
    pub(crate) fn new(folder: &Path) -> Result<Self, Stop> {
        std::fs::create_dir_all(folder).map_err(|error| Stop::unwritten(&folder.display(), &error))?;
        Ok(Self { folder: folder.to_owned(), taken: BTreeSet::new() })
    }

    pub(crate) fn draw(
        &mut self,
        input: &str,
        luma: &[u8],
        layout: &FrameLayout,
        line: &FrameLine,
    ) -> Result<(), Stop> {
        if line.error.is_some() {
            return Ok(());
        }
        let mut picture = colour(luma, layout);
        let scale = (layout.width.max(layout.height) / 640).max(1);
        for code in &line.codes {
            grid(&mut picture, &code.corners, 17 + 4 * usize::from(code.version), READ);
            outline(&mut picture, &code.corners, READ, scale);
            let words =
                format!("{} v{}-{} {:.1}px", code.decoder, code.version, code.ec_level, code.px_per_module);
            label(&mut picture, &code.corners, &words, READ, scale);
        }
        for unread in &line.sight.located {
            let corners = corners(unread.outline.corners);
            grid(&mut picture, &corners, usize::from(unread.modules), SEEN);
            outline(&mut picture, &corners, SEEN, scale);
            label(&mut picture, &corners, &format!("{} {}x{1}", unread.lane, unread.modules), SEEN, scale);
        }
        if let Some(zone) = &line.zone {
            draw_zone(&mut picture, zone, line.mrz.is_some(), scale);
        } else if let (Some(corners), true) = (&line.outline, line.sight.located.is_empty()) {
            outline(&mut picture, corners, SEEN, scale);
            label(&mut picture, corners, "located", SEEN, scale);
        }
        for mark in &line.sight.finders {
            finder(&mut picture, mark, scale);
        }
        place(&mut picture, line, scale);
        match (&line.advice, line.state) {
            (Some(advice), _) => banner(&mut picture, advice, SEEN, scale),
            (None, State::Unchanged) => banner(&mut picture, "held in view", QUIET, scale),
            (None, State::Nothing) => banner(&mut picture, "nothing read", QUIET, scale),
            (None, State::Confirmed | State::Located | State::Unreadable) => {}
        }
        let name = self.name_for(input);
        let path = self.folder.join(name);
        picture
            .save_with_format(&path, image::ImageFormat::Png)
            .map_err(|error| Stop::said(&format!("{}: {error}", path.display())))
    }

    /// The input's own name; a second input of the same name gets a number.
    fn name_for(&mut self, input: &str) -> String {
        let own = match input {
            "-" => "stdin".into(),
            path => Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let base = own.strip_suffix(".png").unwrap_or(&own).to_owned();
        let mut name = format!("{base}.png");
        let mut nth = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{base}-{nth}.png");
            nth += 1;
        }
        name
    }
}

fn colour(luma: &[u8], layout: &FrameLayout) -> RgbImage {
    let stride = layout.row_stride as usize;
    RgbImage::from_fn(layout.width, layout.height, |x, y| {
        let grey = luma.get(y as usize * stride + x as usize).copied().unwrap_or(0);
        Rgb([grey; 3])
    })
}

fn outline(on: &mut RgbImage, corners: &Corners, ink: Rgb<u8>, scale: u32) {
    for nth in 0..corners.len() {
        stroke(on, corners[nth], corners[(nth + 1) % corners.len()], ink, 1.5 * scale as f32);
    }
    // The code's own top left is marked: it tells which way up the card was held.
    dot(on, corners[0], ink, 5.0 * scale as f32);
}

/// The lines between the modules, as thin as they come.
fn grid(on: &mut RgbImage, corners: &Corners, modules: usize, ink: Rgb<u8>) {
    let Some(map) = Square::onto(corners) else { return };
    for nth in 1..modules {
        let share = nth as f32 / modules as f32;
        thin(on, map.place(share, 0.0), map.place(share, 1.0), ink);
        thin(on, map.place(0.0, share), map.place(1.0, share), ink);
    }
}

/// A zone's lines, a box a character.
fn draw_zone(on: &mut RgbImage, zone: &MrzRead, counts: bool, scale: u32) {
    /// A capital and the room around it, in pitches above and below the middle of a cell.
    const REACH: f32 = 0.75;
    let ink = if counts { READ } else { SEEN };
    let corners = corners(zone.outline.corners);
    let [[ax, ay], _, _, [dx, dy]] = corners;
    let tall = (dx - ax).hypot(dy - ay).max(1.0);
    let reach = REACH * zone.px_per_char / tall;
    let (down_x, down_y) = ((dx - ax) * reach, (dy - ay) * reach);
    for line in zone.cells.chunks(zone.format.length()) {
        // The border behind each cell, and the one before the first.
        let behind = line.windows(2).map(|pair| {
            let [a, b] = [pair[0], pair[1]];
            [f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y)]
        });
        let mut borders: Vec<[f32; 2]> = behind.collect();
        if let ([first, .., last], [head, .., tail]) = (line, borders.as_slice()) {
            let (head, tail) = (
                [2.0 * first.x - head[0], 2.0 * first.y - head[1]],
                [2.0 * last.x - tail[0], 2.0 * last.y - tail[1]],
            );
            borders.insert(0, head);
            borders.push(tail);
        }
        let sides = |[x, y]: [f32; 2]| ([x - down_x, y - down_y], [x + down_x, y + down_y]);
        for border in &borders {
            let (top, bottom) = sides(*border);
            thin(on, top, bottom, ink);
        }
        for pair in borders.windows(2) {
            let ((top, bottom), (next_top, next_bottom)) = (sides(pair[0]), sides(pair[1]));
            thin(on, top, next_top, ink);
            thin(on, bottom, next_bottom, ink);
        }
    }
    outline(on, &corners, ink, scale);
    let fits = zone.checks.iter().filter(|check| check.ok).count();
    let fused = if zone.looks > 1 { format!(" {} frames", zone.looks) } else { String::new() };
    let words = format!(
        "{} digits {fits}/{} {:.1}px{fused}",
        zone.format.as_str(),
        zone.checks.len(),
        zone.px_per_char
    );
    label(on, &corners, &words, ink, scale);
}

/// The unit square seen as a quadrilateral.
struct Square {
    /// Rows of the projection, its last number 1.
    x: [f32; 3],
    y: [f32; 3],
    w: [f32; 2],
}

impl Square {
    /// `None` for corners that are no quadrilateral.
    fn onto(corners: &Corners) -> Option<Self> {
        let [a, b, c, d] = *corners;
        let (dx1, dx2, dx3) = (b[0] - c[0], d[0] - c[0], a[0] - b[0] + c[0] - d[0]);
        let (dy1, dy2, dy3) = (b[1] - c[1], d[1] - c[1], a[1] - b[1] + c[1] - d[1]);
        let whole = dx1 * dy2 - dx2 * dy1;
        if whole.abs() < 1.0 {
            return None;
        }
        let (g, h) = ((dx3 * dy2 - dx2 * dy3) / whole, (dx1 * dy3 - dx3 * dy1) / whole);
        Some(Self {
            x: [b[0] - a[0] + g * b[0], d[0] - a[0] + h * d[0], a[0]],
            y: [b[1] - a[1] + g * b[1], d[1] - a[1] + h * d[1], a[1]],
            w: [g, h],
        })
    }

    fn place(&self, u: f32, v: f32) -> [f32; 2] {
        let w = self.w[0] * u + self.w[1] * v + 1.0;
        let along = |[p, q, r]: [f32; 3]| (p * u + q * v + r) / w;
        [along(self.x), along(self.y)]
    }
}

/// A line of single pixels that lets half of the picture through.
fn thin(on: &mut RgbImage, from: [f32; 2], to: [f32; 2], ink: Rgb<u8>) {
    let steps = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()).ceil().clamp(1.0, 20_000.0);
    for nth in 0..=steps as u32 {
        let share = nth as f32 / steps;
        let x = (from[0] + (to[0] - from[0]) * share) as i32;
        let y = (from[1] + (to[1] - from[1]) * share) as i32;
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && let Some(pixel) = on.get_pixel_mut_checked(x, y)
        {
            for (value, own) in pixel.0.iter_mut().zip(ink.0) {
                *value = u8::midpoint(*value, own);
            }
        }
    }
}

/// A finder pattern as a cross as wide as it is.
fn finder(on: &mut RgbImage, mark: &FinderMark, scale: u32) {
    let (x, y, reach) = (mark.centre.x, mark.centre.y, 3.5 * mark.module);
    let radius = 0.75 * scale as f32;
    stroke(on, [x - reach, y], [x + reach, y], MARK, radius);
    stroke(on, [x, y - reach], [x, y + reach], MARK, radius);
}

/// The place the numbers of a hint are about, where no grid says so already.
fn place(on: &mut RgbImage, line: &FrameLine, scale: u32) {
    let Some(signals) = line.sight.signals.filter(|_| line.sight.located.is_empty()) else { return };
    let Some(place) = signals.place else { return };
    let (left, top) = (place.x as f32, place.y as f32);
    let (right, bottom) = (left + place.width as f32, top + place.height as f32);
    let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
    for nth in 0..corners.len() {
        stroke(on, corners[nth], corners[(nth + 1) % corners.len()], QUIET, 0.5 * scale as f32);
    }
    let module = signals.px_per_module.map(|px| format!(" {px:.1}px")).unwrap_or_default();
    let words = format!(
        "blur {:.1}/{:.1} {}-{}{module}",
        signals.blur.least, signals.blur.most, signals.p5, signals.p95
    );
    label(on, &corners, &words, QUIET, scale);
}

/// A thick line as a row of dots.
fn stroke(on: &mut RgbImage, from: [f32; 2], to: [f32; 2], ink: Rgb<u8>, radius: f32) {
    let steps = (to[0] - from[0]).hypot(to[1] - from[1]).ceil().max(1.0);
    for nth in 0..=steps as u32 {
        let share = nth as f32 / steps;
        let place = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
        dot(on, place, ink, radius);
    }
}

fn dot(on: &mut RgbImage, centre: [f32; 2], ink: Rgb<u8>, radius: f32) {
    let reach = radius.ceil() as i32;
    let (cx, cy) = (centre[0].round() as i32, centre[1].round() as i32);
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            if ((dx * dx + dy * dy) as f32) <= radius * radius {
                put(on, cx + dx, cy + dy, ink);
            }
        }
    }
}

/// Words above the topmost corner, or below the lowest where there is no room.
fn label(on: &mut RgbImage, corners: &Corners, words: &str, ink: Rgb<u8>, scale: u32) {
    let height = (8 * LETTER * scale + 8) as i32;
    let left = corners.iter().map(|c| c[0]).fold(f32::MAX, f32::min) as i32;
    let top = corners.iter().map(|c| c[1]).fold(f32::MAX, f32::min) as i32 - height - 8 * scale as i32;
    let bottom = corners.iter().map(|c| c[1]).fold(f32::MIN, f32::max) as i32 + 8 * scale as i32;
    write(on, words, left.max(0), if top >= 0 { top } else { bottom }, ink, scale);
}

fn banner(on: &mut RgbImage, words: &str, ink: Rgb<u8>, scale: u32) {
    let margin = 12 * scale as i32;
    write(on, words, margin, margin, ink, scale);
}

fn write(on: &mut RgbImage, words: &str, x: i32, y: i32, ink: Rgb<u8>, scale: u32) {
    let size = (LETTER * scale) as i32;
    let width = words.chars().count() as i32 * 8 * size;
    for dy in -4..8 * size + 4 {
        for dx in -4..width + 4 {
            put(on, x + dx, y + dy, BACK);
        }
    }
    for (nth, letter) in words.chars().enumerate() {
        let Some(glyph) = font8x8::BASIC_FONTS.get(letter) else { continue };
        for (row, bits) in glyph.iter().enumerate() {
            for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                let left = x + (nth as i32 * 8 + column) * size;
                let top = y + row as i32 * size;
                for (dx, dy) in (0..size).flat_map(|dx| (0..size).map(move |dy| (dx, dy))) {
                    put(on, left + dx, top + dy, ink);
                }
            }
        }
    }
}

fn put(on: &mut RgbImage, x: i32, y: i32, ink: Rgb<u8>) {
    if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
        && x < on.width()
        && y < on.height()
    {
        on.put_pixel(x, y, ink);
    }
}
