//! Specimen documents that are valid on the day of the demo, and the frames a camera makes of them; or a picture of
//! one's own instead. Everything drawn shows the specimen person of ICAO Doc 9303 and is marked as a specimen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use apoa_core::passport::Date;
use apoa_core::permit::Patterns;
use apoa_core::{Scanner, picture};
use apoa_frames::{Card, EcLevel, Holder};
use image::GrayImage;
use serde_json::json;

use super::camera::FRAME_MS;
use super::stage::{Done, Trouble, expect};
use crate::commands::read;
use crate::exit::Exit;
use crate::output::{DIM, WARN};

/// Frames of half a second.
const FRAMES: usize = 15;
/// The hand of the demo; any other shakes differently.
const SEED: u64 = 9;
/// What a picture gets: every lane.
const PICTURE_BUDGET: Duration = Duration::from_millis(400);

/// The documents of the demo.
pub(super) struct Papers {
    pub(super) permit: Permit,
    pub(super) passport: Card,
    /// The lines printed in the passport.
    pub(super) lines: [String; 2],
}

/// Where the permit comes from.
pub(super) enum Permit {
    /// Drawn here.
    Specimen(Card),
    /// Brought by whoever watches.
    Own(GrayImage),
}

/// What the camera saw, or the one picture there is.
pub(super) struct Frames {
    pub(super) pictures: Vec<GrayImage>,
    pub(super) files: Vec<PathBuf>,
    /// A picture of one's own: one look decides.
    pub(super) still: bool,
}

/// What the specimens state, for this day.
pub(super) struct Specimen {
    pub(super) holder: Holder,
    pub(super) payload: String,
    pub(super) lines: [String; 2],
}

impl Specimen {
    pub(super) fn on(today: Date) -> Result<Self, Trouble> {
        // The 28th is in every month of every year.
        let later = |years: i16| {
            let day = today.with().year(today.year() + years).day(today.day().min(28)).build();
            day.map_err(|_| Trouble::unmet("the clock shows a usable year"))
        };
        // A permit is issued for a year, a passport for ten; both are under way.
        let (permit_end, passport_end) = (later(1)?, later(8)?);
        let printed = |day: Date| format!("{:02}-{:02}-{:04}", day.day(), day.month(), day.year());
        let holder = Holder { expiry: printed(permit_end), ..Holder::default() };
        let payload = format!(
            "PERMIT NUMBER : {}\nPERMIT TYPE : KITAS\nFULL NAME : {}\nPASSPORT NUMBER : {}\nPASSPORT EXPIRY : {}\n\
             PLACE / DATE OF BIRTH : UTOPIA / {}\nNATIONALITY : UTOPIA\nGENDER : {}\nSTAY PERMIT EXPIRY : {}",
            holder.permit,
            holder.name,
            holder.passport,
            printed(passport_end),
            holder.birth,
            holder.sex,
            holder.expiry,
        );
        let lines = zone(&holder.passport, passport_end)?;
        Ok(Self { holder, payload, lines })
    }
}

/// Draws the documents, or takes the given picture for the permit if it holds one.
pub(super) fn cards(folder: &Path, image: Option<&Path>, today: Date) -> Result<Done<Papers>, Trouble> {
    std::fs::create_dir_all(folder)?;
    let Specimen { holder, payload, lines } = Specimen::on(today)?;
    let passport = Card::passport(&holder, [&lines[0], &lines[1]]);
    let passport_file = folder.join("passport.png");
    passport.image.write_png(&passport_file)?;
    let mut said = Vec::new();
    let (own, holds) = match image.map(look) {
        Some(Ok(found)) => (found.0, Some(found.1)),
        Some(Err(trouble)) => (None, Some(trouble.code.to_string())),
        None => (None, None),
    };
    if let (Some(file), Some(holds), None) = (image, &holds, &own) {
        let file = file.display();
        said.push(format!("{WARN}{file} holds no permit ({holds}): going on with the specimen{WARN:#}"));
    }
    let specimen = own.is_none();
    let (permit, permit_file) = if let Some(picture) = own {
        (Permit::Own(picture), image.map(Path::to_owned).unwrap_or_default())
    } else {
        let card = Card::kitas(&holder, payload.as_bytes(), EcLevel::Medium)?;
        let file = folder.join("permit.png");
        card.image.write_png(&file)?;
        (Permit::Specimen(card), file)
    };
    said.push(format!("permit    {DIM}{}{DIM:#}", permit_file.display()));
    said.push(format!("passport  {DIM}{}{DIM:#}", passport_file.display()));
    let detail = json!({
        "specimen": specimen,
        "image": image.map(|file| file.display().to_string()),
        "image_holds": holds,
        "permit": permit_file.display().to_string(),
        "passport": passport_file.display().to_string(),
    });
    Ok(Done { value: Papers { permit, passport, lines }, detail, said })
}

