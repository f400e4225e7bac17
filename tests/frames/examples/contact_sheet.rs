//! Writes the flat documents, one frame of each condition and severity, and a sequence, as PNG files for a person to
//! look at: `cargo run -p apoa-frames --example contact_sheet -- FOLDER`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use apoa_frames::{Card, Condition, EcLevel, Holder, SEVERITIES, render, sequence};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder to write to");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("the folder");
    let holder = Holder::default();
    let card =
        Card::kitas(&holder, b"https://permit.example/v/2C11JE0001-X?k=Q7M2", EcLevel::Medium).unwrap();
    card.image.write_png(&folder.join("card.png")).unwrap();
    let page = Card::passport(&holder, Card::SPECIMEN_MRZ);
    page.image.write_png(&folder.join("passport.png")).unwrap();
    render(&page, Condition::Clean, 1, 1).write_png(&folder.join("passport-clean.png")).unwrap();
    for condition in Condition::ALL {
        for severity in SEVERITIES {
            let name = format!("{}-{severity}.png", condition.name());
            render(&card, condition, severity, 1).write_png(&folder.join(name)).unwrap();
        }
    }
    for (nth, frame) in sequence(&card, 1, 24).iter().enumerate() {
        frame.write_png(&folder.join(format!("sequence-{nth:02}.png"))).unwrap();
    }
    println!("written to {}", folder.display());
}
