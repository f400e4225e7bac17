//! The core's catalogue as Kotlin and Swift keep it. Its words are written in `core/locales` alone; here they only change
//! their form: a message by its key, its remedy by `KEY.remedy`, an argument as `{name}`.

use anyhow::{Context as _, Result, bail};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

/// Texts by key, in the order of the file.
type Texts = Vec<(String, String)>;

/// What only the command line says: no app needs it.
const COMMAND_LINE: &str = "cli-";

/// The languages by their tag, and their texts.
pub(crate) fn all() -> Result<Vec<(&'static str, Texts)>> {
    [
        ("en", include_str!("../../../core/locales/en.ftl")),
        ("id", include_str!("../../../core/locales/id.ftl")),
    ]
    .into_iter()
    .map(|(language, text)| {
        Ok((language, read(text).with_context(|| format!("core/locales/{language}.ftl"))?))
    })
    .collect()
}

fn read(text: &str) -> Result<Texts> {
    let Ok(resource) = parse(text) else { bail!("it does not parse") };
    let mut texts = Texts::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name;
        if key.starts_with(COMMAND_LINE) {
            continue;
        }
        if let Some(pattern) = &message.value {
            texts.push((key.to_owned(), plain(key, pattern)?));
        }
        for attribute in &message.attributes {
            let key = format!("{key}.{}", attribute.id.name);
            let text = plain(&key, &attribute.value)?;
            texts.push((key, text));
        }
    }
    Ok(texts)
}

/// Text and arguments are all that a wrapper can fill in; whoever writes more into a text learns it here.
fn plain(key: &str, pattern: &Pattern<&str>) -> Result<String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => text.extend(["{", id.name, "}"]),
            PatternElement::Placeable { .. } => {
                bail!(
                    "{key}: Kotlin and Swift fill in `{{ $argument }}` and nothing else, no plural and no term"
                )
            }
        }
    }
    Ok(text)
}

/// As a file of Java properties, in UTF-8.
pub(crate) fn properties(texts: &Texts) -> String {
    let line =
        |(key, text): &(String, String)| format!("{key}={}", text.replace('\\', "\\\\").replace('\n', "\\n"));
    let lines: Vec<String> = texts.iter().map(line).collect();
    format!("# Written by apoa-bindgen from core/locales.\n{}", lines.join("\n"))
}

/// As Swift source, for the wrapper's eyes alone.
pub(crate) fn swift(languages: &[(&str, Texts)]) -> String {
    // Rust escapes in a string what Swift escapes, and in the same way.
    let line = |(key, text): &(String, String)| format!("        {key:?}: {text:?},\n");
    let block = |(language, texts): &(&str, Texts)| {
        let lines: String = texts.iter().map(line).collect();
        format!("    {language:?}: [\n{lines}    ],\n")
    };
    let blocks: String = languages.iter().map(block).collect();
    format!(
        "// Written by apoa-bindgen from core/locales.\n\n/// The texts of the core's catalogue by language and key.\n\
         package let catalogueTexts: [String: [String: String]] = [\n{blocks}]"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_message_and_its_remedy_cross_with_their_arguments() {
        let texts = read("S107 = { $n } codes: \"a\\b\"\n    .remedy = Tap one.\n").unwrap();
        assert_eq!(properties(&texts).lines().nth(1), Some("S107={n} codes: \"a\\\\b\""));
        assert_eq!(properties(&texts).lines().nth(2), Some("S107.remedy=Tap one."));
        let swift = swift(&[("en", texts)]);
        assert!(swift.contains(r#""S107": "{n} codes: \"a\\b\"","#), "{swift}");
        assert!(swift.contains(r#""S107.remedy": "Tap one.","#), "{swift}");
    }

    #[test]
    fn what_no_wrapper_can_fill_in_is_refused_by_its_key() {
        let plural = "S107 = { $n ->\n    [one] one\n   *[other] more\n }\n";
        let term = "-app = APOA\nS107 = text\n    .remedy = { -app }\n";
        assert!(read(plural).unwrap_err().to_string().starts_with("S107: "));
        assert!(read(term).unwrap_err().to_string().starts_with("S107.remedy: "));
        assert!(read("no message").is_err());
    }

    #[test]
    fn both_languages_say_the_same_with_the_same_arguments() {
        let shape = |(key, text): &(String, String)| {
            let mut arguments: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            arguments.sort();
            (key.clone(), arguments)
        };
        let all = all().unwrap();
        let [english, indonesian] = [0, 1].map(|at: usize| all[at].1.iter().map(shape).collect::<Vec<_>>());
        assert!(english.len() > 100 && english == indonesian);
        assert!(!english.iter().any(|(key, _)| key.starts_with(COMMAND_LINE)));
    }
}
