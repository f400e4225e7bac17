//! The decoders behind one trait, ours among them, and the guard that keeps a panic of one of them inside its row.
//!
//! A file each: `ours.rs` is the only one that knows the interface of apoa-scan.

mod ours;
mod rqrr;
mod rxing;
mod zxing;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::clock::{Clock, cpu_ms};
use crate::content::Content;
use crate::sources::Picture;

/// One way of reading codes.
pub(crate) trait Decoder {
    /// Reads one picture nothing else is known of. Only what runs inside [`Clock::time`] counts as its cost, and each
    /// such call as one frame.
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content>;

    /// Reads successive frames of one camera. Unless a decoder knows better, each alone.
    fn watch(&mut self, frames: &[Picture], clock: &mut Clock) -> Vec<Content> {
        frames.iter().flat_map(|frame| self.read(frame, clock)).collect()
    }
}

/// Word before the hyphen in the names of our own decoders.
pub(crate) const OURS: &str = "ours";

/// A decoder of the table.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Short name, `family` or `family-variant`.
    pub(crate) name: &'static str,
    /// What exactly runs, for the foot of a table.
    pub(crate) what: &'static str,
    make: fn() -> Box<dyn Decoder>,
}

/// Every decoder, in the order of tables.
pub(crate) const ALL: [Entry; 8] = [
    Entry {
        name: "ours-live",
        what: "a live scanner shown the frame up to 12 times, 33 ms apart, until it confirms; cost of each look",
        make: || Box::new(ours::Live { looks: 12 }),
    },
    Entry {
        name: "ours-first",
        what: "a live scanner shown the frame once",
        make: || Box::new(ours::Live { looks: 1 }),
    },
    Entry { name: "ours-still", what: "`scan_still`, every lane", make: || Box::new(ours::AllLanes) },
    Entry {
        name: "zxing-full",
        what: "zxing-cpp by crate 0.5.3: try harder, rotate, invert, downscale",
        make: || Box::new(zxing::Zxing::new(true)),
    },
    Entry {
        name: "zxing-fast",
        what: "zxing-cpp by crate 0.5.3 with none of these",
        make: || Box::new(zxing::Zxing::new(false)),
    },
    Entry {
        name: "rxing-cpp",
        what: "rxing 0.9.3, its port of zxing-cpp's QR reader, try harder",
        make: || Box::new(rxing::Ported::default()),
    },
    Entry {
        name: "rxing-filtered",
        what: "rxing 0.9.3, its filtered reader over all its QR readers, try harder, also inverted",
        make: || Box::new(rxing::Filtered::default()),
    },
    Entry { name: "rqrr", what: "rqrr 0.11.0", make: || Box::new(rqrr::Rqrr) },
];

impl Entry {
    /// Whether this word names the decoder or its family.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        self.name == word || self.name.strip_prefix(word).is_some_and(|rest| rest.starts_with('-'))
    }
}

/// Whether a decoder of this name is one of ours.
pub(crate) fn is_ours(name: &str) -> bool {
    name.split('-').next() == Some(OURS)
}

/// How a decoder did with one picture or sequence.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    /// What it read.
    pub(crate) contents: Vec<Content>,
    /// CPU time of each look, milliseconds.
    pub(crate) samples: Vec<f64>,
    /// It panicked, which counts as not read.
    pub(crate) panicked: bool,
}

/// A decoder at work. One that panicked is thrown away and made anew.
pub(crate) struct Contestant {
    /// Which one.
    pub(crate) entry: Entry,
    decoder: Box<dyn Decoder>,
    times: u32,
}

impl Contestant {
    /// A fresh one that does everything so many times and keeps the least cost of each look: what the work costs
    /// without what the machine's other work adds.
    pub(crate) fn new(entry: Entry, times: u32) -> Self {
        Self { entry, decoder: (entry.make)(), times }
    }

    /// Reads one picture.
    pub(crate) fn read(&mut self, picture: &Picture) -> Attempt {
        self.repeated(std::slice::from_ref(picture), |decoder, clock| decoder.read(picture, clock))
    }

    /// Reads successive frames.
    pub(crate) fn watch(&mut self, frames: &[Picture]) -> Attempt {
        self.repeated(frames, |decoder, clock| decoder.watch(frames, clock))
    }

    fn repeated(
        &mut self,
        frames: &[Picture],
        work: impl Fn(&mut dyn Decoder, &mut Clock) -> Vec<Content>,
    ) -> Attempt {
        let mut attempt = self.guarded(frames, &work);
        for _ in 1..self.times {
            let again = self.guarded(frames, &work);
            for (least, ms) in attempt.samples.iter_mut().zip(again.samples) {
                *least = least.min(ms);
            }
        }
        attempt
    }

    fn guarded(
        &mut self,
        frames: &[Picture],
        work: impl FnOnce(&mut dyn Decoder, &mut Clock) -> Vec<Content>,
    ) -> Attempt {
        // All begin alike: with the pixels where the one before left them.
        frames.iter().for_each(Picture::touch);
        let mut clock = Clock::default();
        let began = cpu_ms();
        let decoder = self.decoder.as_mut();
        let result = catch_unwind(AssertUnwindSafe(|| work(decoder, &mut clock)));
        let panicked = result.is_err();
        if panicked {
            clock.add(cpu_ms() - began);
            self.decoder = (self.entry.make)();
        }
        Attempt { contents: result.unwrap_or_default(), samples: clock.into_samples(), panicked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Decoder for Broken {
        fn read(&mut self, _: &Picture, _: &mut Clock) -> Vec<Content> {
            std::panic::panic_any("broken")
        }
    }

    #[test]
    fn a_panic_is_counted_and_the_next_picture_is_read() {
        let entry = Entry { name: "broken", what: "", make: || Box::new(Broken) };
        let mut contestant = Contestant::new(entry, 1);
        let picture = Picture { width: 1, height: 1, luma: vec![0] };
        for _ in 0..2 {
            let attempt = contestant.read(&picture);
            assert!(attempt.panicked && attempt.contents.is_empty());
            assert_eq!(attempt.samples.len(), 1);
        }
    }

    #[test]
    fn repeating_changes_neither_what_is_read_nor_how_many_looks_count() {
        let (picture, _) = crate::sources::easy_picture();
        for entry in ALL.into_iter().filter(|entry| entry.is_called(OURS)) {
            let (once, thrice) =
                (Contestant::new(entry, 1).read(&picture), Contestant::new(entry, 3).read(&picture));
            assert_eq!((once.contents, once.samples.len()), (thrice.contents, thrice.samples.len()));
        }
    }

    #[test]
    fn a_word_names_a_decoder_or_its_whole_family() {
        let called = |word| ALL.iter().filter(|e| e.is_called(word)).count();
        assert_eq!((called("ours"), called("zxing-full"), called("rqrr"), called("rx")), (3, 1, 1, 0));
    }

    #[test]
    fn every_decoder_reads_an_easy_code_and_nothing_else() {
        let picture = crate::sources::easy_picture();
        for entry in ALL {
            let attempt = Contestant::new(entry, 1).read(&picture.0);
            let verdict = picture.1.judge(&attempt.contents);
            assert!(verdict.read && !verdict.wrong && !attempt.samples.is_empty(), "{}", entry.name);
        }
    }
}
