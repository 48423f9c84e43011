//! Signed bypass tokens.
//!
//! A token is `<issued>.<expires>.<name>.<signature>`: two times in milliseconds since the
//! Unix epoch, the name and the HMAC-SHA256 ([RFC 2104](https://www.rfc-editor.org/rfc/rfc2104))
//! of what comes before, both in lower-case hexadecimal. It can stand in a URL and in a
//! cookie as it is.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::config::bypass::BypassConfig;
use crate::config::seconds::Seconds;
use crate::policy::bypass_cookie::BypassCookie;
use crate::policy::environment::Environment;
use crate::request::headers::Headers;
use crate::syntax::field::cookie_values;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, refuse};
use crate::syntax::timestamp::Timestamp;
use crate::syntax::{hex, wire};

const DEFAULT_MAX_TTL_SECONDS: u64 = 43_200;

/// What the clocks of a fleet may differ by.
const LEEWAY_SECONDS: u64 = 300;
const MIN_KEY_BYTES: usize = 32;
pub(super) const SIGNATURE_DIGITS: usize = 64;

/// Longer than any token that is minted here.
const MAX_TOKEN_BYTES: usize = 512;

/// How many cookies of the name are looked at: each may cost a signature.
const MAX_COOKIES: usize = 8;

/// The longest name of a token, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Keeps signatures for this purpose apart from all others with the same key.
const PURPOSE: &[u8] = b"maintenance-mode bypass token 1\0";

/// The compiled `bypass`.
#[derive(Clone, Debug)]
pub struct Bypass {
    key: Hmac<Sha256>,
    /// The cookie that carries a token.
    pub cookie: BypassCookie,
    /// How long a token may live.
    pub max_ttl_seconds: u64,
}

/// A token that was just minted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minted {
    /// The token.
    pub token: String,
    /// The first moment at which it no longer holds.
    pub expires: Timestamp,
}

impl Bypass {
    /// Compiles `bypass`; refuses not one key of 32 bytes or more, what names no cookie or domain,
    /// and values out of range.
    pub fn compile(config: &BypassConfig, environment: Environment<'_>) -> Compiled<Self> {
        let cookie = BypassCookie::compile(config)?;
        let key = match (&config.key, &config.key_env) {
            (Some(key), None) => compile_key(key).at("key")?,
            (None, Some(variable)) => environment
                .secret(variable)
                .and_then(|key| compile_key(&key))
                .at("key_env")?,
            _ => return refuse("expected either `key` or `key_env`"),
        };
        let max_ttl = config.max_ttl_seconds;
        Ok(Self {
            key,
            cookie,
            max_ttl_seconds: max_ttl
                .unwrap_or(Seconds(DEFAULT_MAX_TTL_SECONDS))
                .checked()
                .at("max_ttl_seconds")?,
        })
    }

    /// A token that lives for `ttl_seconds` from now; `None` past the year 9999, or if all until
    /// then were revoked. It holds although tokens of this very moment were revoked, or of a
    /// later one, where the clock was set back.
    pub fn mint(
        &self,
        name: &str,
        now: Timestamp,
        ttl_seconds: u64,
        revoked_at: Option<Timestamp>,
    ) -> Option<Minted> {
        let issued = revoked_at.map_or(now, |at| now.max(at.plus_millis(1)));
        if revoked_at.is_some_and(|at| issued <= at) {
            return None;
        }
        let expires = now.plus_seconds(ttl_seconds)?;
        let (from, to) = (issued.unix_millis(), expires.unix_millis());
        let name = hex::encode(name.as_bytes());
        let claims = format!("{from}.{to}.{name}");
        let signature = self.sign(claims.as_bytes());
        Some(Minted {
            token: format!("{claims}.{signature}"),
            expires,
        })
    }

    /// Whether the cookie or the header of a request is a token that holds.
    pub fn admits(
        &self,
        headers: &impl Headers,
        now: impl FnOnce() -> Timestamp,
        revoked_at: Option<Timestamp>,
    ) -> bool {
        let header = headers.get(wire::BYPASS).unwrap_or_default();
        let cookies = headers.get("cookie").unwrap_or_default();
        let mut tokens = cookie_values(&cookies, &self.cookie.name)
            .take(MAX_COOKIES)
            .chain([&*header])
            .filter_map(|token| self.verify(token))
            .peekable();
        tokens.peek().is_some() && {
            let now = now();
            tokens.any(|token| self.holds(&token, now, revoked_at))
        }
    }