/// The picture itself if it holds a permit, and the word for what it holds.
fn look(file: &Path) -> Result<(Option<GrayImage>, String), Trouble> {
    let bytes = std::fs::read(file)?;
    let scanner = Scanner::new(Patterns::default());
    let found = scanner.scan_picture(&bytes, None, PICTURE_BUDGET)?.found;
    let Some(first) = found.first() else { return Ok((None, "no code".to_owned())) };
    let word = first.reading.word().to_owned();
    if read::exit(&first.reading) != Exit::Done {
        return Ok((None, word));
    }
    let picture = picture::decode(&bytes).map_err(|reason| Trouble::unmet(reason.to_string()))?;
    Ok((Some(picture), word))
}

/// Films the card.
pub(super) fn frames(folder: &Path, papers: &Papers) -> Result<Done<Frames>, Trouble> {
    std::fs::create_dir_all(folder)?;
    let pictures = match &papers.permit {
        Permit::Own(picture) => vec![picture.clone()],
        Permit::Specimen(card) => apoa_frames::sequence(card, SEED, FRAMES)
            .into_iter()
            .map(|frame| GrayImage::from_raw(frame.width, frame.height, frame.luma))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Trouble::unmet("a frame has fewer pixels than it claims"))?,
    };
    let mut files = Vec::new();
    for (nth, picture) in pictures.iter().enumerate() {
        let file = folder.join(format!("frame-{nth:02}.png"));
        picture.save_with_format(&file, image::ImageFormat::Png)?;
        files.push(file);
    }
    let (width, height) = pictures.first().map(GrayImage::dimensions).unwrap_or_default();
    expect(width > 0, "there is a frame")?;
    let still = matches!(papers.permit, Permit::Own(_));
    let detail = json!({
        "dir": folder.display().to_string(),
        "frames": pictures.len(),
        "width": width,
        "height": height,
        "seed": (!still).then_some(SEED),
    });
    let place = folder.display();
    let said = vec![match pictures.len() {
        1 => format!("one picture of {width} × {height}  {DIM}{place}{DIM:#}"),
        n => format!("{n} frames of {width} × {height}, {FRAME_MS} ms apart  {DIM}{place}{DIM:#}"),
    }];
    Ok(Done { value: Frames { pictures, files, still }, detail, said })
}

/// The machine-readable lines of the specimen person's passport (Doc 9303 part 4), valid until this day.
fn zone(number: &str, expiry: Date) -> Result<[String; 2], Trouble> {
    let digit =
        |text: &str| mrz::check_digit(text).map_err(|_| Trouble::unmet("a field takes a check digit"));
    let with_digit = |text: String| digit(&text).map(|digit| format!("{text}{digit}"));
    let number = with_digit(format!("{number:<<9}"))?;
    let birth = with_digit("740812".to_owned())?;
    let year = expiry.year() % 100;
    let expiry = with_digit(format!("{year:02}{:02}{:02}", expiry.month(), expiry.day()))?;
    // No optional data: fillers, and a filler for their digit.
    let optional = "<".repeat(15);
    let composite = digit(&format!("{number}{birth}{expiry}{optional}"))?;
    Ok([
        format!("{:<<44}", "P<UTOERIKSSON<<ANNA<MARIA"),
        format!("{number}UTO{birth}F{expiry}{optional}{composite}"),
    ])
}
