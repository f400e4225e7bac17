//! What frames promise to their readers: same bytes for the same seed, true ground truth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use apoa_frames::{
    Card, Condition, EcLevel, Frame, Holder, SEVERITIES, Scenery, Size, Trouble, no_code, render, render_at,
    sequence, specimen, troubled,
};

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

const PINNED: [(&str, u64); 34] = [
    ("clean", 9_613_238_577_003_291_681),
    ("tilt", 1_810_345_967_493_842_616),
    ("rotate", 14_456_193_675_393_768_382),
    ("motion", 11_084_748_134_385_784_244),
    ("defocus", 8_118_452_027_872_112_365),
    ("noise", 10_787_159_434_932_682_432),
    ("lowlight", 3_197_035_444_303_290_321),
    ("glare", 5_747_777_712_327_482_801),
    ("shadow", 14_857_723_753_214_687_254),
    ("jpeg", 10_414_319_390_335_139_294),
    ("small", 3_146_208_213_945_294_407),
    ("scratch", 10_692_539_457_513_015_090),
    ("occlude", 1_955_320_838_141_555_418),
    ("curved", 9_266_865_576_456_240_131),
    ("moire", 17_901_925_255_020_920_047),
    ("faded", 15_844_577_905_379_044_580),
    ("inverted", 14_263_632_688_791_458_490),
    ("mixed", 637_282_799_795_960_241),
    ("covered", 5_160_718_764_646_373_512),
    ("jitter", 14_848_652_448_847_753_828),
    ("hunting", 9_923_326_649_721_866_185),
    ("movingglare", 5_126_333_059_997_484_777),
    ("rollingshutter", 9_350_122_642_043_366_471),
    ("darknoise", 10_650_713_829_633_721_843),
    ("smallseq", 15_234_552_264_789_514_695),
    ("card", 7_072_661_054_306_706_012),
    ("desk", 4_441_678_604_406_800_446),
    ("text", 3_225_224_914_689_055_563),
    ("grain", 16_508_916_934_153_140_760),
    ("tiles", 12_341_277_854_919_617_421),
    ("dark", 15_949_440_867_990_505_507),
    ("specimen", 3_988_415_263_019_549_441),
    ("sequence", 9_023_851_365_278_850_103),
    ("1080p", 3_176_020_520_558_083_351),
];

/// A changed generator changes every measured table: whoever changes a line here says so there.
#[test]
fn frames_are_the_same_on_every_machine() {
    let card = card();
    let conditions = Condition::ALL.into_iter().chain(Condition::EXTRA);
    let mut digests: Vec<(&str, u64)> =
        conditions.map(|c| (c.name(), digest(&render(&card, c, 2, 1)))).collect();
    digests.extend(Trouble::ALL.map(|t| (t.name(), digest(&troubled(&card, t, 3, 1, 2)[1]))));
    digests.extend(Scenery::ALL.map(|s| (s.name(), digest(&no_code(s, 1, Size::HD)))));
    digests.push(("specimen", digest(&render(&specimen(5), Condition::Clean, 1, 5))));
    digests.push(("sequence", digest(&sequence(&card, 1, 3)[1])));
    digests.push(("1080p", digest(&render_at(&card, Condition::Tilt, 1, 1, Size::FULL_HD))));
    assert_eq!(digests, PINNED);
}

#[test]
fn every_condition_and_severity_is_a_720p_frame_with_its_truth() {
    let card = card();
    for condition in Condition::ALL.into_iter().chain(Condition::EXTRA) {
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

/// Mean luma of modules that the standard fixes, seen through the truth's corners: dark, then light ones.
fn fixed_modules(frame: &Frame, modules: f32) -> (f32, f32) {
    let [a, b, c, d] = frame.truth.corners.unwrap();
    let image = frame.image();
    let at = |u: f32, v: f32| {
        // Between the corners by straight lines: near the corners, where the finders are, that is good enough.
        let (u, v) = (u / modules, v / modules);
        let mix = |a: f32, b: f32, c: f32, d: f32| {
            (a * (1.0 - u) + b * u) * (1.0 - v) + (d * (1.0 - u) + c * u) * v
        };
        f32::from(image.at(mix(a.x, b.x, c.x, d.x) as i32, mix(a.y, b.y, c.y, d.y) as i32))
    };
    let far = modules - 0.5;
    let dark = [(0.5, 0.5), (far, 0.5), (0.5, far)].map(|(u, v)| at(u, v));
    let light = [(1.5, 1.5), (far - 1.0, 1.5), (1.5, far - 1.0)].map(|(u, v)| at(u, v));
    (dark.iter().sum::<f32>() / 3.0, light.iter().sum::<f32>() / 3.0)
}

#[test]
fn corners_are_true_on_bent_cards_and_under_a_rolling_shutter() {
    let card = card();
    for (severity, seed) in (1..=4).flat_map(|s| (0..4).map(move |seed| (s, seed))) {
        let frame = render(&card, Condition::Curved, severity, seed);
        let (dark, light) = fixed_modules(&frame, 29.0);
        assert!(light - dark > 30.0, "curved {severity}, seed {seed}: {dark} {light}");
    }
    for frame in troubled(&card, Trouble::RollingShutter, 2, 3, 6) {
        let (dark, light) = fixed_modules(&frame, 29.0);
        assert!(light - dark > 30.0, "{dark} {light}");
    }
}

#[test]
fn a_larger_frame_shows_the_same_document_larger() {
    let card = specimen(4);
    let [small, large] = [Size::HD, Size::FULL_HD].map(|size| render_at(&card, Condition::Clean, 1, 4, size));
    assert_eq!((large.width, large.height, large.luma.len()), (1920, 1080, 1920 * 1080));
    assert!((large.truth.px_per_module / small.truth.px_per_module - 1.5).abs() < 0.01);
    let far = [Size::HD, Size::FULL_HD].map(|size| render_at(&card, Condition::Small, 2, 4, size));
    assert!((far[0].truth.px_per_module - far[1].truth.px_per_module).abs() < 0.05);
}

#[test]
fn troubled_codes_stay_in_view_and_move_a_little() {
    let card = specimen(2);
    for trouble in Trouble::ALL {
        for severity in [1, 4] {
            let frames = troubled(&card, trouble, severity, 6, 5);
            assert_eq!(frames.len(), 5);
            let corners: Vec<_> = frames.iter().map(|f| f.truth.corners.unwrap()).collect();
            let inside = |c: &apoa_frames::Point| c.x > 0.0 && c.y > 0.0 && c.x < 1280.0 && c.y < 720.0;
            assert!(corners.iter().flatten().all(inside), "{} {severity}", trouble.name());
            let moves: Vec<f32> =
                corners.windows(2).map(|w| (w[0][0].x - w[1][0].x).hypot(w[0][0].y - w[1][0].y)).collect();
            let most = moves.iter().copied().fold(0.0, f32::max);
            assert!(most > 1.0 && most < 60.0, "{} {severity}: {moves:?}", trouble.name());
            assert!(frames.iter().all(|f| f.truth.payload == card.code.as_ref().unwrap().payload));
        }
    }
}

#[test]
fn conditions_are_found_by_their_names() {
    for condition in Condition::ALL.into_iter().chain(Condition::EXTRA).chain(Condition::ZONE) {
        assert_eq!(Condition::named(condition.name()), Some(condition));
    }
    assert_eq!(Condition::named("perfect"), None);
    assert!(!Condition::ALL.contains(&Condition::Covered));
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