    /// When a token that holds expires.
    pub fn expiry(
        &self,
        token: &[u8],
        now: Timestamp,
        revoked_at: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let token = self.verify(token)?;
        self.holds(&token, now, revoked_at).then_some(token.expires)
    }

    /// Whether a token is neither over nor revoked. One that would live longer from now is of
    /// a clock that is ahead.
    pub(super) fn holds(
        &self,
        token: &Claims,
        now: Timestamp,
        revoked_at: Option<Timestamp>,
    ) -> bool {
        let longest = now.plus_seconds(self.max_ttl_seconds + LEEWAY_SECONDS);
        now < token.expires
            && longest.is_none_or(|longest| token.expires <= longest)
            && revoked_at.is_none_or(|revoked_at| token.issued > revoked_at)
    }

    /// The claims of a token, if its signature is ours and it does not live too long.
    pub(super) fn verify(&self, token: &[u8]) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (claims, signature) = std::str::from_utf8(token).ok()?.rsplit_once('.')?;
        if signature.len() != SIGNATURE_DIGITS {
            return None;
        }
        let expected = self.sign(claims.as_bytes());
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return None;
        }
        let mut parts = claims.split('.');
        let claims = Claims {
            issued: Timestamp::from_unix_millis(parts.next()?.parse().ok()?),
            expires: Timestamp::from_unix_millis(parts.next()?.parse().ok()?),
        };
        let longest = claims.issued.plus_seconds(self.max_ttl_seconds);
        longest
            .is_none_or(|longest| claims.expires <= longest)
            .then_some(claims)
    }

    fn sign(&self, claims: &[u8]) -> String {
        let mut mac = self.key.clone();
        mac.update(PURPOSE);
        mac.update(claims);
        hex::encode(&mac.finalize().into_bytes())
    }
}

/// What a token says of itself.
pub(super) struct Claims {
    issued: Timestamp,
    pub(super) expires: Timestamp,
}

