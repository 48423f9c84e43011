//! The built-in page and text.

use crate::policy::template::{Escape, PLACEHOLDERS, Placeholder, Template};
use crate::syntax::html_document::{HtmlDocument, html_document};
use crate::syntax::invalid::Compiled;

const PAGE: HtmlDocument = html_document!(
    include_str!("page.html"),
    style: "OghLDGW08htTwwrS5rgrfrJ/cv/69hyrwyu9HTZ2qiQ=",
    script: "uUw7RHBfTUbWaFusbIhhXbesIVJHCY2RE6aytnLapYk=",
    "frame-ancestors 'self'"
);

/// The `Content-Security-Policy` of the page, in whatever language.
pub const POLICY: &str = PAGE.policy;

/// The template of the text body.
pub const TEXT: &str = "{{title}}\n\n{{message}}\n";

/// What the page has beside the placeholders of all bodies.
const WORDS: &[Placeholder] = &[
    Placeholder::of_language("language", |values| values.language.into()),
    Placeholder::of_language("direction", |values| values.direction.as_str().into()),
    Placeholder::of_language("title_language", |values| values.title.language.into()),
    Placeholder::of_language("message_language", |values| values.message.language.into()),
    Placeholder::of_language("expected_back", |values| values.words.expected_back.into()),
    Placeholder::of_language("any_moment", |values| values.words.any_moment.into()),
    Placeholder::of_language("request", |values| values.words.request.into()),
];

/// The page, whatever its language.
pub fn page() -> Compiled<Template> {
    Template::cut(PAGE.html, Escape::Html, &[PLACEHOLDERS, WORDS])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::values::testing::values;
    use crate::policy::values::{Values, Wording};
    use crate::policy::words::languages::LANGUAGES;

    #[test]
    fn the_page_is_small_and_its_policy_lets_its_own_script_run() {
        assert!(PAGE.html.len() < 6 * 1024, "{}", PAGE.html.len());
        PAGE.assert_policy_fits();
    }

    #[test]
    fn each_word_has_its_place_in_every_language_and_none_of_another() {
        for words in &LANGUAGES {
            let worded = |text| Wording {
                text,
                language: words.language,
            };
            let html = page().unwrap().render(&Values {
                title: worded(words.title),
                message: worded(words.message),
                language: words.language,
                direction: words.direction,
                words,
                ..values("", "")
            });
            for other in &LANGUAGES {
                let is_it = other.language == words.language;
                for word in [
                    &*format!(
                        "lang=\"{}\" dir=\"{}\"",
                        other.language,
                        other.direction.as_str()
                    ),
                    other.title,
                    other.message,
                    &*format!("=\"{}\"", other.expected_back),
                    &*format!("=\"{}\"", other.any_moment),
                    &*format!("=\"{}\"", other.request),
                ] {
                    let is_escaped = word.contains('\'');
                    assert!(!is_escaped, "{word} is written otherwise");
                    assert_eq!(html.contains(word), is_it, "{} of {html}", other.language);
                }
            }
        }
    }

    #[test]
    fn no_page_has_a_placeholder_that_only_ours_has() {
        for placeholder in WORDS {
            let text = format!("{{{{{}}}}}", placeholder.name);
            assert!(Template::compile(&text, Escape::Html).is_err());
        }
    }
}
