//! A family at the desk: each guest after the first is a document and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{Server, run, today};

fn new(data: &std::path::Path, kind: &str, more: &[&str]) -> support::Answer {
    let mut line = vec!["report", "new", "--kind", kind];
    line.extend(
        more.iter().flat_map(|word| if word.contains('=') { vec!["--field", word] } else { vec![*word] }),
    );
    run(data, &line)
}

#[test]
fn the_next_guest_of_a_group_keeps_the_stay() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(folder.path(), "127.0.0.1:0", &[]);
    assert_eq!(server.login(&data, &server.word("password")).exit, 0);
    let arrival = format!("check_in={}", today());
    let first = new(
        &data,
        "lodging.check_in",
        &[
            "full_name=ERIKSSON ANNA MARIA",
            "passport_number=L898902C3",
            "birth_date=1974-08-12",
            "nationality=UTO",
            "sex=F",
            &arrival,
            "nights=3",
            "purpose=family",
            "room=12",
            "group_id=ERIKSSON",
            "remarks=late",
        ],
    );
    assert_eq!(first.exit, 0, "{first:?}");
    let first = first.last()["report_id"].as_str().unwrap().to_owned();

    let child = [
        "--next-of",
        &first,
        "full_name=ERIKSSON LARS",
        "passport_number=L898903C1",
        "birth_date=2012-02-01",
        "nationality=UTO",
        "sex=M",
    ];
    let second = new(&data, "lodging.check_in", &child);
    assert_eq!((second.exit, &second.last()["work"]), (0, &json!("queued")), "{second:?}");
    let id = second.last()["report_id"].as_str().unwrap().to_owned();
    let data_of = |id: &str| run(&data, &["--show-pii", "report", "show", id]).last()["data"].clone();
    let (one, two) = (data_of(&first), data_of(&id));
    for stay in ["check_in", "nights", "purpose", "room", "group_id"] {
        assert_eq!((&one[stay], one[stay].is_null()), (&two[stay], false), "{stay}");
    }
    assert_eq!((&two["full_name"], &two["birth_date"]), (&json!("ERIKSSON LARS"), &json!("2012-02-01")));
    assert!(two["remarks"].is_null(), "{two}");

    // What is said of the next guest wins over the stay; nothing of the first one's person fills a gap.
    let alone = new(&data, "lodging.check_in", &["--next-of", &first, "full_name=ERIKSSON EVA", "room=14"]);
    assert_eq!((alone.exit, alone.code().as_str()), (6, "APOA-V301"));

    let job = new(&data, "worker.start", &["--next-of", &first]);
    assert_eq!(job.exit, 2, "a group shares one kind of report: {job:?}");
    let unknown = "01900000-0000-7000-8000-000000000000";
    let nobody = new(&data, "lodging.check_in", &["--next-of", unknown]);
    assert_eq!((nobody.exit, nobody.lines()), (3, Vec::<Value>::new()));
}
