//! What `scan`, `read`, `mrz`, `compare` and `explain` print: keys and exits are a contract.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{MRZ, PASSPORT, PERMIT, card, run, run_with};

/// No command here touches it.
fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

#[track_caller]
fn has_keys(line: &Value, keys: &[&str]) {
    for key in keys {
        assert!(line.get(key).is_some(), "{key} is missing in {line}");
    }
}

#[test]
fn a_picture_gives_its_code_and_masks_it_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("card.png");
    card(&picture, PERMIT);
    let picture = picture.to_str().unwrap();
    let shown = run(nowhere(), &["scan", "--show-pii", picture]);
    assert_eq!(shown.exit, 0, "{shown:?}");
    let line = shown.last();
    has_keys(&line, &["file", "page", "width", "height", "codes", "mrz", "hint", "ms", "error"]);
    let code = &line["codes"][0];
    has_keys(code, &["text", "bytes_hex", "version", "ec_level", "corners", "px_per_module", "decoder"]);
    assert_eq!(code["text"], PERMIT);
    assert_eq!((&line["file"], &line["error"], &line["page"]), (&json!(picture), &Value::Null, &Value::Null));
    assert!(line["ms"].is_number() && code["corners"].as_array().unwrap().len() == 4);
    let masked = run(nowhere(), &["scan", picture]).last();
    assert_eq!(masked["codes"][0]["text"], "Pe•••01");
    assert_eq!(masked["codes"][0]["bytes_hex"].as_str().unwrap().chars().count(), 7);
}

#[test]
fn a_folder_is_read_in_name_order_and_a_sequence_ends_with_what_it_read() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["b.png", "a.png", "c.png"] {
        card(&folder.path().join(name), PERMIT);
    }
    std::fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let given = folder.path().to_str().unwrap();
    let files: Vec<_> = run(nowhere(), &["scan", given]).lines().iter().map(|l| l["file"].clone()).collect();
    assert_eq!(files, ["a", "b", "c"].map(|name| json!(format!("{given}/{name}.png"))));
    let drawn = folder.path().join("drawn");
    let answer =
        run(nowhere(), &["scan", "--sequence", "--show-pii", "--annotate", drawn.to_str().unwrap(), given]);
    assert_eq!(answer.last(), json!({"sequence": true, "text": PERMIT, "first_frame": 0, "frames": 3}));
    assert!(drawn.join("a.png").exists() && drawn.join("c.png").exists());
}

#[test]
fn raw_luma_and_standard_input_are_pictures_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frame.raw");
    let drawn =
        apoa_frames::Card::kitas(&apoa_frames::Holder::default(), b"2C11JE0001-X", apoa_frames::EcLevel::Low)
            .unwrap()
            .image;
    std::fs::write(&file, &drawn.luma).unwrap();
    let size = format!("{}x{}", drawn.width, drawn.height);
    let answer = run(nowhere(), &["scan", "--show-pii", "--raw", &size, file.to_str().unwrap()]);
    assert_eq!(answer.last()["codes"][0]["text"], "2C11JE0001-X");
    let empty = run_with(nowhere(), &["scan", "-"], Some("no picture"));
    assert_eq!((empty.exit, &empty.last()["error"]["code"]), (4, &json!("APOA-S110")));
}

#[test]
fn a_picture_without_a_code_is_nothing_found_and_a_region_keeps_the_rest_out() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("card.png");
    card(&picture, PERMIT);
    let answer = run(nowhere(), &["scan", "--roi", "0,0,80,80", picture.to_str().unwrap()]);
    assert_eq!((answer.exit, &answer.last()["codes"]), (3, &json!([])));
}

/// A frame that is too small to be read.
fn small(path: &Path) {
    let card = apoa_frames::Card::kitas(
        &apoa_frames::Holder::default(),
        PERMIT.as_bytes(),
        apoa_frames::EcLevel::Medium,
    )
    .unwrap();
    let frame = apoa_frames::render(&card, apoa_frames::Condition::Small, 3, 1);
    let picture = image::GrayImage::from_raw(frame.width, frame.height, frame.luma).unwrap();
    // Less than a pixel a module.
    let far = image::imageops::thumbnail(&picture, frame.width / 2, frame.height / 2);
    far.save(path).unwrap();
}

