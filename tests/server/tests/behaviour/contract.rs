//! The file and the server agree, and the file agrees with itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::contract::decode;
use crate::support::{Draft, Hold, Reply, Server, contract, envelope, id, signed_by};

#[test]
fn routes_of_server_and_contract_are_the_same() {
    let mut served: Vec<(String, String)> = apoa_server::routes()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    served.sort();
    assert_eq!(served, contract().routes());
}

#[test]
fn every_schema_of_the_contract_is_valid_and_resolves() {
    contract().check_itself();
}

#[test]
fn every_code_of_a_frozen_body_stands_in_the_dictionary() {
    let dictionary = contract().schema("Fields")["properties"].as_object().unwrap();
    let mut used = BTreeSet::new();
    for name in [
        "SubmitLodging",
        "SubmitWorker",
        "SubmitIndividual",
        "SubmitRefusal",
        "AmendLodging",
        "AmendWorker",
        "AmendIndividual",
        "AmendRefusal",
        "Extend",
        "CheckOut",
        "Change",
        "End",
        "Cancel",
        "Attach",
    ] {
        let schema = contract().schema(name);
        assert_eq!(schema["additionalProperties"], json!(false), "{name} is closed");
        for code in schema["required"].as_array().unwrap() {
            assert!(schema["properties"].get(code.as_str().unwrap()).is_some(), "{name} {code}");
        }
        used.extend(schema["properties"].as_object().unwrap().keys().cloned());
    }
    assert_eq!(used, dictionary.keys().cloned().collect());
}

#[test]
fn a_frozen_body_with_too_much_too_little_or_the_wrong_kind_is_not_of_the_contract() {
    let body = Draft::submit("0190a0b0-0000-4000-8000-000000000001", 1).body();
    assert!(contract().fits("FrozenBody", &body));
    let change = |edit: &dyn Fn(&mut Value)| {
        let mut changed = body.clone();
        edit(&mut changed);
        contract().fits("FrozenBody", &changed)
    };
    assert!(!change(&|body| body["extra"] = json!(1)));
    assert!(!change(&|body| body["data"]["position"] = json!("COOK")));
    assert!(!change(&|body| body["data"]["nights"] = json!("3")));
    assert!(!change(&|body| body["kind"] = json!("check_out")));
    assert!(!change(&|body| body["salt"] = json!("AAAA")));
    assert!(!change(&|body| {
        body["data"].as_object_mut().unwrap().remove("nights");
    }));
    assert!(change(&|body| body["data"]["purpose"] = json!("other:KONFERENSI")));
}

#[test]
fn server_and_contract_judge_the_same_data_alike() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let cases: Vec<(&str, Value)> = vec![
        ("nights", json!(0)),
        ("nights", json!("3")),
        ("sex", json!("L")),
        ("nationality", json!("uto")),
        ("passport_number", json!("L 898")),
        ("passport_expiry", json!("2026-02-30")),
        ("birth_date", json!("1974-13")),
        ("birth_date", json!("1974")),
        ("purpose", json!("other:")),
        ("purpose", json!("other:X")),
        ("permit_kind", json!("KITAS")),
        ("room", json!("x".repeat(129))),
        ("remarks", json!("x".repeat(1000))),
        ("source", json!("qr")),
        ("position", json!("COOK")),
        ("check_out_planned", json!(null)),
    ];
    for (number, (code, value)) in cases.into_iter().enumerate() {
        let mut draft = Draft::submit(&client.unit, 100 + number as u32);
        // Another guest each time, so that none is merged.
        draft.data["passport_number"] = json!(format!("X{number}"));
        draft.data[code] = value.clone();
        let fits = contract().fits("FrozenBody", &draft.body());
        let reply = client.send(&[draft.envelope()], Hold::AnswerOnly).unwrap().json();
        let result = &reply["results"][0];
        let expected = if fits { "applied" } else { "invalid" };
        assert_eq!(result["outcome"], expected, "{code} {value}");
        if !fits {
            assert_eq!(result["problem"]["fields"][0]["code"], code, "{code} {value}");
        }
    }
}

#[test]
fn configuration_is_signed_by_the_first_key_of_the_trust_file() {
    let server = Server::start(&[]);
    let reply = server.client().get("/config").unwrap();
    assert_eq!(reply.header("content-type"), Some("application/jwt"));
    let token = String::from_utf8(reply.body).unwrap();
    let (header, config) = decode(&token);
    let trust = server.trust();
    let keys = trust_keys(&trust);
    assert_eq!(trust.matches("BEGIN CERTIFICATE").count(), 1);
    assert_eq!(keys.len(), 2, "root and spare");
    assert_eq!(header["kid"], json!(keys[0]));
    assert!(signed_by(&token, &keys[0]));
    assert!(!signed_by(&token, &keys[1]));
    assert_eq!(config["deadlines"]["lodging.check_in"], json!(24));
}

