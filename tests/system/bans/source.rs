//! Rust source as the bans see it: words without comments and literals, and the paths that a file names, resolved
//! from the crate's root. No parser of the language: macros are read as written, names behind a re-export are the
//! business of the file that re-exports.

/// A word or a sign with its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// A path that a file names, `crate::store::unit::UnitStore` or `std::fs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) path: String,
    pub(crate) line: usize,
    /// Comes from a `use`: then naming a parent opens all that lies below it.
    imported: bool,
}

impl Named {
    /// Whether this reaches the module `target` or something in it.
    pub(crate) fn reaches(&self, target: &str) -> bool {
        let opens = self.imported && below(target, self.path.trim_end_matches("::*"));
        below(&self.path, target) || opens
    }
}

fn below(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Words and signs; comments, strings and characters are left out. `::` is one sign.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if first.is_alphanumeric() || first == '_' {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let literal = quoted(&rest[..word], &rest[word..]);
            if literal.is_none() {
                found.push(Token { text: &rest[..word], line });
            }
            word + literal.unwrap_or(0)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            string(rest)
        } else if first == '\'' {
            character(rest)
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                found.push(Token { text: &rest[..length], line });
            }
            length
        };
        line += rest[..length].matches('\n').count();
        at += length;
    }
    found
}

/// The length of the literal behind a prefix such as `r#`, `b` or `c`, if there is one.
fn quoted(prefix: &str, rest: &str) -> Option<usize> {
    match prefix {
        "r" | "br" | "cr" => {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let body = rest[hashes..].strip_prefix('"')?;
            let end = format!("\"{}", "#".repeat(hashes));
            Some(hashes + 1 + body.find(&end).map_or(body.len(), |found| found + end.len()))
        }
        "b" | "c" if rest.starts_with('"') => Some(string(rest)),
        "b" if rest.starts_with('\'') => Some(character(rest)),
        _ => None,
    }
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character, or the tick of a lifetime.
fn character(rest: &str) -> usize {
    let mut after = rest.char_indices().skip(1);
    match (after.next(), after.next()) {
        (Some((_, '\\')), Some((escaped, _))) => {
            rest[escaped + 1..].find('\'').map_or(rest.len(), |end| escaped + 1 + end + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The paths of a file. `module` is its own, such as `crate::sync::http`; `children` are the modules that it declares
/// and may therefore name without `self::`.
pub(crate) fn paths(text: &str, module: &str, children: &[String]) -> Vec<Named> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut modules: Vec<(String, usize)> = vec![(module.to_owned(), 0)];
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(token) = tokens.get(at) {
        let here = modules.last().map_or_else(String::new, |(name, _)| name.clone());
        let follows = |text: &str| tokens.get(at + 1).is_some_and(|next| next.text == text);
        let is_module = token.text == "mod" && tokens.get(at + 2).is_some_and(|brace| brace.text == "{");
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if modules.len() > 1 && modules.last().is_some_and(|(_, opened)| *opened > depth) {
                    modules.pop();
                }
            }
            _ if is_module => {
                depth += 1;
                modules.push((format!("{here}::{}", tokens[at + 1].text), depth));
                at += 2;
            }
            "use" if !follows("<") => {
                let mut trees = Vec::new();
                at = tree(&tokens, at + 1, "", &mut trees);
                let named = |path: &String| Named {
                    path: resolve(path, &here, children),
                    line: token.line,
                    imported: true,
                };
                found.extend(trees.iter().map(named));
            }
            word if follows("::") && is_word(word) => {
                let mut path = word.to_owned();
                while let (Some(sign), Some(next)) = (tokens.get(at + 1), tokens.get(at + 2)) {
                    if sign.text != "::" || !is_word(next.text) {
                        break;
                    }
                    path = format!("{path}::{}", next.text);
                    at += 2;
                }
                found.push(Named {
                    path: resolve(&path, &here, children),
                    line: token.line,
                    imported: false,
                });
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one tree of a `use` from `at` and gives the place of the sign behind it.
fn tree(tokens: &[Token<'_>], mut at: usize, prefix: &str, found: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    let (mut named, mut grouped) = (false, false);
    while let Some(token) = tokens.get(at) {
        match token.text {
            ";" | "," | "}" => break,
            "{" => {
                grouped = true;
                while tokens.get(at).is_some_and(|sign| sign.text != "}") {
                    at = tree(tokens, at + 1, &path, found);
                }
            }
            "::" => {}
            // The new name says nothing about where it comes from.
            "as" => at += 1,
            word => {
                named = true;
                path = match (path.as_str(), word) {
                    ("", word) => word.to_owned(),
                    (_, "self") => path,
                    (path, word) => format!("{path}::{word}"),
                };
            }
        }
        at += 1;
    }
    if named && !grouped {
        found.push(path);
    }
    at
}

/// From the crate's root on, where the path leads into this crate.
fn resolve(path: &str, module: &str, children: &[String]) -> String {
    let mut here: Vec<&str> = module.split("::").collect();
    let mut words = path.split("::").peekable();
    match words.peek().copied() {
        Some("crate") => return path.to_owned(),
        Some("self") => drop(words.next()),
        Some("super") => {}
        Some(first) if children.iter().any(|child| child == first) => {}
        _ => return path.to_owned(),
    }
    while words.next_if_eq(&"super").is_some() {
        here.pop();
    }
    here.extend(words);
    here.join("::")
}
