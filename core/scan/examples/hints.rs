//! Which hint each condition of the generator gets where it is not read, and how often the right cause comes first.
//!
//! `cargo run -p apoa-scan --example hints [CONDITION] [SEEDS]`; with a condition, the numbers of each frame too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use apoa_frames::{Card, Condition, EcLevel, Frame, Holder, Scenery, Size, no_code, render};
use apoa_scan::{FrameLayout, NoDeadline, Still, scan_still};

const PAYLOAD: &[u8] = b"https://permit.example/v/2C11JE0001-X?k=Q7M2";

fn look(frame: &Frame) -> Still {
    scan_still(&frame.luma, FrameLayout::packed(frame.width, frame.height), &NoDeadline)
        .expect("a true layout")
}

/// The hints that name what was done to the frame.
fn right(condition: Condition) -> &'static [&'static str] {
    match condition {
        Condition::Motion => &["still"],
        Condition::Defocus => &["focus"],
        Condition::Noise | Condition::LowLight | Condition::Shadow => &["dark"],
        Condition::Glare => &["glare"],
        Condition::Small => &["closer"],
        Condition::Tilt => &["unreadable", "closer"],
        // Print this faint leaves nothing to be seen.
        Condition::Faded => &["unreadable", "where"],
        // A little of everything: any of it may be said.
        Condition::Mixed => &["closer", "dark", "still", "focus", "unreadable"],
        Condition::Clean
        | Condition::Rotate
        | Condition::Inverted
        | Condition::Jpeg
        | Condition::Scratch
        | Condition::Occlude
        | Condition::Curved
        | Condition::Moire
        | Condition::Covered
        | Condition::Turned
        | Condition::Holo
        | Condition::Worn
        | Condition::Backdrop => &["unreadable"],
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let only = args.next().filter(|name| name != "all");
    let seeds: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(6);
    let card = Card::kitas(&Holder::default(), PAYLOAD, EcLevel::Medium).expect("it fits");
    let (mut unread, mut named) = (0, 0);
    for condition in Condition::ALL {
        if only.as_deref().is_some_and(|name| name != condition.name()) {
            continue;
        }
        for severity in 2..=4 {
            let mut told = BTreeMap::new();
            for seed in 100..100 + seeds {
                let still = look(&render(&card, condition, severity, seed));
                let Some(hint) = still.hint else { continue };
                unread += 1;
                named += u32::from(right(condition).contains(&hint.kind()));
                *told.entry(hint.kind()).or_insert(0) += 1;
                if only.is_some() {
                    println!("{severity} {hint:?} {:?}", still.signals);
                }
            }
            if !told.is_empty() {
                println!("{:10} {severity} {told:?}", condition.name());
            }
        }
    }
    println!("right cause first: {named} of {unread} unread frames");
    if only.is_none() {
        for scenery in Scenery::ALL {
            let mut told = BTreeMap::new();
            for seed in 0..seeds {
                let hint = look(&no_code(scenery, seed, Size::HD)).hint.map_or("read", |h| h.kind());
                *told.entry(hint).or_insert(0) += 1;
            }
            println!("no code, {:6} {told:?}", scenery.name());
        }
    }
}
