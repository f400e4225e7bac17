//! The passport from a picture: what `scan` says of its lines, and a report that is filled from it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use apoa_frames::{Condition, Document, MrzFormat, zone_sequence};
use serde_json::{Value, json};
use support::{APOA, MRZ, PASSPORT, PERMIT, Server, card, passport, run, today};

/// Longer than a picture takes on a machine under load.
const PATIENT: [&str; 2] = ["--budget-ms", "20000"];

fn scan(args: &[&str]) -> support::Answer {
    run(Path::new("/nonexistent"), &[&["scan"], &PATIENT[..], args].concat())
}

/// Places of one field that are left to the eye.
fn places(unproven: &Value, field: &str) -> Vec<u64> {
    let all = unproven.as_array().unwrap().iter();
    all.filter(|place| place["field"] == field).map(|place| place["index"].as_u64().unwrap()).collect()
}

#[test]
fn a_picture_of_a_passport_gives_what_its_lines_say_and_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, drawn) = (folder.path().join("passport.png"), folder.path().join("drawn"));
    passport(&picture, MRZ);
    let (picture, drawn) = (picture.to_str().unwrap(), drawn.to_str().unwrap());
    let answer = scan(&["--show-pii", "--annotate", drawn, picture]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let line = answer.last();
    assert_eq!(
        (&line["codes"], &line["hint"], &line["state"]),
        (&json!([]), &Value::Null, &json!("confirmed"))
    );
    let zone = &line["mrz"];
    assert_eq!(zone["lines"], json!(MRZ.split('\n').collect::<Vec<_>>()));
    assert_eq!((&zone["format"], &zone["document_number"]), (&json!("TD3"), &json!(PASSPORT)));
    assert_eq!((&zone["valid"], zone["checks"].as_array().unwrap().len()), (&json!(true), 5));
    assert_eq!(places(&zone["unproven"], "surname"), (0..8).collect::<Vec<_>>(), "a name has no digit");
    assert_eq!(places(&zone["unproven"], "birth_date"), [0_u64; 0]);
    let corners: Vec<[f64; 2]> = serde_json::from_value(zone["corners"].clone()).unwrap();
    let [from, to, _, under] = corners.as_slice() else { panic!("four corners: {corners:?}") };
    assert!(to[0] - from[0] > 1000.0 && under[1] > from[1], "{corners:?}");
    // The cells are drawn in colour, in the lines' place and nowhere near the page's top.
    let coloured = image::open(Path::new(drawn).join("passport.png")).unwrap().into_rgb8();
    let green = coloured.pixels().filter(|pixel| pixel[1] > pixel[0].saturating_add(40)).count();
    assert!(green > 5_000, "{green}");
    // The same lines as text say the same, but for what the pixels left open.
    let typed = run(Path::new("/nonexistent"), &["mrz", "--show-pii", MRZ]).last();
    for (key, value) in typed.as_object().unwrap().iter().filter(|(key, _)| *key != "unproven") {
        assert_eq!(&zone[key], value, "{key}");
    }
}

#[test]
fn a_passport_in_a_picture_is_masked_and_reads_well() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("passport.png");
    passport(&picture, MRZ);
    let picture = picture.to_str().unwrap();
    let masked = scan(&[picture]).last();
    assert_eq!(masked["mrz"]["lines"], json!(["P<•••<<", "X0•••<2"]));
    assert_eq!(masked["mrz"]["surname"], "E•••");
    let said =
        Command::new(APOA).args(["--lang", "en", "--show-pii", "scan"]).args(PATIENT).arg(picture).output();
    let said = String::from_utf8(said.unwrap().stdout).unwrap();
    assert!(said.contains("Passport lines read") && said.contains("ERIKSSON"), "{said}");
    assert!(said.contains(MRZ.split_once('\n').unwrap().1), "{said}");
}

#[test]
fn pages_of_print_and_permits_have_no_zone() {
    let folder = tempfile::tempdir().unwrap();
    let (permit, page) = (folder.path().join("permit.png"), folder.path().join("page.png"));
    card(&permit, PERMIT);
    let [permit, page] = [&permit, &page].map(|path| path.to_str().unwrap());
    assert_eq!(scan(&[permit]).last()["mrz"], Value::Null);
    for look_alike in apoa_frames::Lookalike::ALL {
        let frame = apoa_frames::no_zone(look_alike, 3, apoa_frames::Size::HD);
        frame.write_png(Path::new(page)).unwrap();
        let answer = scan(&[page]);
        assert_eq!((answer.exit, &answer.last()["mrz"]), (3, &Value::Null), "{look_alike:?}");
    }
}

#[test]
fn a_zone_whose_digits_fail_is_located_and_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, drawn) = (folder.path().join("passport.png"), folder.path().join("drawn"));
    passport(&picture, &MRZ.replace("X000000012", "X000000013").replace("7408122", "7408123"));
    let answer = scan(&["--annotate", drawn.to_str().unwrap(), picture.to_str().unwrap()]);
    let line = answer.last();
    assert_eq!((answer.exit, &line["mrz"], &line["state"]), (3, &Value::Null, &json!("located")));
    assert_eq!(line["outline"].as_array().map(Vec::len), Some(4));
    assert!(line["hint"].is_object() && drawn.join("passport.png").exists());
}

