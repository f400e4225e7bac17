//! Addresses inside payloads: whether the host is exactly a listed one, spelled exactly so.
//! Nothing here opens or returns an address; at most a key is taken out of it.

use url::{Host, Url};

use super::Danger;
use super::patterns::{Issuer, KeyKind, KeyRule, Patterns, Template};
use super::text::{MAX_KEY_CHARS, MAX_URL_BYTES};

/// The office's own domain. Its hosts that are not listed raise no alarm, but give no key either.
const OFFICE_DOMAIN: &str = "imigrasi.go.id";

/// What an address says.
pub(crate) enum Link {
    Issuer { id: String, key: Option<(KeyKind, String)>, insecure: bool },
    OtherOfficial { id: String },
    UnlistedOffice { host: String, path: String },
    Danger(Danger),
    TooLong,
}

/// Whether a text begins like an address: a scheme, a colon and no space, or a listed host. A configured label is no
/// scheme.
pub(crate) fn begins_like_url(text: &str, patterns: &Patterns) -> bool {
    scheme(text, patterns).is_some() || listed_start(text, patterns).is_some()
}

/// Judges a text that begins like an address; none for any other text.
pub(crate) fn judge(text: &str, patterns: &Patterns) -> Option<Link> {
    let full = match scheme(text, patterns) {
        Some(_) => text.to_owned(),
        // Without a scheme only a listed host with something behind it counts.
        None => match listed_start(text, patterns)? {
            '/' | '?' => format!("https://{text}"),
            _ => return None,
        },
    };
    if text.len() > MAX_URL_BYTES {
        return Some(Link::TooLong);
    }
    Some(examine(&full, patterns).unwrap_or_else(Link::Danger))
}

fn scheme<'t>(text: &'t str, patterns: &Patterns) -> Option<&'t str> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let spaced = rest.starts_with([' ', '\t']);
    (letters && starts && !spaced && patterns.label(scheme).is_none()).then_some(scheme)
}

/// The character behind a listed host at the start of the text (a space if there is none).
fn listed_start(text: &str, patterns: &Patterns) -> Option<char> {
    patterns.hosts().find_map(|host| {
        let start = text.get(..host.len())?;
        let behind = text.get(host.len()..)?.chars().next().unwrap_or(' ');
        (start.eq_ignore_ascii_case(host) && !behind.is_ascii_alphanumeric() && behind != '-')
            .then_some(behind)
    })
}

/// The reasons in their order of precedence; the first that applies is given.
fn examine(full: &str, patterns: &Patterns) -> Result<Link, Danger> {
    let raw = raw_authority(full);
    // The parser overlooks missing and surplus slashes; what it would then take for a user or a port counts.
    let loose = loose_authority(full);
    let insecure = match full.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
        Some("https") => false,
        Some("http") => true,
        _ => return Err(Danger::Scheme),
    };
    let parsed = Url::parse(full).ok();
    let user_info = parsed.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    if user_info || loose.contains('@') {
        return Err(Danger::UserInfo);
    }
    let written_port = port_of(loose);
    let parsed_host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default().to_ascii_lowercase();
    let entry = match written_port {
        Some(port) => format!("{parsed_host}:{port}"),
        None => parsed_host.clone(),
    };
    let listed = patterns.hosts().any(|host| host == entry);
    let has_port = written_port.is_some() || parsed.as_ref().is_some_and(|url| url.port().is_some());
    if has_port && !listed {
        return Err(Danger::Port);
    }
    let parsed = parsed.ok_or(Danger::Host)?;
    if matches!(parsed.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) && !listed {
        return Err(Danger::Ip);
    }
    let exact = raw.is_some_and(|raw| raw.to_ascii_lowercase() == entry) && !full.contains('\\');
    if !listed {
        return if exact && is_office_host(&parsed_host) {
            Ok(Link::UnlistedOffice { host: parsed_host, path: path_of(full).to_owned() })
        } else {
            Err(Danger::Host)
        };
    }
    if !exact {
        return Err(Danger::RawHost);
    }
    if let Some(issuer) = patterns.issuers.iter().find(|issuer| issuer.hosts.contains(&entry)) {
        let allowed = if insecure { issuer.http } else { issuer.https };
        if !allowed {
            return Err(Danger::Scheme);
        }
        return Ok(Link::Issuer { id: issuer.id.clone(), key: key_of(full, issuer), insecure });
    }
    let official = patterns.official.iter().find(|other| other.hosts.contains(&entry));
    official.map(|found| Link::OtherOfficial { id: found.id.clone() }).ok_or(Danger::Host)
}

