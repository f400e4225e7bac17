//! Photos: kept whole under their own digest, for one unit, where the configuration asks for them; and what an operation
//! may say of one.

use apoa_server::Options;
use serde_json::json;

use crate::support::{Draft, Hold, Server, options, sha256_hex};

const PAGE: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

fn asking() -> Server {
    Server::with(Options { attachments: vec!["passport_page".to_owned()], ..options() })
}

#[test]
fn a_photo_is_kept_whole_under_its_own_digest_or_not_at_all() {
    let server = asking();
    let client = server.signed_in();
    let digest = sha256_hex(PAGE);
    for _ in 0..2 {
        let reply = client.put_photo(&digest, PAGE, Hold::Both);
        assert_eq!((reply.status, reply.json()), (200, json!({})));
    }
    let other = client.put_photo(&sha256_hex(b"another"), PAGE, Hold::Both);
    assert_eq!((other.status, other.problem().as_str()), (422, "mismatch"));
    let huge = vec![7; 400_001];
    let huge = client.put_photo(&sha256_hex(&huge), &huge, Hold::AnswerOnly);
    assert_eq!((huge.status, huge.problem().as_str()), (413, "too-large"));
    let form = client.put_photo(&digest.to_uppercase(), PAGE, Hold::AnswerOnly);
    assert_eq!((form.status, form.problem().as_str()), (400, "malformed"));

    let silent = Server::start(&[]);
    let reply = silent.signed_in().put_photo(&digest, PAGE, Hold::Both);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"));
}

#[test]
fn an_attach_waits_for_its_bytes_and_leaves_the_report_open() {
    let server = asking();
    let client = server.signed_in();
    let data = json!({ "sha256": sha256_hex(PAGE), "content": "passport_page" });
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let attach = Draft::follow(&client.unit, 2, 1001, "attach", 1, data).envelope();
    let early = client.file(&attach);
    assert_eq!((&early["outcome"], early["receipt"].is_null()), (&json!("deferred"), true));
    client.put_photo(&sha256_hex(PAGE), PAGE, Hold::Both);
    assert_eq!(client.file(&attach)["outcome"], json!("applied"));
    assert_eq!(client.file(&attach)["outcome"], json!("duplicate"));

    let silent = Server::start(&[]);
    let client = silent.signed_in();
    client.file(&Draft::submit(&client.unit, 1).envelope());
    let data = json!({ "sha256": sha256_hex(PAGE), "content": "passport_page" });
    let attach = Draft::follow(&client.unit, 2, 1001, "attach", 1, data).envelope();
    assert_eq!(client.file(&attach)["outcome"], json!("unsupported"));
}
