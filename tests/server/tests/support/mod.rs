//! A raw HTTPS client for the reference server that checks every exchange against the contract.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

pub mod contract;

use std::fmt::Write as _;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use apoa_server::{Event, Options, Running};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use contract::{Contract, Received, Sent};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const DEVICE: &str = "0190a0b0-0000-7000-8000-00000000d001";
pub const CAPTURED_BY: &str = "0190a0b0-0000-4000-8000-0000000000aa";
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";
/// 2026-11-24T10:00:00+07:00.
pub const NOW_MS: i64 = 1_795_489_200_000;

pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(Contract::load)
}

/// A running server and what it said.
pub struct Server {
    pub running: Running,
    pub events: Receiver<Event>,
}

impl Server {
    pub fn start(faults: &[&str]) -> Self {
        Self::with(Options { faults: faults.iter().map(|rule| rule.parse().unwrap()).collect(), ..options() })
    }

    pub fn with(options: Options) -> Self {
        let (tell, events) = channel();
        let running = apoa_server::start(options, move |event| {
            let _ = tell.send(event);
        })
        .unwrap();
        Self { running, events }
    }

    pub fn trust(&self) -> String {
        std::fs::read_to_string(self.running.trust_file()).unwrap()
    }

    pub fn client(&self) -> Client {
        Client::new(self.running.url(), &self.trust(), &self.running.account().unit)
    }

    /// The last code in the outbox.
    pub fn mailed(&self) -> String {
        let mails = std::fs::read_to_string(self.running.outbox()).expect("an outbox");
        let mail: Value = serde_json::from_str(mails.lines().last().expect("a mail")).unwrap();
        assert_eq!(mail["to"], "resepsionis@losmen.example");
        mail["code"].as_str().unwrap().to_owned()
    }

    /// A client that signed in.
    pub fn signed_in(&self) -> Client {
        let mut client = self.client();
        client.sign_in("rahasia-contoh");
        client
    }

    pub fn event(&self) -> Event {
        self.events.recv_timeout(Duration::from_secs(5)).expect("an event")
    }
}

pub fn options() -> Options {
    Options {
        seed: Some(7),
        password: Some("rahasia-contoh".to_owned()),
        clock: Some(Arc::new(|| NOW_MS)),
        ..Options::default()
    }
}

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn problem(&self) -> String {
        self.json()["type"].as_str().unwrap().trim_start_matches("urn:apoa:problem:").to_owned()
    }
}

/// Whether an exchange is held against the contract: what lies on purpose is not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Both,
    AnswerOnly,
    Nothing,
}

pub struct Client {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    url: String,
    pub unit: String,
    pub device: String,
    pub access: String,
    pub refresh: String,
}

impl Client {
    pub fn new(url: &str, trust: &str, unit: &str) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(trust.as_bytes()) {
            roots.add(root.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            runtime,
            http,
            url: url.to_owned(),
            unit: unit.to_owned(),
            device: DEVICE.to_owned(),
            access: String::new(),
            refresh: String::new(),
        }
    }

