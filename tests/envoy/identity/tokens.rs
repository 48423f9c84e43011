//! Claims of a JWT that Envoy's `jwt_authn` has verified.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support::{Connection, Envoy, Options, Request};

const KEY: &[u8] = b"a key that signs the tokens of the tests";
const ISSUER: &str = "https://issuer.example";

/// Base64 for URLs, [RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5),
/// without padding.
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let encode = |chunk: &[u8]| {
        let bits = (0..3).fold(0, |bits, index| {
            bits << 8 | usize::from(chunk.get(index).copied().unwrap_or(0))
        });
        let sextet = move |index: usize| char::from(ALPHABET[bits >> (18 - 6 * index) & 63]);
        (0..=chunk.len()).map(sextet).collect::<String>()
    };
    bytes.as_ref().chunks(3).map(encode).collect()
}

/// A token with these claims, and those that `jwt_authn` wants.
fn token(key: &[u8], claims: &Value) -> String {
    let mut payload = json!({"iss": ISSUER, "exp": 4_102_444_800_u64});
    for (name, value) in claims.as_object().unwrap() {
        payload[name] = value.clone();
    }
    let header = base64url(json!({"alg": "HS256", "typ": "JWT"}).to_string());
    let signed = format!("{header}.{}", base64url(payload.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(signed.as_bytes());
    let signature = base64url(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn claim(path: &[&str], kind: &str, value: impl Into<Value>) -> Value {
    const CLAIMS: [&str; 4] = [
        "metadata",
        "filter_metadata",
        "envoy.filters.http.jwt_authn",
        "claims",
    ];
    let path = [&CLAIMS, path].concat();
    json!({"path": path, kind: value.into()})
}

/// A token that is missing, forged or expired is none of the requirements' business here:
/// who is blocked for want of a claim is blocked by the filter.
fn start(allow: &Value) -> Envoy {
    let keys = json!({"keys": [{"kty": "oct", "alg": "HS256", "k": base64url(KEY)}]});
    let jwt_authn = json!({
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": {"issuer": {
                "issuer": ISSUER,
                "local_jwks": {"inline_string": keys.to_string()},
                "payload_in_metadata": "claims",
                "claim_to_headers": [{"header_name": "x-jwt-role", "claim_name": "role"}],
            }},
            "rules": [{"match": {"prefix": "/"}, "requires": {"requires_any": {"requirements": [
                {"provider_name": "issuer"},
                {"allow_missing_or_failed": {}},
            ]}}}],
        },
    });
    Envoy::with(Options {
        filters_before: vec![jwt_authn],
        ..Options::new(json!({"mode": "on", "allow": allow}))
    })
}

fn check(envoy: &Envoy, cases: &[(Option<String>, bool, &str)]) {
    let mut connection = Connection::open(envoy.address);
    for (token, passes, what) in cases {
        let mut request = Request::get("/");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = connection.fetch(&request);
        assert_eq!(response.is_upstream(), *passes, "{what}: {response:?}");
        assert_eq!(response.is_blocked(), !passes, "{what}: {response:?}");
    }
    let hits = cases.iter().filter(|(_, passes, _)| *passes).count();
    assert_eq!(envoy.upstream.requests(), hits);
    assert_eq!(envoy.metric("allowed.attribute"), hits as u64);
    assert_eq!(envoy.metric("blocked"), (cases.len() - hits) as u64);
}

#[test]
fn a_claim_of_a_verified_token_lets_staff_pass_and_nobody_else() {
    let envoy = start(&json!({"attributes": [claim(&["role"], "exact", "staff")]}));
    let staff = json!({"role": "staff"});
    let expired = json!({"role": "staff", "exp": 1_000_000_000});
    let other_issuer = json!({"role": "staff", "iss": "https://other.example"});
    let unsigned = {
        let token = token(KEY, &staff);
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.")
    };
    let signed = |claims: &Value| Some(token(KEY, claims));
    check(
        &envoy,
        &[
            (signed(&staff), true, "staff"),
            (signed(&json!({"role": "guest"})), false, "guest"),
            (signed(&json!({"role": "Staff"})), false, "case"),
            (signed(&json!({"role": ""})), false, "empty"),
            (signed(&json!({"sub": "staff"})), false, "another claim"),
            (signed(&json!({"a": {"role": "staff"}})), false, "deeper"),
            (signed(&expired), false, "expired"),
            (signed(&other_issuer), false, "another issuer"),
            (Some(token(b"another key", &staff)), false, "forged"),
            (Some(unsigned), false, "unsigned"),
            (Some("junk".into()), false, "junk"),
            (None, false, "no token"),
            (signed(&staff), true, "staff again"),
        ],
    );
}

#[test]
fn claims_that_are_booleans_or_deeper_match_and_numbers_and_lists_do_not() {
    let envoy = start(&json!({"attributes": [
        claim(&["admin"], "exact", "true"),
        claim(&["guest"], "exact", "false"),
        claim(&["level"], "regex", ".*"),
        claim(&["groups"], "regex", ".*"),
        claim(&["groups"], "present", true),
        claim(&["level"], "present", true),
        claim(&["realm", "role"], "exact", "staff"),
        claim(&["email"], "suffix", "@example.com"),
    ]}));
    let case = |claims: Value, passes: bool, what| (Some(token(KEY, &claims)), passes, what);
    check(
        &envoy,
        &[
            case(json!({"admin": true}), true, "true"),
            case(json!({"admin": false}), false, "not true"),
            case(json!({"admin": "true"}), true, "a string is one, too"),
            case(json!({"admin": 1}), false, "one is not true"),
            case(json!({"admin": [true]}), false, "a list of true"),
            case(json!({"guest": false}), true, "false"),
            case(json!({"guest": true}), false, "not false"),
            case(json!({"guest": 0}), false, "zero is not false"),
            case(json!({}), false, "absent is not false"),
            case(json!({"level": 5}), false, "a number"),
            case(json!({"level": 0.5}), false, "a fraction"),
            case(json!({"level": "5"}), true, "a number as a string"),
            case(json!({"groups": ["staff"]}), false, "a list"),
            case(json!({"groups": []}), false, "an empty list"),
            case(json!({"groups": {"a": "staff"}}), false, "an object"),
            case(json!({"groups": "staff"}), true, "a string"),
            case(json!({"realm": {"role": "staff"}}), true, "deeper"),
            case(
                json!({"realm": {"role": "guest"}}),
                false,
                "deeper, another",
            ),
            case(json!({"realm": "staff"}), false, "not deep enough"),
            case(json!({"email": "a@example.com"}), true, "the end"),
            case(json!({"email": "a@example.com.test"}), false, "not the end"),
        ],
    );
}

/// Each host reads such a header; what a client writes into it is gone before the filter comes.
#[test]
fn a_claim_that_jwt_authn_writes_into_a_header_lets_staff_pass_and_nobody_else() {
    const ROLE: &str = "x-jwt-role";
    let envoy = start(&json!({"headers": [{"name": ROLE, "exact": "staff"}]}));
    let signed = |role: &str| format!("Bearer {}", token(KEY, &json!({"role": role})));
    let forged = format!(
        "Bearer {}",
        token(b"another key", &json!({"role": "staff"}))
    );
    let mut connection = Connection::open(envoy.address);
    for (authorization, is_staff) in [
        (Some(signed("staff")), true),
        (Some(signed("guest")), false),
        (Some(forged), false),
        (Some("Bearer junk".to_owned()), false),
        (None, false),
    ] {
        for claimed in [None, Some("staff")] {
            let mut request = Request::get("/");
            if let Some(authorization) = &authorization {
                request = request.header("authorization", authorization.clone());
            }
            if let Some(role) = claimed {
                request = request.header(ROLE, role);
            }
            let response = connection.fetch(&request);
            let what = format!("{authorization:?}, {ROLE} {claimed:?}: {response:?}");
            assert_eq!(response.is_upstream(), is_staff, "{what}");
            assert_eq!(response.is_blocked(), !is_staff, "{what}");
        }
    }
}
