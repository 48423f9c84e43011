//! The matchers of `allow`, and of a rule.

use crate::config::matchers::MatchersConfig;
use crate::policy::attribute_match::AttributeMatch;
use crate::policy::cookie_match::CookieMatch;
use crate::policy::environment::CheckAttribute;
use crate::policy::header_match::HeaderMatch;
use crate::policy::hosts::Hosts;
use crate::policy::kind::Kind;
use crate::policy::networks::Networks;
use crate::policy::paths::Paths;
use crate::policy::reading::Reading;
use crate::policy::seen::Seen;
use crate::request::head::RequestHead;
use crate::syntax::field::is_token;
use crate::syntax::invalid::{Compiled, Located, all, each, optional, refuse};

/// What a request is compared with: a list for each kind that has entries, in the order of
/// [`Kind::ALL`].
#[derive(Clone, Debug, Default)]
pub struct Matchers(Vec<(Kind, List)>);

/// The entries of a kind.
#[derive(Clone, Debug)]
enum List {
    ClientIps(Networks),
    Paths(Paths),
    Hosts(Hosts),
    Methods(Vec<Box<str>>),
    Headers(Vec<HeaderMatch>),
    Cookies(Vec<CookieMatch>),
    Attributes(Vec<AttributeMatch>),
}

/// The entry that matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// Its place in the list. Where several match, it is that of the widest network or prefix,
    /// and of paths an exact one comes first, then prefixes, suffixes and regular expressions.
    pub index: usize,
}

impl Matchers {
    /// Compiles `allow`.
    ///
    /// # Errors
    /// The entries that are not what their kind expects.
    pub fn compile(config: &MatchersConfig, check_attribute: CheckAttribute) -> Compiled<Self> {
        let lists = all(Kind::ALL.map(|kind| {
            let list =
                List::compile(kind, config, Reading::Canonical, check_attribute).at(kind.key())?;
            let list = list.filter(|(_, entries)| *entries > 0);
            Ok(list.map(|(list, _)| (kind, list)))
        }))?;
        Ok(Self(lists.into_iter().flatten().collect()))
    }

    /// Compiles the `match` of a rule.
    ///
    /// # Errors
    /// Nothing is named, or a kind without entries, which no request could match; or the first
    /// entry that is not what its kind expects.
    pub fn compile_match(
        config: &MatchersConfig,
        reading: Reading,
        check_attribute: CheckAttribute,
    ) -> Compiled<Self> {
        let lists = all(Kind::ALL.map(|kind| {
            match List::compile(kind, config, reading, check_attribute).at(kind.key())? {
                Some((_, 0)) => refuse(
                    "is empty, so the rule would match nothing: name what it is for, or leave the \
                     key out",
                )
                .at(kind.key()),
                list => Ok(list.map(|(list, _)| (kind, list))),
            }
        }))?;
        let lists: Vec<_> = lists.into_iter().flatten().collect();
        if lists.is_empty() {
            let [kinds @ .., last] = Kind::ALL.map(Kind::key);
            let kinds = kinds.join(", ");
            return refuse(format!(
                "names nothing to match: expected {kinds} or {last}"
            ));
        }
        Ok(Self(lists))
    }

    /// Whether paths are among what it names.
    pub fn names_paths(&self) -> bool {
        self.0.iter().any(|(kind, _)| *kind == Kind::Path)
    }

    /// The first entry that matches.
    pub fn first_match<'s>(&'s self, seen: &Seen<'s, impl RequestHead>) -> Option<Entry> {
        self.0.iter().find_map(|&(kind, ref list)| {
            let index = list.find(seen)?;
            Some(Entry { kind, index })
        })
    }

    /// Whether every kind that has entries matches by one of them.
    pub fn all_match<'s>(&'s self, seen: &Seen<'s, impl RequestHead>) -> bool {
        self.0.iter().all(|(_, list)| list.find(seen).is_some())
    }
}