#[test]
fn a_picture_that_is_not_read_says_what_to_change_and_writes_why() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, why) = (folder.path().join("far.png"), folder.path().join("why.json"));
    small(&picture);
    let drawn = folder.path().join("drawn");
    let paths = [&why, &drawn, &picture].map(|path| path.to_str().unwrap());
    let answer = run(nowhere(), &["scan", "--report", paths[0], "--annotate", paths[1], paths[2]]);
    assert_eq!(answer.exit, 3);
    let hint = &answer.last()["hint"];
    assert_eq!(hint["kind"], "closer");
    assert!(hint["zoom"].as_f64().is_some_and(|zoom| zoom > 1.0 && zoom < 4.0), "{hint}");
    assert!(drawn.join("far.png").exists());

    let replayed = run(nowhere(), &["scan", "--replay", paths[0]]);
    let line = replayed.last();
    assert_eq!((replayed.exit, &line["hint"], &line["same"]), (3, hint, &json!(true)));
    let text = std::fs::read_to_string(&why).unwrap();
    assert!(text.contains("\"apoa_scan_report\":1") && !text.contains(PERMIT) && !text.contains(PASSPORT));
}

#[test]
fn a_session_that_read_nothing_replays_its_last_second() {
    let folder = tempfile::tempdir().unwrap();
    let (frame, why) = (folder.path().join("far.png"), folder.path().join("why.json"));
    small(&frame);
    let (frame, why) = (frame.to_str().unwrap(), why.to_str().unwrap());
    let mut args = vec!["scan", "--sequence", "--report", why];
    args.extend([frame; 45]);
    let lines = run(nowhere(), &args).lines();
    let hints = |lines: &[Value]| lines.iter().map(|l| l["hint"]["kind"].clone()).collect::<Vec<_>>();
    let told = hints(&lines[..45]);
    assert_eq!((&told[0], &told[44]), (&json!("aim"), &json!("closer")));
    let replayed = run(nowhere(), &["scan", "--replay", why]).lines();
    assert_eq!(hints(&replayed), told[45 - replayed.len()..]);
    assert!(replayed.len() > 25 && replayed.iter().all(|line| line["same"] == true));
}

#[test]
fn a_read_leaves_no_report_and_a_foreign_file_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, why) = (folder.path().join("card.png"), folder.path().join("why.json"));
    card(&picture, PERMIT);
    let (given, why_given) = (picture.to_str().unwrap(), why.to_str().unwrap());
    let answer = run(nowhere(), &["scan", "--report", why_given, given]);
    assert_eq!((answer.exit, &answer.last()["hint"], why.exists()), (0, &Value::Null, false));
    assert_eq!(run(nowhere(), &["scan", "--replay", given]).exit, 2);
}

#[test]
fn a_reading_has_every_key_and_an_exit_that_says_whether_it_may_be_used() {
    let answer = run(nowhere(), &["read", "--show-pii", PERMIT]);
    assert_eq!(answer.exit, 0);
    let line = answer.last();
    has_keys(
        &line,
        &[
            "reading",
            "issuer",
            "key_kind",
            "key",
            "permit_number",
            "register_number",
            "visa_number",
            "niora",
            "passport_number",
            "issuing_state",
            "passport_expiry",
            "full_name",
            "sex",
            "nationality",
            "birth_date",
            "birth_place",
            "permit_kind",
            "permit_index",
            "permit_expiry",
            "kind",
            "confidence",
            "reason",
            "notes",
        ],
    );
    assert_eq!((&line["reading"], &line["passport_number"]), (&json!("holder_fields"), &json!(PASSPORT)));
    for (payload, reading, exit) in [
        ("https://evisa.imigrasi.go.id/web/visa/00000000-0000-4000-8000-000000000001", "issuer_link", 0),
        ("2C11JE0001-X", "permit_number", 0),
        ("https://evisa.imigrasi.go.id.example.com/web", "suspicious", 4),
        ("WIFI:S:hotel;T:WPA;P:secret;;", "not_permit", 4),
        ("hello there", "unknown", 4),
        ("", "not_permit", 3),
    ] {
        let answer = run(nowhere(), &["read", payload]);
        assert_eq!((answer.last()["reading"].as_str().unwrap(), answer.exit), (reading, exit), "{payload}");
    }
    let hostile = run(nowhere(), &["read", "https://evisa.imigrasi.go.id@example.com/web"]).last();
    assert_eq!(hostile["reason"], "userinfo");
}

#[test]
fn passport_lines_say_what_their_digits_prove() {
    let answer = run_with(nowhere(), &["mrz", "--show-pii", "-"], Some(MRZ));
    assert_eq!(answer.exit, 0);
    let line = answer.last();
    has_keys(
        &line,
        &[
            "format",
            "document_number",
            "issuing_state",
            "nationality",
            "birth_date",
            "sex",
            "expiry_date",
            "surname",
            "given_names",
            "checks",
            "valid",
            "repairs",
            "unproven",
        ],
    );
    assert_eq!((&line["format"], &line["document_number"]), (&json!("TD3"), &json!(PASSPORT)));
    assert_eq!(line["checks"][0], json!({"field": "document_number", "ok": true}));
    let (first, second) = MRZ.split_once('\n').unwrap();
    assert_eq!(run(nowhere(), &["mrz", first, second]).exit, 0);
    assert_eq!(run(nowhere(), &["mrz", first, &second.replace("740812", "740813")]).exit, 4);
    assert_eq!(run(nowhere(), &["mrz", "no lines here"]).exit, 3);
}

