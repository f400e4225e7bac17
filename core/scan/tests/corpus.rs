//! The fuzzers' corpus of this crate, replayed by the ordinary tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../tests/fuzz/bodies/scan.rs"]
mod bodies;
#[path = "../../../tests/fuzz/bodies/replay.rs"]
mod replay;

use apoa_scan::{FrameLayout, NoDeadline, scan_still};
use bodies::drawn::Plan;

replay::replayed!(bodies::TARGETS, 10);

/// A fuzzer that draws what nobody can read would look at the finder patterns alone.
#[test]
fn a_code_drawn_from_its_codewords_is_read_at_every_version_level_and_mask() {
    // Eight bytes, then the end and padding.
    let segment = [0x40, 0x85, 0x35, 0x04, 0x54, 0x34, 0x94, 0xd4, 0x54, 0xe0];
    for version in 1..=4 {
        for level in 0..4 {
            let mut data = segment.to_vec();
            let mut plan = Plan { version, level, mask: 0, data: &[], damage: &[(0, 0xff)] };
            data.extend([0xec, 0x11].into_iter().cycle().take(plan.capacity().saturating_sub(data.len())));
            plan.data = &data;
            if plan.capacity() < segment.len() {
                continue;
            }
            for mask in 0..8 {
                plan.mask = mask;
                let picture = plan.draw(3);
                let layout = FrameLayout::packed(picture.width, picture.height);
                let symbols = scan_still(&picture.luma, layout, &NoDeadline).unwrap().findings.symbols;
                let read: Vec<&[u8]> = symbols.iter().map(|symbol| &symbol.bytes[..]).collect();
                assert_eq!(read, [b"SPECIMEN"], "version {version}, level {level}, mask {mask}");
                assert_eq!(symbols[0].correction.errors, 1);
            }
        }
    }
}

/// Nor would one find anything that draws lines which are not read at all.
#[test]
fn most_zones_of_the_corpus_that_are_whole_are_accepted() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus/zone");
    let accepted = |name: &&str| {
        let read = bodies::zone::read(&std::fs::read(folder.join(name)).unwrap());
        read.is_some_and(|read| read.accepted)
    };
    let whole = [
        "passport",
        "card",
        "card-of-two-lines",
        "visa",
        "rows-apart-in-memory",
        "sideways",
        "heavy-strokes",
    ];
    let accepted: Vec<&str> = whole.into_iter().filter(accepted).collect();
    assert!(accepted.len() > whole.len() / 2, "{accepted:?}");
    let altered = bodies::zone::read(&std::fs::read(folder.join("digit-printed-wrong")).unwrap());
    assert!(altered.is_none_or(|read| !read.accepted));
}
