//! Draws what this crate draws for a person to look at, as PNG files: the flat documents, a sheet for each condition
//! (strengths across, three specimens down), for each trouble (every third frame across, strengths down), for frames
//! without a code, and for the hand; and the same for documents with a zone, whole frames at half their size:
//! `cargo run -p apoa-frames --example contact_sheet -- FOLDER`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use apoa_frames::{
    Card, Condition, Document, EcLevel, Frame, Gray, Holder, Lookalike, MrzFormat, SEVERITIES, Scenery, Size,
    Trouble, no_code, no_zone, render, render_zone, sequence, specimen, troubled, zone_sequence,
};

/// Pixels of a frame's window on a sheet.
const WINDOW: (u32, u32) = (480, 360);

fn main() {
    let folder = std::env::args().nth(1).expect("a folder to write to");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("the folder");
    let save = |name: &str, picture: &Gray| picture.write_png(&folder.join(format!("{name}.png"))).unwrap();

    let holder = Holder::default();
    let card =
        Card::kitas(&holder, b"https://permit.example/v/2C11JE0001-X?k=Q7M2", EcLevel::Medium).unwrap();
    save("card", &card.image);
    save("specimen", &specimen(1).image);
    let page = Card::passport(&holder, Card::SPECIMEN_MRZ);
    save("passport", &page.image);
    save("passport-clean", &render(&page, Condition::Clean, 1, 1).image());

    for condition in Condition::ALL.into_iter().chain(Condition::EXTRA) {
        let rows = (1..=3).map(|seed| {
            let card = specimen(seed);
            SEVERITIES.map(|severity| window(&render(&card, condition, severity, seed))).collect()
        });
        save(condition.name(), &sheet(&rows.collect::<Vec<_>>()));
    }
    for trouble in Trouble::ALL {
        let rows = SEVERITIES.map(|severity| {
            troubled(&specimen(2), trouble, severity, 2, 15).iter().step_by(3).map(window).collect()
        });
        save(&format!("trouble-{}", trouble.name()), &sheet(&rows.collect::<Vec<_>>()));
    }
    let rows = (1..=2).map(|seed| Scenery::ALL.map(|s| window(&no_code(s, seed, Size::HD))).to_vec());
    save("no-code", &sheet(&rows.collect::<Vec<_>>()));
    let frames = sequence(&card, 1, 24);
    let rows: Vec<Vec<Gray>> = frames.chunks(6).map(|row| row.iter().map(window).collect()).collect();
    save("sequence", &sheet(&rows));
    zones(&save);
    println!("written to {}", folder.display());
}

/// What has a machine-readable zone, or looks so.
fn zones(save: &impl Fn(&str, &Gray)) {
    for format in MrzFormat::ALL {
        save(&format!("document-{}", format.name()), &Document::specimen(format).card().image);
    }
    for condition in Condition::ZONE {
        let rows =
            [MrzFormat::Td3, MrzFormat::Td1, MrzFormat::MrvB].into_iter().zip(1..).map(|(format, seed)| {
                let document = Document::invented_in(format, seed);
                let frame = |severity| render_zone(&document, condition, severity, seed, Size::HD);
                SEVERITIES.map(|severity| small(&frame(severity))).collect()
            });
        save(&format!("zone-{}", condition.name()), &sheet(&rows.collect::<Vec<_>>()));
    }
    let rows = [Condition::Glare, Condition::Mixed, Condition::Holo].map(|condition| {
        zone_sequence(&Document::invented(2), condition, 2, 2, 6).iter().map(small).collect()
    });
    save("zone-sequences", &sheet(&rows));
    let rows = (1..=3).map(|seed| Lookalike::ALL.map(|l| small(&no_zone(l, seed, Size::HD))).to_vec());
    save("no-zone", &sheet(&rows.collect::<Vec<_>>()));
}

/// A whole frame at half its size.
fn small(frame: &Frame) -> Gray {
    let image = frame.image();
    let mut out = Gray::new(frame.width / 2, frame.height / 2, 0);
    for (nth, p) in out.luma.iter_mut().enumerate() {
        let (x, y) = (2 * (nth as u32 % out.width) as i32, 2 * (nth as u32 / out.width) as i32);
        let of = |dx, dy| u32::from(image.at(x + dx, y + dy));
        *p = ((of(0, 0) + of(1, 0) + of(0, 1) + of(1, 1) + 2) / 4) as u8;
    }
    out
}

/// The part of a frame around its code, pixel for pixel.
fn window(frame: &Frame) -> Gray {
    let image = frame.image();
    let middle = frame.truth.corners.map_or((frame.width as f32 / 2.0, frame.height as f32 / 2.0), |c| {
        (c.iter().map(|p| p.x).sum::<f32>() / 4.0, c.iter().map(|p| p.y).sum::<f32>() / 4.0)
    });
    let left = (middle.0 as i32 - WINDOW.0 as i32 / 2).clamp(0, (frame.width - WINDOW.0) as i32);
    let top = (middle.1 as i32 - WINDOW.1 as i32 / 2).clamp(0, (frame.height - WINDOW.1) as i32);
    let mut out = Gray::new(WINDOW.0, WINDOW.1, 0);
    for (y, row) in out.luma.chunks_exact_mut(WINDOW.0 as usize).enumerate() {
        for (x, p) in row.iter_mut().enumerate() {
            *p = image.at(left + x as i32, top + y as i32);
        }
    }
    out
}

/// Windows of one size in rows, side by side.
fn sheet(rows: &[Vec<Gray>]) -> Gray {
    let Some(first) = rows.iter().flatten().next() else { return Gray::new(1, 1, 0) };
    let (wide, high) = (first.width as usize, first.height as usize);
    let across = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = wide * across;
    let mut luma = Vec::with_capacity(width * high * rows.len());
    for row in rows {
        for y in 0..high {
            let from = luma.len();
            for window in row {
                luma.extend_from_slice(&window.luma[y * wide..][..wide]);
            }
            luma.resize(from + width, 0);
        }
    }
    Gray { width: width as u32, height: (high * rows.len()) as u32, luma }
}