fn compile_key(key: &str) -> Compiled<Hmac<Sha256>> {
    if key.len() < MIN_KEY_BYTES {
        return refuse(format!(
            "the key is shorter than {MIN_KEY_BYTES} bytes: expected one such as `openssl rand -hex \
             32` prints"
        ));
    }
    Hmac::new_from_slice(key.as_bytes()).map_err(|error| InvalidConfig::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::environment::testing::environment;
    use crate::request::headers::HeaderList;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn bypass() -> Bypass {
        let config = crate::syntax::json_reader::read(&format!(r#"{{"key":"{KEY}"}}"#));
        Bypass::compile(&config, environment(&|_| None)).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_millis(seconds * 1000)
    }

    fn token(ttl: u64) -> String {
        bypass().mint("qa", at(1000), ttl, None).unwrap().token
    }

    fn holds(token: &str, now: Timestamp, revoked_at: Option<Timestamp>) -> bool {
        bypass().expiry(token.as_bytes(), now, revoked_at).is_some()
    }

    #[test]
    fn a_token_holds_until_it_expires() {
        let token = token(60);
        assert!(holds(&token, at(1000), None) && holds(&token, at(1059), None));
        assert!(!holds(&token, at(1060), None));
    }

    #[test]
    fn a_token_that_lives_too_long_is_void() {
        assert!(holds(&token(43_200), at(1000), None));
        assert!(!holds(&token(43_201), at(1000), None));
    }

    #[test]
    fn a_revocation_ends_what_was_issued_before_it_and_nothing_after() {
        let old = token(60);
        assert!(holds(&old, at(1000), Some(at(999))));
        assert!(!holds(&old, at(1000), Some(at(1000))));
        for revoked_at in [1000, 5000] {
            let new = bypass()
                .mint("qa", at(1000), 60, Some(at(revoked_at)))
                .unwrap();
            assert_eq!(new.expires, at(1060));
            assert!(holds(&new.token, at(1059), Some(at(revoked_at))));
            assert!(!holds(&new.token, at(1060), Some(at(revoked_at))));
        }
    }

    #[test]
    fn a_token_of_a_clock_that_is_ahead_lives_no_longer_for_it() {
        let longest = i64::try_from(DEFAULT_MAX_TTL_SECONDS).unwrap();
        let minted = bypass().mint("qa", at(longest), 60, None).unwrap();
        let expiry = |now| bypass().expiry(minted.token.as_bytes(), at(now), None);
        assert_eq!(expiry(60 - 301), None);
        assert_eq!(expiry(60 - 300), Some(minted.expires));
        assert_eq!(expiry(longest + 59), Some(minted.expires));
    }

    #[test]
    fn a_token_of_another_key_is_none() {
        let config = format!(r#"{{"key":"{KEY}!"}}"#);
        let other = Bypass::compile(
            &crate::syntax::json_reader::read(&config),
            environment(&|_| None),
        )
        .unwrap();
        assert!(other.expiry(token(60).as_bytes(), at(1000), None).is_none());
    }

    #[test]
    fn any_byte_changed_and_any_byte_cut_voids_a_token() {
        let token = token(60);
        for index in 0..token.len() {
            for bit in 0..8 {
                let mut flipped = token.clone().into_bytes();
                flipped[index] ^= 1 << bit;
                assert!(
                    bypass().expiry(&flipped, at(1000), None).is_none(),
                    "{index} {bit}"
                );
            }
            let (head, tail) = token.split_at(index);
            assert!(!holds(head, at(1000), None), "{index}");
            assert!(!holds(tail, at(1000), None) || index == 0, "{index}");
        }
        assert!(!holds(&token.repeat(100), at(1000), None));
    }

    #[test]
    fn cookie_and_header_carry_tokens() {
        let good = token(60);
        let headers = |lines: &[(&str, String)]| HeaderList::new(lines);
        let admits = |lines: &[(&str, String)]| bypass().admits(&headers(lines), || at(1000), None);
        assert!(admits(&[(wire::BYPASS, good.clone())]));
        assert!(admits(&[(
            "cookie",
            format!("a=b; maintenance_bypass={good}; c=d")
        )]));
        assert!(admits(&[(
            "cookie",
            format!("maintenance_bypass=x; maintenance_bypass={good}")
        )]));
        assert!(!admits(&[("cookie", format!("other={good}"))]));
        assert!(!admits(&[
            (wire::BYPASS, "junk".into()),
            ("cookie", "maintenance_bypass=".into())
        ]));
        assert!(!admits(&[]));
    }

    #[test]
    fn a_key_is_one_and_long_enough() {
        let compile = |json: &str| {
            let variable = |variable: &str| match variable {
                "GOOD" => Some(format!("{KEY}\n")),
                "EMPTY" => Some(String::new()),
                _ => None,
            };
            Bypass::compile(
                &crate::syntax::json_reader::read(json),
                environment(&variable),
            )
        };
        assert!(compile(r#"{"key_env":"GOOD"}"#).is_ok());
        for (json, error) in [
            ("{}", "expected either `key` or `key_env`"),
            (
                r#"{"key":"a","key_env":"GOOD"}"#,
                "expected either `key` or `key_env`",
            ),
            (r#"{"key":""}"#, "key: the key is shorter than 32 bytes"),
            (
                r#"{"key":"0123456789abcdef0123456789abcde"}"#,
                "key: the key is shorter",
            ),
            (
                r#"{"key_env":"NONE"}"#,
                "key_env: the process has no environment variable \"NONE\"",
            ),
            (
                r#"{"key_env":"EMPTY"}"#,
                "key_env: the process has no environment variable",
            ),
            (
                r#"{"key_env":"GOOD","cookie":"a b"}"#,
                "cookie: \"a b\" is not a cookie name",
            ),
            (
                r#"{"key_env":"GOOD","max_ttl_seconds":0}"#,
                "max_ttl_seconds: 0 is not",
            ),
        ] {
            let refused = compile(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_no_token(bytes: Vec<u8>, name: String) {
            let bypass = bypass();
            prop_assert_eq!(bypass.expiry(&bytes, at(0), None), None);
            let minted = bypass.mint(&name, at(0), 1, None).unwrap();
            prop_assert_eq!(bypass.expiry(minted.token.as_bytes(), at(0), None).is_some(), minted.token.len() <= MAX_TOKEN_BYTES);
        }
    }
}
