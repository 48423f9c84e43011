//! The languages of a reply.

use crate::config::response::{Entries, LanguageConfig};
use crate::policy::response::draft::{Draft, Speech};
use crate::policy::words::direction::Direction;
use crate::policy::words::languages::LANGUAGES;
use crate::policy::words::words::Words;
use crate::syntax::invalid::{Compiled, Located, refuse};

/// The compiled `response.languages`.
#[derive(Clone, Debug)]
pub struct Languages(Vec<Own>);

/// What a configuration says in a language.
#[derive(Clone, Debug)]
pub struct Own {
    tag: Box<str>,
    direction: Direction,
    /// Of the nearest language that is built in.
    words: &'static Words,
    /// `{{title}}`
    pub title: Option<Box<str>>,
    /// `{{message}}`
    pub message: Option<Box<str>>,
    /// The replies that others get otherwise.
    pub drafts: OwnDrafts,
}

/// The replies in one language alone.
#[derive(Clone, Debug, Default)]
pub struct OwnDrafts {
    /// To who wants HTML.
    pub html: Option<Draft>,
    /// To who wants HTML, and is sent elsewhere.
    pub redirect: Option<Draft>,
    /// To who wants plain text.
    pub text: Option<Draft>,
}

/// A language that a reply can speak.
#[derive(Clone, Copy, Debug)]
pub enum Language<'a> {
    /// One that is built in, and nothing else.
    BuiltIn(&'static Words),
    /// One of the configuration.
    Own(&'a Own),
}

/// RFC 5646 section 2.1: all subtags of a tag have at most so many letters and digits.
const MAX_SUBTAG_BYTES: usize = 8;

impl Languages {
    /// Compiles `response.languages`, but for the bodies; refuses what is no tag, or there twice.
    pub(super) fn compile(config: Option<&Entries<LanguageConfig>>) -> Compiled<Self> {
        let mut languages: Vec<Own> = Vec::new();
        for (tag, config) in config.map_or(&[][..], |Entries(languages)| languages) {
            check_tag(tag).at(tag)?;
            if languages
                .iter()
                .any(|own| own.tag.eq_ignore_ascii_case(tag))
            {
                return refuse("is there twice: tags differ by more than case").at(tag);
            }
            languages.push(Own {
                tag: tag.as_str().into(),
                direction: Direction::of(tag),
                words: look_up_built_in(tag.as_bytes()).unwrap_or(english()),
                title: config.title.as_deref().map(Into::into),
                message: config.message.as_deref().map(Into::into),
                drafts: OwnDrafts::default(),
            });
        }
        Ok(Self(languages))
    }

    /// Those that are configured.
    pub(super) fn own(&self) -> &[Own] {
        &self.0
    }

    /// Gives each of those that are configured the replies that it has alone.
    pub(super) fn set_drafts(&mut self, drafts: Vec<OwnDrafts>) {
        for (own, drafts) in self.0.iter_mut().zip(drafts) {
            own.drafts = drafts;
        }
    }

    /// The one that a range of languages leads to, by
    /// [RFC 4647 section 3.4](https://www.rfc-editor.org/rfc/rfc4647#section-3.4): the longest
    /// tag that it begins with.
    pub fn look_up(&self, range: &[u8]) -> Option<Language<'_>> {
        prefixes(range).find_map(|tag| self.find(tag))
    }

    /// What those get who ask for nothing that is there.
    pub fn english(&self) -> Language<'_> {
        let english = english();
        let own = self.find(english.language.as_bytes());
        own.unwrap_or(Language::BuiltIn(english))
    }

    fn find(&self, tag: &[u8]) -> Option<Language<'_>> {
        let mut own = self.0.iter();
        let own = own.find(|own| own.tag.as_bytes().eq_ignore_ascii_case(tag));
        let own = own.map(Language::Own);
        own.or_else(|| Some(Language::BuiltIn(built_in(tag)?)))
    }
}

impl<'a> Language<'a> {
    /// Its tag, as it is written where it is defined.
    pub fn tag(self) -> &'a str {
        match self {
            Self::BuiltIn(words) => words.language,
            Self::Own(own) => &own.tag,
        }
    }

    /// How it is written.
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::BuiltIn(words) => words.direction,
            Self::Own(own) => own.direction,
        }
    }

    /// The words of the page around.
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::BuiltIn(words) => words,
            Self::Own(own) => own.words,
        }
    }

    /// What the configuration says in it.
    pub fn own(self) -> Option<&'a Own> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Own(own) => Some(own),
        }
    }

    /// Its tag, where a reply of this draft is in it and the draft does not say so.
    pub fn unsaid_by(self, draft: &Draft) -> Option<&'a str> {
        let is_unsaid = match draft.speech {
            Speech::None => false,
            Speech::Given => self.own().is_some(),
            Speech::Known => *draft.language != *self.tag(),
        };
        is_unsaid.then(|| self.tag())
    }

    /// The language of what somebody has worded for all: English is what all get who ask for nothing
    /// that is there, and of any other it is not known to be that.
    pub fn of_others(self) -> &'a str {
        if self.tag().eq_ignore_ascii_case(english().language) {
            self.tag()
        } else {
            ""
        }
    }
}

