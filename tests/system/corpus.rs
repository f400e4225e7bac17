//! The fuzzers' corpus of the core, replayed by the ordinary tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../fuzz/bodies/core.rs"]
mod bodies;
#[path = "../fuzz/bodies/replay.rs"]
mod replay;

use apoa_core::hearing::{Answer, believed, signed_by};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use proptest::prelude::*;

replay::replayed!(bodies::TARGETS, 15);

/// A fuzzer that starts where nothing is believed would never see what may be.
#[test]
fn the_honest_answer_of_the_corpus_is_believed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/response");
    let honest = std::fs::read(format!("{folder}/honest")).unwrap();
    let body = honest.windows(2).position(|two| two == b"\n\n").unwrap() + 2;
    let headers: &[(&[u8], &[u8])] = &[(b"content-type", b"application/json")];
    let answer = Answer { status: 200, headers, body: &honest[body..] };
    let key = Base64UrlUnpadded::encode_string(bodies::signing_key().verifying_key().as_bytes());
    assert_eq!(believed(&answer, &bodies::sent(), &signed_by(&key).unwrap()).len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_pass_every_target(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::TARGETS {
            body(&bytes);
        }
    }
}
