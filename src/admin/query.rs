//! The parameters of a call, which travel in the query.

use super::refusal::Refusal;
use crate::{bypass::MAX_NAME_BYTES, percent::decode, timestamp::Timestamp};

/// Decoded names and values, each name once.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

const MAX_MESSAGE_BYTES: usize = 1000;

impl Query {
    /// Reads `name=value&…`, percent-encoded; `+` is itself.
    ///
    /// # Errors
    /// A parameter that is not `known`, is there twice, or whose encoding is broken.
    pub(super) fn parse(query: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in query
            .split(|&byte| byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = halves.next().and_then(text).ok_or_else(|| {
                Refusal::Parameter("the name of a parameter is not percent-encoded UTF-8".into())
            })?;
            if !known.contains(&&*name) {
                return Err(Refusal::unknown_parameter(&name, known));
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(Refusal::Parameter(format!("{name} is there twice")));
            }
            let value = text(halves.next().unwrap_or_default()).ok_or_else(|| {
                Refusal::Parameter(format!("{name} is not percent-encoded UTF-8"))
            })?;
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// An RFC 3339 date-time.
    pub(super) fn timestamp(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        self.read(
            name,
            "an RFC 3339 date-time like 2026-01-31T22:00:00Z",
            Timestamp::parse,
        )
    }

    /// A whole number of seconds.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.read(name, "a whole number of seconds", |text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        })
    }

    /// A text that can stand in replies and logs.
    pub(super) fn message(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(
            name,
            "at most 1000 bytes without control characters",
            |text| {
                let fits = text.len() <= MAX_MESSAGE_BYTES && !text.chars().any(char::is_control);
                fits.then(|| text.to_owned())
            },
        )
    }

    /// A name that can stand in logs.
    pub(super) fn name(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(name, "1 to 64 bytes without control characters", |text| {
            let fits = (1..=MAX_NAME_BYTES).contains(&text.len());
            (fits && !text.chars().any(char::is_control)).then(|| text.to_owned())
        })
    }

    /// A value as it is.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(other, _)| other == name);
        value.map(|(_, value)| value.as_str())
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        self.text(name)
            .map(|value| {
                parse(value).ok_or_else(|| Refusal::Parameter(format!("{name} is not {expected}")))
            })
            .transpose()
    }
}

/// The value of the only parameter of that name, whatever the others are.
pub(super) fn only(query: &[u8], name: &str) -> Option<String> {
    let mut values = query
        .split(|&byte| byte == b'&')
        .filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    match (values.next(), values.next()) {
        (Some(value), None) => text(value),
        _ => None,
    }
}

fn text(encoded: &[u8]) -> Option<String> {
    String::from_utf8(decode(encoded)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 2] = ["for", "message"];

    fn refusal(query: &str) -> String {
        Query::parse(query.as_bytes(), &KNOWN).unwrap_err().detail()
    }

    #[test]
    fn values_are_decoded_and_plus_is_itself() {
        let query = Query::parse(b"message=a%20b+c%26d=e&for=60", &KNOWN).unwrap();
        assert_eq!(
            query.message("message").unwrap().as_deref(),
            Some("a b+c&d=e")
        );
        assert_eq!(query.seconds("for").unwrap(), Some(60));
        assert_eq!(query.seconds("other").unwrap(), None);
    }

    #[test]
    fn unknown_repeated_and_broken_parameters_are_refused_by_name() {
        assert_eq!(
            refusal("fro=1"),
            "unknown parameter \"fro\", expected one of for, message"
        );
        assert_eq!(refusal("for=1&%66or=2"), "for is there twice");
        assert_eq!(
            refusal("message=%zz"),
            "message is not percent-encoded UTF-8"
        );
        assert_eq!(
            refusal("message=%ff"),
            "message is not percent-encoded UTF-8"
        );
        assert_eq!(
            refusal("%ff=1"),
            "the name of a parameter is not percent-encoded UTF-8"
        );
        assert!(refusal("=1").starts_with("unknown parameter \"\""));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let query = |value: &str| Query::parse(format!("for={value}").as_bytes(), &KNOWN).unwrap();
        for value in ["", "-1", "+1", "1.5", "1e3", "18446744073709551616", " 1"] {
            assert!(
                query(&value.replace(' ', "%20")).seconds("for").is_err(),
                "{value}"
            );
        }
        assert!(query("a%0ab").message("for").is_err());
        assert!(query("a%C2%85b").message("for").is_err());
        assert!(query(&"a".repeat(1000)).message("for").is_ok());
        assert!(query(&"a".repeat(1001)).message("for").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(query: Vec<u8>) {
            let _ = Query::parse(&query, &KNOWN);
        }
    }
}
