//! The parameters of a call, which travel in the query.

use crate::admin::refusal::Refusal;
use crate::policy::bypass::MAX_NAME_BYTES;
use crate::reply::protocol::is_read;
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::state::given::Given;
use crate::syntax::line::is_name;
use crate::syntax::path;
use crate::syntax::percent::decode;

/// Decoded names and values, each name once.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of a call that has these methods, separated by commas, and parameters.
    ///
    /// # Errors
    /// Another method, a body that comes with a change, or a parameter that [`Query::parse`]
    /// refuses.
    pub(super) fn of_call(
        request: &impl RequestHead,
        methods: &'static str,
        parameters: &[&str],
    ) -> Result<Self, Refusal> {
        let method = request.headers().first(":method").unwrap_or_default();
        if !methods.split(", ").any(|known| known.as_bytes() == method) {
            return Err(Refusal::Method {
                method: String::from_utf8_lossy(method).into_owned(),
                allow: methods,
            });
        }
        if !is_read(request.headers()) && announces_body(request) {
            return Err(Refusal::Parameter(
                "a body is not read: parameters travel in the query, such as `on?for=600`".into(),
            ));
        }
        Self::parse(path::query(request.path()), parameters)
    }

    /// Reads `name=value&…`, percent-encoded; `+` is itself.
    ///
    /// # Errors
    /// A parameter that is not `known`, is there twice, or whose encoding is broken.
    fn parse(query: &[u8], known: &[&str]) -> Result<Self, Refusal> {
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

    /// A value, if it is given.
    ///
    /// # Errors
    /// It is not what is expected.
    pub(super) fn read<T: Given>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let value = |text| T::parse(text).ok_or_else(|| Refusal::expected(name, T::EXPECTED));
        self.text(name).map(value).transpose()
    }

    /// A name that can stand in logs, if it is given.
    ///
    /// # Errors
    /// It is too long, empty or more than one line.
    pub(super) fn name(&self, name: &str) -> Result<Option<String>, Refusal> {
        let value = |text: &str| {
            is_name::<MAX_NAME_BYTES>(text)
                .then(|| text.to_owned())
                .ok_or_else(|| Refusal::expected(name, "1 to 64 bytes without control characters"))
        };
        self.text(name).map(value).transpose()
    }

    /// A value as it is.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(other, _)| other == name);
        value.map(|(_, value)| value.as_str())
    }
}

/// The value of the only parameter of that name, whatever the others are.
pub(crate) fn only(query: &[u8], name: &str) -> Option<String> {
    let mut values = query
        .split(|&byte| byte == b'&')
        .filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    match (values.next(), values.next()) {
        (Some(value), None) => text(value),
        _ => None,
    }
}

/// Whether a body is to come: one that is not read must not be taken for one without parameters.
fn announces_body(request: &impl RequestHead) -> bool {
    let headers = request.headers();
    let encoding = headers.first("transfer-encoding");
    match (encoding, headers.get("content-length")) {
        (Some(_), _) => true,
        (None, Some(length)) => length.iter().any(|&digit| digit != b'0'),
        (None, None) => !request.ends_with_headers(),
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
            query.read::<String>("message").unwrap().as_deref(),
            Some("a b+c&d=e")
        );
        assert_eq!(query.read::<u64>("for").unwrap(), Some(60));
        assert_eq!(query.read::<u64>("other").unwrap(), None);
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
                query(&value.replace(' ', "%20"))
                    .read::<u64>("for")
                    .is_err(),
                "{value}"
            );
        }
        assert!(query("a%0ab").read::<String>("for").is_err());
        assert!(query("a%C2%85b").read::<String>("for").is_err());
        assert!(query(&"a".repeat(1000)).read::<String>("for").is_ok());
        assert!(query(&"a".repeat(1001)).read::<String>("for").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(query: Vec<u8>) {
            let _ = Query::parse(&query, &KNOWN);
        }
    }
}
