//! The step that reads the passport: pictures of its page, one after the other, until the lines of one count.

use std::path::{Path, PathBuf};
use std::time::Instant;

use apoa_core::Scanner;
use apoa_core::passport::Date;
use apoa_core::permit::Patterns;
use apoa_core::scanner::{FoundZone, FrameLayout};
use apoa_frames::{Condition, Size, render_at};
use image::GrayImage;
use serde_json::{Value, json};

use super::camera::Look;
use super::papers::Papers;
use super::stage::{Done, Trouble, expect, millis};
use crate::commands::scan::annotate::Annotator;
use crate::commands::scan::line::{FrameLine, corners};
use crate::commands::scan::passport::BUDGET;
use crate::output::{DIM, GOOD, Output};

/// The hand of the first picture; each further one is held a little differently.
const SEED: u64 = 9;
/// A hand that needs more than this would be told what to change.
const PICTURES: u64 = 5;

/// The passport as it was read.
pub(super) struct Passport {
    pub(super) found: FoundZone,
    /// The picture it was read from.
    pub(super) picture: GrayImage,
    pub(super) look: Look,
    /// Pictures taken until then.
    pub(super) taken: u64,
    annotated: PathBuf,
}

/// Takes pictures of the page and reads its lines from the pixels.
pub(super) fn read(
    folder: &Path,
    papers: &Papers,
    today: Date,
    out: &Output,
) -> Result<Done<Passport>, Trouble> {
    let annotated = folder.join("annotated");
    let mut annotator = Annotator::new(&annotated)?;
    let scanner = Scanner::new(Patterns::default());
    for taken in 1..=PICTURES {
        let frame = render_at(&papers.passport, Condition::Clean, 1, SEED + taken - 1, Size::FULL_HD);
        let file = folder.join(format!("picture-{taken}.png"));
        frame.write_png(&file)?;
        let layout = FrameLayout::packed(frame.width, frame.height);
        let picture = GrayImage::from_raw(frame.width, frame.height, frame.luma)
            .ok_or_else(|| Trouble::unmet("a picture has fewer pixels than it claims"))?;
        let begun = Instant::now();
        let seen = scanner.scan_luma(picture.as_raw(), layout, BUDGET)?;
        let ms = millis(begun);
        let name = file.display().to_string();
        let mut line = FrameLine::new(&name, &layout, seen.took);
        if let Some(zone) = seen.zone.clone() {
            line.show_zone(zone, today, out.mask);
        }
        line.advise(seen.hint.as_ref(), seen.sight, out);
        annotator.draw(&name, picture.as_raw(), &layout, &line)?;
        if let Some(found) = seen.zone.and_then(|zone| FoundZone::of(zone, today)) {
            expect(found.read.lines == papers.lines, "the lines are read as they are printed")?;
            let look = Look { state: line.state, corners: Some(corners(found.read.outline.corners)), ms };
            return Ok(tell(Passport { found, picture, look, taken, annotated }, out));
        }
    }
    Err(Trouble::unmet("the passport's lines are read within these pictures"))
}

fn tell(passport: Passport, out: &Output) -> Done<Passport> {
    let FoundZone { zone, unproven, read } = &passport.found;
    let checks: Vec<Value> =
        zone.checks.iter().map(|check| json!({ "field": check.field.as_str(), "ok": check.ok })).collect();
    let detail = json!({
        "format": zone.format.as_str(),
        "valid": zone.is_valid(),
        "checks": checks,
        "unproven": unproven.len(),
        "pictures": passport.taken,
        "px_per_char": (f64::from(read.px_per_char) * 10.0).round() / 10.0,
        "read_ms": passport.look.ms,
        "annotated": passport.annotated.display().to_string(),
    });
    let marks: Vec<String> = zone
        .checks
        .iter()
        .map(|check| format!("{GOOD}✓{GOOD:#} {}", check.field.as_str().replace('_', " ")))
        .collect();
    let said = vec![
        format!("{} · {}", zone.format.as_str(), out.word("cli-digits-fit", &[])),
        marks.join("   "),
        format!(
            "read from picture {}, {:.1} px a character, in {:.0} ms  {DIM}{}{DIM:#}",
            passport.taken,
            read.px_per_char,
            passport.look.ms,
            passport.annotated.display()
        ),
    ];
    Done { value: passport, detail, said }
}
