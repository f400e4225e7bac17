//! Names that would be accepted by the macros and break, or shadow something, in one of the two languages.

use anyhow::{Result, bail};

/// Taken by `Throwable` and `AutoCloseable` in Kotlin, by `CustomStringConvertible` and `Hashable` in Swift.
const TAKEN: [&str; 6] = ["message", "cause", "description", "hash", "close", "destroy"];

/// Hard keywords of Kotlin or Swift, and the cases of Swift's own optional: as a name each needs escapes in every call, and
/// so it does as the name of a variant, which both languages write in other case.
const KEYWORDS: &str = "as break class continue do else false for fun if in interface is null object package return super \
    this throw true try typealias typeof val var when while \
    associatedtype deinit enum extension fileprivate func import init inout internal let operator private \
    precedencegroup protocol public rethrows static struct subscript case catch default defer fallthrough guard \
    repeat switch where any await nil self throws none some";

/// Lines of what is called; all others declare.
const CALLED: [&str; 4] = ["function ", "constructor ", "method ", "asked "];

/// Refuses a surface with such a name, with a variant that is named like a type, or with a call that cannot fail: a panic
/// in one would end an app on iOS.
pub(crate) fn check(surface: &[String]) -> Result<()> {
    let keywords: Vec<&str> = KEYWORDS.split_whitespace().collect();
    let types: Vec<&str> = surface.iter().filter_map(|line| declared(line)).collect();
    for line in surface {
        // The line's own words frame the names: its kind, and `throws` before the error.
        let named = line.split_once(' ').map_or(line.as_str(), |(_, named)| named);
        let named = named.split(" throws ").next().unwrap_or(named);
        let named = named.to_ascii_lowercase();
        let mut words = named.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        if let Some(word) = words.find(|word| TAKEN.contains(word) || keywords.contains(word)) {
            bail!("`{word}` may not be a name: {line}");
        }
        if CALLED.iter().any(|kind| line.starts_with(kind)) && !line.contains(" throws ") {
            bail!("it cannot fail: {line}");
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
        assert!(refused(&["enum Standing.None"]) && !refused(&["enum Standing.Unproved"]));
    }

    #[test]
    fn a_call_that_cannot_fail_is_refused() {
        assert!(refused(&["function version() -> string"]));
        assert!(refused(&["asked Observer.changed(counts: Counts)"]));
        assert!(!refused(&["function version() -> string throws InputError"]));
    }
}
