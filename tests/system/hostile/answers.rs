//! Answers that nobody should give, drawn by number and chance.

use std::io::Write as _;

use apoa_core::ids::OpId;
use apoa_tests::random::Moments;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::receipts::lie;
use crate::truth::{Truth, content_type, http};

/// One answer, for the first request that goes there.
pub(crate) struct Hostile {
    pub(crate) what: String,
    pub(crate) path: &'static str,
    pub(crate) said: Said,
    /// It says, as a server may without proof, that the data have to be corrected.
    pub(crate) verdict: bool,
}

pub(crate) enum Said {
    /// These bytes, then the end.
    Whole(Vec<u8>),
    /// These bytes, then the last ones again and again, until nobody listens.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, one at a time.
    Slow(Vec<u8>),
    /// A page to each request that comes there, and always one more.
    Pages(Page),
}

/// A page of changes that says that there are more.
pub(crate) struct Page {
    pub(crate) item: Value,
    /// Each with another cursor.
    pub(crate) moves: bool,
}

impl Page {
    pub(crate) fn numbered(&self, number: u64) -> Vec<u8> {
        let page = json!({"items": [self.item], "next_cursor": number.to_string(), "has_more": true});
        http(200, &["content-type: application/json"], page.to_string().as_bytes())
    }
}

/// Statuses of three digits.
const STATUSES: u64 = 500;

/// The answer of this number: every second one is a status, each of them bare and with a problem document, so that a
/// thousand numbers hold all of them.
pub(crate) fn draw(number: u64, truth: &Truth, chance: &mut Moments) -> Hostile {
    if number.is_multiple_of(2) {
        // A stride without a common divisor: few numbers are spread over all statuses.
        let which = number / 2 * 7_919 % (2 * STATUSES);
        return status(100 + (which / 2) as u16, which % 2 == 1, chance);
    }
    match chance.up_to(100) {
        0..30 => with_lies(truth, chance),
        30..42 => contradicting(truth, chance),
        42..58 => of_json(truth, chance),
        58..68 => compressed(truth, chance),
        68..78 => of_framing(truth, chance),
        78..90 => of_headers(truth, chance),
        90..99 => elsewhere(truth, chance),
        _ => lasting(chance),
    }
}

fn whole(what: impl Into<String>, path: &'static str, bytes: Vec<u8>) -> Hostile {
    Hostile { what: what.into(), path, said: Said::Whole(bytes), verdict: false }
}

fn json(what: impl Into<String>, body: &[u8]) -> Hostile {
    whole(what, "/ops", http(200, &["content-type: application/json"], body))
}

fn pick<T: Copy>(from: &[T], chance: &mut Moments) -> T {
    from[chance.up_to(from.len() as u64) as usize]
}

fn path(chance: &mut Moments) -> &'static str {
    pick(&["/ops", "/ops", "/ops", "/changes", "/config", "/oauth/token"], chance)
}