impl List {
    /// The list of a kind, and how many entries it has; `None` where the key is absent.
    fn compile(
        kind: Kind,
        config: &MatchersConfig,
        reading: Reading,
        check_attribute: CheckAttribute,
    ) -> Compiled<Option<(Self, usize)>> {
        let MatchersConfig {
            client_ips,
            paths,
            hosts,
            methods,
            headers,
            cookies,
            attributes,
        } = config;
        match kind {
            Kind::ClientIp => given(client_ips, |list| {
                Networks::compile(list).map(Self::ClientIps)
            }),
            Kind::Path => given(paths, |list| Paths::compile(list, reading).map(Self::Paths)),
            Kind::Host => given(hosts, |list| Hosts::compile(list, reading).map(Self::Hosts)),
            Kind::Method => given(methods, |list| {
                each(list, |method| compile_method(method)).map(Self::Methods)
            }),
            Kind::Header => given(headers, |list| {
                each(list, |entry| HeaderMatch::compile(entry, reading)).map(Self::Headers)
            }),
            Kind::Cookie => given(cookies, |list| {
                each(list, |entry| CookieMatch::compile(entry, reading)).map(Self::Cookies)
            }),
            Kind::Attribute => given(attributes, |list| {
                let compile = |entry| AttributeMatch::compile(entry, reading, check_attribute);
                each(list, compile).map(Self::Attributes)
            }),
        }
    }

    /// The place of an entry that matches. Nothing is read of the request that its kind does
    /// not need.
    fn find<'s>(&'s self, seen: &Seen<'s, impl RequestHead>) -> Option<usize> {
        match self {
            Self::ClientIps(networks) => networks.find(seen.client_ip()?),
            Self::Paths(paths) => paths.find(seen.path()),
            Self::Hosts(hosts) => hosts.find(seen.host()),
            Self::Methods(methods) => {
                let sent = seen.method();
                methods.iter().position(|method| method.as_bytes() == sent)
            }
            Self::Headers(entries) => entries.iter().position(|entry| entry.matches(seen)),
            Self::Cookies(entries) => {
                let cookies = seen.cookies();
                entries.iter().position(|entry| entry.matches(cookies))
            }
            Self::Attributes(entries) => entries.iter().position(|entry| entry.matches(seen)),
        }
    }
}

fn given<E>(
    entries: &Option<Vec<E>>,
    compile: impl FnOnce(&[E]) -> Compiled<List>,
) -> Compiled<Option<(List, usize)>> {
    let entries = entries.as_deref();
    optional(entries, |entries| Ok((compile(entries)?, entries.len())))
}

/// The methods of [RFC 9110 section 9](https://www.rfc-editor.org/rfc/rfc9110#section-9) and
/// RFC 5789. Methods have a case.
const STANDARD_METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

/// What stands for all methods elsewhere.
const EVERY_METHOD: [&str; 3] = ["*", "ALL", "ANY"];

