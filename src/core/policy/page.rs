//! The built-in page and text.

use crate::policy::words::words::Words;
use crate::syntax::html_document::{HtmlDocument, html_document};

const PAGE: HtmlDocument = html_document!(
    "page.html",
    style: "OghLDGW08htTwwrS5rgrfrJ/cv/69hyrwyu9HTZ2qiQ=",
    script: "51EKa3K8yJSnBP8vfeKAXFnR5QZDcDiOVSck/pHoyoQ=",
    "frame-ancestors 'self'"
);

/// The `Content-Security-Policy` of the page, in whatever language.
pub const POLICY: &str = PAGE.policy;

/// The template of the text body.
pub const TEXT: &str = "{{title}}\n\n{{message}}\n";

/// The template of the page in a language, whose words stand in `[[…]]`.
pub fn page(words: &Words) -> String {
    let Words {
        language,
        expected_back,
        any_moment,
        request,
        // Those are placeholders, because they can be set.
        title: _,
        message: _,
    } = words;
    let places = [
        ("[[language]]", language),
        ("[[expected_back]]", expected_back),
        ("[[any_moment]]", any_moment),
        ("[[request]]", request),
    ];
    places
        .into_iter()
        .fold(PAGE.html.to_owned(), |page, (place, word)| {
            page.replace(place, word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::words::languages::LANGUAGES;

    #[test]
    fn the_page_is_small_and_its_policy_lets_its_own_script_run() {
        assert!(PAGE.html.len() < 6 * 1024, "{}", PAGE.html.len());
        PAGE.assert_policy_fits();
    }

    #[test]
    fn each_word_has_its_place_in_every_language() {
        for words in &LANGUAGES {
            let page = page(words);
            assert!(!page.contains("[["), "{page}");
            for word in [words.expected_back, words.any_moment, words.request] {
                assert!(page.contains(word), "{word}");
                assert!(
                    !word.contains(['"', '<', '&', '{']),
                    "{word} stands in an attribute"
                );
            }
        }
    }
}
