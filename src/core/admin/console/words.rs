//! What the console says, in the languages of the page.

/// What the console says in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsoleWords {
    /// The BCP 47 tag.
    pub(crate) language: &'static str,
    /// A JSON object of texts, a line each.
    pub(crate) json: &'static str,
}

const ENGLISH: &str = include_str!("words/en.json");

/// A file a language, of which each has the keys of the English one, in their order.
macro_rules! words {
    ($($language:literal),+) => {
        [$({
            const JSON: &str = include_str!(concat!("words/", $language, ".json"));
            const { assert!(has_keys_of(ENGLISH.as_bytes(), JSON.as_bytes())) };
            ConsoleWords { language: $language, json: JSON }
        }),+]
    };
}

/// All of them. Who asks for none of them gets the first.
static WORDS: [ConsoleWords; 13] = words![
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ja", "zh", "ko", "ar"
];

impl ConsoleWords {
    /// Those of a language that is built in.
    pub(crate) fn of(language: &str) -> Self {
        let [english, ..] = WORDS;
        let mut all = WORDS.iter();
        let words = all.find(|words| words.language == language);
        words.copied().unwrap_or(english)
    }
}

/// Whether each line of two files is the same up to its second quote.
const fn has_keys_of(mut one: &[u8], mut other: &[u8]) -> bool {
    let mut quotes = 0;
    loop {
        match (one, other) {
            (_, _) if quotes == 2 => {
                (one, other) = (after_line(one), after_line(other));
                quotes = 0;
            }
            ([], []) => return true,
            ([first, after_first @ ..], [second, after_second @ ..]) if *first == *second => {
                if *first == b'"' {
                    quotes += 1;
                }
                (one, other) = (after_first, after_second);
            }
            _ => return false,
        }
    }
}

const fn after_line(mut text: &[u8]) -> &[u8] {
    while let [byte, rest @ ..] = text {
        text = rest;
        if *byte == b'\n' {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::admin::counters::Counter;
    use crate::decision::reason::Reason;
    use crate::policy::words::languages;

    type Texts = BTreeMap<String, String>;

    fn texts(words: &ConsoleWords) -> Texts {
        let texts = serde_json::from_str(words.json);
        texts.unwrap_or_else(|error| panic!("{}: {error}", words.language))
    }

    /// What stands in braces.
    fn values(text: &str) -> Vec<&str> {
        let mut values: Vec<_> = text.split('{').skip(1).collect();
        for value in &mut values {
            *value = value.split_once('}').unwrap().0;
        }
        values.sort_unstable();
        values
    }

    #[test]
    fn each_language_of_the_page_has_its_words_and_their_values() {
        let english = texts(&ConsoleWords::of("en"));
        for language in &languages::LANGUAGES {
            let words = ConsoleWords::of(language.language);
            assert_eq!(words.language, language.language);
            for (key, text) in texts(&words) {
                assert_eq!(values(&text), values(&english[&key]), "{language:?} {key}");
                assert!(!text.trim().is_empty(), "{language:?} {key}");
            }
        }
        assert_eq!(WORDS.len(), languages::LANGUAGES.len());
    }

    #[test]
    fn a_key_that_is_missing_or_out_of_order_is_found() {
        let keys =
            |other: &str| has_keys_of(b"{\n\"a\": \"x\",\n\"b\": \"y\"\n}\n", other.as_bytes());
        assert!(keys("{\n\"a\": \"longer\",\n\"b\": \"\"\n}\n"));
        for other in [
            "",
            "{\n\"a\": \"x\"\n}\n",
            "{\n\"b\": \"y\",\n\"a\": \"x\"\n}\n",
            "{\n\"a\": \"x\",\n\"b\": \"y\",\n\"c\": \"z\"\n}\n",
        ] {
            assert!(!keys(other), "{other}");
        }
    }

    #[test]
    fn no_text_ends_the_element_that_holds_it() {
        for words in &WORDS {
            assert!(!words.json.contains('<'), "{}", words.language);
        }
    }

    #[test]
    fn each_counter_and_each_reason_has_a_name() {
        let english = texts(&ConsoleWords::of("en"));
        let told = Counter::ALL
            .iter()
            .filter(|&&it| it != Counter::AdminGranted);
        let counters = told.map(|counter| counter.name().to_owned());
        let reasons = Reason::all().map(|reason| format!("reason_{}", reason.as_str()));
        for key in counters.chain(reasons) {
            assert!(english.contains_key(&key), "{key} has no name");
        }
    }
}
