//! The contract of both ends, `core/api/openapi.yaml`, held against whatever the core and a server of ours say to each
//! other in any test: headers, bodies, frozen bodies, receipts, configurations.

use std::any::Any;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex, PoisonError};

use apoa_server::Exchange;
use serde_json::{Map, Value, json};

use contract::{Contract, Received, Sent};

#[allow(dead_code, missing_docs, reason = "shared with the server's own tests")]
#[path = "../server/tests/support/contract.rs"]
pub mod contract;

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::load);

/// What broke it in this process.
static BROKEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Holds an exchange against the contract. What breaks it is kept for [`search`]: the server goes on, as it would.
pub fn uphold(exchange: &Exchange) {
    // A portal's page stands in for somebody else's answer.
    if exchange.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/html")) {
        return;
    }
    let held = catch_unwind(AssertUnwindSafe(|| {
        let body = request_body(exchange);
        let method = exchange.method.to_lowercase();
        let (path, headers) = (exchange.path.as_str(), exchange.request_headers.as_slice());
        let sent = Sent { method: &method, path, headers, body: body.as_ref() };
        let received = Received { status: exchange.status, headers: &exchange.headers, body: &exchange.body };
        CONTRACT.check_exchange(&sent, &received);
    }));
    if let Err(why) = held {
        let text = format!("{exchange:?}: {}", said(&*why));
        BROKEN.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }
}

/// Fails if anything broke the contract so far.
pub fn search() {
    let broken = BROKEN.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(broken.is_empty(), "not as core/api/openapi.yaml says: {broken:#?}");
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no reason")
}

/// What a request says: JSON, the fields of a form, or a photo as a text of as many characters.
pub fn request_body(exchange: &Exchange) -> Option<Value> {
    let header = |wanted: &str| {
        exchange.request_headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    if exchange.request_body.is_empty() {
        return None;
    }
    let mut bytes = exchange.request_body.clone();
    if header("content-encoding") == Some("gzip") {
        bytes.clear();
        flate2::read::GzDecoder::new(exchange.request_body.as_slice()).read_to_end(&mut bytes).expect("gzip");
    }
    if header("content-type") == Some("application/json") {
        return Some(serde_json::from_slice(&bytes).expect("JSON"));
    }
    if header("content-type") == Some("image/jpeg") {
        // A character a byte, so that lengths are held against the contract too.
        return Some(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into());
    }
    let form = url::form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), json!(value)));
    Some(Value::Object(form.collect::<Map<_, _>>()))
}
