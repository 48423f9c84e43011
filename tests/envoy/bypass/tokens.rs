//! Tokens that hold no more, or never did.

use support::{Connection, Delivery, Envoy, Options, eventually};

use super::{
    KEY, configuration, is_passed, link, mint, minted_offline, passes, start, text, token,
    with_cookie, with_header,
};

#[test]
fn a_token_that_was_changed_anywhere_is_as_good_as_none() {
    let envoy = start();
    let token = token(&envoy);
    let mut connection = Connection::open(envoy.address);
    let mut bad: Vec<String> = Vec::new();
    for index in 0..token.len() {
        let mut flipped = token.clone().into_bytes();
        flipped[index] ^= 1;
        bad.push(String::from_utf8(flipped).unwrap());
        bad.push(token[..index].to_owned());
        bad.push(token[index + 1..].to_owned());
    }
    bad.push(token.to_uppercase());
    bad.push(format!("{token}0"));
    bad.push(format!("0{token}"));
    bad.push(format!("{token}."));
    bad.push(token.replace('.', ".."));
    bad.push(token.replace('.', ""));
    bad.push(token.split('.').rev().collect::<Vec<_>>().join("."));
    for token in &bad {
        for request in [with_header(token), with_cookie(token)] {
            assert!(!is_passed(&connection.fetch(&request)), "{token}");
        }
    }
    for request in [with_header(&token), with_cookie(&token)] {
        assert!(is_passed(&connection.fetch(&request)));
    }
    assert_eq!(envoy.metric("blocked"), 2 * bad.len() as u64);
}

#[test]
fn junk_of_any_kind_and_length_is_as_good_as_none() {
    let envoy = start();
    let token = token(&envoy);
    let long = "9".repeat(10_000);
    let huge_number = token.replacen(|_| true, &"9".repeat(30), 1);
    for junk in [
        &b""[..],
        b".",
        b"...",
        b"a.b.c.d",
        b"-1.-1..",
        b"0.0.0.0",
        b"\xff\xfe\xfd",
        b"9223372036854775807.9223372036854775807.71.00",
        b"99999999999999999999.99999999999999999999.71.00",
        b"\"\"",
        b"=;=;",
        b"%2e%2e",
        huge_number.as_bytes(),
        long.as_bytes(),
        token.repeat(60).as_bytes(),
        [token.as_bytes(), b"\xff"].concat().as_slice(),
        [b"\xff", token.as_bytes()].concat().as_slice(),
        ".".repeat(10_000).as_bytes(),
    ] {
        let shown = String::from_utf8_lossy(junk);
        assert!(!passes(&envoy, &with_header(junk)), "{shown}");
        assert!(!passes(&envoy, &with_cookie(junk)), "{shown}");
        let encoded: String = junk.iter().map(|byte| format!("%{byte:02x}")).collect();
        let followed = envoy.fetch(&link(&encoded));
        assert_eq!(followed.status, 303, "{shown}");
        assert_eq!(followed.header("set-cookie"), None, "{shown}");
        assert!(passes(&envoy, &with_header(&token)), "after {shown}");
    }
    assert_eq!(envoy.metric("errors"), 0);
}

#[test]
fn a_token_of_another_key_is_as_good_as_none() {
    let envoy = start();
    assert!(passes(&envoy, &with_header(minted_offline(KEY, 60))));
    for key in [format!("{KEY}x"), KEY.to_uppercase(), KEY.repeat(2)] {
        let forged = minted_offline(&key, 60);
        assert!(!passes(&envoy, &with_header(&forged)), "{key}");
        let followed = envoy.fetch(&link(&forged));
        assert_eq!(followed.header("set-cookie"), None, "{key}");
    }
}

#[test]
fn a_token_ends_when_it_expires_also_on_open_connections() {
    let envoy = start();
    let short = text(&mint(&envoy, "name=qa&ttl=2")["token"]);
    let long = token(&envoy);
    let mut connection = Connection::open(envoy.address);
    assert!(is_passed(&connection.fetch(&with_header(&short))));
    assert!(is_passed(&connection.fetch(&with_cookie(&short))));
    let cookie = |token: &str| envoy.fetch(&link(token)).header("set-cookie").is_some();
    assert!(cookie(&short));
    eventually("the end of the token", || {
        !is_passed(&connection.fetch(&with_header(&short)))
    });
    assert!(!is_passed(&connection.fetch(&with_cookie(&short))));
    assert!(!cookie(&short));
    assert!(is_passed(&connection.fetch(&with_cookie(&long))) && cookie(&long));
}

#[test]
fn a_token_that_lives_longer_than_max_ttl_seconds_is_void() {
    let mut options = Options::new(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    let minute = text(&mint(&envoy, "name=qa&ttl=60")["token"]);
    let hour = text(&mint(&envoy, "name=qa&ttl=3600")["token"]);
    let day = minted_offline(KEY, 86_400);
    for (max_ttl, hour_holds, day_holds) in [
        (None, true, false),
        (Some(60), false, false),
        (Some(3599), false, false),
        (Some(3600), true, false),
        (Some(86_400), true, true),
    ] {
        if let Some(max_ttl) = max_ttl {
            let mut configuration = configuration();
            configuration["bypass"]["max_ttl_seconds"] = max_ttl.into();
            envoy.update(configuration);
        }
        for (token, holds) in [(&minute, true), (&hour, hour_holds), (&day, day_holds)] {
            assert_eq!(passes(&envoy, &with_header(token)), holds, "{max_ttl:?}");
            assert_eq!(passes(&envoy, &with_cookie(token)), holds, "{max_ttl:?}");
            let followed = envoy.fetch(&link(token));
            assert_eq!(
                followed.header("set-cookie").is_some(),
                holds,
                "{max_ttl:?}"
            );
        }
    }
}
