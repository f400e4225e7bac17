//! Checks traffic against `core/api/openapi.yaml`: headers, request bodies, answers, and what is packed inside them
//! (frozen bodies, configuration, receipts). Panics with the place and reason of the first difference.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The contract, read once.
pub struct Contract {
    document: Value,
    /// By the text of their schema: making one takes longer than a thousand uses.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// A request as it went out.
pub struct Sent<'a> {
    pub method: &'a str,
    /// Path below the base, without query.
    pub path: &'a str,
    pub headers: &'a [(String, String)],
    pub body: Option<&'a Value>,
}

/// An answer as it came in.
pub struct Received<'a> {
    pub status: u16,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

impl Contract {
    /// Reads the file of this repository.
    pub fn load() -> Self {
        let text = include_str!("../../../../core/api/openapi.yaml");
        let document = serde_saphyr::from_str(text).expect("the contract is YAML");
        Self { document, validators: Mutex::default() }
    }

    /// Method and path of every endpoint, sorted.
    pub fn routes(&self) -> Vec<(String, String)> {
        let mut routes = Vec::new();
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for method in ["get", "put", "post", "delete"] {
                if item.get(method).is_some() {
                    routes.push((method.to_owned(), path.clone()));
                }
            }
        }
        routes.sort();
        routes
    }

    /// A named schema as it stands in the file.
    pub fn schema(&self, name: &str) -> &Value {
        let schema = &self.document["components"]["schemas"][name];
        assert!(!schema.is_null(), "no schema {name}");
        schema
    }

    /// Every schema that is a frozen body's `data`, is itself valid JSON Schema and refers only to what exists.
    pub fn check_itself(&self) {
        for name in self.document["components"]["schemas"].as_object().unwrap().keys() {
            self.validator(&json!({ "$ref": format!("#/components/schemas/{name}") }));
        }
    }

    /// Checks a value against a named schema.
    pub fn check(&self, name: &str, value: &Value) {
        self.check_against(&json!({ "$ref": format!("#/components/schemas/{name}") }), value, name);
    }

    /// Whether a value fits a named schema.
    pub fn fits(&self, name: &str, value: &Value) -> bool {
        self.validator(&json!({ "$ref": format!("#/components/schemas/{name}") })).is_valid(value)
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut made = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(schema.to_string()).or_insert_with(|| Arc::new(self.make_validator(schema))))
    }

    fn make_validator(&self, schema: &Value) -> Validator {
        let mut root = schema.as_object().cloned().unwrap_or_else(Map::new);
        root.insert("components".to_owned(), self.document["components"].clone());
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&Value::Object(root))
            .expect("the schema is valid")
    }

    fn check_against(&self, schema: &Value, value: &Value, what: &str) {
        let validator = self.validator(schema);
        if let Some(error) = validator.iter_errors(value).next() {
            panic!("{what}: {error} at {}; value {value}", error.instance_path());
        }
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(target) => self.document.pointer(&target[1..]).expect("the reference exists"),
            None => value,
        }
    }

    fn endpoint(&self, method: &str, path: &str) -> &Value {
        let paths = self.document["paths"].as_object().unwrap();
        let (_, item) = paths
            .iter()
            .find(|(template, _)| {
                let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{'))
            })
            .unwrap_or_else(|| panic!("{path} does not stand in the contract"));
        let endpoint = &item[method];
        assert!(!endpoint.is_null(), "{method} {path} does not stand in the contract");
        endpoint
    }

    /// Checks one exchange from both sides.
    pub fn check_exchange(&self, sent: &Sent<'_>, received: &Received<'_>) {
        self.check_sent(sent);
        self.check_received(sent, received);
    }

    /// Checks a request, frozen bodies included.
    pub fn check_sent(&self, sent: &Sent<'_>) {
        let endpoint = self.endpoint(sent.method, sent.path);
        for parameter in endpoint["parameters"].as_array().unwrap_or(&Vec::new()) {
            let parameter = self.resolve(parameter);
            if parameter["in"] != "header" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            match header(sent.headers, name) {
                Some(value) => self.check_against(&parameter["schema"], &json!(value), name),
                None => assert!(parameter["required"] != json!(true), "{name} is missing"),
            }
        }
        let Some(body) = sent.body else {
            assert!(endpoint["requestBody"].is_null(), "{} needs a body", sent.path);
            return;
        };
        let kind = media_type(sent.headers);
        let schema = &endpoint["requestBody"]["content"][&kind]["schema"];
        assert!(!schema.is_null(), "{} takes no {kind}", sent.path);
        self.check_against(schema, body, sent.path);
        for op in body["ops"].as_array().unwrap_or(&Vec::new()) {
            let frozen: Value = serde_json::from_str(op["body"].as_str().unwrap()).expect("a frozen body");
            self.check("FrozenBody", &frozen);
        }
    }

    /// Checks an answer, receipts and configuration included.
    pub fn check_received(&self, sent: &Sent<'_>, received: &Received<'_>) {
        let endpoint = self.endpoint(sent.method, sent.path);
        let status = received.status.to_string();
        let responses = &endpoint["responses"];
        let response = if responses[&status].is_null() { &responses["default"] } else { &responses[&status] };
        let response = self.resolve(response);
        for (name, wanted) in response["headers"].as_object().unwrap_or(&Map::new()) {
            let wanted = self.resolve(wanted);
            match header(received.headers, name) {
                Some(value) => self.check_against(&wanted["schema"], &json!(value), name),
                None => assert!(wanted["required"] != json!(true), "{name} is missing"),
            }
        }
        if matches!(received.status, 429 | 503) {
            assert!(header(received.headers, "retry-after").is_some(), "Retry-After is missing");
        }
        if response["content"].is_null() {
            assert!(received.body.is_empty(), "{status} has no body in the contract");
            return;
        }
        let kind = media_type(received.headers);
        let schema = &response["content"][&kind]["schema"];
        assert!(!schema.is_null(), "{} {status} has no {kind} in the contract", sent.path);
        if kind == "application/jwt" {
            let token = std::str::from_utf8(received.body).unwrap();
            self.check_against(schema, &json!(token), sent.path);
            self.check_token(token, "ConfigHeader", "Config");
            return;
        }
        let body: Value = serde_json::from_slice(received.body).expect("JSON");
        self.check_against(schema, &body, sent.path);
        if kind == "application/problem+json" {
            assert_eq!(body["status"], json!(received.status), "the problem repeats the status");
        }
        self.check_receipts(&body);
    }

    /// Every receipt anywhere inside.
    fn check_receipts(&self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str() {
                        Some(token) if name == "receipt" => {
                            self.check_token(token, "ReceiptHeader", "Receipt");
                        }
                        _ => self.check_receipts(member),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.check_receipts(item)),
            _ => {}
        }
    }

    fn check_token(&self, token: &str, header: &str, payload: &str) {
        let (head, body) = decode(token);
        self.check(header, &head);
        self.check(payload, &body);
    }
}

/// Header and payload of a compact JWS, without looking at the signature.
pub fn decode(token: &str) -> (Value, Value) {
    let part = |index| {
        let text = token.split('.').nth(index).expect("three parts");
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(text).expect("base64url")).expect("JSON")
    };
    (part(0), part(1))
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn media_type(headers: &[(String, String)]) -> String {
    let value = header(headers, "content-type").unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_owned()
}
