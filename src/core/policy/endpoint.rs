//! The admin endpoint: where it lies and who may call it.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::config::admin::{AdminConfig, TokenConfig};
use crate::config::seconds::Seconds;
use crate::policy::bypass::MAX_NAME_BYTES;
use crate::policy::environment::Environment;
use crate::policy::networks::Networks;
use crate::policy::path_entry;
use crate::syntax::invalid::{Compiled, Located, optional, refuse};
use crate::syntax::path::{is_canonical, without_query};
use crate::syntax::readings::with_upper_case;
use crate::syntax::{hex, line};

/// The compiled `admin`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    path: Box<str>,
    tokens: Vec<Token>,
    /// The name of the token that an environment variable holds, where `tokens` has no other for it.
    environment: Option<Box<str>>,
    client_ips: Option<Networks>,
    /// How long an `on` may last, in seconds.
    pub max_on_seconds: Option<u64>,
    /// Whether browsers get the console.
    pub console: bool,
    /// Whether anybody may ask whether maintenance is on.
    pub public: bool,
}

#[derive(Clone, Debug)]
struct Token {
    name: Box<str>,
    sha256: [u8; 32],
}

/// The shortest token that is taken from the environment, in bytes.
pub const MIN_TOKEN_BYTES: usize = 16;

impl Endpoint {
    /// Compiles `admin`; refuses what would leave the endpoint unreachable or unprotected.
    pub fn compile(config: &AdminConfig, environment: Environment<'_>) -> Compiled<Self> {
        let path = path_entry::compile_root(&config.path).at("path")?;
        let mut tokens = compile_tokens(&config.tokens).at("tokens")?;
        let mut named = None;
        if let Some(variable) = &config.token_env {
            named = environment_token(variable, environment)
                .and_then(|token| push_unless_known(&mut tokens, token))
                .at("token_env")?;
        }
        if tokens.is_empty() {
            return refuse("expected `tokens` or `token_env`");
        }
        Ok(Self {
            path,
            tokens,
            environment: named,
            client_ips: optional(config.client_ips.as_deref(), compile_client_ips)
                .at("client_ips")?,
            max_on_seconds: optional(config.max_on_seconds, Seconds::checked)
                .at("max_on_seconds")?,
            console: config.console,
            public: config.public,
        })
    }

    /// Where the endpoint lies.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The variable that names the token of the environment, if nothing else names it.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// What follows the endpoint's path in `:path` (without query): empty for the
    /// endpoint itself, also with a slash, or something that begins with `/`. `None` for the path of
    /// another service, and for one that servers may read differently.
    pub fn call<'a>(&self, path: &'a [u8]) -> Option<&'a [u8]> {
        let (root, call) = path.split_at_checked(self.path.len())?;
        if !self.is_root(root) {
            return None;
        }
        let path = without_query(path);
        let call = match call {
            [] | [b'/' | b'?', ..] => without_query(call),
            _ => return None,
        };
        let call = if call == b"/" { b"" } else { call };
        is_canonical(path).then_some(call)
    }

    /// Escapes may be in either case.
    fn is_root(&self, root: &[u8]) -> bool {
        let same = root == self.path.as_bytes();
        same || with_upper_case(root).is_some_and(|root| root == self.path.as_bytes())
    }

    /// The name of the token in an `Authorization` header, found in constant time;
    /// RFC 6750 section 2.1.
    pub fn authenticate(&self, authorization: &[u8]) -> Option<&str> {
        let (scheme, token) = authorization.split_at_checked(b"Bearer ".len())?;
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return None;
        }
        let sha256: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
        let mut found = u32::MAX;
        for (index, token) in (0..).zip(&self.tokens) {
            found.conditional_assign(&index, token.sha256.ct_eq(&sha256));
        }
        let token = self.tokens.get(usize::try_from(found).ok()?)?;
        Some(&token.name)
    }

    /// Whether calls may come from this address.
    pub fn admits(&self, client: Option<IpAddr>) -> bool {
        self.client_ips
            .as_ref()
            .is_none_or(|networks| client.is_some_and(|client| networks.contains(client)))
    }
}

fn compile_tokens(config: &[TokenConfig]) -> Compiled<Vec<Token>> {
    let mut tokens = Vec::new();
    for (index, config) in config.iter().enumerate() {
        compile_token(config)
            .and_then(|token| push(&mut tokens, token))
            .at_index(index)?;
    }
    Ok(tokens)
}

