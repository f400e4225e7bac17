//! What an honest server says to one phone, heard once and kept: the lies are made of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use apoa_core::ids::{OpId, ReportId};
use apoa_core::{ApoaClient, Config, Trust};
use apoa_tests::chain::{Authority, authority, leaf, root, shown};
use apoa_tests::door::{Door, relay, trust};
use apoa_tests::files::{copy, in_memory};
use apoa_tests::phone::{PASSWORD, config, credentials, guest, ports, send_now, server};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;
use serde_json::Value;
use tempfile::TempDir;

/// Bodies of the answers, by path.
type Heard = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

pub(crate) struct Truth {
    /// A phone with two reports that wait, as it was before anything was sent.
    pub(crate) phone: TempDir,
    pub(crate) reports: Vec<(ReportId, OpId)>,
    /// What a server says to each request.
    pub(crate) answers: BTreeMap<String, Vec<u8>>,
    /// The receipts in there, in the order of `reports`.
    pub(crate) receipts: Vec<String>,
    /// The key that signs receipts: only who has it can lie in these ways.
    pub(crate) receipt_key: SigningKey,
    pub(crate) root: Authority,
    trust: String,
}

impl Truth {
    pub(crate) fn heard() -> Self {
        let (server, folder, heard) = (server(&[]), in_memory(), Heard::default());
        let root = root(authority("a root of the tests"));
        let (carry, ears) = (relay(server.url(), server.trust_file()), Arc::clone(&heard));
        let door = Door::open(shown(&leaf(), &root, &[]), move |asked, client| {
            let mut answer = Vec::new();
            let stays = carry(asked, &mut answer)?;
            let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            ears.lock().unwrap().insert(asked.path.clone(), answer[at..].to_vec());
            client.write_all(&answer)?;
            Ok(stays)
        });
        let trust = trust(&root.pem(), server.trust_file());
        let settings = settings(folder.path(), &door.url(), &trust);
        let client = ApoaClient::open(settings, ports(folder.path())).unwrap();
        client.sign_in(&credentials(PASSWORD)).unwrap();
        let reports = ["L898902C3", "X00000002"].map(|passport| {
            let finalised = client.finalise(guest(&client, passport), None, None).unwrap();
            (finalised.report, finalised.op)
        });
        client.suspend().unwrap();
        let phone = in_memory();
        copy(folder.path(), phone.path());
        client.resume().unwrap();
        assert_eq!(send_now(&client, 30).received, 2);
        let receipts = reports.map(|(report, _)| client.report(report).unwrap().unwrap().receipts.remove(0));
        let keys: Value =
            serde_json::from_slice(&fs::read(server.db().with_extension("keys.json")).unwrap()).unwrap();
        let key = Base64UrlUnpadded::decode_vec(keys["receipt"].as_str().unwrap()).unwrap();
        let answers = heard.lock().unwrap().clone();
        Self {
            phone,
            reports: reports.to_vec(),
            answers,
            receipts: receipts.to_vec(),
            receipt_key: SigningKey::from_bytes(key.as_slice().try_into().unwrap()),
            root,
            trust,
        }
    }

    pub(crate) fn settings(&self, data: &Path, url: &str) -> Config {
        settings(data, url, &self.trust)
    }

    /// The answer to this request, whole.
    pub(crate) fn answer(&self, path: &str) -> Vec<u8> {
        http(200, &[&format!("content-type: {}", content_type(path))], &self.answers[path])
    }

    /// The answer to `/ops`, to be changed.
    pub(crate) fn ops(&self) -> Value {
        serde_json::from_slice(&self.answers["/ops"]).unwrap()
    }
}

fn settings(data: &Path, url: &str, trust: &str) -> Config {
    let trust = Some(Trust::from_pem(trust).unwrap());
    Config { trust, ..config(data, Some(url), None) }
}

/// What the contract answers with.
pub(crate) fn content_type(path: &str) -> &'static str {
    if path == "/config" { "application/jwt" } else { "application/json" }
}

/// An answer with these header lines and its length.
pub(crate) fn http(status: u16, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
