//! Names that would be accepted by the macros and break, or shadow something, in one of the two languages.

use anyhow::{Result, bail};

/// Taken by `Throwable` and `AutoCloseable` in Kotlin, by `CustomStringConvertible` and `Hashable` in Swift.
const TAKEN: [&str; 6] = ["message", "cause", "description", "hash", "close", "destroy"];

/// Keywords of Kotlin or Swift that are none of Rust: as an argument or a field they need escapes in every call.
const KEYWORDS: [&str; 33] = [
    "object",
    "when",
    "is",
    "null",
    "val",
    "var",
    "fun",
    "package",
    "interface",
    "class",
    "this",
    "throw",
    "typeof",
    "typealias",
    "func",
    "init",
    "deinit",
    "extension",
    "protocol",
    "subscript",
    "guard",
    "defer",
    "repeat",
    "switch",
    "case",
    "default",
    "nil",
    "throws",
    "rethrows",
    "operator",
    "inout",
    "fallthrough",
    "associatedtype",
];

/// Refuses a surface with such a name, or with a variant that is named like a type.
pub(crate) fn check(surface: &[String]) -> Result<()> {
    let types: Vec<&str> = surface.iter().filter_map(|line| declared(line)).collect();
    for line in surface {
        // The line's own words frame the names: its kind, and `throws` before the error.
        let named = line.split_once(' ').map_or(line.as_str(), |(_, named)| named);
        let named = named.split(" throws ").next().unwrap_or(named);
        let words = named.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        if let Some(word) = words.into_iter().find(|word| TAKEN.contains(word) || KEYWORDS.contains(word)) {
            bail!("`{word}` may not be a name: {line}");
        }
        let variant = line.split(['.', '(']).nth(1);
        if (line.starts_with("enum ") || line.starts_with("error "))
            && variant.is_some_and(|v| types.contains(&v))
        {
            bail!("a variant is named like a type: {line}");
        }
    }
    Ok(())
}

/// The type that a line declares; variants declare their enum again and again.
fn declared(line: &str) -> Option<&str> {
    let (kind, rest) = line.split_once(' ')?;
    let name = rest.split(['.', '(', ':', ' ']).next()?;
    ["object", "trait", "record", "enum", "error", "custom"].contains(&kind).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(lines: &[&str]) -> bool {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        check(&lines).is_err()
    }

    #[test]
    fn names_of_the_languages_and_variants_named_like_types_are_refused() {
        assert!(refused(&["error SyncError.Stopped(message: string)"]));
        assert!(refused(&["method Scanner.close() throws ScanError"]));
        assert!(refused(&["record Page(when: int64)"]));
        assert!(refused(&["record Code(bytes: bytes)", "enum Payload.Code(code: Code)"]));
        assert!(!refused(&["record Code(bytes: bytes)", "enum Payload.Permit(code: Code)"]));
        assert!(refused(&["method Scanner.scan(throws: int64) throws ScanError"]));
        assert!(!refused(&["method Scanner.scan(luma: bytes) throws ScanError"]));
    }
}