/// The Ed25519 keys of a trust file, base64url: the last 32 bytes of each SPKI.
fn trust_keys(pem: &str) -> Vec<String> {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
    pem.split("-----BEGIN PUBLIC KEY-----")
        .skip(1)
        .map(|rest| {
            let text: String = rest.split("-----END").next().unwrap().split_whitespace().collect();
            let der = Base64::decode_vec(&text).unwrap();
            Base64UrlUnpadded::encode_string(&der[der.len() - 32..])
        })
        .collect()
}

#[test]
fn what_is_not_of_the_contract_is_refused_as_a_problem() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let op = Draft::submit(&client.unit, 1).envelope();
    let mut headers = client.headers();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let post = |body: String| client.raw("post", "/ops", &headers, Some(body.into_bytes())).unwrap();

    let extra = post(json!({ "schema": 1, "ops": [op.clone()], "more": 1 }).to_string());
    assert_eq!((extra.status, extra.problem().as_str()), (400, "malformed"));
    let deep = post(format!("{}{}", "[".repeat(40), "]".repeat(40)));
    assert_eq!((deep.status, deep.problem().as_str()), (400, "malformed"));
    let newer = post(json!({ "schema": 2, "ops": [op.clone()] }).to_string());
    assert_eq!((newer.status, newer.problem().as_str()), (501, "schema-unsupported"));
    let many: Vec<Value> = (0..51).map(|_| op.clone()).collect();
    let many = post(json!({ "schema": 1, "ops": many }).to_string());
    assert_eq!((many.status, many.problem().as_str()), (413, "too-large"));
    let large = post("x".repeat(300_000));
    assert_eq!((large.status, large.problem().as_str()), (413, "too-large"));

    let nowhere = client.raw("get", "/nowhere", &headers, None).unwrap();
    assert_eq!((nowhere.status, nowhere.problem().as_str()), (404, "not-found"));
    let method = client.raw("delete", "/ops", &headers, None).unwrap();
    assert_eq!((method.status, method.problem().as_str()), (405, "method"));
    assert!(method.header("cache-control") == Some("no-store") && method.header("date").is_some());
}

#[test]
fn a_packed_batch_is_read_and_a_bomb_is_not() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    let pack = |bytes: &[u8]| {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    };
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut headers = client.headers();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    let batch = json!({ "schema": 1, "ops": [Draft::submit(&client.unit, 1).envelope()] }).to_string();
    let reply = client.raw("post", "/ops", &headers, Some(pack(batch.as_bytes()))).unwrap();
    assert_eq!(reply.json()["results"][0]["outcome"], "applied");
    let bomb = client.raw("post", "/ops", &headers, Some(pack(&vec![b' '; 8_000_000]))).unwrap();
    assert_eq!((bomb.status, bomb.problem().as_str()), (413, "too-large"));
}

#[test]
fn a_long_answer_comes_packed_and_a_short_one_does_not() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let many: Vec<Value> = (1..20)
        .map(|number| {
            let mut draft = Draft::submit(&client.unit, number);
            draft.data["passport_number"] = json!(format!("X{number}"));
            draft.envelope()
        })
        .collect();
    let packed = |reply: &Reply| reply.header("vary") == Some("accept-encoding");
    let long = client.send(&many, Hold::Both).unwrap();
    assert_eq!((packed(&long), long.json()["results"].as_array().unwrap().len()), (true, 19));
    let short = client.send(&many[..1], Hold::Both).unwrap();
    assert!(!packed(&short) || short.body.len() >= 1024);
    // What a fault cuts is cut, packed or not.
    let cutting = Server::start(&["cut=700@/ops"]);
    assert!(cutting.signed_in().send(&many, Hold::AnswerOnly).is_none());
}

#[test]
fn a_wrong_digest_has_no_effect() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut headers = client.headers();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    headers.push(("content-digest".to_owned(), format!("sha-256=:{}=:", "A".repeat(43))));
    let batch = json!({ "schema": 1, "ops": [Draft::submit(&client.unit, 1).envelope()] }).to_string();
    let reply = client.raw("post", "/ops", &headers, Some(batch.into_bytes())).unwrap();
    assert_eq!((reply.status, reply.problem().as_str()), (400, "digest"));
    assert!(apoa_server::office_reports(server.running.db()).unwrap().is_empty());
}

#[test]
fn a_body_that_names_other_ids_than_its_envelope_is_a_mismatch() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let mut other = Draft::submit(&client.unit, 1).body();
    other["unit_id"] = json!(id(77));
    assert_eq!(client.file(&envelope(&other))["outcome"], "mismatch");
    let mut op = Draft::submit(&client.unit, 1).envelope();
    op["revision"] = json!(2);
    assert_eq!(client.file(&op)["outcome"], "mismatch");
}
