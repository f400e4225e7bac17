//! What frames promise to their readers: same bytes for the same seed, true ground truth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use apoa_frames::{Card, Condition, EcLevel, Frame, Holder, SEVERITIES, render, sequence};

fn card() -> Card {
    Card::kitas(&Holder::default(), b"https://permit.example/v/2C11JE0001-X", EcLevel::Medium).unwrap()
}

/// FNV-1a, enough to notice a changed byte.
fn digest(frame: &Frame) -> u64 {
    frame.luma.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let card = card();
    let one = render(&card, Condition::Mixed, 3, 7);
    assert_eq!(one, render(&card, Condition::Mixed, 3, 7));
    assert_ne!(digest(&one), digest(&render(&card, Condition::Mixed, 3, 8)));
}

#[test]
fn frames_are_the_same_on_every_machine() {
    let frame = render(&card(), Condition::Mixed, 2, 1);
    assert_eq!(
        digest(&frame),
        9_631_421_629_239_764_457,
        "a changed generator changes every measured table: say so and update"
    );
}

#[test]
fn every_condition_and_severity_is_a_720p_frame_with_its_truth() {
    let card = card();
    for condition in Condition::ALL {
        for severity in SEVERITIES {
            let frame = render(&card, condition, severity, 3);
            assert_eq!((frame.width, frame.height, frame.luma.len()), (1280, 720, 1280 * 720));
            assert_eq!(frame.truth.payload, b"https://permit.example/v/2C11JE0001-X");
            let corners = frame.truth.corners.unwrap();
            let inside = corners.iter().all(|c| c.x > 0.0 && c.y > 0.0 && c.x < 1280.0 && c.y < 720.0);
            assert!(inside, "{} {severity}: {corners:?}", condition.name());
        }
    }
}

#[test]
fn dark_modules_lie_where_the_truth_says() {
    let frame = render(&card(), Condition::Clean, 1, 5);
    let corners = frame.truth.corners.unwrap();
    let image = frame.image();
    // Along the diagonal from top left, modules 0, 1 and 3.5 of the finder are dark, light and dark.
    let size = 29.0;
    let along = |modules: f32| {
        let share = modules / size;
        let x = corners[0].x + (corners[2].x - corners[0].x) * share;
        let y = corners[0].y + (corners[2].y - corners[0].y) * share;
        image.at(x as i32, y as i32)
    };
    assert!(along(0.5) < 110 && along(3.5) < 80 && along(1.5) > along(0.5));
    assert!(along(-1.5) > 130, "quiet zone: {}", along(-1.5));
}

#[test]
fn a_mirrored_frame_carries_mirrored_corners() {
    let frame = render(&card(), Condition::Clean, 1, 5);
    let mirrored = frame.clone().mirrored();
    let (a, b) = (frame.truth.corners.unwrap(), mirrored.truth.corners.unwrap());
    assert!(a.iter().zip(&b).all(|(a, b)| (a.x + b.x - 1280.0).abs() < 1e-3 && a.y == b.y));
    assert_eq!(frame.luma[5], mirrored.luma[1280 - 6]);
}

#[test]
fn a_sequence_comes_nearer_before_the_same_desk() {
    let frames = sequence(&card(), 2, 9);
    let sizes: Vec<f32> = frames.iter().map(|f| f.truth.px_per_module).collect();
    assert!(sizes[0] < 2.0 && sizes[8] > 4.0, "{sizes:?}");
    // The desk's upper left corner stays what it is but for noise and blur.
    let corner = |f: &Frame| f.luma[..64].iter().map(|p| u32::from(*p)).sum::<u32>() / 64;
    let (first, last) = (corner(&frames[0]), corner(&frames[8]));
    assert!(first.abs_diff(last) < 12, "{first} {last}");
    assert_eq!(sequence(&card(), 2, 0).len(), 0);
}
