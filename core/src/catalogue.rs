//! Codes to words, from `core/locales`: the command line uses it, nothing that decides does. Kotlin and Swift have a
//! catalogue of their own, which `apoa-bindgen` fills from the same files.

use std::fmt;

use apoa_domain::codes::Code;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

/// The two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Bahasa Indonesia.
    Indonesian,
    /// English.
    English,
}

/// The words of one language.
pub struct Catalogue(FluentBundle<FluentResource>);

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalogue")
    }
}

/// A code in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What happened.
    pub text: String,
    /// What to do.
    pub remedy: String,
}

/// Named values for a text.
pub type Args<'a> = [(&'a str, &'a str)];

impl Catalogue {
    /// The words of this language.
    pub fn new(language: Language) -> Self {
        let (id, text) = match language {
            Language::Indonesian => (langid!("id"), include_str!("../locales/id.ftl")),
            Language::English => (langid!("en"), include_str!("../locales/en.ftl")),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks would end up in terminals and logs; screens isolate foreign text themselves.
        bundle.set_use_isolating(false);
        // The files are part of the build; a test proves that they parse.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The names of everything that fills a text.
    pub fn arguments() -> &'static [&'static str] {
        ARGUMENTS
    }

    /// A text by its key; `None` if there is none. Arguments that are not given show as dots.
    pub fn text(&self, key: &str, args: &Args<'_>) -> Option<String> {
        let message = self.0.get_message(key)?;
        let args = with_dots(args);
        Some(self.0.format_pattern(message.value()?, Some(&args), &mut Vec::new()).into_owned())
    }

    /// What a code means and what to do. Arguments that are not given show as dots.
    pub fn explain(&self, code: Code, args: &Args<'_>) -> Explained {
        let remedy = self.0.get_message(code.short()).and_then(|message| message.get_attribute("remedy"));
        let with_dots = with_dots(args);
        let remedy = remedy.map(|remedy| {
            self.0.format_pattern(remedy.value(), Some(&with_dots), &mut Vec::new()).into_owned()
        });
        Explained {
            text: self.text(code.short(), args).unwrap_or_default(),
            remedy: remedy.unwrap_or_default(),
        }
    }
}

/// The names of all arguments in the catalogue; a test holds them against the files.
const ARGUMENTS: &[&str] = &[
    "a", "b", "cause", "code", "date", "document", "expected", "field", "guess", "hours", "i", "kind", "mb",
    "minutes", "most", "n", "no", "other", "reason", "relation", "staff", "state", "time", "value",
];

fn with_dots<'a>(args: &Args<'a>) -> FluentArgs<'a> {
    let mut all = FluentArgs::new();
    for name in ARGUMENTS {
        all.set(*name, FluentValue::from("…"));
    }
    for (name, value) in args {
        all.set(*name, counted(value));
    }
    all
}

/// A count is a number, so that a text can have a plural; whatever would not look the same as a number stays a text.
fn counted(value: &str) -> FluentValue<'_> {
    match value.parse::<u32>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use apoa_domain::passport::Reason;

    use super::*;

    const BOTH: [(Language, &str); 2] = [
        (Language::Indonesian, include_str!("../locales/id.ftl")),
        (Language::English, include_str!("../locales/en.ftl")),
    ];

    fn keys(text: &str) -> Vec<&str> {
        text.lines()
            .filter(|line| !line.starts_with([' ', '#']))
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn both_files_parse_and_have_the_same_keys() {
        for (_, text) in BOTH {
            assert!(FluentResource::try_new(text.to_owned()).is_ok());
        }
        assert_eq!(keys(BOTH[0].1), keys(BOTH[1].1));
    }

    #[test]
    fn every_code_has_text_and_remedy_in_both_languages() {
        for (language, _) in BOTH {
            let catalogue = Catalogue::new(language);
            for code in Code::ALL {
                let explained = catalogue.explain(*code, &[]);
                assert!(!explained.text.is_empty() && !explained.remedy.is_empty(), "{code} {language:?}");
                assert!(
                    !explained.text.contains('{') && !explained.remedy.contains('{'),
                    "{code} {explained:?}"
                );
            }
        }
    }

    #[test]
    fn every_reason_has_a_sentence_in_both_languages() {
        for (language, text) in BOTH {
            let catalogue = Catalogue::new(language);
            for reason in Reason::ALL {
                let key = format!("reason-{}", reason.as_str());
                assert!(catalogue.text(&key, &[]).is_some_and(|said| !said.is_empty()), "{key} {language:?}");
            }
            let written = keys(text).into_iter().filter(|key| key.starts_with("reason-")).count();
            assert_eq!(written, Reason::ALL.len(), "one sentence for each reason");
        }
    }

    #[test]
    fn every_argument_in_the_files_is_known() {
        for (_, text) in BOTH {
            for piece in text.split("{ $").skip(1) {
                let name = piece.split(' ').next().unwrap_or_default();
                assert!(ARGUMENTS.contains(&name), "{name}");
            }
        }
    }

    /// The arguments of each text, by its key: a remedy's stand below the same key.
    fn arguments(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut key = "";
        let mut all = BTreeMap::<_, BTreeSet<_>>::new();
        for line in text.lines() {
            if !line.starts_with([' ', '#']) {
                key = line.split_once(" = ").map_or("", |(key, _)| key);
            }
            let names = line.split("{ $").skip(1).filter_map(|piece| piece.split(' ').next());
            all.entry(key).or_default().extend(names);
        }
        all
    }

    #[test]
    fn both_languages_say_the_same_facts() {
        let [indonesian, english] = BOTH.map(|(_, text)| arguments(text));
        assert!(indonesian.values().filter(|names| !names.is_empty()).count() > 40);
        for (key, names) in indonesian {
            assert_eq!(names, english[key], "{key}");
        }
    }

    #[test]
    fn a_hint_fits_its_line() {
        for (language, text) in BOTH {
            let catalogue = Catalogue::new(language);
            for key in keys(text).into_iter().filter(|key| key.starts_with("hint-")) {
                let hint = catalogue.text(key, &[]).unwrap_or_default();
                assert!(hint.chars().count() <= 60, "{key}: {hint}");
            }
        }
    }

    #[test]
    fn an_argument_takes_its_place() {
        let english = Catalogue::new(Language::English);
        assert_eq!(english.explain(Code::FieldMissing, &[("field", "Room")]).text, "Room is missing.");
        let cells = |value| english.explain(Code::NumberMangled, &[("n", "7"), ("value", value)]).text;
        assert!(cells("0012").contains("\"0012\"") && cells("4294967296").contains("\"4294967296\""));
    }

    #[test]
    fn a_count_of_one_has_its_own_words() {
        let english = Catalogue::new(Language::English);
        let said = |count| english.text("cli-roster-imported", &[("a", count), ("b", count)]);
        assert_eq!(said("1").as_deref(), Some("1 row went into the queue, 1 stayed out."));
        assert_eq!(said("10000").as_deref(), Some("10000 rows went into the queue, 10000 stayed out."));
    }
}
