//! The matchers of `allow`, and of a rule.

use super::{
    InvalidConfig, Located,
    fields::{AttributeMatch, CookieMatch, HeaderMatch, is_token},
    hosts::Hosts,
    invalid::each,
    networks::Networks,
    paths::{Paths, Reading},
};
use crate::{
    config::MatchersConfig,
    decision::Reason,
    path::{Readings, without_query},
    request::RequestHead,
};

/// What a request is compared with, a field for each kind of entry.
#[derive(Clone, Debug, Default)]
pub struct Matchers {
    client_ips: Networks,
    paths: Paths,
    hosts: Hosts,
    methods: Vec<Box<str>>,
    headers: Vec<HeaderMatch>,
    cookies: Vec<CookieMatch>,
    attributes: Vec<AttributeMatch>,
}

impl Matchers {
    /// Compiles the entries of all kinds.
    ///
    /// # Errors
    /// The first entry that is not what its kind expects.
    pub fn compile(config: &MatchersConfig, reading: Reading) -> Result<Self, InvalidConfig> {
        Ok(Self {
            client_ips: Networks::compile(&config.client_ips).at("client_ips")?,
            paths: Paths::compile(&config.paths, reading).at("paths")?,
            hosts: Hosts::compile(&config.hosts, reading).at("hosts")?,
            methods: each(&config.methods, |method| compile_method(method)).at("methods")?,
            headers: each(&config.headers, HeaderMatch::compile).at("headers")?,
            cookies: each(&config.cookies, CookieMatch::compile).at("cookies")?,
            attributes: each(&config.attributes, AttributeMatch::compile).at("attributes")?,
        })
    }

    /// Whether there is no entry of any kind.
    pub fn is_empty(&self) -> bool {
        self.client_ips.is_empty()
            && self.paths.is_empty()
            && self.hosts.is_empty()
            && self.methods.is_empty()
            && self.headers.is_empty()
            && self.cookies.is_empty()
            && self.attributes.is_empty()
    }

    /// The kind of the first entry that matches, in the order of the fields.
    pub fn first_match(&self, request: &impl RequestHead) -> Option<Reason> {
        let readings = Readings::default();
        Reason::ALL
            .into_iter()
            .find(|&kind| self.matches(kind, request, &readings) == Some(true))
    }

    /// Whether every kind that has entries matches by one of them; `readings` are those of
    /// the request's path.
    pub fn all_match(&self, request: &impl RequestHead, readings: &Readings) -> bool {
        Reason::ALL
            .into_iter()
            .all(|kind| self.matches(kind, request, readings) != Some(false))
    }

    /// Whether an entry of a kind matches. `None` for what has no entries, which reads
    /// nothing of the request.
    fn matches(
        &self,
        kind: Reason,
        request: &impl RequestHead,
        readings: &Readings,
    ) -> Option<bool> {
        let pseudo_header = |name: &str| request.headers().first(name).unwrap_or_default();
        match kind {
            Reason::ClientIp => (!self.client_ips.is_empty()).then(|| {
                let client = request.client_ip();
                client.is_some_and(|client| self.client_ips.contains(client))
            }),
            Reason::Path => (!self.paths.is_empty()).then(|| {
                self.paths
                    .matches(without_query(pseudo_header(":path")), readings)
            }),
            Reason::Host => {
                (!self.hosts.is_empty()).then(|| self.hosts.contains(pseudo_header(":authority")))
            }
            Reason::Method => any(&self.methods, |method| {
                method.as_bytes() == pseudo_header(":method")
            }),
            Reason::Header => any(&self.headers, |entry| entry.matches(request.headers())),
            Reason::Cookie => any(&self.cookies, |entry| entry.matches(request.headers())),
            Reason::Attribute => any(&self.attributes, |entry| {
                entry.matches(&request.attribute(entry.path()))
            }),
            Reason::Bypass | Reason::Rule => None,
        }
    }
}

fn any<T>(entries: &[T], matches: impl FnMut(&T) -> bool) -> Option<bool> {
    (!entries.is_empty()).then(|| entries.iter().any(matches))
}

