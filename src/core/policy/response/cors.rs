//! The origins that may read the reply, [Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol).

use crate::config::response::CorsConfig;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, each, refuse};

/// The compiled `cors`.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Vec<Box<str>>,
    /// Whether they may send credentials.
    pub allow_credentials: bool,
}

impl Cors {
    /// Compiles `cors`; refuses no origin, a malformed one, and that all may send credentials.
    pub fn compile(config: &CorsConfig) -> Compiled<Self> {
        let origins = &config.allow_origins;
        if origins.is_empty() {
            return refuse("is empty").at("allow_origins");
        }
        let any_origin = origins.iter().any(|origin| origin == "*");
        if any_origin && config.allow_credentials {
            let problem = "cannot be true with the origin \"*\": name the origins";
            return refuse(problem).at("allow_credentials");
        }
        Ok(Self {
            origins: each(origins, |origin| compile_origin(origin)).at("allow_origins")?,
            allow_credentials: config.allow_credentials,
        })
    }

    /// The entry, `*` or the origin itself, by which an `Origin` may read the reply.
    pub fn allowed(&self, origin: &[u8]) -> Option<&str> {
        let mut entries = self.origins.iter().map(|entry| &**entry);
        entries.find(|entry| *entry == "*" || entry.as_bytes() == origin)
    }
}

fn compile_origin(origin: &str) -> Compiled<Box<str>> {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let is_written = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    let is_plain = !host.is_empty() && !host.contains(['/', '?', '#']);
    if origin == "*" || (is_plain && origin.bytes().all(is_written)) {
        return Ok(origin.into());
    }
    let expected = "an origin like \"https://app.example.com\"";
    Err(InvalidConfig::is_not(origin, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(json: &str) -> Result<Cors, InvalidConfig> {
        Cors::compile(&crate::syntax::json_reader::read(json))
    }

    #[test]
    fn only_the_origins_named_are_allowed() {
        let named = cors(r#"{"allow_origins":["https://a.example","https://b.example:8443"]}"#);
        let named = named.unwrap();
        assert_eq!(
            named.allowed(b"https://b.example:8443"),
            Some("https://b.example:8443")
        );
        for origin in [
            "https://b.example",
            "http://a.example",
            "https://a.example.evil",
            "null",
            "",
        ] {
            assert_eq!(named.allowed(origin.as_bytes()), None, "{origin}");
        }
        let any = cors(r#"{"allow_origins":["*"]}"#).unwrap();
        assert_eq!(any.allowed(b"null"), Some("*"));
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"{"allow_origins":["*"],"allow_credentials":true}"#,
                "allow_credentials: cannot",
            ),
            (
                r#"{"allow_origins":["*","a.example"]}"#,
                "allow_origins[1]: \"a.example\" is not",
            ),
            (
                r#"{"allow_origins":["https://a.example/"]}"#,
                "allow_origins[0]: ",
            ),
            (
                r#"{"allow_origins":["https://A.example"]}"#,
                "allow_origins[0]: ",
            ),
        ] {
            let refused = cors(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
