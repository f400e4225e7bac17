//! Reads JSON that strangers sent: bounded depth, then strict types. Not its job: sizes, which are bounded before.

use serde::de::DeserializeOwned;

/// Deepest nesting the contract allows.
const MAX_DEPTH: usize = 16;

/// Reads `bytes` as `T`; `None` where it is not UTF-8, not JSON, too deep, or of another shape.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    if deeper_than(text, MAX_DEPTH) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// Whether objects and lists nest deeper than `limit`. Brackets inside strings do not count.
fn deeper_than(text: &str, limit: usize) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_and_strings_do_not_count() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(read::<serde_json::Value>(deep(16).as_bytes()).is_some());
        assert!(read::<serde_json::Value>(deep(17).as_bytes()).is_none());
        let quoted = format!("\"{}\\\"{}\"", deep(40), deep(40));
        assert!(read::<serde_json::Value>(quoted.as_bytes()).is_some());
    }
}