/// Refuses a second token of one name: the log would not tell who called.
fn push(tokens: &mut Vec<Token>, token: Token) -> Compiled<()> {
    if tokens.iter().any(|other| other.name == token.name) {
        return refuse(format!("a token is named {:?} already", token.name));
    }
    tokens.push(token);
    Ok(())
}

/// The token of the environment is called as in `tokens`, if it is there too; else its name.
fn push_unless_known(tokens: &mut Vec<Token>, token: Token) -> Compiled<Option<Box<str>>> {
    if tokens.iter().any(|other| other.sha256 == token.sha256) {
        return Ok(None);
    }
    let name = token.name.clone();
    push(tokens, token)?;
    Ok(Some(name))
}

fn compile_token(config: &TokenConfig) -> Compiled<Token> {
    Ok(Token {
        name: line::name::<MAX_NAME_BYTES>(&config.name).at("name")?,
        sha256: parse_sha256(&config.sha256).at("sha256")?,
    })
}

/// The text is not repeated in the error: it may be the token itself, put here by mistake.
fn parse_sha256(text: &str) -> Compiled<[u8; 32]> {
    match hex::decode(text).map(TryInto::try_into) {
        Some(Ok(empty)) if empty == *Sha256::digest(b"") => {
            refuse("is the SHA-256 of an empty token")
        }
        Some(Ok(sha256)) => Ok(sha256),
        _ => refuse("expected the SHA-256 of a token, 64 hexadecimal digits"),
    }
}

fn environment_token(variable: &str, environment: Environment<'_>) -> Compiled<Token> {
    let token = environment.secret(variable)?;
    if token.len() < MIN_TOKEN_BYTES {
        return refuse(format!(
            "the token in {variable:?} is shorter than {MIN_TOKEN_BYTES} bytes: expected one such as \
             `openssl rand -hex 32` prints"
        ));
    }
    Ok(Token {
        name: variable.into(),
        sha256: Sha256::digest(token).into(),
    })
}

