//! Why a bypass token does not hold, for people.

use std::fmt;

use crate::policy::bypass::{Bypass, SIGNATURE_DIGITS};
use crate::request::headers::Headers;
use crate::syntax::field::cookie_values;
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

/// Why a token does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidToken {
    /// It does not look like one.
    Malformed,
    /// Its signature is of another key, or it lives too long.
    Foreign,
    /// It is over since then.
    Expired(Timestamp),
    /// It was revoked, or is of a clock that is ahead.
    Revoked,
}

impl VoidToken {
    /// What is wrong with a token; `None` for one that holds.
    pub fn of(
        token: &[u8],
        bypass: &Bypass,
        now: Timestamp,
        revoked_at: Option<Timestamp>,
    ) -> Option<Self> {
        let Some(claims) = bypass.verify(token) else {
            return Some(if is_shaped(token) {
                Self::Foreign
            } else {
                Self::Malformed
            });
        };
        if bypass.holds(&claims, now, revoked_at) {
            return None;
        }
        Some(if claims.expires <= now {
            Self::Expired(claims.expires)
        } else {
            Self::Revoked
        })
    }
}

/// The tokens of a request, each with what carries it.
pub fn tokens(bypass: &Bypass, headers: &impl Headers) -> Vec<(String, Vec<u8>)> {
    let cookies = headers.get("cookie").unwrap_or_default();
    let cookies = cookie_values(&cookies, &bypass.cookie.name);
    let cookies =
        cookies.map(|token| (format!("the cookie {}", bypass.cookie.name), token.to_vec()));
    let header = headers.get(wire::BYPASS);
    let header = header.map(|token| (format!("the header {}", wire::BYPASS), token.into_owned()));
    cookies.chain(header).collect()
}

fn is_shaped(token: &[u8]) -> bool {
    let mut parts = token.rsplit(|&byte| byte == b'.');
    let signature = parts.next().unwrap_or_default();
    let is_signed = signature.len() == SIGNATURE_DIGITS && parts.count() == 3;
    is_signed && signature.iter().all(u8::is_ascii_hexdigit)
}

impl fmt::Display for VoidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("is no token: it is malformed"),
            Self::Foreign => f.write_str(
                "is signed with another key, was changed, or lives longer than max_ttl_seconds",
            ),
            Self::Expired(at) => write!(f, "has expired at {at}"),
            Self::Revoked => f.write_str("was revoked, or is of a clock that is ahead"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::testing::environment;
    use crate::request::headers::HeaderList;

    fn bypass(key: &str) -> Bypass {
        let config = crate::syntax::json_reader::read(&format!(r#"{{"key":"{key}"}}"#));
        Bypass::compile(&config, environment(&|_| None)).unwrap()
    }

    #[test]
    fn each_fault_is_told_apart() {
        let ours = bypass("0123456789abcdef0123456789abcdef");
        let at = |seconds: i64| Timestamp::from_unix_millis(seconds * 1000);
        let mint = |bypass: &Bypass| bypass.mint("qa", at(1000), 60, None).unwrap().token;
        let fault = |token: &str, now, revoked_at| {
            VoidToken::of(token.as_bytes(), &ours, at(now), revoked_at)
        };
        let token = mint(&ours);
        assert_eq!(fault(&token, 1000, None), None);
        assert_eq!(
            fault(&token, 1060, None),
            Some(VoidToken::Expired(at(1060)))
        );
        assert_eq!(
            fault(&token, 1000, Some(at(1000))),
            Some(VoidToken::Revoked)
        );
        let foreign = mint(&bypass("another key of 32 bytes or more!"));
        assert_eq!(fault(&foreign, 1000, None), Some(VoidToken::Foreign));
        let unsigned = token.replace(".", "");
        for junk in ["", "junk", &unsigned, &format!("{token}.1")] {
            assert_eq!(
                fault(junk, 1000, None),
                Some(VoidToken::Malformed),
                "{junk}"
            );
        }
    }

    #[test]
    fn tokens_are_where_the_filter_looks_for_them() {
        let headers =
            HeaderList::new(&[("cookie", "maintenance_bypass=a; b=c"), (wire::BYPASS, "d")]);
        let found = tokens(&bypass("0123456789abcdef0123456789abcdef"), &headers);
        let found: Vec<_> = found.iter().map(|(_, token)| token.as_slice()).collect();
        assert_eq!(found, [b"a", b"d"]);
    }
}
