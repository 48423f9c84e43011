//! Bodies with placeholders.

use std::borrow::Cow;

use crate::policy::response::retry_after::RetryAfter;
use crate::policy::values::Values;
use crate::syntax::invalid::{Compiled, InvalidConfig, refuse};

/// A body, cut at its `{{placeholders}}`.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
    escape: Escape,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<str>),
    Placeholder(&'static Placeholder),
}

/// Whether all who are blocked see the same value, or each one that of his request.
#[derive(Debug, PartialEq, Eq)]
enum Of {
    Outage,
    Request,
}

/// What can stand in a body.
#[derive(Debug)]
pub struct Placeholder {
    /// Its name, between the braces.
    pub name: &'static str,
    of: Of,
    value: Accessor,
}

/// Reads it of what a body tells.
pub(super) type Accessor = for<'a> fn(&'a Values) -> Cow<'a, str>;

/// All of them.
pub const PLACEHOLDERS: &[Placeholder] = &[
    Placeholder::new("title", Of::Outage, |values| values.title.text.into()),
    Placeholder::new("message", Of::Outage, |values| values.message.text.into()),
    Placeholder::new("status", Of::Outage, |values| {
        values.status.to_string().into()
    }),
    Placeholder::new("retry_after", Of::Outage, |values| {
        let retry_after = values.retry_after.as_ref();
        retry_after.map(RetryAfter::to_text).unwrap_or_default()
    }),
    Placeholder::new("until", Of::Outage, |values| {
        let until = values.until.map(|until| until.to_string());
        until.unwrap_or_default().into()
    }),
    Placeholder::new("request_id", Of::Request, |values| {
        String::from_utf8_lossy(values.request_id)
    }),
];

/// How values are written into a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// For HTML text and quoted attributes.
    Html,
    /// For the inside of a JSON string, RFC 8259 section 7.
    Json,
    /// As they are.
    None,
}

/// Room for a value beside title and message; the longest is usually an UUID.
const SHORT_VALUE_BYTES: usize = 40;

impl Template {
    /// Cuts a body at its placeholders; refuses one that is unknown or not closed.
    pub fn compile(text: &str, escape: Escape) -> Compiled<Self> {
        Self::cut(text, escape, &[PLACEHOLDERS])
    }

    /// The same of a body with other placeholders.
    pub(super) fn cut(
        text: &str,
        escape: Escape,
        known: &[&'static [Placeholder]],
    ) -> Compiled<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, opened)) = rest.split_once("{{") {
            let (name, after) = opened.split_once("}}").ok_or_else(|| {
                InvalidConfig::new("a `{{` has no `}}`: expected a placeholder like {{message}}")
            })?;
            parts.push(Part::Literal(literal.into()));
            parts.push(Part::Placeholder(Placeholder::named(name.trim(), known)?));
            rest = after;
        }
        parts.push(Part::Literal(rest.into()));
        Ok(Self { parts, escape })
    }

    /// The body with all placeholders replaced.
    pub fn render(&self, values: &Values) -> String {
        let literals = self.parts.iter().map(|part| match part {
            Part::Literal(text) => text.len(),
            Part::Placeholder(_) => SHORT_VALUE_BYTES,
        });
        let known = values.title.text.len() + values.message.text.len();
        let mut body = String::with_capacity(known + literals.sum::<usize>());
        for part in &self.parts {
            match part {
                Part::Literal(text) => body.push_str(text),
                Part::Placeholder(placeholder) => {
                    self.escape.push(&mut body, &(placeholder.value)(values));
                }
            }
        }
        body
    }

    /// Whether each request has another body.
    pub fn tells_of_request(&self) -> bool {
        self.parts.iter().any(
            |part| matches!(part, Part::Placeholder(placeholder) if placeholder.of == Of::Request),
        )
    }
}

impl Placeholder {
    const fn new(name: &'static str, of: Of, value: Accessor) -> Self {
        Self { name, of, value }
    }

    /// What is alike for all who read a language.
    pub(super) const fn of_language(name: &'static str, value: Accessor) -> Self {
        Self::new(name, Of::Outage, value)
    }

    fn named(name: &str, known: &[&'static [Self]]) -> Compiled<&'static Self> {
        let all = known.iter().copied().flatten();
        if let Some(known) = all.clone().find(|known| known.name == name) {
            return Ok(known);
        }
        let known: Vec<_> = all.map(|known| format!("{{{{{}}}}}", known.name)).collect();
        let known = known.join(", ");
        refuse(format!(
            "unknown placeholder {{{{{name}}}}}, expected one of {known}"
        ))
    }
}

impl Escape {
    fn push(self, body: &mut String, value: &str) {
        match self {
            Self::None => body.push_str(value),
            Self::Html => {
                let mut written = 0;
                for (at, byte) in value.bytes().enumerate() {
                    if let Some(reference) = html_reference(byte) {
                        body.push_str(value.get(written..at).unwrap_or_default());
                        body.push_str(reference);
                        written = at + 1;
                    }
                }
                body.push_str(value.get(written..).unwrap_or_default());
            }
            Self::Json => {
                let quoted = serde_json::to_string(value).unwrap_or_default();
                let inside = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
                body.push_str(inside.unwrap_or_default());
            }
        }
    }
}

/// What stands for a character that HTML takes for its own.
const fn html_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::values::testing;

    fn values(message: &str) -> Values<'_> {
        testing::values("T", message)
    }

    #[test]
    fn every_placeholder_is_replaced_and_an_unknown_value_is_empty() {
        let text = "{{title}}-{{ message }}-{{status}}-{{retry_after}}-{{until}}-{{request_id}}.";
        let template = Template::compile(text, Escape::None).unwrap();
        assert_eq!(template.render(&values("<M>")), "T-<M>-503---.");
    }

    #[test]
    fn values_are_escaped_for_where_they_stand() {
        let render = |escape| {
            let template = Template::compile("{{message}}", escape).unwrap();
            template.render(&values("<a b='c' d=\"e\">&\n{{title}}"))
        };
        assert_eq!(render(Escape::None), "<a b='c' d=\"e\">&\n{{title}}");
        assert_eq!(
            render(Escape::Html),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\n{{title}}"
        );
        assert_eq!(render(Escape::Json), "<a b='c' d=\\\"e\\\">&\\n{{title}}");
    }

    #[test]
    fn an_unknown_or_open_placeholder_is_refused() {
        for text in ["{{name}}", "{{}}", "{{title", "{{title}} {{", "{{{title}}}"] {
            assert!(Template::compile(text, Escape::None).is_err(), "{text}");
        }
        let error = Template::compile("{{titel}}", Escape::None)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("unknown placeholder {{titel}}, expected one of {{title}},"));
    }

    #[test]
    fn braces_that_are_no_placeholder_stay() {
        let text = r#"{"a":{"b":1}} }} {"#;
        let template = Template::compile(text, Escape::Json).unwrap();
        assert_eq!(template.render(&values("")), text);
    }

    proptest! {
        #[test]
        fn any_message_stays_inside_its_json_string(message: String) {
            let template = Template::compile(r#"{"m":"{{message}}"}"#, Escape::Json).unwrap();
            let body = template.render(&values(&message));
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(body["m"].as_str().unwrap(), message);
        }

        #[test]
        fn no_message_opens_a_tag_or_leaves_an_attribute(message: String) {
            let template = Template::compile("{{message}}", Escape::Html).unwrap();
            prop_assert!(!template.render(&values(&message)).contains(['<', '>', '"', '\'']));
        }
    }
}
