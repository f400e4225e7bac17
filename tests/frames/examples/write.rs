//! Writes a set of frames to a folder, as binary PGM with a manifest, for readers of any kind:
//!
//! `cargo run --release -p apoa-frames --example write -- OUT [--n 15] [--seed 1] [--conditions a,b]
//! [--severities 1,2] [--no-code N] [--sequences N] [--zones N] [--no-zone N] [--zone-sequences N]
//! [--size 1280x720]`
//!
//! `--n` frames of each condition and severity; `--no-code` so many of each scenery besides; `--sequences` so many of
//! each trouble and severity besides, 15 frames each. `--n 0` leaves the conditions out. `--zones`, `--no-zone` and
//! `--zone-sequences` (six looks each) do the same for documents with a machine-readable zone. `manifest.tsv` has the
//! columns file, corpus, category, width, height and the expected bytes in base64, `-` for a frame that shows nothing
//! to read; the first line names them. The bytes of a zone are its lines joined by `|`. The frame `glare-3/007.pgm` is
//! the same whatever else is written.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use apoa_frames::{
    Condition, Document, Frame, Lookalike, Rng, SEVERITIES, Scenery, Size, Trouble, no_code, no_zone,
    render_at, render_zone, specimen, troubled, zone_sequence,
};
use base64ct::{Base64, Encoding};

struct Wanted {
    folder: PathBuf,
    frames: u64,
    seed: u64,
    /// Those named, if any were.
    conditions: Option<Vec<Condition>>,
    severities: Vec<u8>,
    no_code: u64,
    sequences: u64,
    zones: u64,
    no_zone: u64,
    zone_sequences: u64,
    size: Size,
}

impl Wanted {
    fn from_arguments() -> Self {
        let mut arguments = std::env::args().skip(1);
        let mut wanted = Self {
            folder: arguments.next().expect("a folder to write to").into(),
            frames: 15,
            seed: 1,
            conditions: None,
            severities: SEVERITIES.collect(),
            no_code: 0,
            sequences: 0,
            zones: 0,
            no_zone: 0,
            zone_sequences: 0,
            size: Size::HD,
        };
        while let Some(option) = arguments.next() {
            let value = arguments.next().unwrap_or_else(|| panic!("a value for {option}"));
            let number = || value.parse::<u64>().unwrap_or_else(|_| panic!("a number for {option}"));
            match option.as_str() {
                "--n" => wanted.frames = number(),
                "--seed" => wanted.seed = number(),
                "--no-code" => wanted.no_code = number(),
                "--sequences" => wanted.sequences = number(),
                "--zones" => wanted.zones = number(),
                "--no-zone" => wanted.no_zone = number(),
                "--zone-sequences" => wanted.zone_sequences = number(),
                "--severities" => {
                    wanted.severities = value.split(',').map(|s| s.parse().expect("severities")).collect();
                }
                "--conditions" => {
                    let named =
                        |name| Condition::named(name).unwrap_or_else(|| panic!("no condition {name}"));
                    wanted.conditions = Some(value.split(',').map(named).collect());
                }
                "--size" => {
                    let (width, height) = value.split_once('x').expect("a size such as 1280x720");
                    let side = |text: &str| text.parse().expect("a size such as 1280x720");
                    wanted.size = Size { width: side(width), height: side(height) };
                }
                _ => panic!("no option {option}"),
            }
        }
        wanted
    }

    /// The seed of one frame: its own, whatever else is wanted.
    fn seed_of(&self, category: &str, nth: u64) -> u64 {
        let purpose = category.bytes().fold(0_u64, |h, b| h.wrapping_mul(257).wrapping_add(u64::from(b)));
        Rng::forked(self.seed, purpose.wrapping_mul(1_000_003).wrapping_add(nth)).next_u64()
    }
}

