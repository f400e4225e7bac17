//! Every file of the fuzzers' corpus through the bodies of its target: what a fuzzer once found, or was given to start
//! from, holds on every ordinary run of the tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../tests/fuzz/bodies/domain.rs"]
mod bodies;

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

/// The least number of files a target starts from.
const LEAST: usize = 15;

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/corpus")).join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_file_of_the_corpus_passes_its_target() {
    for (target, body) in bodies::TARGETS {
        let files = corpus(target);
        assert!(files.len() >= LEAST, "only {} files for {target}", files.len());
        for file in files {
            let outcome = std::panic::catch_unwind(|| body(&fs::read(&file).unwrap()));
            assert!(outcome.is_ok(), "{target} fails on {}", file.display());
        }
    }
}

/// The fuzzers reach a cut or doubled input within seconds; so does this, without them.
#[test]
fn every_file_of_the_corpus_passes_when_cut_and_doubled() {
    for (target, body) in bodies::TARGETS {
        for file in corpus(target) {
            let bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            for changed in [&bytes[..middle], &bytes[middle..], &[&bytes[..], &bytes[..]].concat()] {
                let outcome = std::panic::catch_unwind(|| body(changed));
                assert!(outcome.is_ok(), "{target} fails on a part of {}", file.display());
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_pass_every_target(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::TARGETS {
            body(&bytes);
        }
    }
}
