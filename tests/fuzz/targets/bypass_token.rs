//! Bypass tokens: nothing but what was signed holds, and that only in its time.
//!
//! The first line is what a signed token claims; the rest changes a good one, three bytes
//! a change: what to do, where, and with which byte.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use maintenance_mode_core::{
    config::bypass::BypassConfig,
    policy::{
        bypass::Bypass,
        environment::{Environment, any_attribute},
    },
    syntax::{timestamp::Timestamp, wire},
};
use sha2::Sha256;

use super::{
    first_line,
    request::{Request, now},
};

/// No variables.
const NO_ENVIRONMENT: Environment<'_> = Environment {
    owner: "the VM",
    variable: &|_| None,
    check_attribute: any_attribute,
};
const KEY: &str = "0123456789abcdef0123456789abcdef";
const MAX_TTL_SECONDS: i64 = 43_200;

static BYPASS: LazyLock<Bypass> = LazyLock::new(|| {
    let config = BypassConfig {
        key: Some(KEY.to_owned()),
        ..BypassConfig::default()
    };
    Bypass::compile(&config, NO_ENVIRONMENT).unwrap()
});

static GOOD: LazyLock<String> = LazyLock::new(|| BYPASS.mint("qa", now(), 60, None).unwrap().token);

pub fn check(data: &[u8]) {
    let (claims, changes) = first_line(data);
    nothing_else_holds(data);
    nothing_else_holds(changes);
    nothing_else_holds(&change(GOOD.as_bytes(), changes));
    a_signed_token_holds_in_its_time(claims);
}

fn nothing_else_holds(token: &[u8]) {
    let is_good = token == GOOD.as_bytes();
    assert_eq!(BYPASS.expiry(token, now(), None).is_some(), is_good);
    assert_eq!(BYPASS.expiry(token, now(), Some(now())), None);
    assert_eq!(BYPASS.expiry(token, now().plus_millis(60_000), None), None);
    let headers = Request::new(&[(wire::BYPASS, token)]).headers;
    assert_eq!(BYPASS.admits(&headers, now, None), is_good);
    let cookie = [b"a=b; maintenance_bypass=", token].concat();
    let headers = Request::new(&[("cookie", cookie)]).headers;
    let is_plain = !token.contains(&b';') && token.trim_ascii() == token;
    if is_good || is_plain {
        assert_eq!(BYPASS.admits(&headers, now, None), is_good);
    }
}

fn change(token: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut token = token.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(change[1]).min(token.len());
        match (change[0] % 4, token.get_mut(at)) {
            (0, Some(byte)) => *byte = change[2],
            (1, Some(byte)) => *byte ^= 1 << (change[2] % 8),
            (2, Some(_)) => drop(token.remove(at)),
            (3, _) => token.insert(at, change[2]),
            _ => {}
        }
    }
    token
}

/// Whatever it claims: with our signature it holds exactly from its time of issue on, as
/// long as it says, if that is not too long.
fn a_signed_token_holds_in_its_time(claims: &[u8]) {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(b"maintenance-mode bypass token 1\0");
    mac.update(claims);
    let signature: String = (mac.finalize().into_bytes().iter())
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let token = [claims, b".", signature.as_bytes()].concat();
    let claimed = std::str::from_utf8(claims).ok().and_then(|claims| {
        let mut parts = claims.split('.').map(|part| part.parse::<i64>().ok());
        let mut time = || Some(Timestamp::from_unix_millis(parts.next()??));
        Some((time()?, time()?))
    });
    let holds = |now, revoked_at| BYPASS.expiry(&token, now, revoked_at);
    let before = |at: Timestamp, millis: i64| {
        Timestamp::from_unix_millis(at.unix_millis().saturating_sub(millis))
    };
    let Some((issued, expires)) = claimed else {
        assert_eq!(holds(now(), None), None);
        return;
    };
    let last = before(expires, 1);
    let lives = i128::from(expires.unix_millis()) - i128::from(issued.unix_millis());
    let longest = MAX_TTL_SECONDS * 1000;
    if token.len() > 512 || lives > i128::from(longest) {
        assert_eq!(holds(last, None), None);
        return;
    }
    if last < expires {
        assert_eq!(holds(last, None), Some(expires));
        if before(issued, 1) < issued {
            assert_eq!(holds(last, Some(before(issued, 1))), Some(expires));
        }
    }
    assert_eq!(holds(expires, None), None);
    assert_eq!(holds(last, Some(issued)), None);
    // By a clock that is further ahead than those of a fleet may be.
    let far = longest + 300_000;
    let (earliest, too_early) = (before(expires, far), before(expires, far + 1));
    if too_early < earliest {
        assert_eq!(holds(earliest, None), Some(expires));
        assert_eq!(holds(too_early, None), None);
    }
}
