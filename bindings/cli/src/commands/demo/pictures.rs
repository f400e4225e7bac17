//! Pictures inside the page: scaled down, as PNG in the text itself; what was found is drawn over them as vectors.

use std::fmt::Write as _;
use std::io::Cursor;

use apoa_frames::Gray;
use base64ct::{Base64, Encoding as _};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Resize;
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageEncoder as _};

use super::camera::Look;
use super::stage::Trouble;
use crate::commands::scan::line::{Corners, State};

/// A picture of the page, not wider than this.
pub(super) fn figure(picture: &GrayImage, most: u32, alt: &str) -> Result<String, Trouble> {
    let (small, width, height) = shrunk(picture, most)?;
    Ok(format!(r#"<img src="{small}" width="{width}" height="{height}" alt="{alt}">"#))
}

/// A frame of the camera with what was found in it.
pub(super) fn frame(picture: &GrayImage, look: &Look, most: u32, alt: &str) -> Result<String, Trouble> {
    /// Legible in a strip, no thicker than needed where the frame is large: pixels of the page.
    const STROKE: f64 = 4.0;
    const THIN: f64 = 1.6;
    let (small, shown, _) = shrunk(picture, most)?;
    let (width, height) = picture.dimensions();
    let mut svg = format!(
        r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}"><image href="{small}" width="{width}" height="{height}"/>"#
    );
    if let Some(corners) = &look.corners {
        let stroke = if shown > 640 { STROKE } else { THIN };
        outline(&mut svg, corners, look.state, stroke * f64::from(width) / f64::from(shown.max(1)));
    }
    svg.push_str("</svg>");
    Ok(svg)
}

/// The code's outline, its own top left marked: that tells which way up the card was held.
fn outline(svg: &mut String, corners: &Corners, state: State, stroke: f64) {
    let class = if state == State::Confirmed { "read" } else { "seen" };
    let points: Vec<String> = corners.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
    let ([x, y], radius) = (corners[0], stroke * 2.2);
    // Text always takes what is written to it.
    let _ = write!(
        svg,
        r#"<polygon class="{class}" points="{}" stroke-width="{stroke:.1}"/><circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"/>"#,
        points.join(" ")
    );
}

/// As a data address, with its size.
fn shrunk(picture: &GrayImage, most: u32) -> Result<(String, u32, u32), Trouble> {
    let (width, height) = picture.dimensions();
    let scaled = if width > most {
        let height = (u64::from(height) * u64::from(most) / u64::from(width)).max(1);
        let height = u32::try_from(height).unwrap_or(most);
        DynamicImage::from(picture.clone()).resize_exact(most, height, Resize::Triangle).into_luma8()
    } else {
        picture.clone()
    };
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive).write_image(
        scaled.as_raw(),
        scaled.width(),
        scaled.height(),
        ExtendedColorType::L8,
    )?;
    let address = format!("data:image/png;base64,{}", Base64::encode_string(png.get_ref()));
    Ok((address, scaled.width(), scaled.height()))
}

/// A drawn document as a picture.
pub(super) fn drawn(gray: &Gray) -> Result<GrayImage, Trouble> {
    GrayImage::from_raw(gray.width, gray.height, gray.luma.clone())
        .ok_or_else(|| Trouble::unmet("a document has fewer pixels than it claims"))
}
