//! A passport's picture as an app hands it over, through the bridge's surface: what fills a draft, and what is left to
//! the eye.

#![allow(clippy::unwrap_used, clippy::panic)]

use apoa_ffi::{ApoaClient, Config, Draft, FrameLayout, Payload, ReportKind, Rotation, Scanned, Scanner};
use apoa_frames::{Card, Condition, Document, Holder, MrzFormat, Size, render_at, zone_sequence};

fn config(folder: &tempfile::TempDir) -> Config {
    Config {
        data_dir: folder.path().to_string_lossy().into_owned(),
        server: None,
        trust: None,
        client_id: "test".to_owned(),
        platform: "test".to_owned(),
    }
}

/// A picture of the specimen passport held still in good light: a file, as an app hands it over.
fn passport(lines: [&str; 2]) -> Vec<u8> {
    let page = Card::passport(&Holder::default(), lines);
    let frame = render_at(&page, Condition::Clean, 1, 9, Size::FULL_HD);
    let file = tempfile::NamedTempFile::new().unwrap();
    frame.write_png(file.path()).unwrap();
    std::fs::read(file.path()).unwrap()
}

#[test]
fn a_picture_of_a_passport_fills_a_draft_and_says_what_is_left_to_the_eye() {
    let picture = Scanner::new().unwrap().scan_still(&passport(Card::SPECIMEN_MRZ), 20_000, None).unwrap();
    assert!(picture.codes.is_empty() && picture.hint.is_none());
    let zone = picture.zone.unwrap();
    assert!(zone.accepted && zone.format == "TD3" && zone.lines == Card::SPECIMEN_MRZ);
    assert_eq!((zone.chars.len(), zone.corners.len()), (88, 4));
    let [name, number] = [5, 45].map(|nth| zone.chars[nth]);
    assert!(!name.proven && number.proven && number.probability > 0.5, "{name:?} {number:?}");
    assert!(zone.chars[45].centre.x > zone.chars[44].centre.x && zone.chars[44].centre.y > name.centre.y);
    assert_eq!(zone.facts["passport_number"], "L898902C3");
    assert_eq!((zone.facts["full_name"].as_str(), zone.facts["sex"].as_str()), ("ERIKSSON ANNA MARIA", "F"));
    let left = |field: &str| zone.unproven.iter().filter(|place| place.field == field).count();
    assert_eq!((left("surname"), left("given_names"), left("birth_date")), (8, 10, 0));

    let folder = tempfile::tempdir().unwrap();
    let client = ApoaClient::open_with_file_vault(config(&folder), None).unwrap();
    let draft = Draft { kind: ReportKind::LodgingCheckIn, facts: zone.facts };
    let missing: Vec<String> =
        client.check(draft).unwrap().into_iter().map(|problem| problem.field).collect();
    assert!(!missing.iter().any(|field| field == "full_name" || field == "passport_number"), "{missing:?}");
    assert!(missing.iter().any(|field| field == "purpose"), "what no passport says is still asked for");
}

#[test]
fn a_zone_whose_digits_fail_says_where_it_is_and_brings_no_fact() {
    let [first, second] = Card::SPECIMEN_MRZ;
    let wrong = second.replace("L898902C36", "L898902C37").replace("7408122", "7408123");
    let picture = Scanner::new().unwrap().scan_still(&passport([first, &wrong]), 20_000, None).unwrap();
    let zone = picture.zone.unwrap();
    assert!(!zone.accepted && zone.facts.is_empty() && zone.unproven.is_empty());
    assert!(zone.corners.len() == 4 && picture.hint.is_some());
}

#[test]
fn a_passport_before_the_camera_counts_once_and_brings_its_facts() {
    let document = Document::specimen(MrzFormat::Td3);
    let scanner = Scanner::new().unwrap();
    let mut counted = Vec::new();
    for (frame, nth) in zone_sequence(&document, Condition::Clean, 1, 2, 8).iter().zip(0_i32..) {
        let layout = FrameLayout {
            width: i32::try_from(frame.width).unwrap(),
            height: i32::try_from(frame.height).unwrap(),
            row_stride: i32::try_from(frame.width).unwrap(),
            rotation: Rotation::Upright,
            region: None,
        };
        scanner.set_layout(layout).unwrap();
        if !scanner.scan(&frame.luma, i64::from(nth) * 200, 20_000).unwrap() {
            continue;
        }
        if let Scanned::Confirmed { payload, hint } = scanner.seen().unwrap() {
            assert!(hint.is_none());
            counted.push(payload);
        }
    }
    let [Payload::Mrz { zone }] = &counted[..] else { panic!("{} payloads", counted.len()) };
    assert!(zone.accepted && zone.lines == document.lines);
    assert_eq!(zone.facts["passport_number"], "L898902C3");
}