fn compile_method(method: &str) -> Result<Box<str>, InvalidConfig> {
    if !is_token(method) {
        return Err(InvalidConfig::new(format!(
            "{method:?} is not an HTTP method"
        )));
    }
    Ok(method.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Attribute, testing::TestRequest};

    fn matchers(json: &str) -> Matchers {
        Matchers::compile(&crate::json::read(json), Reading::Canonical).unwrap()
    }

    fn request() -> TestRequest {
        TestRequest::new(&[
            (":method", "GET"),
            (":authority", "shop.example.com"),
            (":path", "/a/b?c=/d"),
            ("x-role", "staff"),
            ("cookie", "beta=1"),
        ])
    }

    #[test]
    fn any_entry_of_any_kind_is_enough() {
        for (json, reason) in [
            (
                r#"{"client_ips":["10.0.0.0/8","192.0.2.1"]}"#,
                Reason::ClientIp,
            ),
            (r#"{"paths":["/x","/a/*"]}"#, Reason::Path),
            (r#"{"hosts":["*.example.com"]}"#, Reason::Host),
            (r#"{"methods":["HEAD","GET"]}"#, Reason::Method),
            (
                r#"{"headers":[{"name":"x-role","exact":"staff"}]}"#,
                Reason::Header,
            ),
            (
                r#"{"cookies":[{"name":"beta","present":true}]}"#,
                Reason::Cookie,
            ),
            (
                r#"{"attributes":[{"path":["a"],"present":false}]}"#,
                Reason::Attribute,
            ),
            (
                r#"{"client_ips":["10.0.0.1"],"paths":["/a/b"],"methods":["GET"]}"#,
                Reason::Path,
            ),
        ] {
            assert_eq!(
                matchers(json).first_match(&request()),
                Some(reason),
                "{json}"
            );
        }
    }

    #[test]
    fn nothing_matches_by_default_or_by_accident() {
        for json in [
            "{}",
            r#"{"client_ips":["10.0.0.1"],"paths":["/d","/a"],"hosts":["example.com"],"methods":["get"]}"#,
            r#"{"headers":[{"name":"x-role","present":false}],"cookies":[{"name":"bet","present":true}]}"#,
            r#"{"attributes":[{"path":["a"],"regex":".*"}]}"#,
        ] {
            assert_eq!(matchers(json).first_match(&request()), None, "{json}");
        }
    }

    #[test]
    fn a_path_that_is_not_canonical_matches_no_entry() {
        let open = matchers(r#"{"paths":["/*",{"exact":"/a;b"},{"regex":".*"},{"suffix":"b"}]}"#);
        for path in ["/a;b", "//a", "/a/../b", "/%61", "/a\\b", "*", ""] {
            let request = TestRequest::new(&[(":path", path)]);
            assert_eq!(open.first_match(&request), None, "{path}");
        }
        let bytes = TestRequest::new(&[(":path", b"/\xff")]);
        assert_eq!(open.first_match(&bytes), None);
    }

    #[test]
    fn a_client_without_an_ip_matches_no_network() {
        let open = matchers(r#"{"client_ips":["0.0.0.0/0","::/0"]}"#);
        let mut request = request();
        assert_eq!(open.first_match(&request), Some(Reason::ClientIp));
        request.client_ip = None;
        assert_eq!(open.first_match(&request), None);
    }

    #[test]
    fn attributes_are_compared_as_text() {
        let verified = matchers(r#"{"attributes":[{"path":["a"],"exact":"true"}]}"#);
        let mut request = request();
        request.attribute = Attribute::Text("true".into());
        assert_eq!(verified.first_match(&request), Some(Reason::Attribute));
        request.attribute = Attribute::Text("false".into());
        assert_eq!(verified.first_match(&request), None);
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"{"client_ips":["10.0.0.1","x"]}"#,
                "client_ips[1]: \"x\" is not",
            ),
            (
                r#"{"methods":["G T"]}"#,
                "methods[0]: \"G T\" is not an HTTP method",
            ),
            (
                r#"{"headers":[{"name":"a"}]}"#,
                "headers[0]: expected exactly one of its kinds",
            ),
            (
                r#"{"headers":[{"name":"a","exact":""}]}"#,
                "headers[0].exact: is empty",
            ),
            (
                r#"{"cookies":[{"name":"a;","exact":"b"}]}"#,
                "cookies[0].name: \"a;\" is not",
            ),
            (
                r#"{"attributes":[{"path":[],"exact":"b"}]}"#,
                "attributes[0].path: expected",
            ),
        ] {
            let refused = Matchers::compile(&crate::json::read(json), Reading::Canonical);
            let refused = refused.unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