    /// The answer, or `None` where the connection broke.
    pub fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> Option<Reply> {
        let method = method.to_uppercase().parse().unwrap();
        let mut request = self.http.request(method, format!("{}/apoa/v1{path}", self.url));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        self.runtime.block_on(async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            let headers = response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            let body = response.bytes().await.ok()?.to_vec();
            Some(Reply { status, headers, body })
        })
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<(&Value, Vec<u8>)>,
        hold: Hold,
    ) -> Option<Reply> {
        let (value, bytes) = match body {
            Some((value, bytes)) => (Some(value), Some(bytes)),
            None => (None, None),
        };
        let bare = path.split('?').next().unwrap();
        let sent = Sent { method, path: bare, headers, body: value };
        if hold == Hold::Both {
            contract().check_sent(&sent);
        }
        let reply = self.raw(method, path, headers, bytes)?;
        if hold != Hold::Nothing {
            let received = Received { status: reply.status, headers: &reply.headers, body: &reply.body };
            contract().check_received(&sent, &received);
        }
        Some(reply)
    }

    pub fn form(&self, path: &str, fields: &[(&str, &str)], hold: Hold) -> Option<Reply> {
        let value = Value::Object(fields.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect());
        let encode = |text: &str| {
            let mut out = String::new();
            for byte in text.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    out.push(char::from(byte));
                } else {
                    write!(out, "%{byte:02X}").unwrap();
                }
            }
            out
        };
        let body: Vec<String> =
            fields.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        self.exchange("post", path, &headers, Some((&value, body.join("&").into_bytes())), hold)
    }

    pub fn challenge(&self, user: &str, password: &str) -> Option<Reply> {
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(VERIFIER.as_bytes()));
        let fields = [
            ("client_id", "apoa-test"),
            ("username", user),
            ("password", password),
            ("code_challenge", &challenge),
        ];
        self.form("/oauth/authorize-challenge", &fields, Hold::Both)
    }

    pub fn redeem(&self, code: &str, verifier: &str) -> Option<Reply> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "apoa-test"),
            ("code", code),
            ("code_verifier", verifier),
        ];
        self.form("/oauth/token", &fields, Hold::Both)
    }

    pub fn renew(&self, refresh: &str) -> Option<Reply> {
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "apoa-test"), ("refresh_token", refresh)];
        self.form("/oauth/token", &fields, Hold::Both)
    }

    pub fn sign_in(&mut self, password: &str) {
        let code = self.challenge("resepsionis", password).unwrap();
        assert_eq!(code.status, 200);
        let code = code.json()["authorization_code"].as_str().unwrap().to_owned();
        let tokens = self.redeem(&code, VERIFIER).unwrap();
        assert_eq!(tokens.status, 200);
        self.take_tokens(&tokens.json());
    }

    pub fn take_tokens(&mut self, tokens: &Value) {
        tokens["access_token"].as_str().unwrap().clone_into(&mut self.access);
        tokens["refresh_token"].as_str().unwrap().clone_into(&mut self.refresh);
    }

    pub fn headers(&self) -> Vec<(String, String)> {
        let headers = [
            ("authorization", format!("Bearer {}", self.access)),
            ("apoa-unit", self.unit.clone()),
            ("apoa-device", self.device.clone()),
            ("apoa-request-id", "0190a0b0-0000-7000-8000-0000000000ff".to_owned()),
        ];
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Replaces the profile that has this tag.
    pub fn put_profile(&self, profile: &Value, tag: &str, hold: Hold) -> Reply {
        let mut headers = self.headers();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        headers.push(("if-match".to_owned(), tag.to_owned()));
        let body = Some((profile, profile.to_string().into_bytes()));
        self.exchange("put", "/profile", &headers, body, hold).expect("an answer")
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.exchange("delete", path, &self.headers(), None, Hold::Both).unwrap()
    }
    /// Shows a one-time secret, or a name alone to be mailed one.
    pub fn challenge_with(&self, name: &str, value: &str) -> Reply {
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(VERIFIER.as_bytes()));
        let fields = [("client_id", "apoa-test"), (name, value), ("code_challenge", challenge.as_str())];
        self.form("/oauth/authorize-challenge", &fields, Hold::Both).expect("an answer")
    }

    pub fn get(&self, path: &str) -> Option<Reply> {
        self.exchange("get", path, &self.headers(), None, Hold::Both)
    }

    /// Sends operations as they are.
    pub fn send(&self, ops: &[Value], hold: Hold) -> Option<Reply> {
        self.send_to("/ops", ops, hold)
    }

    /// Asks what would become of operations.
    pub fn check(&self, ops: &[Value]) -> Vec<Value> {
        let reply = self.send_to("/ops/check", ops, Hold::Both).expect("an answer");
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        reply.json()["results"].as_array().unwrap().clone()
    }

    fn send_to(&self, path: &str, ops: &[Value], hold: Hold) -> Option<Reply> {
        let body = json!({ "schema": 1, "ops": ops });
        let bytes = body.to_string().into_bytes();
        let mut headers = self.headers();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        let digest = Base64::encode_string(&Sha256::digest(&bytes));
        headers.push(("content-digest".to_owned(), format!("sha-256=:{digest}:")));
        self.exchange("post", path, &headers, Some((&body, bytes)), hold)
    }

    /// Asks for the record of a permit.
    pub fn look_up(&self, key_kind: &str, key: &str, hold: Hold) -> Reply {
        let body = json!({ "key_kind": key_kind, "key": key });
        let bytes = body.to_string().into_bytes();
        let mut headers = self.headers();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        self.exchange("post", "/permits/lookup", &headers, Some((&body, bytes)), hold).expect("an answer")
    }

    /// Leaves a photo under this digest.
    pub fn put_photo(&self, sha256: &str, bytes: &[u8], hold: Hold) -> Reply {
        let mut headers = self.headers();
        headers.push(("content-type".to_owned(), "image/jpeg".to_owned()));
        let text: Value = bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into();
        let body = Some((&text, bytes.to_vec()));
        self.exchange("put", &format!("/attachments/{sha256}"), &headers, body, hold).expect("an answer")
    }

    /// Files one operation.
    pub fn file(&self, op: &Value) -> Value {
        let reply = self.send(std::slice::from_ref(op), Hold::Both).expect("an answer");
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let mut answer = reply.json();
        assert_eq!(answer["results"].as_array().unwrap().len(), 1);
        answer["results"][0].take()
    }
}

