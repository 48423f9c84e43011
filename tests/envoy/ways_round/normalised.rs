//! Envoy normalises paths: what the filter exempts is what a second normaliser makes of a
//! path, and a path that it exempts as it was sent is never another one.

use maintenance_mode_core::{
    config::matchers::PathConfig,
    policy::{paths::Paths, reading::Reading},
    syntax::{json::Json, readings::Readings},
};
use normaliser::{Steps, normalise};
use serde_json::{Value, json};
use support::{Envoy, Options};

use super::{on, raw};

/// Paths of up to so many pieces are made.
const PIECES: usize = 6;
const PATHS: usize = 300;

fn entries() -> Value {
    json!([
        "/healthz",
        "/static/*",
        "/caf%C3%A9",
        {"regex": "/v[12]/.*"},
        {"suffix": ".css"},
    ])
}

/// Nasty paths, the same on every run.
fn paths() -> Vec<String> {
    const PARTS: [&str; 30] = [
        "/static",
        "/static/",
        "/healthz",
        "/v1/",
        "/admin",
        "/a.css",
        "/caf%C3%A9",
        "/..",
        "/.",
        "/../",
        "/./",
        "//",
        "/",
        "..",
        ".",
        "%2e",
        "%2E%2e",
        "/%2e%2e/",
        "%2f",
        "%2F",
        "%5c",
        "\\",
        "/..\\",
        ";",
        ";a=b",
        "%25",
        "%252e",
        "%61",
        "%C3",
        "a",
    ];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = move |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 16) as usize % bound
    };
    let mut path = || -> String {
        let pieces = 1 + below(PIECES);
        let parts: String = (0..pieces).map(|_| PARTS[below(PARTS.len())]).collect();
        if parts.starts_with('/') {
            parts
        } else {
            format!("/{parts}")
        }
    };
    (0..PATHS).map(|_| path()).collect()
}

fn compare(action: &str, merge_slashes: bool) {
    let envoy = Envoy::with(Options {
        connection_manager: json!({
            "use_remote_address": true,
            "normalize_path": true,
            "merge_slashes": merge_slashes,
            "path_with_escaped_slashes_action": action,
        }),
        ..on(json!({"paths": entries()}))
    });
    let listed = Json::parse(entries().to_string().as_bytes()).unwrap();
    let listed: Vec<PathConfig> = listed.read().unwrap();
    let exempt = Paths::compile(&listed, Reading::Canonical).unwrap();
    let steps = Steps {
        unescape_slashes: action.starts_with("UNESCAPE"),
        normalise: true,
        merge_slashes,
    };
    let mut outcomes = [0; 3];
    for path in paths() {
        let before = envoy.upstream.requests();
        let response = envoy.send(raw(path.as_bytes()));
        let is_passed = envoy.upstream.requests() > before;
        let normal = normalise(path.as_bytes(), steps);
        let shown = String::from_utf8_lossy(&normal).into_owned();
        let was_sent_on = || format!("{path} as {shown}: {response:?}");
        if exempt.find(&Readings::new(path.as_bytes())).is_some() {
            assert!(is_passed && shown == path, "{}", was_sent_on());
        }
        if is_passed {
            outcomes[0] += 1;
            let head = envoy.upstream.last_head();
            let target = head.split(' ').nth(1).unwrap();
            assert_eq!(target, shown, "{path}");
            assert!(
                exempt.find(&Readings::new(&normal)).is_some(),
                "{}",
                was_sent_on()
            );
        } else if response.is_blocked() {
            outcomes[1] += 1;
            assert!(
                exempt.find(&Readings::new(&normal)).is_none(),
                "{}",
                was_sent_on()
            );
        } else {
            outcomes[2] += 1;
            // Envoy itself sends it back, or on to the unescaped path.
            let is_redirect = response.status == 307 && action == "UNESCAPE_AND_REDIRECT";
            assert!(is_redirect || response.status == 400, "{}", was_sent_on());
            if is_redirect {
                assert_eq!(response.header("location"), Some(shown.as_str()), "{path}");
            }
        }
    }
    assert!(
        outcomes[0] > 10 && outcomes[1] > 50,
        "{action}: {outcomes:?}"
    );
}

#[test]
fn what_envoy_unescapes_and_forwards_is_exempt_as_it_is_normalised() {
    compare("UNESCAPE_AND_FORWARD", true);
}

#[test]
fn what_envoy_unescapes_and_redirects_is_exempt_as_it_is_normalised() {
    compare("UNESCAPE_AND_REDIRECT", true);
}

#[test]
fn what_envoy_keeps_escaped_is_exempt_as_it_is_normalised() {
    compare("KEEP_UNCHANGED", false);
}
