//! The body that a configuration gives for JSON.

use crate::policy::template::{Escape, Template};
use crate::policy::values::{Values, Wording};
use crate::syntax::invalid::{Compiled, InvalidConfig, refuse};
use crate::syntax::json::Json;

/// Compiles a body; refuses one that is no JSON once its placeholders are filled in. `values`
/// are what the configuration alone has to tell: what is no number by these is text that
/// somebody else writes, or not always known, and so belongs into a string.
pub(crate) fn compile(text: &str, values: &Values) -> Compiled<Template> {
    let template = Template::compile(text, Escape::Json)?;
    let sample = Sample::of(text);
    if let Err(error) = Json::parse(sample.body.as_bytes()) {
        let problem = format!("is not JSON once its placeholders are filled in: {error}");
        return Err(InvalidConfig::new(problem));
    }
    let untold = Values {
        title: Wording::default(),
        message: Wording::default(),
        ..values.clone()
    };
    for (at, placeholder) in sample.outside {
        let value = Template::compile(placeholder, Escape::Json)?.render(&untold);
        if !matches!(Json::parse(value.as_bytes()), Ok(Json::Unsigned(_))) {
            let before = text.get(..at).unwrap_or_default();
            let line = before.split('\n').count();
            let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1;
            return refuse(format!(
                "{placeholder} stands outside of a string, where its value is no JSON, at line \
                 {line} column {column}: write \"{placeholder}\""
            ));
        }
    }
    Ok(template)
}

/// A body with a value for each placeholder that is as long as the placeholder, so that errors
/// are where they are in the template.
struct Sample<'t> {
    body: String,
    /// The placeholders outside of strings, and where each begins.
    outside: Vec<(usize, &'t str)>,
}

impl<'t> Sample<'t> {
    fn of(text: &'t str) -> Self {
        let mut sample = Self {
            body: String::with_capacity(text.len()),
            outside: Vec::new(),
        };
        let (mut in_string, mut escaped) = (false, false);
        let mut rest = text;
        while !rest.is_empty() {
            let literal = rest.find("{{").unwrap_or(rest.len());
            let (literal, placeholder) = rest.split_at_checked(literal).unwrap_or_default();
            for byte in literal.bytes() {
                in_string ^= byte == b'"' && !escaped;
                escaped = in_string && byte == b'\\' && !escaped;
            }
            sample.body.push_str(literal);
            let end = placeholder.find("}}").map_or(0, |end| end + 2);
            let (placeholder, behind) = placeholder.split_at_checked(end).unwrap_or_default();
            if !in_string && !placeholder.is_empty() {
                sample.outside.push((sample.body.len(), placeholder));
            }
            let filler = if in_string { "x" } else { "1" };
            sample.body.push_str(&filler.repeat(placeholder.len()));
            escaped &= placeholder.is_empty();
            rest = behind;
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::response::retry_after::RetryAfter;
    use crate::policy::values::testing;

    fn values(retry_after: Option<RetryAfter>) -> Values<'static> {
        Values {
            retry_after,
            ..testing::values("1", "2")
        }
    }

    fn refused(text: &str, retry_after: Option<RetryAfter>) -> Option<String> {
        let error = compile(text, &values(retry_after)).err()?;
        Some(error.to_string())
    }

    #[test]
    fn what_is_json_whatever_is_filled_in_is_accepted() {
        for text in [
            "{}",
            "[]",
            "\"{{message}}\"",
            "{{status}}",
            r#"{"m":"{{ message }} {{until}}","{{title}}":{"s":{{status}}}}"#,
            r#"{"ms":{{retry_after}}000,"until":"{{until}}","path":"C:\\"}"#,
            r#"{"quoted":"\"{{message}}\"","back":"\\{{message}}"}"#,
        ] {
            assert_eq!(
                refused(text, Some(RetryAfter::Seconds(3600))),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_json_is_refused_with_line_and_column() {
        let not_json = "is not JSON once its placeholders are filled in: ";
        for (text, problem) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("down", "expected value at line 1 column 1"),
            (
                "{'m':'{{message}}'}",
                "key must be a string at line 1 column 2",
            ),
            (
                "{\"m\":\"{{message}}\",\n \"s\":{{ status }},\n}",
                "trailing comma at line 3 column 1",
            ),
            (
                r#"{"m":"\{{message}}"}"#,
                "invalid escape at line 1 column 8",
            ),
            (r#"{"m":0{{status}}}"#, "invalid number at line 1 column 7"),
            ("{\"m\":\"a\nb\"}", "control character"),
            ("{{status}}{{", "a `{{` has no `}}`"),
        ] {
            let error = refused(text, None).unwrap();
            let is_named = error.contains(problem);
            assert!(
                is_named && (error.starts_with(not_json) || error.starts_with('a')),
                "{error}"
            );
        }
    }

    #[test]
    fn a_value_that_may_be_text_or_empty_stands_in_a_string() {
        let date = RetryAfter::Date("Sun, 06 Nov 1994 08:49:37 GMT".into());
        let seconds = Some(RetryAfter::Seconds(1));
        for (text, retry_after, problem) in [
            (
                "{\n \"u\": {{until}}}",
                &seconds,
                "{{until}} stands outside of a string, where its value is no JSON, at line 2 column 7: write \"{{until}}\"",
            ),
            ("{{message}}", &seconds, "{{message}} stands"),
            ("{{ title }}", &seconds, "{{ title }} stands"),
            ("[{{request_id}}]", &seconds, "{{request_id}} stands"),
            ("[{{retry_after}}]", &None, "{{retry_after}} stands"),
            (
                "[{{status}}, {{retry_after}}]",
                &Some(date),
                "{{retry_after}} stands outside of a string, where its value is no JSON, at line 1 column 14",
            ),
        ] {
            let error = refused(text, retry_after.clone()).unwrap();
            assert!(error.starts_with(problem), "{error}");
        }
    }
}