#[test]
fn a_comparison_has_a_verdict_a_reason_and_every_field() {
    let answer = run(nowhere(), &["compare", "--show-pii", "--permit", PERMIT, "--mrz", MRZ]);
    let line = answer.last();
    has_keys(&line, &["verdict", "reason", "fields", "notes"]);
    assert_eq!((answer.exit, &line["verdict"]), (0, &json!("match")));
    has_keys(&line["fields"][0], &["field", "permit", "passport", "verdict", "reason"]);
    let renewed = PERMIT.replace(PASSPORT, "L898902C3");
    let (plain, strict) = (["--permit", &renewed, "--mrz", MRZ], ["--strict"]);
    let answer = run(nowhere(), &[&["compare"], plain.as_slice()].concat());
    assert_eq!((answer.exit, &answer.last()["reason"]), (0, &json!("PASSPORT_RENEWED")));
    assert_eq!(run(nowhere(), &[&["compare"], plain.as_slice(), &strict].concat()).exit, 5);
    let other = r#"{"full_name":"MUSTER BEISPIEL","birth_date":"1990-01-31","passport_number":null}"#;
    assert_eq!(run(nowhere(), &["compare", "--permit", other, "--mrz", MRZ]).exit, 5);
    assert_eq!(run(nowhere(), &["compare", "--permit", PERMIT, "--mrz", "none"]).exit, 3);
    let typo = run(nowhere(), &["compare", "--permit", r#"{"pasport_number":"X1"}"#, "--mrz", MRZ]);
    assert_eq!((typo.exit, typo.code().as_str()), (6, "APOA-V306"));
    assert_eq!(typo.last()["error"]["remedy"], r#"Did you mean "passport_number"?"#);
}

#[test]
fn a_code_is_explained_in_both_languages_and_a_mistyped_one_gets_a_guess() {
    let line = run(nowhere(), &["explain", "s101"]).last();
    has_keys(&line, &["code", "text", "remedy", "retry"]);
    assert_eq!((&line["code"], &line["retry"]), (&json!("APOA-S101"), &json!("fix")));
    let indonesian =
        Command::new(support::APOA).args(["--json", "--lang", "id", "explain", "S101"]).output().unwrap();
    let indonesian: Value = serde_json::from_slice(&indonesian.stdout).unwrap();
    assert_eq!(indonesian["remedy"], "Pindai QR izin, atau pilih Paspor.");
    let unknown = run(nowhere(), &["explain", "APOA-S191"]);
    assert!(unknown.exit == 2 && unknown.stderr.contains("did you mean APOA-S101"), "{unknown:?}");
}

#[test]
fn a_person_reads_what_was_put_right_what_to_look_at_and_how_a_name_is_spelled() {
    let said = |language: &str, args: &[&str]| {
        let output = Command::new(support::APOA).args(["--lang", language]).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let misread =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10";
    let german = "P<D<<MUELLER<<BEISPIEL<<<<<<<<<<<<<<<<<<<<<<\nC01X00T478D<<9001310F3506307<<<<<<<<<<<<<<<6";
    let spelled =
        r#"{"full_name":"MÜLLER BEISPIEL","passport_number":"C01X00T47","birth_date":"1990-01-31"}"#;
    let plain = r#"{"full_name":"ERIKSSON ANNA MARIA","passport_number":"L898902C3"}"#;
    for (language, repaired, closely, name) in [
        (
            "en",
            "Misread repaired: O to 0",
            "Compare character 1 of the passport number by eye",
            "MÜLLER BEISPIEL is written MUELLER BEISPIEL in the passport",
        ),
        (
            "id",
            "Salah baca diperbaiki: O menjadi 0",
            "Cocokkan karakter ke-1 nomor paspor",
            "MÜLLER BEISPIEL di paspor ditulis MUELLER BEISPIEL",
        ),
    ] {
        let lines = said(language, &["mrz", misread]);
        assert!(lines.contains(repaired) && lines.contains(closely), "{lines}");
        let compared = said(language, &["compare", "--permit", plain, "--mrz", misread]);
        assert!(compared.contains(repaired), "{compared}");
        let compared = said(language, &["compare", "--show-pii", "--permit", spelled, "--mrz", german]);
        assert!(compared.contains(name), "{compared}");
    }
    let lost = misread.replacen("<<<<<<\n", "<<<<<\n", 1);
    assert!(said("en", &["mrz", &lost]).contains("A lost character was put back"), "{lost}");
}