/// A host below the office's domain, each label of letters, digits and inner hyphens, none in punycode.
fn is_office_host(host: &str) -> bool {
    let below = host.strip_suffix(OFFICE_DOMAIN).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    below && !host.contains("xn--") && host.split('.').all(plain)
}

/// What stands literally between `http://` or `https://` and the next `/`, `?`, `#` or backslash.
fn raw_authority(full: &str) -> Option<&str> {
    let rest = behind_slashes(full)?;
    rest.split(['/', '?', '#', '\\']).next()
}

/// The authority as a lenient parser finds it, however many slashes stand before it.
fn loose_authority(full: &str) -> &str {
    let rest = full.split_once(':').map_or("", |(_, rest)| rest).trim_start_matches(['/', '\\']);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

fn behind_slashes(full: &str) -> Option<&str> {
    let (_, rest) = full.split_once(':')?;
    rest.strip_prefix("//")
}

fn port_of(authority: &str) -> Option<&str> {
    // Colons inside brackets, closed or not, belong to the address.
    let behind_address = match authority.rsplit_once(']') {
        Some((_, rest)) => rest,
        None => authority.split('[').next().unwrap_or_default(),
    };
    behind_address.rsplit_once(':').map(|(_, port)| port)
}

/// The path as written, without what the parser would tidy.
fn path_of(full: &str) -> &str {
    let rest = behind_slashes(full).unwrap_or_default();
    let from = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let tail = rest.get(from..).unwrap_or_default();
    tail.split(['?', '#']).next().unwrap_or_default()
}

fn key_of(full: &str, issuer: &Issuer) -> Option<(KeyKind, String)> {
    let (before, fragment) =
        full.split_once('#').map_or((full, None), |(before, after)| (before, Some(after)));
    let query = before.split_once('?').map(|(_, query)| query);
    issuer.keys.iter().find_map(|rule| {
        // A fragment never reaches the issuer: without a rule of its own, what it would change is unknown.
        if rule.fragment.is_some() != fragment.is_some() {
            return None;
        }
        let in_path = fill(&rule.path, path_of(full), rule.ignore_case);
        let in_fragment = match &rule.fragment {
            Some(template) => fill(template, fragment?, rule.ignore_case),
            None => Filled::NoKey,
        };
        let key = match (in_path, in_fragment, &rule.query) {
            (Filled::Key(key), Filled::NoKey, None) | (Filled::NoKey, Filled::Key(key), None) => key,
            (Filled::NoKey, Filled::NoKey, Some(name)) => parameter(query?, name)?,
            _ => return None,
        };
        accept(rule, key)
    })
}

/// How a text fills a template.
enum Filled<'t> {
    Not,
    NoKey,
    Key(&'t str),
}

fn fill<'t>(template: &Template, text: &'t str, ignore_case: bool) -> Filled<'t> {
    let equal =
        |one: &str, other: &str| if ignore_case { one.eq_ignore_ascii_case(other) } else { one == other };
    let Some(after) = &template.after else {
        return if equal(text, &template.before) { Filled::NoKey } else { Filled::Not };
    };
    let inner = text.split_at_checked(template.before.len()).and_then(|(start, rest)| {
        let (key, end) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
        (equal(start, &template.before) && equal(end, after)).then_some(key)
    });
    inner.map_or(Filled::Not, Filled::Key)
}

/// The parameter's value, if it stands there once.
fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

fn accept(rule: &KeyRule, key: &str) -> Option<(KeyKind, String)> {
    let key = match rule.kind {
        KeyKind::Number(_) => key.to_ascii_uppercase(),
        KeyKind::RecordId | KeyKind::Token => key.to_owned(),
    };
    let fits = key.chars().count() <= MAX_KEY_CHARS && rule.key.iter().any(|shape| shape.is_match(&key));
    fits.then_some((rule.kind, key))
}
