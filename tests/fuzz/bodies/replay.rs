//! The fuzzers' corpus through the bodies of its targets, for the ordinary tests of the crates: what a fuzzer once found,
//! or was given to start from, holds on every run. The fuzzers themselves have no use for this file.

use std::fs;
use std::path::{Path, PathBuf};

/// A target's name, which is also the name of its folder, and its body.
type Target = (&'static str, fn(&[u8]));

/// The two tests of every crate that has targets; `least` is the number of files a target starts from.
macro_rules! replayed {
    ($targets:expr, $least:expr) => {
        #[test]
        fn every_file_of_the_corpus_passes_its_target() {
            replay::whole($targets, $least);
        }

        #[test]
        fn every_file_of_the_corpus_passes_when_cut_and_doubled() {
            replay::cut_and_doubled($targets);
        }
    };
}
pub(crate) use replayed;

/// Every file through its target; `least` is the number of files a target starts from.
pub(crate) fn whole(targets: &[Target], least: usize) {
    for (target, body) in targets {
        let files = corpus(target);
        assert!(files.len() >= least, "only {} files for {target}", files.len());
        for file in files {
            let outcome = std::panic::catch_unwind(|| body(&fs::read(&file).unwrap()));
            assert!(outcome.is_ok(), "{target} fails on {}", file.display());
        }
    }
}

/// Each half of every file, and every file twice over: a fuzzer gets there within seconds.
pub(crate) fn cut_and_doubled(targets: &[Target]) {
    for (target, body) in targets {
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

/// The files of a target. The crates under test stand below the root, each as deep as it is.
fn corpus(target: &str) -> Vec<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let corpus = above.map(|folder| folder.join("tests/fuzz/corpus")).find(|folder| folder.exists()).unwrap();
    let mut files: Vec<PathBuf> =
        fs::read_dir(corpus.join(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
