//! Bodies with placeholders.

use std::borrow::Cow;

use super::InvalidConfig;

/// A body, cut at its `{{placeholders}}`.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
    escape: Escape,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<str>),
    Placeholder(Placeholder),
}

#[derive(Clone, Copy, Debug)]
enum Placeholder {
    Title,
    Message,
    Status,
    RetryAfter,
    Until,
    RequestId,
}

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

/// The values of the placeholders; an unknown one is empty.
#[derive(Clone, Debug, Default)]
pub struct Values<'a> {
    /// `{{title}}`
    pub title: &'a str,
    /// `{{message}}`
    pub message: &'a str,
    /// `{{status}}`
    pub status: Cow<'a, str>,
    /// `{{retry_after}}`, as in the header.
    pub retry_after: Cow<'a, str>,
    /// `{{until}}`, RFC 3339 in UTC.
    pub until: Cow<'a, str>,
    /// `{{request_id}}`, Envoy's `x-request-id`.
    pub request_id: Cow<'a, str>,
}

impl Template {
    /// Cuts a body at its placeholders.
    ///
    /// # Errors
    /// A placeholder that is unknown or not closed.
    pub fn compile(text: &str, escape: Escape) -> Result<Self, InvalidConfig> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, opened)) = rest.split_once("{{") {
            let (name, after) = opened.split_once("}}").ok_or_else(|| {
                InvalidConfig::new("a `{{` has no `}}`: expected a placeholder like {{message}}")
            })?;
            parts.push(Part::Literal(literal.into()));
            parts.push(Part::Placeholder(Placeholder::parse(name.trim())?));
            rest = after;
        }
        parts.push(Part::Literal(rest.into()));
        Ok(Self { parts, escape })
    }

    /// The body with all placeholders replaced.
    pub fn render(&self, values: &Values) -> String {
        let mut body = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => body.push_str(text),
                Part::Placeholder(placeholder) => {
                    self.escape.push(&mut body, placeholder.value(values));
                }
            }
        }
        body
    }
}

impl Placeholder {
    fn parse(name: &str) -> Result<Self, InvalidConfig> {
        Ok(match name {
            "title" => Self::Title,
            "message" => Self::Message,
            "status" => Self::Status,
            "retry_after" => Self::RetryAfter,
            "until" => Self::Until,
            "request_id" => Self::RequestId,
            _ => {
                return Err(InvalidConfig::new(format!(
                    "unknown placeholder {{{{{name}}}}}, expected one of {{{{title}}}}, \
                     {{{{message}}}}, {{{{status}}}}, {{{{retry_after}}}}, {{{{until}}}}, \
                     {{{{request_id}}}}"
                )));
            }
        })
    }

    fn value<'a>(self, values: &'a Values) -> &'a str {
        match self {
            Self::Title => values.title,
            Self::Message => values.message,
            Self::Status => &values.status,
            Self::RetryAfter => &values.retry_after,
            Self::Until => &values.until,
            Self::RequestId => &values.request_id,
        }
    }
}

impl Escape {
    fn push(self, body: &mut String, value: &str) {
        match self {
            Self::None => body.push_str(value),
            Self::Html => value.chars().for_each(|character| match character {
                '&' => body.push_str("&amp;"),
                '<' => body.push_str("&lt;"),
                '>' => body.push_str("&gt;"),
                '"' => body.push_str("&quot;"),
                '\'' => body.push_str("&#39;"),
                _ => body.push(character),
            }),
            Self::Json => {
                let quoted = serde_json::to_string(value).unwrap_or_default();
                let inside = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
                body.push_str(inside.unwrap_or_default());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(message: &str) -> Values<'_> {
        Values {
            title: "T",
            message,
            status: "503".into(),
            ..Values::default()
        }
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
        assert_eq!(template.render(&Values::default()), text);
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
