//! The order in which a payload is recognised. First hit wins; whatever is left is `Unknown`, never an error.

use std::collections::BTreeSet;

use super::forms::{self, Form};
use super::holder::Fault;
use super::host::{self, Link};
use super::json;
use super::patterns::{KeyKind, Patterns};
use super::text::{self, MAX_LINE_CHARS, MAX_LINES, MAX_PAYLOAD_BYTES};
use super::{
    Confidence, Danger, DocumentNumber, ForeignKind, MrzText, Note, Reading, RecordKey, Said, SealKind, Shape,
};
use crate::private::Private;

/// The shortest text taken for a token: below this, words and codes of shops look alike.
const MIN_TOKEN_CHARS: usize = 16;

/// The largest zone: three lines of thirty (TD1).
const MAX_ZONE_CELLS: usize = 90;

/// Says what a payload is. Total: every byte string has a reading, nothing is opened, nothing is asked.
pub fn read(payload: &[u8], patterns: &Patterns) -> Reading {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Said::Unknown { shape: Shape(format!("{} bytes", payload.len())) }.into();
    }
    // ISO 22376 and the German profile BSI TR-03137 begin with this magic.
    if payload.starts_with(&[0xdc, 0x03]) {
        return Said::DigitalSeal { kind: SealKind::Vds }.into();
    }
    let decoded = text::decode(payload);
    let mut reading = read_text(text::strip_noise(&decoded.text), patterns);
    if decoded.guessed {
        reading.notes.insert(Note::EncodingGuessed);
    }
    reading
}

fn read_text(text: &str, patterns: &Patterns) -> Reading {
    if let Some(kind) = foreign(text) {
        return Said::NotPermit { kind }.into();
    }
    let broken = text.contains(['\t', '\r', '\n']) && host::begins_like_url(text, patterns);
    if broken || text.chars().any(text::is_hidden) {
        return Said::Suspicious { reason: Danger::Hidden }.into();
    }
    if let Some(link) = host::judge(text, patterns) {
        return of_link(link, text);
    }
    if let Some(sure) = mrz_zone(text) {
        return Said::Mrz { text: MrzText(text.into()), sure }.into();
    }
    if let Some(reading) = json::read(text, patterns).map(|form| of_form(form, text)) {
        return reading;
    }
    if text.starts_with("RDB1") {
        return Said::DigitalSeal { kind: SealKind::Rdb }.into();
    }
    let too_long = |line: &str| line.chars().count() > MAX_LINE_CHARS;
    if text::lines(text).count() > MAX_LINES || text::lines(text).any(too_long) {
        return unknown(text);
    }
    forms::labelled(text, patterns)
        .or_else(|| forms::delimited(text, patterns))
        .map(|form| of_form(form, text))
        .or_else(|| number(text, patterns))
        .or_else(|| is_token(text).then(|| Said::OpaqueToken(super::Token(text.into())).into()))
        .unwrap_or_else(|| unknown(text))
}

fn unknown(text: &str) -> Reading {
    Said::Unknown { shape: Shape(text::shape_of(text)) }.into()
}

/// Codes of other trades, known by how they begin.
fn foreign(text: &str) -> Option<ForeignKind> {
    // `000201` opens every EMV merchant code, QRIS among them.
    const STARTS: [(&str, ForeignKind); 5] = [
        ("WIFI:", ForeignKind::Wifi),
        ("000201", ForeignKind::Payment),
        ("BEGIN:VCARD", ForeignKind::Contact),
        ("MECARD:", ForeignKind::Contact),
        ("BIZCARD:", ForeignKind::Contact),
    ];
    if text.is_empty() {
        return Some(ForeignKind::Empty);
    }
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    STARTS.into_iter().find(|(start, _)| begins(start)).map(|(_, kind)| kind)
}

