//! The origins that may read the reply, [Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol).

use std::borrow::Cow;

use crate::config::response::CorsConfig;
use crate::policy::response::origin::{NULL, Origin};
use crate::syntax::invalid::{Compiled, Located, each, refuse};

/// The compiled `cors`.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Vec<Origin>,
    /// Whether they may send credentials.
    pub allow_credentials: bool,
}

impl Cors {
    /// Compiles `cors`; refuses no origin, one that no browser sends, and that whoever asks may
    /// send credentials.
    pub fn compile(config: &CorsConfig) -> Compiled<Self> {
        let origins = &config.allow_origins;
        if origins.is_empty() {
            let problem = "is empty: expected an origin like \"https://app.example.com\"";
            return refuse(problem).at("allow_origins");
        }
        let is_anybody = |origin: &&String| matches!(origin.as_str(), "*" | NULL);
        if let Some(anybody) = origins.iter().find(is_anybody)
            && config.allow_credentials
        {
            let problem = format!(
                "cannot be true with the origin {anybody:?}: write each origin in its place"
            );
            return refuse(problem).at("allow_credentials");
        }
        Ok(Self {
            origins: each(origins, |origin| Origin::compile(origin)).at("allow_origins")?,
            allow_credentials: config.allow_credentials,
        })
    }

    /// What allows an `Origin` of a request to read the reply: `*` or the origin itself.
    pub fn allowing(&self, origin: &[u8]) -> Option<Cow<'_, str>> {
        let mut entries = self.origins.iter();
        entries.find_map(|entry| entry.allowing(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::invalid::InvalidConfig;

    fn cors(json: &str) -> Result<Cors, InvalidConfig> {
        Cors::compile(&crate::syntax::json_reader::read(json))
    }

    #[test]
    fn only_the_origins_named_are_allowed() {
        let named = cors(r#"{"allow_origins":["https://a.example","https://b.example:8443"]}"#);
        let named = named.unwrap();
        assert_eq!(
            named.allowing(b"https://b.example:8443").as_deref(),
            Some("https://b.example:8443")
        );
        for origin in [
            "https://b.example",
            "http://a.example",
            "https://a.example.evil",
            "null",
            "",
        ] {
            assert_eq!(named.allowing(origin.as_bytes()), None, "{origin}");
        }
        let any = cors(r#"{"allow_origins":["*"]}"#).unwrap();
        assert_eq!(any.allowing(b"null").as_deref(), Some("*"));
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"{"allow_origins":["*"],"allow_credentials":true}"#,
                "allow_credentials: cannot be true with the origin \"*\"",
            ),
            (
                r#"{"allow_origins":["null"],"allow_credentials":true}"#,
                "allow_credentials: cannot be true with the origin \"null\"",
            ),
            (
                r#"{"allow_origins":["*","a.example"]}"#,
                "allow_origins[1]: \"a.example\" is not",
            ),
            (
                r#"{"allow_origins":["https://a.example/"]}"#,
                "allow_origins[0]: ",
            ),
        ] {
            let refused = cors(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
