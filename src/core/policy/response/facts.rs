//! What replies tell where nothing else is known.

use crate::policy::response::languages::Language;
use crate::policy::response::retry_after::RetryAfter;
use crate::policy::values::{Values, Wording};

/// What replies tell where nothing else is known.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) status: u16,
    pub(super) title: Option<Box<str>>,
    pub(super) message: Option<Box<str>>,
    pub(super) retry_after: Option<RetryAfter>,
}

impl Facts {
    /// What they tell in a language.
    pub(super) fn values<'a>(&'a self, language: Language<'a>) -> Values<'a> {
        let own = language.own();
        let worded = |own: Option<&'a Box<str>>, configured: &'a Option<Box<str>>, built_in| {
            let own = own.map(|text| Wording {
                text,
                language: language.tag(),
            });
            let configured = configured.as_deref().map(|text| Wording {
                text,
                language: language.of_others(),
            });
            own.or(configured).unwrap_or(built_in)
        };
        let words = language.words();
        let built_in = |text| Wording {
            text,
            language: words.language,
        };
        Values {
            title: worded(
                own.and_then(|own| own.title.as_ref()),
                &self.title,
                built_in(words.title),
            ),
            message: worded(
                own.and_then(|own| own.message.as_ref()),
                &self.message,
                built_in(words.message),
            ),
            status: self.status,
            retry_after: self.retry_after.clone(),
            until: None,
            request_id: b"",
            language: language.tag(),
            direction: language.direction(),
            words,
        }
    }
}