fn compile_method(method: &str) -> Compiled<Box<str>> {
    let is_meant = |word: &&&str| word.eq_ignore_ascii_case(method.trim());
    match STANDARD_METHODS.iter().find(is_meant) {
        Some(standard) if *standard != method => refuse(format!(
            "{method:?} is not how requests name their method: write {standard:?}"
        )),
        None if EVERY_METHOD.iter().any(|word| is_meant(&word)) => refuse(format!(
            "{method:?} is no method of a request: write each that is meant, such as \"GET\", or leave \
             `methods` out"
        )),
        None if !is_token(method) || method.contains('|') => refuse(format!(
            "{method:?} is not an HTTP method: write each of its own, such as \"GET\""
        )),
        _ => Ok(method.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::any_attribute;
    use crate::request::attribute::Attribute;
    use crate::request::head::testing::TestRequest;

    fn matchers(json: &str) -> Matchers {
        Matchers::compile(&crate::syntax::json_reader::read(json), any_attribute).unwrap()
    }

    fn matched(json: &str) -> Option<Kind> {
        let entry = matchers(json).first_match(&Seen::new(&request()));
        entry.map(|entry| entry.kind)
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
        let cases = [
            r#"{"client_ips":["10.0.0.0/8","192.0.2.1"]}"#,
            r#"{"paths":["/x","/a/*"]}"#,
            r#"{"hosts":["*.example.com"]}"#,
            r#"{"methods":["HEAD","GET"]}"#,
            r#"{"headers":[{"name":"x-role","exact":"staff"}]}"#,
            r#"{"cookies":[{"name":"beta","present":true}]}"#,
            r#"{"attributes":[{"path":["a"],"present":false}]}"#,
        ];
        for (json, kind) in cases.into_iter().zip(Kind::ALL) {
            assert!(json.contains(kind.key()));
            assert_eq!(matched(json), Some(kind), "{json}");
        }
        assert_eq!(cases.len(), Kind::ALL.len());
        let several = r#"{"client_ips":["10.0.0.1"],"paths":["/a/b"],"methods":["GET"]}"#;
        assert_eq!(matched(several), Some(Kind::Path));
    }

    #[test]
    fn nothing_matches_by_default_or_by_accident() {
        for json in [
            "{}",
            r#"{"client_ips":["10.0.0.1"],"paths":["/d","/a"],"hosts":["example.com"],"methods":["Foo"]}"#,
            r#"{"headers":[{"name":"x-role","present":false}],"cookies":[{"name":"bet","present":true}]}"#,
            r#"{"attributes":[{"path":["a"],"regex":".*"}]}"#,
        ] {
            assert_eq!(matched(json), None, "{json}");
        }
    }

    #[test]
    fn a_path_that_is_not_canonical_matches_no_entry() {
        let open = matchers(r#"{"paths":["/*",{"regex":".*"},{"suffix":"b"}]}"#);
        for path in ["/a;b", "//a", "/a/../b", "/%61", "/a\\b", "*", ""] {
            let request = TestRequest::new(&[(":path", path)]);
            assert_eq!(
                open.first_match(&Seen::new(&request))
                    .map(|entry| entry.kind),
                None,
                "{path}"
            );
        }
        let bytes = TestRequest::new(&[(":path", b"/\xff")]);
        assert_eq!(open.first_match(&Seen::new(&bytes)), None);
    }

    #[test]
    fn a_client_without_an_ip_matches_no_network() {
        let open = matchers(r#"{"client_ips":["0.0.0.0/0","::/0"]}"#);
        let mut request = request();
        assert_eq!(
            open.first_match(&Seen::new(&request))
                .map(|entry| entry.kind),
            Some(Kind::ClientIp)
        );
        request.client_ip = None;
        assert_eq!(
            open.first_match(&Seen::new(&request))
                .map(|entry| entry.kind),
            None
        );
    }

    #[test]
    fn attributes_are_compared_as_text() {
        let verified = matchers(r#"{"attributes":[{"path":["a"],"exact":"true"}]}"#);
        let mut request = request();
        request.attribute = Attribute::Text("true".into());
        assert_eq!(
            verified
                .first_match(&Seen::new(&request))
                .map(|entry| entry.kind),
            Some(Kind::Attribute)
        );
        request.attribute = Attribute::Text("false".into());
        assert_eq!(
            verified
                .first_match(&Seen::new(&request))
                .map(|entry| entry.kind),
            None
        );
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
                "methods[0]: \"G T\" is not an HTTP method: write each of its own, such as \"GET\"",
            ),
            (
                r#"{"methods":["GET|POST"]}"#,
                "methods[0]: \"GET|POST\" is not an HTTP method: write each",
            ),
            (
                r#"{"methods":["GET "]}"#,
                "methods[0]: \"GET \" is not how requests name their method: write \"GET\"",
            ),
            (
                r#"{"methods":["any"]}"#,
                "methods[0]: \"any\" is no method of a request: write each",
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
            let refused = Matchers::compile(&crate::syntax::json_reader::read(json), any_attribute);
            let refused = refused.unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