fn status(status: u16, problem: bool, chance: &mut Moments) -> Hostile {
    let path = path(chance);
    let words = [
        "unauthorised",
        "unit",
        "role",
        "device-revoked",
        "in-progress",
        "revision-conflict",
        "too-large",
        "malformed",
        "schema-unsupported",
        "cursor-expired",
        "never-seen",
        "access_denied",
        "invalid_grant",
        "",
        "no such word",
    ];
    let word = pick(&words, chance);
    let body = format!(r#"{{"type":"urn:apoa:problem:{word}","status":{status},"retry":"never"}}"#);
    let (kind, body) = if problem {
        ("application/problem+json", body.as_str())
    } else {
        ("text/html", "<html>something in between</html>")
    };
    let kind = format!("content-type: {kind}");
    let wait = pick(&["x-nothing: 1", "retry-after: 0", "retry-after: 86400", "retry-after: soon"], chance);
    whole(
        format!("{status} {word} problem {problem}, {wait}"),
        path,
        http(status, &[&kind, wait], body.as_bytes()),
    )
}

/// The true answer with another receipt for one op, or for both.
fn with_lies(truth: &Truth, chance: &mut Moments) -> Hostile {
    let mut answer = truth.ops();
    let outcome = pick(&["applied", "duplicate", "merged"], chance);
    let mut what = outcome.to_owned();
    for place in 0..2 {
        let (name, text) = lie(truth, place_of(truth, &answer, place), chance);
        what = format!("{what}; {name}");
        answer["results"][place]["receipt"] = Value::String(text);
        answer["results"][place]["outcome"] = outcome.into();
        answer["results"][place]["same_as"] = json!(truth.reports[1 - place].0);
    }
    json(what, answer.to_string().as_bytes())
}

/// Which report a result is about.
fn place_of(truth: &Truth, answer: &Value, place: usize) -> usize {
    usize::from(answer["results"][place]["op_id"] != json!(truth.reports[0].1))
}

fn contradicting(truth: &Truth, chance: &mut Moments) -> Hostile {
    let mut answer = truth.ops();
    let results = answer["results"].as_array().unwrap().clone();
    let stranger = json!(OpId::from_bytes([9; 16]));
    let mut verdict = false;
    let what = match chance.up_to(9) {
        0 => {
            answer["results"][0]["op_id"] = stranger.clone();
            answer["results"][1]["op_id"] = stranger;
            "results of ops that nobody sent"
        }
        1 => {
            let (one, two) = (results[0]["op_id"].clone(), results[1]["op_id"].clone());
            answer["results"][0]["op_id"] = two;
            answer["results"][1]["op_id"] = one;
            "each other's receipts"
        }
        2 => {
            for result in answer["results"].as_array_mut().unwrap() {
                result["outcome"] =
                    pick(&["accepted", "", "APPLIED", "applied ", "deferred", "deleted"], chance).into();
            }
            "outcomes that nobody knows"
        }
        3 => {
            answer["results"] = json!([]);
            "no results"
        }
        4 => {
            verdict = true;
            for result in answer["results"].as_array_mut().unwrap() {
                result["outcome"] = "invalid".into();
            }
            "both invalid, with their receipts"
        }
        5 => {
            for result in answer["results"].as_array_mut().unwrap() {
                result["outcome"] = pick(&["conflict", "mismatch", "unsupported"], chance).into();
            }
            "both refused, with their receipts"
        }
        6 => {
            for result in answer["results"].as_array_mut().unwrap() {
                result["receipt"] = Value::Null;
            }
            "applied without receipts"
        }
        7 => {
            answer["results"] = vec![json!({"op_id": stranger, "outcome": "applied"}); 12_000].into();
            "thousands of results"
        }
        _ => {
            let (_, text) = lie(truth, place_of(truth, &answer, 0), chance);
            let mut first = results[0].clone();
            first["receipt"] = text.into();
            let mut others = results;
            others.insert(0, first);
            answer["results"] = others.into();
            "the same op twice, the first with a lie"
        }
    };
    Hostile { verdict, ..json(what, answer.to_string().as_bytes()) }
}

fn of_json(truth: &Truth, chance: &mut Moments) -> Hostile {
    let body = truth.answers["/ops"].clone();
    let at = chance.up_to(body.len() as u64) as usize;
    match chance.up_to(12) {
        0 => json(format!("cut at {at}"), &body[..at]),
        1 | 2 => {
            let mut body = body;
            body[at] ^= 1 << chance.up_to(8);
            json(format!("a bit changed at {at}"), &body)
        }
        3 => json("deep", &[b"{\"results\":".as_slice(), &vec![b'['; 500_000]].concat()),
        4 => json(
            "deep inside a known member",
            &[b"{\"results\":[{\"op_id\":".as_slice(), &vec![b'{'; 100_000]].concat(),
        ),
        5 => json(
            "a text of a megabyte",
            format!("{{\"results\":[],\"x\":\"{}\"}}", "x".repeat(1_000_000)).as_bytes(),
        ),
        6 => json("more than a megabyte", &vec![b' '; 3_000_000]),
        7 => json(
            "many small values",
            format!("{{\"results\":[],\"x\":[{}0]}}", "0,".repeat(450_000)).as_bytes(),
        ),
        8 => json("no text", &[0xff, 0xfe, 0, 0, 0x80]),
        9 => json("numbers", br#"{"results":[{"op_id":1e999,"outcome":-0,"receipt":18446744073709551616}]}"#),
        10 => json(
            "another shape",
            pick(&["[]", "null", "{}", "\"\"", "{\"results\":{}}", "{\"results\":null}"], chance).as_bytes(),
        ),
        _ => {
            let noise: Vec<u8> = (0..chance.up_to(4_000)).map(|_| chance.up_to(256) as u8).collect();
            json("noise", &noise)
        }
    }
}

fn compressed(truth: &Truth, chance: &mut Moments) -> Hostile {
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let path = path(chance);
    let kind = format!("content-type: {}", content_type(path));
    let bomb = || gzip(&vec![b' '; 32 * 1024 * 1024]);
    let (what, status, kind, body) = match chance.up_to(6) {
        0 => ("a bomb", 200, kind, bomb()),
        1 => ("a bomb as a problem", 422, "content-type: application/problem+json".to_owned(), bomb()),
        2 => ("a bomb in a bomb", 200, kind, gzip(&bomb())),
        3 => ("no gzip at all", 200, kind, truth.answers[path].clone()),
        4 => {
            let body = gzip(&truth.answers[path]);
            ("half of it", 200, kind, body[..body.len() / 2].to_vec())
        }
        _ => ("gzip of nothing", 200, kind, gzip(b"")),
    };
    whole(format!("gzip: {what}"), path, http(status, &[&kind, "content-encoding: gzip"], &body))
}

fn of_framing(truth: &Truth, chance: &mut Moments) -> Hostile {
    let body = String::from_utf8(truth.answers["/ops"].clone()).unwrap();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let (what, text) = match chance.up_to(12) {
        0 => ("a chunk without end", format!("{chunked}fffffffff\r\n{body}")),
        1 => (
            "a chunk larger than any number",
            format!("{chunked}fffffffffffffffffffff\r\n{body}\r\n0\r\n\r\n"),
        ),
        2 => ("a negative chunk", format!("{chunked}-5\r\n{body}\r\n0\r\n\r\n")),
        3 => ("no last chunk", format!("{chunked}{:x}\r\n{body}\r\n", body.len())),
        4 => ("half a chunk", format!("{chunked}{:x}\r\n{}", body.len(), &body[..body.len() / 2])),
        5 => ("a length too large", format!("{head}content-length: 999999999999\r\n\r\n{body}")),
        6 => ("no number as length", format!("{head}content-length: many\r\n\r\n{body}")),
        7 => ("two lengths", format!("{head}content-length: 5\r\ncontent-length: 7\r\n\r\n{body}")),
        8 => ("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n".to_owned()),
        9 => ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        10 => ("silence", String::new()),
        _ => ("a status of letters", "HTTP/1.1 abc OK\r\n\r\n".to_owned()),
    };
    whole(format!("framing: {what}"), "/ops", text.into_bytes())
}

fn of_headers(truth: &Truth, chance: &mut Moments) -> Hostile {
    let path = path(chance);
    let body = truth.answers[path].as_slice();
    let kind = format!("content-type: {}", content_type(path));
    let flood =
        |count: usize| (0..count).map(|number| format!("x-flood-{number}: {number}")).collect::<Vec<_>>();
    let other = "content-type: application/octet-stream".to_owned();
    let (what, status, mut headers) = match chance.up_to(9) {
        0 => ("thousands", 200, flood(5_000)),
        1 => ("a hundred and more", 200, flood(120)),
        2 => ("one of a megabyte", 200, vec![kind, format!("x-long: {}", "x".repeat(1_000_000))]),
        3 => ("no content type", 200, vec![]),
        4 => {
            let types = [
                "text/html",
                "text/json",
                "application/jsonp",
                "application/problem+json",
                "json",
                "*/*",
                ",",
            ];
            ("another content type", 200, vec![format!("content-type: {}", pick(&types, chance))])
        }
        5 => ("two content types", 200, vec!["content-type: text/html".to_owned(), kind]),
        6 => {
            let waits = [
                "9223372036854775807",
                "-1",
                "99999999999999999999",
                "1e9",
                "NaN",
                "Fri, 31 Dec 9999 23:59:59 GMT",
            ];
            let wait = pick(&waits, chance);
            (
                "retry-after",
                503,
                vec![format!("retry-after: {wait}"), "date: Thu, 01 Jan 1970 00:00:00 GMT".to_owned()],
            )
        }
        7 => {
            let dates = ["Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", ""];
            ("dates", 503, vec![format!("date: {}", pick(&dates, chance))])
        }
        _ => (
            "a redirect",
            pick(&[301, 302, 303, 307, 308], chance),
            vec!["location: https://127.0.0.1:1/apoa/v1/ops".to_owned(), other],
        ),
    };
    headers.push("x-last: 1".to_owned());
    let lines: Vec<&str> = headers.iter().map(String::as_str).collect();
    whole(format!("headers: {what} {status}"), path, http(status, &lines, body))
}

/// What the other requests may be told.
fn elsewhere(truth: &Truth, chance: &mut Moments) -> Hostile {
    let of = |what: &str, path: &'static str, body: &[u8]| {
        let kind = format!("content-type: {}", content_type(path));
        whole(what, path, http(200, &[&kind], body))
    };
    let (report, op) = truth.reports[0];
    let item = |receipt: &str| json!({"report_id": report, "kind": "lodging.check_in", "captured_by": op, "receipt": receipt});
    match chance.up_to(8) {
        0 | 1 => {
            // What a page tells counts by report, revision and unit: with the true key the rest is the server's to say.
            let counts = |name: &str| {
                ["op", "rev 2", "sha256"].iter().any(|part| name.starts_with(&format!("true key, {part}")))
            };
            let (name, text) =
                std::iter::repeat_with(|| lie(truth, 0, chance)).find(|(name, _)| !counts(name)).unwrap();
            let page = json!({"items": [item(&text)], "next_cursor": "1", "has_more": false});
            of(&format!("a page with a lie: {name}"), "/changes", page.to_string().as_bytes())
        }
        2 => {
            let page = Page { item: item(""), moves: chance.up_to(2) == 0 };
            Hostile { said: Said::Pages(page), ..whole("pages without end", "/changes", Vec::new()) }
        }
        3 => {
            let mut token: Value = serde_json::from_slice(&truth.answers["/oauth/token"]).unwrap();
            token["expires_in"] = pick(&[i64::MAX, i64::MIN, 0, -1], chance).into();
            token["units"] = json!([]);
            of("tokens for a time of nonsense", "/oauth/token", token.to_string().as_bytes())
        }
        4 => {
            let mut token: Value = serde_json::from_slice(&truth.answers["/oauth/token"]).unwrap();
            let secret = pick(&["", "\r\nX-Injected: 1", "\u{202e}", "\0"], chance);
            token["access_token"] = secret.into();
            of("a token that is no header", "/oauth/token", token.to_string().as_bytes())
        }
        5 => of("a receipt as configuration", "/config", truth.receipts[0].as_bytes()),
        6 => {
            let mut config = truth.answers["/config"].clone();
            let at = chance.up_to(config.len() as u64) as usize;
            config[at] ^= 1;
            of("a configuration with a bit changed", "/config", &config)
        }
        _ => {
            let page = json!({"items": vec![item(&truth.receipts[1]); 2_000], "next_cursor": "x".repeat(100_000), "has_more": false});
            of("a page of another report's receipts", "/changes", page.to_string().as_bytes())
        }
    }
}

fn lasting(chance: &mut Moments) -> Hostile {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n".to_vec();
    let body = [head.as_slice(), b"transfer-encoding: chunked\r\n\r\n"].concat();
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
    let (what, said) = match chance.up_to(4) {
        0 => ("a body without end", Said::Endless(body, chunk)),
        1 => ("headers without end", Said::Endless(head, b"x-more: 1\r\n".repeat(1_000))),
        2 => {
            ("a slow body", Said::Slow([body.as_slice(), b"10\r\n{\"results\":[]  }\r\n0\r\n\r\n"].concat()))
        }
        _ => ("a slow head", Said::Slow(head)),
    };
    Hostile { what: what.to_owned(), path: "/ops", said, verdict: false }
}
