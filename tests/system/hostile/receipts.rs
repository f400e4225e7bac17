//! Receipts that prove nothing: each part of a true one swapped, signed by nobody, by a stranger, in another way.

use apoa_core::ids::{OpId, ReportId, UnitId};
use apoa_tests::random::Moments;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use crate::truth::Truth;

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

fn signed(header: &Value, payload: &Value, key: &SigningKey) -> String {
    let text =
        format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload.to_string().as_bytes()));
    let signature = key.sign(text.as_bytes());
    format!("{text}.{}", encode(&signature.to_bytes()))
}

/// A lie about the op of this place, and what it is.
pub(crate) fn lie(truth: &Truth, place: usize, chance: &mut Moments) -> (String, String) {
    let own = &truth.receipts[place];
    let parts: Vec<&str> = own.split('.').collect();
    let (mut header, mut payload) = (decode(parts[0]), decode(parts[1]));
    let stranger = SigningKey::from_bytes(&[7; 32]);
    match chance.up_to(6) {
        // Signed by the true key, about something else.
        0 => {
            let swaps = [
                ("op", json!(OpId::from_bytes([9; 16]))),
                ("rid", json!(ReportId::from_bytes([9; 16]))),
                ("rev", json!(2)),
                ("sha256", json!("00".repeat(32))),
                ("unit", json!(UnitId::from_bytes([9; 16]))),
                ("state", json!("queued")),
                ("state", json!(7)),
                ("sv", json!(-1)),
                ("iat", json!("yesterday")),
                ("closed", json!("no")),
                ("rev", json!(4_294_967_297_u64)),
                ("op", Value::Null),
            ];
            let (member, value) = &swaps[chance.up_to(swaps.len() as u64) as usize];
            payload[*member] = value.clone();
            (format!("true key, {member} {value}"), signed(&header, &payload, &truth.receipt_key))
        }
        // The signature of another payload.
        1 => {
            payload["state"] = json!("accepted");
            let payload = encode(payload.to_string().as_bytes());
            ("payload under an old signature".into(), format!("{}.{payload}.{}", parts[0], parts[2]))
        }
        2 => ("a stranger under the true key's id".into(), signed(&header, &payload, &stranger)),
        3 => {
            header["kid"] = json!(encode(stranger.verifying_key().as_bytes()));
            ("a stranger under its own id".into(), signed(&header, &payload, &stranger))
        }
        4 => of_header(truth, &mut header, &payload, chance),
        _ => of_text(truth, place, &parts, chance),
    }
}

/// The true key signed it, but the header says what ours never says.
fn of_header(truth: &Truth, header: &mut Value, payload: &Value, chance: &mut Moments) -> (String, String) {
    let changes = [
        ("alg", json!("none")),
        ("alg", json!("RS256")),
        ("alg", json!("HS256")),
        ("alg", json!("EdDSA")),
        ("alg", json!(["Ed25519"])),
        ("typ", json!("JWT")),
        ("typ", json!("apoa-config+jwt")),
        ("typ", Value::Null),
        ("kid", json!("")),
        ("kid", json!("../../../etc/passwd")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"})),
        ("jku", json!("https://example.org/keys")),
        ("x5c", json!(["AA"])),
        ("zip", json!("DEF")),
    ];
    let (member, value) = &changes[chance.up_to(changes.len() as u64) as usize];
    header[*member] = value.clone();
    (format!("header {member} {value}"), signed(header, payload, &truth.receipt_key))
}

/// The letters of the token itself.
fn of_text(truth: &Truth, place: usize, parts: &[&str], chance: &mut Moments) -> (String, String) {
    let own = &truth.receipts[place];
    let (what, text) = match chance.up_to(12) {
        0 => ("another op's", truth.receipts[1 - place].clone()),
        1 => ("no signature", format!("{}.{}.", parts[0], parts[1])),
        2 => ("two parts", format!("{}.{}", parts[0], parts[1])),
        3 => ("four parts", format!("{own}.AA")),
        4 => ("padded", format!("{own}==")),
        5 => ("a signature too long", format!("{own}AAAA")),
        6 => ("nothing", String::new()),
        7 => ("dots", "..".to_owned()),
        8 => ("a megabyte of dots", ".".repeat(900_000)),
        9 => ("spaces inside", own.replace('.', " . ")),
        10 => ("long", "A".repeat(700_000)),
        // The same signature with the group's order added: verifies where nobody is strict.
        _ => ("another form of the signature", format!("{}.{}.{}", parts[0], parts[1], malleable(parts[2]))),
    };
    (what.to_owned(), text)
}

/// `S + L` in place of `S`, as little-endian numbers of 32 bytes.
fn malleable(signature: &str) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let mut carry = 0;
    for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    encode(&bytes)
}