fn of_link(link: Link, text: &str) -> Reading {
    match link {
        Link::Issuer { id, key, insecure } => {
            let key = key.map(|(kind, key)| RecordKey { kind, key: Private::new(key) });
            let notes = if insecure { BTreeSet::from([Note::InsecureScheme]) } else { BTreeSet::new() };
            Reading { said: Said::IssuerLink { issuer: id, key }, notes }
        }
        Link::OtherOfficial { id } => Said::OtherOfficial { kind: id }.into(),
        Link::UnlistedOffice { host, path } => {
            Said::Unknown { shape: Shape(format!("{host}{}", text::shape_of(&path))) }.into()
        }
        Link::Danger(reason) => Said::Suspicious { reason }.into(),
        Link::TooLong => unknown(text),
    }
}

fn of_form(form: Form, text: &str) -> Reading {
    match form {
        Form::Holder(holder, notes) => Reading { said: Said::HolderFields(holder), notes },
        Form::Seal => Said::DigitalSeal { kind: SealKind::VdsNc }.into(),
        Form::Fault(Fault::Hidden) => Said::Suspicious { reason: Danger::Hidden }.into(),
        Form::Fault(Fault::TooLong) => unknown(text),
    }
}

fn number(text: &str, patterns: &Patterns) -> Option<Reading> {
    let printed = text.to_ascii_uppercase();
    let kind = patterns.number_kind(&printed)?;
    Some(Said::Number { kind, number: DocumentNumber::new(&printed) }.into())
}

/// Whether a text is nothing but a machine-readable zone: lines of the right width, or one joined line, that parse as
/// they stand. A code loses no characters, so nothing is repaired here. What the lines mean is `passport`'s work.
fn mrz_zone(text: &str) -> Option<Confidence> {
    let cell = |c: char| if matches!(c, '«' | '‹' | '＜') { '<' } else { c.to_ascii_uppercase() };
    let zone: String =
        text.chars().filter(|c| !c.is_whitespace()).take(MAX_ZONE_CELLS + 1).map(cell).collect();
    if !zone.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'<') || !zone.contains("<<") {
        return None;
    }
    let visa = zone.starts_with('V');
    let data = match (zone.len(), zone.split_at_checked(44), zone.split_at_checked(36)) {
        (88, Some((one, two)), _) if visa => mrz::parse_mrv_a(one, two),
        (88, Some((one, two)), _) => mrz::parse_td3(one, two),
        (72, _, Some((one, two))) if visa => mrz::parse_mrv_b(one, two),
        (72, _, Some((one, two))) => mrz::parse_td2(one, two),
        (MAX_ZONE_CELLS, ..) => mrz::parse_td1(zone.get(..30)?, zone.get(30..60)?, zone.get(60..)?),
        _ => return None,
    };
    data.ok().map(|data| if data.valid() { Confidence::Exact } else { Confidence::Probable })
}

/// Hexadecimal, base64, base64url, or three such parts: long enough, and not merely a word or a number.
fn is_token(text: &str) -> bool {
    let long = text.len() >= MIN_TOKEN_CHARS;
    let mixed = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic());
    let url_safe = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let body = text.trim_end_matches('=');
    let plain = text.len().is_multiple_of(4)
        && text.len().saturating_sub(body.len()) <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let parts: Vec<&str> = text.split('.').collect();
    let three = parts.len() == 3 && parts.iter().all(|part| url_safe(part));
    long && mixed && (plain || three || url_safe(text))
}

impl Reading {
    /// The key to ask our own server with: what it names, and its text as the code carries it.
    pub fn key(&self) -> Option<(KeyKind, &str)> {
        match &self.said {
            Said::IssuerLink { key, .. } => key.as_ref().map(|key| (key.kind, key.key.reveal().as_str())),
            Said::Number { kind, number } => Some((KeyKind::Number(*kind), number.printed())),
            Said::OpaqueToken(token) => Some((KeyKind::Token, token.0.reveal().as_str())),
            Said::HolderFields(_)
            | Said::Mrz { .. }
            | Said::DigitalSeal { .. }
            | Said::OtherOfficial { .. }
            | Said::Suspicious { .. }
            | Said::NotPermit { .. }
            | Said::Unknown { .. } => None,
        }
    }
}
