//! Writes a set of frames to a folder, as binary PGM with a manifest, for readers of any kind:
//!
//! `cargo run --release -p apoa-frames --example write -- OUT [--n 15] [--seed 1] [--conditions a,b]
//! [--severities 1,2] [--no-code N] [--sequences N] [--size 1280x720]`
//!
//! `--n` frames of each condition and severity; `--no-code` so many of each scenery besides; `--sequences` so many of
//! each trouble and severity besides, 15 frames each. `--n 0` leaves the conditions out. `manifest.tsv` has the
//! columns file, corpus, category, width, height and the expected bytes in base64, `-` for a frame without a code; the
//! first line names them. The frame `glare-3/007.pgm` is the same whatever else is written.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use apoa_frames::{
    Condition, Frame, Rng, SEVERITIES, Scenery, Size, Trouble, no_code, render_at, specimen, troubled,
};
use base64ct::{Base64, Encoding};

struct Wanted {
    folder: PathBuf,
    frames: u64,
    seed: u64,
    conditions: Vec<Condition>,
    severities: Vec<u8>,
    no_code: u64,
    sequences: u64,
    size: Size,
}

impl Wanted {
    fn from_arguments() -> Self {
        let mut arguments = std::env::args().skip(1);
        let mut wanted = Self {
            folder: arguments.next().expect("a folder to write to").into(),
            frames: 15,
            seed: 1,
            conditions: Condition::ALL.to_vec(),
            severities: SEVERITIES.collect(),
            no_code: 0,
            sequences: 0,
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
                "--severities" => {
                    wanted.severities = value.split(',').map(|s| s.parse().expect("severities")).collect();
                }
                "--conditions" => {
                    let named =
                        |name| Condition::named(name).unwrap_or_else(|| panic!("no condition {name}"));
                    wanted.conditions = value.split(',').map(named).collect();
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
    for condition in &wanted.conditions {
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
    std::fs::write(out.folder.join("manifest.tsv"), &out.manifest).expect("the manifest");
    println!("{} frames in {}", out.frames, out.folder.display());
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
        let expected = match &frame.truth.payload[..] {
            [] => "-".to_owned(),
            bytes => Base64::encode_string(bytes),
        };
        let (file, width, height) = (file.display(), frame.width, frame.height);
        writeln!(self.manifest, "{file}\t{corpus}\t{category}\t{width}\t{height}\t{expected}").unwrap();
        self.frames += 1;
    }
}
