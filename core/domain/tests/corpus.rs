//! The fuzzers' corpus of this crate, replayed by the ordinary tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../tests/fuzz/bodies/domain.rs"]
mod bodies;
#[path = "../../../tests/fuzz/bodies/replay.rs"]
mod replay;

use proptest::prelude::*;

/// The least number of files a target starts from.
const LEAST: usize = 15;

#[test]
fn every_file_of_the_corpus_passes_its_target() {
    replay::whole(bodies::TARGETS, LEAST);
}

#[test]
fn every_file_of_the_corpus_passes_when_cut_and_doubled() {
    replay::cut_and_doubled(bodies::TARGETS);
}

proptest! {
    #[test]
    fn any_bytes_pass_every_target(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::TARGETS {
            body(&bytes);
        }
    }
}