/// The words of the language that those get who ask for none that is there.
pub fn english() -> &'static Words {
    let [english, ..] = &LANGUAGES;
    english
}

/// The words of the language, of those that are built in, that a range leads to.
pub fn look_up_built_in(range: &[u8]) -> Option<&'static Words> {
    prefixes(range).find_map(built_in)
}

fn built_in(tag: &[u8]) -> Option<&'static Words> {
    let mut all = LANGUAGES.iter();
    all.find(|words| words.language.as_bytes().eq_ignore_ascii_case(tag))
}

/// A range, and what is left of it without its last subtags: those of one letter go with what
/// follows them.
fn prefixes(range: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(range), |range| {
        let (mut rest, _) = cut(range)?;
        while let Some((before, [_])) = cut(rest) {
            rest = before;
        }
        Some(rest)
    })
}

fn cut(range: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = range.iter().rposition(|&byte| byte == b'-')?;
    let (before, after) = range.split_at_checked(at)?;
    Some((before, after.get(1..)?))
}

fn check_tag(tag: &str) -> Compiled<()> {
    let is_subtag = |subtag: &str| {
        (1..=MAX_SUBTAG_BYTES).contains(&subtag.len())
            && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let primary = tag.split('-').next().unwrap_or_default();
    let is_primary = primary.len() > 1 && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    if matches!(tag, "false" | "true") {
        return refuse("is no language: YAML reads an unquoted no as false: write \"no\"");
    }
    if !is_primary || !tag.split('-').all(is_subtag) {
        return refuse("is no language: expected a tag of BCP 47, such as de or pt-BR");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(json: &str) -> Languages {
        Languages::compile(Some(&crate::syntax::json_reader::read(json))).unwrap()
    }

    #[test]
    fn the_longest_tag_that_a_range_begins_with_is_found() {
        let languages = languages(r#"{"pt-BR": {}, "zh-Hant": {}, "sv": {}, "DE": {}}"#);
        for (range, tag) in [
            ("pt-br", Some("pt-BR")),
            ("pt-PT", Some("pt")),
            ("zh-Hant-CN-x-private1-private2", Some("zh-Hant")),
            ("zh-Hans-CN", Some("zh")),
            ("sv-FI", Some("sv")),
            ("de-CH-1996", Some("DE")),
            ("svx", None),
            ("*", None),
            ("", None),
            ("-", None),
            ("xx-de", None),
        ] {
            let found = languages.look_up(range.as_bytes());
            assert_eq!(found.map(Language::tag), tag, "{range}");
        }
    }

    #[test]
    fn one_of_a_configuration_has_the_words_of_the_nearest_that_is_built_in() {
        let languages = languages(r#"{"de-AT": {}, "he": {}, "en-GB": {}}"#);
        for (tag, words, direction) in [
            ("de-AT", "de", Direction::LeftToRight),
            ("he", "en", Direction::RightToLeft),
            ("en-GB", "en", Direction::LeftToRight),
        ] {
            let found = languages.look_up(tag.as_bytes()).unwrap();
            assert_eq!((found.tag(), found.words().language), (tag, words));
            assert_eq!(found.direction(), direction);
        }
        assert_eq!(languages.english().tag(), "en");
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"{"false": {}}"#,
                "false: is no language: YAML reads an unquoted no as false",
            ),
            (r#"{"de_DE": {}}"#, "de_DE: is no language: expected a tag"),
            (r#"{"": {}}"#, "is no language"),
            (r#"{"*": {}}"#, "*: is no language"),
            (r#"{"de-": {}}"#, "de-: is no language"),
            (r#"{"verylongtag": {}}"#, "verylongtag: is no language"),
            (r#"{"de": {}, "DE": {}}"#, "DE: is there twice"),
        ] {
            let config = crate::syntax::json_reader::read(json);
            let refused = Languages::compile(Some(&config)).unwrap_err().to_string();
            assert!(refused.contains(error), "{json} gave {refused}");
        }
    }
}
