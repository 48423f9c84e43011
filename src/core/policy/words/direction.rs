//! How languages are written.

/// Where lines begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// At the left, as in English.
    LeftToRight,
    /// At the right, as in Arabic.
    RightToLeft,
}

/// The languages that are written from the right, by their first subtags, and the scripts.
const FROM_THE_RIGHT: [&str; 18] = [
    "adlm", "ar", "arab", "arc", "ckb", "dv", "fa", "he", "hebr", "iw", "nqo", "ps", "sd", "syr",
    "thaa", "ug", "ur", "yi",
];

impl Direction {
    /// That of a language, by its tag: by its script where the tag names one.
    pub fn of(tag: &str) -> Self {
        let mut subtags = tag.split('-');
        let language = subtags.next().unwrap_or_default();
        let script = subtags.next().filter(|subtag| subtag.len() == 4);
        let decisive = script.unwrap_or(language);
        let mut all = FROM_THE_RIGHT.iter();
        if all.any(|other| other.eq_ignore_ascii_case(decisive)) {
            Self::RightToLeft
        } else {
            Self::LeftToRight
        }
    }

    /// The value of the attribute
    /// [`dir`](https://html.spec.whatwg.org/multipage/dom.html#the-dir-attribute).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::words::languages::LANGUAGES;

    #[test]
    fn a_script_says_more_than_a_language() {
        for words in &LANGUAGES {
            assert_eq!(Direction::of(words.language), words.direction);
        }
        for (tag, from_the_right) in [
            ("he", true),
            ("FA-ir", true),
            ("az", false),
            ("az-Arab", true),
            ("ar-Latn", false),
            ("ar-EG", true),
            ("", false),
        ] {
            assert_eq!(
                Direction::of(tag).as_str() == "rtl",
                from_the_right,
                "{tag}"
            );
        }
    }
}
