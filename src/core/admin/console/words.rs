//! What the console says, in the languages of the page.

const ENGLISH: &str = include_str!("words/en.json");

/// A file a language, of which each has the keys of the English one, in their order.
macro_rules! words {
    ($($language:literal),+) => {
        [$({
            const JSON: &str = include_str!(concat!("words/", $language, ".json"));
            const { assert!(has_keys_of(ENGLISH.as_bytes(), JSON.as_bytes())) };
            ($language, JSON)
        }),+]
    };
}

/// Of each language a JSON object of texts, a line each.
static WORDS: [(&str, &str); 13] = words![
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ja", "zh", "ko", "ar"
];

/// The words of a language that is built in.
pub(crate) fn words(language: &str) -> &'static str {
    let words = WORDS.iter().find(|(other, _)| *other == language);
    words.map_or(ENGLISH, |(_, json)| json)
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
    use std::fs;

    use super::*;
    use crate::admin::counters::Counter;
    use crate::decision::reason::Reason;
    use crate::policy::words::languages::LANGUAGES;

    fn texts(json: &str) -> BTreeMap<String, String> {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
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
        let languages = LANGUAGES.iter().map(|words| words.language);
        assert!(languages.eq(WORDS.iter().map(|(language, _)| *language)));
        let files = concat!(env!("CARGO_MANIFEST_DIR"), "/admin/console/words");
        assert_eq!(fs::read_dir(files).unwrap().count(), WORDS.len());
        let english = texts(ENGLISH);
        for (language, json) in WORDS {
            for (key, text) in texts(json) {
                assert_eq!(values(&text), values(&english[&key]), "{language} {key}");
                assert!(!text.trim().is_empty(), "{language} {key}");
            }
        }
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
        for (language, json) in WORDS {
            assert!(!json.contains('<'), "{language}");
        }
    }

    #[test]
    fn each_counter_and_each_reason_has_a_name() {
        let english = texts(ENGLISH);
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
