//! What a configured expression or host must keep to, whoever signed the config.

use regex_lite::{Regex, RegexBuilder};

use super::patterns::PatternsError;

/// Longer expressions cannot be reviewed by a person.
const MAX_EXPRESSION_CHARS: usize = 512;
/// Compiled size of one expression; counted repetitions are what blows it up.
const MAX_COMPILED_BYTES: usize = 64 * 1024;

/// Characters of an id: a word or two.
const MAX_ID_CHARS: usize = 32;

/// An expression must fit whole texts only: its anchors are taken off and put round the rest as a group.
pub(crate) fn expression(text: &str, place: &str) -> Result<Regex, PatternsError> {
    let refused = || PatternsError::UnsafeExpression { place: place.to_owned() };
    let inner = text.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).ok_or_else(refused)?;
    if text.chars().count() > MAX_EXPRESSION_CHARS {
        return Err(refused());
    }
    // On its own first: `)a|(b` would close the group put round it and end outside the anchors.
    RegexBuilder::new(inner).size_limit(MAX_COMPILED_BYTES).build().map_err(|_| refused())?;
    let regex = RegexBuilder::new(&format!("^(?:{inner})$")).size_limit(MAX_COMPILED_BYTES).build();
    regex.ok().filter(|regex| !regex.is_match("")).ok_or_else(refused)
}

/// An id goes into command lines and requests as it is.
pub(crate) fn safe_name(id: String) -> Result<String, PatternsError> {
    let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && (1..=MAX_ID_CHARS).contains(&id.len()) {
        Ok(id)
    } else {
        Err(PatternsError::UnsafeName { place: id })
    }
}

/// Hosts as an address carries them: lower-case ASCII, no label in punycode, no trailing dot, perhaps a port.
pub(crate) fn safe_hosts(hosts: Vec<String>, id: &str) -> Result<Vec<String>, PatternsError> {
    let safe = |host: &String| {
        let parsed = url::Url::parse(&format!("https://{host}/"));
        parsed.is_ok_and(|url| {
            let written = match (url.host_str(), url.port()) {
                (Some(host), Some(port)) => format!("{host}:{port}"),
                (Some(host), None) => host.to_owned(),
                (None, _) => String::new(),
            };
            // The parser lets `*` and other signs pass; a list entry is no pattern.
            let plain = host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
            plain && written == *host && !host.contains("xn--") && !host.ends_with('.') && url.path() == "/"
        })
    };
    if !hosts.is_empty() && hosts.iter().all(safe) {
        Ok(hosts)
    } else {
        Err(PatternsError::UnsafeHost { id: id.to_owned() })
    }
}
