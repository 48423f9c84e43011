//! `POST P/bypass/revoke`.

use serde_json::Value;
use support::{Connection, Delivery, Envoy, Options, Request, admin_request, eventually};

use super::{
    configuration, is_passed, link, mint, passes, start, text, token, with_cookie, with_header,
};

fn revoke(envoy: &Envoy) -> Value {
    let response = envoy.admin("POST", "bypass/revoke");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[test]
fn a_revocation_ends_every_earlier_token_on_the_next_request_of_every_worker() {
    let mut options = Options::new(configuration());
    options.workers = 4;
    let envoy = Envoy::with(options);
    let mut connections: Vec<Connection> =
        (0..24).map(|_| Connection::open(envoy.address)).collect();
    let mut mint = |connection: usize| {
        let request = admin_request("POST", "bypass?name=qa");
        text(&connections[connection].fetch(&request).json()["token"])
    };
    let old = [mint(0), mint(1)];
    let mut all_pass = |tokens: &[String], passed: bool| {
        for (index, connection) in connections.iter_mut().enumerate() {
            for token in tokens {
                for request in [with_header(token), with_cookie(token)] {
                    assert_eq!(is_passed(&connection.fetch(&request)), passed, "{index}");
                }
            }
        }
    };
    all_pass(&old, true);
    let stats = envoy.envoy_admin("/stats?filter=^listener\\..*worker_.*downstream_cx_total$");
    let workers = stats.lines().filter(|line| !line.ends_with(": 0")).count();
    assert!(workers >= 3, "{workers} workers");
    assert_eq!(revoke(&envoy)["generation"], 1);
    all_pass(&old, false);
    let new = [token(&envoy), token(&envoy)];
    all_pass(&new, true);
    all_pass(&old, false);
    assert_eq!(envoy.fetch(&link(&old[0])).header("set-cookie"), None);
    assert!(envoy.fetch(&link(&new[0])).header("set-cookie").is_some());
}

#[test]
fn a_token_minted_just_before_a_revocation_ends_and_one_just_after_holds() {
    let envoy = start();
    let mut connection = Connection::open(envoy.address);
    for round in 0..50 {
        let mint = admin_request("POST", "bypass?name=qa");
        let before = text(&connection.fetch(&mint).json()["token"]);
        let revoke = admin_request("POST", "bypass/revoke");
        assert_eq!(connection.fetch(&revoke).json()["generation"], round + 1);
        let after = text(&connection.fetch(&mint).json()["token"]);
        assert!(
            !is_passed(&connection.fetch(&with_header(&before))),
            "{round}"
        );
        assert!(
            is_passed(&connection.fetch(&with_header(&after))),
            "{round}"
        );
    }
}

#[test]
fn a_revocation_is_a_change_that_leaves_the_flag_and_outlives_reset() {
    let envoy = start();
    let old = token(&envoy);
    let on = envoy.admin("POST", "on?message=a&retry_after=7").json();
    let revoked = revoke(&envoy);
    assert_eq!(revoked["generation"], 2);
    for key in [
        "maintenance",
        "decided_by",
        "since",
        "message",
        "retry_after",
        "changed_by",
    ] {
        assert_eq!(revoked[key], on[key], "{key}");
    }
    let new = token(&envoy);
    for (call, generation) in [("reset", 3), ("on", 4), ("off", 5), ("on", 6), ("reset", 7)] {
        let status = envoy.admin("POST", call).json();
        assert_eq!(status["generation"], generation, "{call}");
        if status["maintenance"] == true {
            assert!(!passes(&envoy, &with_header(&old)), "{call}");
            assert!(passes(&envoy, &with_header(&new)), "{call}");
        }
        let cookie = |token: &str| envoy.fetch(&link(token)).header("set-cookie").is_some();
        assert!(!cookie(&old) && cookie(&new), "{call}");
    }
    eventually("the gauge", || envoy.metric("generation") == 7);
    let log = envoy.log();
    assert!(
        log.lines()
            .any(|line| line.contains("\"ops\"") && line.contains("revoke")),
        "{log}"
    );
}

#[test]
fn if_match_guards_a_revocation() {
    let envoy = start();
    let token = token(&envoy);
    let revoke = |if_match: &str| {
        envoy.fetch(&admin_request("POST", "bypass/revoke").header("if-match", if_match))
    };
    assert_eq!(revoke("\"7\"").status, 412);
    assert!(passes(&envoy, &with_header(&token)));
    let revoked = revoke("\"0\"");
    assert_eq!(revoked.status, 200);
    assert_eq!(revoked.header("etag"), Some("\"1\""));
    assert!(!passes(&envoy, &with_header(&token)));
}

#[test]
fn mode_locks_the_flag_but_not_tokens_and_revocations_which_outlive_updates() {
    let with_mode = |mode: &str| {
        let mut configuration = configuration();
        configuration["mode"] = mode.into();
        configuration
    };
    let mut options = Options::new(with_mode("on"));
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    for call in ["on", "off", "reset"] {
        assert_eq!(envoy.admin("POST", call).status, 409, "{call}");
    }
    let old = text(&mint(&envoy, "name=qa")["token"]);
    assert!(passes(&envoy, &with_header(&old)));
    let revoked = revoke(&envoy);
    assert_eq!(revoked["generation"], 1);
    assert_eq!(revoked["decided_by"], "mode");
    assert!(!passes(&envoy, &with_header(&old)));
    let new = token(&envoy);
    for mode in ["auto", "on"] {
        envoy.update(with_mode(mode));
        assert!(!passes(&envoy, &with_header(&old)), "{mode}");
        assert!(passes(&envoy, &with_header(&new)), "{mode}");
    }
    assert!(!passes(&envoy, &Request::get("/")));
}