#[test]
fn a_report_is_filled_from_a_picture_and_later_sources_win() {
    let folder = tempfile::tempdir().unwrap();
    let (data, picture) = (folder.path().join("data"), folder.path().join("passport.png"));
    passport(&picture, MRZ);
    let picture = picture.to_str().unwrap();
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let arrival = format!("check_in={}", today());
    let given = ["--field", &arrival, "--field", "nights=3", "--field", "purpose=holiday"];
    let new = ["report", "new", "--kind", "lodging.check_in", "--passport", picture];
    let answer = run(&data, &[&new, &given[..], &["--field", "sex=X"]].concat());
    assert_eq!((answer.exit, &answer.last()["work"]), (0, &json!("queued")), "{answer:?}");
    let unproven = &answer.last()["unproven"];
    assert_eq!(places(unproven, "given_names"), (0..10).collect::<Vec<_>>());
    assert_eq!(places(unproven, "nationality"), [0, 1, 2]);
    assert_eq!(places(unproven, "sex"), [0_u64; 0], "what was typed is not the passport's");
    let id = answer.last()["report_id"].as_str().unwrap().to_owned();
    let data_of = run(&data, &["report", "show", "--show-pii", &id]).last()["data"].clone();
    let is = |field: &str| data_of[field].as_str().unwrap_or_default().to_owned();
    assert_eq!((is("source"), is("sex")), ("mrz".to_owned(), "X".to_owned()));
    assert_eq!(
        (is("passport_number"), is("full_name")),
        (PASSPORT.to_owned(), "ERIKSSON ANNA MARIA".to_owned())
    );
    assert_eq!((is("birth_date"), is("passport_expiry")), ("1974-08-12".to_owned(), "2036-04-15".to_owned()));
    assert_eq!(run(&data, &["sync"]).last()["received"], 1);

    let permit = ["--permit", PERMIT, "--draft"];
    let draft = run(&data, &[&new, &permit[..]].concat());
    assert_eq!((draft.exit, &draft.last()["work"]), (0, &json!("draft")), "{draft:?}");
}

#[test]
fn a_picture_without_a_passport_fills_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let (data, permit) = (folder.path().join("data"), folder.path().join("permit.png"));
    card(&permit, PERMIT);
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let new = |picture: &Path| {
        run(&data, &["report", "new", "--kind", "lodging.check_in", "--passport", picture.to_str().unwrap()])
    };
    let answer = new(&permit);
    assert_eq!((answer.exit, answer.code().as_str()), (5, "APOA-P209"));
    assert_eq!(answer.last()["error"]["remedy"], "Scan the two bottom lines again.");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no picture").unwrap();
    let answer = new(&text);
    assert_eq!((answer.exit, answer.code().as_str()), (4, "APOA-S110"));
    assert_eq!(new(&folder.path().join("none.png")).exit, 2);
    assert_eq!(run(&data, &["report", "list"]).lines().len(), 0);
}

#[test]
fn a_sequence_confirms_a_passport_once_and_shows_what_the_frames_said_together() {
    let folder = tempfile::tempdir().unwrap();
    let (frames, drawn) = (folder.path().join("frames"), folder.path().join("drawn"));
    std::fs::create_dir(&frames).unwrap();
    let document = Document::specimen(MrzFormat::Td3);
    for (nth, frame) in zone_sequence(&document, Condition::Clean, 1, 2, 8).iter().enumerate() {
        frame.write_png(&frames.join(format!("{nth:02}.png"))).unwrap();
    }
    let (folder, pictures) = (frames.to_str().unwrap(), drawn.to_str().unwrap());
    let answer = scan(&["--sequence", "--show-pii", "--annotate", pictures, folder]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let mut lines = answer.lines();
    let last = lines.pop().unwrap();
    let counted: Vec<usize> = (0..lines.len()).filter(|nth| lines[*nth]["mrz"].is_object()).collect();
    let [first] = counted[..] else { panic!("{answer:?}") };
    assert_eq!((&last["first_frame"], &last["frames"]), (&json!(first), &json!(8)));
    assert_eq!(last["text"], json!(document.lines.join("\n")));
    let zone = &lines[first]["mrz"];
    assert_eq!(zone["lines"], json!(document.lines));
    assert!(zone["looks"].as_u64().unwrap() >= 1 && lines[first]["state"] == "confirmed");
    assert!(lines[first + 1..].iter().any(|line| line["state"] == "unchanged"));
    let coloured = image::open(drawn.join(format!("{first:02}.png"))).unwrap().into_rgb8();
    assert!(coloured.pixels().any(|pixel| pixel.0[0] != pixel.0[1]), "nothing was drawn");
}