fn main() {
    let wanted = Wanted::from_arguments();
    let mut out = Set { folder: wanted.folder.clone(), manifest: String::new(), frames: 0 };
    out.manifest.push_str("file\tcorpus\tcategory\twidth\theight\texpected\n");
    for condition in wanted.conditions.as_deref().unwrap_or(&Condition::ALL) {
        for severity in &wanted.severities {
            let category = format!("{}-{severity}", condition.name());
            for nth in 0..wanted.frames {
                let seed = wanted.seed_of(&category, nth);
                let frame = render_at(&specimen(seed), *condition, *severity, seed, wanted.size);
                out.put("frames", &category, &format!("{nth:03}"), &frame);
            }
        }
    }
    for trouble in if wanted.sequences > 0 { &Trouble::ALL[..] } else { &[] } {
        for severity in &wanted.severities {
            let category = format!("{}-{severity}", trouble.name());
            for nth in 0..wanted.sequences {
                let seed = wanted.seed_of(&category, nth);
                let frames = troubled(&specimen(seed), *trouble, *severity, seed, 15);
                for (moment, frame) in frames.iter().enumerate() {
                    out.put("sequences", &category, &format!("{nth:03}-{moment:02}"), frame);
                }
            }
        }
    }
    for scenery in Scenery::ALL {
        let category = format!("nocode-{}", scenery.name());
        for nth in 0..wanted.no_code {
            let frame = no_code(scenery, wanted.seed_of(&category, nth), wanted.size);
            out.put("frames", &category, &format!("{nth:03}"), &frame);
        }
    }
    zones(&wanted, &mut out);
    std::fs::write(out.folder.join("manifest.tsv"), &out.manifest).expect("the manifest");
    println!("{} frames in {}", out.frames, out.folder.display());
}

fn zones(wanted: &Wanted, out: &mut Set) {
    for condition in wanted.conditions.as_deref().unwrap_or(&Condition::ZONE) {
        for severity in &wanted.severities {
            let category = format!("zone-{}-{severity}", condition.name());
            for nth in 0..wanted.zones {
                let seed = wanted.seed_of(&category, nth);
                let frame = render_zone(&Document::invented(seed), *condition, *severity, seed, wanted.size);
                out.put("zones", &category, &format!("{nth:03}"), &frame);
            }
            let category = format!("zones-{}-{severity}", condition.name());
            for nth in 0..wanted.zone_sequences {
                let seed = wanted.seed_of(&category, nth);
                let frames = zone_sequence(&Document::invented(seed), *condition, *severity, seed, 6);
                for (moment, frame) in frames.iter().enumerate() {
                    out.put("zone-sequences", &category, &format!("{nth:03}-{moment:02}"), frame);
                }
            }
        }
    }
    for lookalike in Lookalike::ALL {
        let category = format!("nozone-{}", lookalike.name());
        for nth in 0..wanted.no_zone {
            let frame = no_zone(lookalike, wanted.seed_of(&category, nth), wanted.size);
            out.put("zones", &category, &format!("{nth:03}"), &frame);
        }
    }
}

struct Set {
    folder: PathBuf,
    manifest: String,
    frames: u32,
}

impl Set {
    fn put(&mut self, corpus: &str, category: &str, name: &str, frame: &Frame) {
        let file = Path::new(category).join(format!("{name}.pgm"));
        std::fs::create_dir_all(self.folder.join(category)).expect("the folder");
        std::fs::write(self.folder.join(&file), frame.image().pgm()).expect("the frame");
        let expected = match (&frame.truth.payload[..], &frame.truth.zone) {
            ([], None) => "-".to_owned(),
            ([], Some(zone)) => Base64::encode_string(zone.lines.join("|").as_bytes()),
            (bytes, _) => Base64::encode_string(bytes),
        };
        let (file, width, height) = (file.display(), frame.width, frame.height);
        writeln!(self.manifest, "{file}\t{corpus}\t{category}\t{width}\t{height}\t{expected}").unwrap();
        self.frames += 1;
    }
}