/// An id of version 7 that ends in a number.
pub fn id(number: u32) -> String {
    format!("0190a0b0-0000-7000-8000-{number:012x}")
}

/// A stay of the ICAO specimen.
pub fn stay() -> Value {
    json!({
        "full_name": "ERIKSSON ANNA MARIA",
        "birth_date": "1974-08-12",
        "nationality": "UTO",
        "sex": "F",
        "passport_number": "L898902C3",
        "issuing_state": "UTO",
        "source": "mrz",
        "check_in": "2026-11-24",
        "nights": 3,
        "purpose": "holiday",
        "room": "12",
    })
}

/// What an operation is about.
pub struct Draft<'a> {
    pub unit: &'a str,
    pub op: u32,
    pub report: u32,
    pub kind: &'a str,
    pub report_kind: &'a str,
    pub revision: u32,
    pub base: u32,
    pub data: Value,
}

impl<'a> Draft<'a> {
    pub fn submit(unit: &'a str, number: u32) -> Self {
        Self {
            unit,
            op: number,
            report: number + 1000,
            kind: "submit",
            report_kind: "lodging.check_in",
            revision: 1,
            base: 0,
            data: stay(),
        }
    }

    pub fn follow(unit: &'a str, op: u32, report: u32, kind: &'a str, base: u32, data: Value) -> Self {
        Self { op, report, kind, revision: base + 1, base, data, ..Self::submit(unit, 1) }
    }

    pub fn body(&self) -> Value {
        json!({
            "v": 1, "op_id": id(self.op), "report_id": id(self.report), "unit_id": self.unit, "kind": self.kind,
            "report_kind": self.report_kind, "revision": self.revision, "base_revision": self.base,
            "captured_by": CAPTURED_BY,
            "captured": { "wall_ms": NOW_MS, "offset_ms": 0, "trust": "synced" },
            "salt": "AAAAAAAAAAAAAAAAAAAAAA",
            "verdict": { "verdict": "match", "reasons": ["NAME_EXACT"] },
            "data": self.data,
        })
    }

    /// The envelope as a phone would send it.
    pub fn envelope(&self) -> Value {
        envelope(&self.body())
    }
}

/// Wraps a body, its ids and its hash.
pub fn envelope(body: &Value) -> Value {
    let text = body.to_string();
    json!({
        "op_id": body["op_id"], "kind": body["kind"], "report_id": body["report_id"], "revision": body["revision"],
        "base_revision": body["base_revision"], "body_sha256": sha256_hex(text.as_bytes()), "body": text,
    })
}

pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// Whether a key (base64url of its 32 bytes) signed the token.
pub fn signed_by(token: &str, key: &str) -> bool {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key: [u8; 32] = Base64UrlUnpadded::decode_vec(key).unwrap().try_into().unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    key.verify_strict(signed.as_bytes(), &signature).is_ok()
}
