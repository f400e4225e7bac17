//! The fuzzers' corpus of this crate, replayed by the ordinary tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../tests/fuzz/bodies/domain.rs"]
mod bodies;
#[path = "../../../tests/fuzz/bodies/replay.rs"]
mod replay;

use proptest::prelude::*;

replay::replayed!(bodies::TARGETS, 15);

proptest! {
    #[test]
    fn any_bytes_pass_every_target(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::TARGETS {
            body(&bytes);
        }
    }
}
