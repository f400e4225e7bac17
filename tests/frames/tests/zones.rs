//! What frames of machine-readable zones promise to their readers: same bytes for the same seed, true ground truth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use apoa_frames::{
    Card, Condition, Document, Frame, Gray, Holder, Lookalike, MrzFormat, Point, SEVERITIES, Size, ZoneTruth,
    no_zone, render, render_zone, zone_sequence,
};

/// FNV-1a, enough to notice a changed byte.
fn digest(luma: &[u8]) -> u64 {
    luma.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

const PINNED: [(&str, u64); 31] = [
    ("clean", 8_915_876_771_163_276_333),
    ("tilt", 17_875_667_097_286_735_838),
    ("rotate", 13_898_477_518_359_214_820),
    ("turned", 816_722_182_552_166_124),
    ("motion", 4_105_839_495_779_248_698),
    ("defocus", 9_167_162_510_562_157_926),
    ("noise", 1_324_605_755_834_297_937),
    ("lowlight", 14_288_431_994_409_037_293),
    ("glare", 16_038_261_158_523_852_483),
    ("shadow", 14_364_335_739_613_124_931),
    ("jpeg", 12_185_105_607_540_512_289),
    ("small", 11_122_564_812_737_813_268),
    ("faded", 12_643_406_228_855_788_387),
    ("holo", 3_159_867_730_008_089_932),
    ("worn", 7_571_463_746_500_072_629),
    ("curved", 602_303_956_130_405_214),
    ("backdrop", 1_479_246_916_022_056_745),
    ("mixed", 14_959_168_672_155_853_538),
    ("TD3", 15_766_502_287_920_234_553),
    ("TD1", 5_496_720_652_863_047_633),
    ("TD2", 4_933_281_252_592_276_011),
    ("MRVA", 13_168_886_609_798_854_876),
    ("MRVB", 4_813_459_455_436_337_792),
    ("print", 14_852_299_735_300_918_824),
    ("ticket", 12_673_785_255_075_957_945),
    ("table", 4_622_770_187_302_502_323),
    ("text", 9_459_946_082_979_676_100),
    ("cutoff", 2_424_055_319_197_408_501),
    ("thumb", 13_223_122_010_354_693_446),
    ("sequence", 5_332_984_936_622_205_782),
    ("passport", 7_860_773_935_143_357_733),
];

/// A changed generator changes every measured table: whoever changes a line here says so there.
#[test]
fn frames_are_the_same_on_every_machine() {
    let document = Document::invented_in(MrzFormat::Td1, 1);
    let zone = |c: Condition| render_zone(&document, c, 2, 1, Size::HD).luma;
    let mut digests: Vec<(&str, u64)> =
        Condition::ZONE.iter().map(|c| (c.name(), digest(&zone(*c)))).collect();
    digests.extend(MrzFormat::ALL.map(|f| (f.name(), digest(&Document::specimen(f).card().image.luma))));
    digests.extend(Lookalike::ALL.map(|l| (l.name(), digest(&no_zone(l, 1, Size::HD).luma))));
    let looks = zone_sequence(&document, Condition::Glare, 2, 1, 2);
    digests.push(("sequence", digest(&looks[1].luma)));
    let page = Card::passport(&Holder::default(), Card::SPECIMEN_MRZ);
    digests.push(("passport", digest(&page.image.luma)));
    assert_eq!(digests, PINNED);
}

fn zone(frame: &Frame) -> &ZoneTruth {
    frame.truth.zone.as_ref().expect("a zone")
}

#[test]
fn every_condition_and_severity_shows_the_whole_zone_at_the_size_that_is_told() {
    for (nth, condition) in Condition::ZONE.into_iter().enumerate() {
        for severity in [*SEVERITIES.start(), *SEVERITIES.end()] {
            let format = MrzFormat::ALL[(nth + usize::from(severity)) % 5];
            let document = Document::invented_in(format, nth as u64);
            let frame = render_zone(&document, condition, severity, nth as u64, Size::HD);
            let truth = zone(&frame);
            let name = format!("{} {} {severity}", format.name(), condition.name());
            assert_eq!((truth.format, &truth.lines), (format, &document.lines), "{name}");
            assert_eq!(truth.cells.len(), format.lines(), "{name}");
            let inside = |c: &Point| c.x > 0.0 && c.y > 0.0 && c.x < 1280.0 && c.y < 720.0;
            assert!(truth.cells.iter().flatten().flatten().all(inside), "{name}: {:?}", truth.band(0));
            let px = match (condition, severity) {
                (Condition::Small, 1) => 9.5..10.5,
                (Condition::Small, _) => 4.7..5.3,
                (Condition::Mixed, 4) => 6.5..9.6,
                (Condition::Turned, 1) => 13.0..18.6,
                (Condition::Tilt | Condition::Curved | Condition::Mixed, _) => 11.0..18.6,
                _ => 14.2..18.6,
            };
            assert!(px.contains(&truth.px_per_char), "{name}: {} px", truth.px_per_char);
        }
    }
}

/// Mean luma over the shares of a cell from `left` to `right` and from `top` to `bottom`.
fn mean(image: &Gray, cell: &[Point; 4], [left, right]: [f32; 2], [top, bottom]: [f32; 2]) -> f32 {
    let [a, b, c, d] = cell;
    let mix = |u: f32, v: f32, of: fn(&Point) -> f32| {
        (of(a) * (1.0 - u) + of(b) * u) * (1.0 - v) + (of(d) * (1.0 - u) + of(c) * u) * v
    };
    let shares = |from: f32, to: f32| (0..9).map(move |n| from + (to - from) * n as f32 / 8.0);
    let places = shares(top, bottom).flat_map(|v| shares(left, right).map(move |u| (u, v)));
    let at = |(u, v)| f32::from(image.at(mix(u, v, |p| p.x) as i32, mix(u, v, |p| p.y) as i32));
    places.map(at).sum::<f32>() / 81.0
}

#[test]
fn ink_lies_in_the_cells_and_paper_between_the_lines() {
    for condition in
        [Condition::Clean, Condition::Rotate, Condition::Turned, Condition::Tilt, Condition::Curved]
    {
        for seed in 0..4 {
            let document = Document::invented(seed);
            let frame = render_zone(&document, condition, 2, seed, Size::HD);
            let image = frame.image();
            for (line, words) in document.lines.iter().enumerate() {
                for (nth, _) in words.bytes().enumerate().filter(|(_, letter)| *letter != b'<') {
                    let cell = &zone(&frame).cells[line][nth];
                    let own = mean(&image, cell, [0.15, 0.85], [0.05, 0.95]);
                    let below = mean(&image, cell, [0.0, 1.0], [1.15, 1.35]);
                    assert!(
                        own + 10.0 < below,
                        "{} {seed}: line {line}, {nth}: {own} {below}",
                        condition.name()
                    );
                }
            }
        }
    }
}

#[test]
fn cells_name_their_letters_in_a_mirror_too() {
    let frame = render_zone(&Document::specimen(MrzFormat::Td3), Condition::Clean, 1, 5, Size::HD);
    let mirrored = frame.clone().mirrored();
    let (a, b) = (zone(&frame).band(0).unwrap(), zone(&mirrored).band(0).unwrap());
    assert!(a.iter().zip(&b).all(|(a, b)| (a.x + b.x - 1280.0).abs() < 1e-3 && a.y == b.y));
    assert!(a[0].x < a[1].x && b[0].x > b[1].x && zone(&frame).band(2).is_none());
}

#[test]
fn a_larger_frame_shows_the_same_zone_larger() {
    let document = Document::invented(4);
    let of = |condition, size| zone(&render_zone(&document, condition, 2, 4, size)).px_per_char;
    let grown = of(Condition::Clean, Size::FULL_HD) / of(Condition::Clean, Size::HD);
    assert!((grown - 1.5).abs() < 0.01, "{grown}");
    assert!((of(Condition::Small, Size::FULL_HD) - of(Condition::Small, Size::HD)).abs() < 0.1);
}

#[test]
fn looks_differ_but_show_one_document_on_one_desk() {
    let document = Document::invented_in(MrzFormat::Td3, 3);
    for condition in [Condition::Glare, Condition::Mixed, Condition::Turned] {
        let looks = zone_sequence(&document, condition, 1, 3, 5);
        assert_eq!(looks.len(), 5);
        assert!(looks.iter().all(|f| zone(f).lines == document.lines));
        for pair in looks.windows(2) {
            let [a, b] = [&pair[0], &pair[1]].map(|f| zone(f).band(0).unwrap()[0]);
            let far = (a.x - b.x).hypot(a.y - b.y);
            assert!(far > 1.0 && far < 150.0, "{}: {far}", condition.name());
        }
    }
    assert!(zone_sequence(&document, Condition::Clean, 1, 3, 0).is_empty());
}

#[test]
fn the_specimen_passport_shows_its_zone_to_the_camera() {
    let page = Card::passport(&Holder::default(), Card::SPECIMEN_MRZ);
    let frame = render(&page, Condition::Clean, 1, 1);
    assert_eq!(zone(&frame).lines, Card::SPECIMEN_MRZ);
    let image = frame.image();
    let cells = zone(&frame).cells.iter().flatten().zip(Card::SPECIMEN_MRZ.iter().flat_map(|l| l.bytes()));
    let middle = |cell: &[Point; 4]| f32::midpoint(cell[0].x, cell[2].x);
    let seen: Vec<_> = cells.filter(|(c, l)| *l != b'<' && middle(c) > 8.0 && middle(c) < 1272.0).collect();
    assert!(seen.len() > 40, "{} in view", seen.len());
    for (cell, _) in seen {
        let own = mean(&image, cell, [0.15, 0.85], [0.05, 0.95]);
        assert!(own + 20.0 < mean(&image, cell, [0.0, 1.0], [1.15, 1.35]));
    }
}