fn compile_client_ips(entries: &[String]) -> Compiled<Networks> {
    if entries.is_empty() {
        return refuse("is empty: nobody could call the endpoint: write who may, or leave it out");
    }
    Networks::compile(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::testing::environment;

    const ABC: &str = "BA7816BF8F01CFEA414140DE5DAE2223b00361a396177a9cb410ff61f20015ad";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn endpoint(keys: &str) -> Compiled<Endpoint> {
        let json = format!(r#"{{"path":"/m",{keys}}}"#);
        let variable = |variable: &str| match variable {
            "GOOD" => Some("sixteen bytes ok".into()),
            "SHORT" => Some("fifteen bytes..".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        Endpoint::compile(
            &crate::syntax::json_reader::read(&json),
            environment(&variable),
        )
    }

    fn abc() -> Endpoint {
        endpoint(&format!(r#""tokens":[{{"name":"ops","sha256":"{ABC}"}}]"#)).unwrap()
    }

    #[test]
    fn the_endpoint_is_its_path_and_what_lies_under_it() {
        for (path, call) in [
            ("/m", ""),
            ("/m?a=/b", ""),
            ("/m/", ""),
            ("/m/?a", ""),
            ("/m/on/", "/on/"),
            ("/m/on?x", "/on"),
            ("/m/a/b", "/a/b"),
        ] {
            assert_eq!(abc().call(path.as_bytes()), Some(call.as_bytes()), "{path}");
        }
        for path in [
            "", "/", "/mm", "/m/../x", "//m", "/m//on", "/%6d", "/x/../m", "/m;a", "/M",
        ] {
            assert_eq!(abc().call(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn a_token_is_found_by_its_hash() {
        let endpoint = endpoint(&format!(
            r#""tokens":[{{"name":"a","sha256":"{}"}},{{"name":"ops","sha256":"{ABC}"}}],"token_env":"GOOD""#,
            "0".repeat(64),
        ))
        .unwrap();
        for (authorization, name) in [
            ("Bearer abc", Some("ops")),
            ("bearer  abc", Some("ops")),
            ("Bearer sixteen bytes ok", Some("GOOD")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Bearer abcd", None),
            ("Bearer abc,Bearer abc", None),
            ("Basic abc", None),
            ("Bearerabc", None),
            ("", None),
        ] {
            assert_eq!(
                endpoint.authenticate(authorization.as_bytes()),
                name,
                "{authorization}"
            );
        }
        assert_eq!(endpoint.authenticate(b"Bearer \xff\xfe"), None);
    }

    #[test]
    fn the_token_of_the_environment_is_called_as_in_tokens_else_as_its_variable() {
        let hash = hex::encode(&Sha256::digest("sixteen bytes ok"));
        for (hash, name, environment) in [(&*hash, "ops", None), (ABC, "GOOD", Some("GOOD"))] {
            let tokens = format!(r#""tokens":[{{"name":"ops","sha256":"{hash}"}}]"#);
            let endpoint = endpoint(&format!(r#"{tokens},"token_env":"GOOD""#)).unwrap();
            assert_eq!(
                endpoint.authenticate(b"Bearer sixteen bytes ok"),
                Some(name)
            );
            assert_eq!(endpoint.environment(), environment);
        }
    }

    #[test]
    fn an_on_may_be_bounded_in_hours() {
        let bounded = |bound| endpoint(&format!(r#""token_env":"GOOD","max_on_seconds":{bound}"#));
        for (bound, seconds) in [("5400", 5400), (r#""1h30m""#, 5400), (r#""2d""#, 172_800)] {
            assert_eq!(
                bounded(bound).unwrap().max_on_seconds,
                Some(seconds),
                "{bound}"
            );
        }
    }

    #[test]
    fn addresses_are_admitted_by_the_list_or_all_without_one() {
        let address = |text: &str| text.parse().ok();
        assert!(abc().admits(None) && abc().admits(address("10.0.0.1")));
        let local = endpoint(r#""token_env":"GOOD","client_ips":["127.0.0.0/8"]"#).unwrap();
        assert!(local.admits(address("127.0.0.1")));
        assert!(!local.admits(address("10.0.0.1")) && !local.admits(None));
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (keys, error) in [
            (r#""tokens":[]"#, "expected `tokens` or `token_env`"),
            (
                r#""tokens":[{"name":"","sha256":""}]"#,
                "tokens[0].name: expected 1 to 64 bytes",
            ),
            (
                r#""tokens":[{"name":"a","sha256":"secret"}]"#,
                "tokens[0].sha256: expected the SHA-256",
            ),
            (
                r#""token_env":"NONE""#,
                "token_env: the process has no environment variable \"NONE\"",
            ),
            (
                r#""token_env":"EMPTY""#,
                "token_env: the process has no environment variable \"EMPTY\"",
            ),
            (
                r#""token_env":"SHORT""#,
                "token_env: the token in \"SHORT\" is shorter than 16 bytes",
            ),
            (
                r#""tokens":[{"name":"a","sha256":"BA7816BF8F01CFEA414140DE5DAE2223b00361a396177a9cb410ff61f20015ad"},
                    {"name":"a","sha256":"CA7816BF8F01CFEA414140DE5DAE2223b00361a396177a9cb410ff61f20015ad"}]"#,
                "tokens[1]: a token is named \"a\" already",
            ),
            (
                r#""tokens":[{"name":"GOOD","sha256":"BA7816BF8F01CFEA414140DE5DAE2223b00361a396177a9cb410ff61f20015ad"}],
                    "token_env":"GOOD""#,
                "token_env: a token is named \"GOOD\" already",
            ),
            (
                r#""token_env":"GOOD","client_ips":["x"]"#,
                "client_ips[0]: \"x\" is not an IP",
            ),
            (
                r#""token_env":"GOOD","client_ips":[]"#,
                "client_ips: is empty",
            ),
            (
                r#""token_env":"GOOD","max_on_seconds":0"#,
                "max_on_seconds: 0 is not a number",
            ),
        ] {
            let refused = endpoint(keys).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{keys} gave {refused}");
        }
        let empty = endpoint(&format!(r#""tokens":[{{"name":"a","sha256":"{EMPTY}"}}]"#));
        assert_eq!(
            empty.unwrap_err().to_string(),
            "tokens[0].sha256: is the SHA-256 of an empty token"
        );
        for hash in [
            "",
            "0",
            &"0".repeat(63),
            &"0".repeat(66),
            &"g".repeat(64),
            &"\u{e9}".repeat(32),
        ] {
            assert!(parse_sha256(hash).is_err(), "{hash}");
        }
        for path in ["", "/", "m", "/m/", "//m", "/m?x", "/a/../m", "/%6d"] {
            assert!(path_entry::compile_root(path).is_err(), "{path}");
        }
    }
}
