//! How the value of a header, a cookie or an attribute is compared.

use std::borrow::Cow;

use crate::policy::reading::Reading;
use crate::policy::text_match::TextMatch;
use crate::request::text::Text;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::path::MAX_COMPARED_BYTES;

/// How a value is compared.
#[derive(Clone, Debug)]
pub(super) struct ValueMatch {
    text: TextMatch,
    reading: Reading,
}

impl ValueMatch {
    /// The value of an attribute, which may be any text.
    pub(super) fn new(text: TextMatch, reading: Reading) -> Self {
        Self { text, reading }
    }

    /// The value of a header, [RFC 9110 section 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5).
    ///
    /// # Errors
    /// No header has such a value.
    pub(super) fn of_header(text: TextMatch, reading: Reading) -> Compiled<Self> {
        if let Some(literal) = literal(&text) {
            literal.check_header(reading)?;
        }
        Ok(Self::new(text, reading))
    }

    /// The value of a cookie.
    ///
    /// # Errors
    /// No cookie has such a value.
    pub(super) fn of_cookie(text: TextMatch, reading: Reading) -> Compiled<Self> {
        if let Some(Literal { kind, value, .. }) = literal(&text)
            && value.contains(';')
        {
            return refuse(format!(
                "{value:?} has a `;`, which no cookie has: expected a value without it"
            ))
            .at(kind);
        }
        Self::of_header(text, reading)
    }

    /// Whether a value, or its absence, matches.
    pub(super) fn matches(&self, value: Option<&Text<'_>>) -> bool {
        match value {
            Some(Text::InDoubt) => self.reading == Reading::Any,
            Some(Text::Clear(text)) => self.text.matches(Some(text)),
            None => self.text.matches(None),
        }
    }
}

const SPACE: [char; 2] = [' ', '\t'];

/// The plain text of a match.
struct Literal<'t> {
    /// The key that has it.
    kind: &'static str,
    value: Cow<'t, str>,
    /// Whether values begin with it.
    begins: bool,
    /// Whether they end with it.
    ends: bool,
}

impl Literal<'_> {
    fn check_header(&self, reading: Reading) -> Compiled<()> {
        let Self { kind, value, .. } = self;
        if (self.begins && value.starts_with(SPACE)) || (self.ends && value.ends_with(SPACE)) {
            return refuse(format!(
                "{value:?} has a space around it, which no value of a header has: {}",
                instead(value.trim_matches(SPACE))
            ))
            .at(kind);
        }
        let is_control = |c: char| c.is_ascii_control() && c != '\t';
        if value.contains(is_control) {
            return refuse(format!(
                "{value:?} has a control character, which no value of a header has: {}",
                instead(&value.replace(is_control, ""))
            ))
            .at(kind);
        }
        if value.len() > MAX_COMPARED_BYTES && reading == Reading::Canonical {
            return refuse(format!(
                "is longer than {MAX_COMPARED_BYTES} bytes, and no value of that length is \
                 compared: expected a shorter one"
            ))
            .at(kind);
        }
        Ok(())
    }
}

/// What to write in the place of a text of which this is left.
fn instead(left: &str) -> String {
    match left {
        "" => "expected a text to compare with".to_owned(),
        left => format!("write {left:?}"),
    }
}

/// The plain text of a match, if it has one; of an expression the only one it may begin with.
fn literal(text: &TextMatch) -> Option<Literal<'_>> {
    let (kind, value, begins, ends) = match text {
        TextMatch::Exact(text) => ("exact", text.as_ref().into(), true, true),
        TextMatch::Prefix(text) => ("prefix", text.as_ref().into(), true, false),
        TextMatch::Suffix(text) => ("suffix", text.as_ref().into(), false, true),
        TextMatch::Regex(regex) => match regex.starts() {
            [start] => {
                let text = String::from_utf8_lossy(&start.text);
                ("regex", text, true, start.is_whole)
            }
            _ => return None,
        },
        TextMatch::Present(_) => return None,
    };
    Some(Literal {
        kind,
        value,
        begins,
        ends,
    })
}
