//! Bypass tokens, revoked for the whole fleet.

use serde_json::{Value, json};
use support::{
    Envoy, Request, admin_request,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, agree, assert_refused, configuration, generation, options, status},
    within,
};

const BYPASS_KEY: &str = "a-key-of-the-tests-and-of-nobody-else";

/// An Envoy in maintenance from the start.
fn envoy(etcd: &Etcd) -> Envoy {
    let mut plugin = configuration();
    plugin["initial"] = "on".into();
    plugin["bypass"] = json!({"key": BYPASS_KEY});
    let mut options = options(etcd);
    options.configuration = plugin.to_string();
    Envoy::with(options)
}

fn three(etcd: &Etcd) -> Vec<Envoy> {
    let envoys: Vec<Envoy> = (0..3).map(|_| envoy(etcd)).collect();
    agree(&envoys, true);
    envoys
}

fn mint(envoy: &Envoy) -> String {
    let response = envoy.admin("POST", "bypass?name=qa");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["token"].as_str().unwrap().to_owned()
}

fn passes(envoy: &Envoy, token: &str) -> bool {
    let response = envoy.fetch(&Request::get("/").header("x-maintenance-bypass", token));
    assert_ne!(
        response.is_upstream(),
        response.is_blocked(),
        "{response:?}"
    );
    response.is_upstream()
}

fn revoke(envoy: &Envoy) -> Value {
    let response = envoy.admin("POST", "bypass/revoke");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

fn assert_revoked(envoys: &[Envoy], token: &str, what: &str) {
    for envoy in envoys {
        assert!(!passes(envoy, token), "{what}");
    }
}

/// Waits until all Envoys are of the key's revision.
fn settle(etcd: &Etcd, envoys: &[Envoy]) {
    let revision = etcd.mod_revision(KEY).unwrap();
    within(CATCH_UP, "the value", || {
        envoys.iter().all(|envoy| generation(envoy) == revision)
    });
}

#[test]
fn a_revocation_on_one_envoy_ends_the_tokens_of_all() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for here in 0..3 {
        let old: Vec<String> = envoys.iter().map(mint).collect();
        for envoy in &envoys {
            assert!(old.iter().all(|token| passes(envoy, token)));
        }
        let before = generation(&envoys[here]);
        let revoked = revoke(&envoys[here]);
        assert!(revoked["generation"].as_u64().unwrap() > before);
        assert_eq!(revoked["maintenance"], true);
        // Each of them right after the answer.
        let new: Vec<String> = envoys.iter().map(mint).collect();
        assert!(old.iter().all(|token| !passes(&envoys[here], token)));
        agree(&envoys, true);
        for token in &old {
            assert_revoked(&envoys, token, "an old one");
        }
        for envoy in &envoys {
            assert!(new.iter().all(|token| passes(envoy, token)));
        }
    }
}

#[test]
fn a_revocation_outlives_changes_resets_deletions_and_values_of_others() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let old = mint(&envoys[0]);
    revoke(&envoys[1]);
    agree(&envoys, true);
    let new = mint(&envoys[2]);
    for call in ["off", "on", "reset", "on?for=60", "reset", "reset"] {
        assert_eq!(envoys[0].admin("POST", call).status, 200);
        agree(&envoys, call != "off");
        if call != "off" {
            assert_revoked(&envoys, &old, call);
        }
    }
    etcd.delete(KEY);
    agree(&envoys, true);
    assert_revoked(&envoys, &old, "a deletion");
    for value in [
        json!({"maintenance": true}),
        json!({"maintenance": true, "bypass_revoked_at": null}),
        json!({"maintenance": true, "bypass_revoked_at": 0}),
        json!({"maintenance": true, "bypass_revoked_at": -1}),
        json!({"maintenance": true, "message": "a"}),
    ] {
        etcd.put(KEY, &value.to_string());
        settle(&etcd, &envoys);
        assert_revoked(&envoys, &old, &value.to_string());
    }
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));

    // An Envoy that comes later knows it, whatever is in the other key.
    let late = envoy(&etcd);
    within(CATCH_UP, "the state", || {
        status(&late)["decided_by"] == "state"
    });
    assert!(!passes(&late, &old) && passes(&late, &new));
}

#[test]
fn a_revocation_outlives_a_restart_of_every_envoy() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let old = mint(&envoys[0]);
    revoke(&envoys[0]);
    let new = mint(&envoys[0]);
    drop(envoys);
    let envoys = three(&etcd);
    assert_revoked(&envoys, &old, "a restart");
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));
    for call in ["off", "reset"] {
        assert_eq!(envoys[1].admin("POST", call).status, 200);
    }
    drop(envoys);
    let envoys = three(&etcd);
    assert_revoked(&envoys, &old, "a reset and a restart");
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));
}

#[test]
fn a_revocation_may_be_put_by_hand() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let old = mint(&envoys[0]);
    assert!(passes(&envoys[1], &old));
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let value = format!(r#"{{"maintenance":true,"bypass_revoked_at":{now}}}"#);
    etcd.put(KEY, &value);
    settle(&etcd, &envoys);
    assert_revoked(&envoys, &old, "by hand");
    let new = mint(&envoys[2]);
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));
}

fn now_millis() -> u128 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_1970.unwrap().as_millis()
}

#[test]
fn a_revocation_may_be_put_to_its_own_key_by_hand() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let revocation_key = format!("{KEY}/bypass-revoked-at");
    etcd.put(KEY, r#"{"maintenance":true,"message":"kept"}"#);
    settle(&etcd, &envoys);
    let old = mint(&envoys[0]);
    // Keys of others, which lie between the two or begin alike.
    for key in ["-2", "/a", "/bypass-revoked-at-2"] {
        etcd.put(&format!("{KEY}{key}"), r#"{"maintenance":false}"#);
    }
    etcd.put(&revocation_key, &format!("{}\n", now_millis()));
    let revision = etcd.mod_revision(&revocation_key).unwrap();
    within(CATCH_UP, "the revocation", || {
        envoys.iter().all(|envoy| generation(envoy) == revision)
    });
    assert_revoked(&envoys, &old, "by hand");
    assert!(
        envoys
            .iter()
            .all(|envoy| status(envoy)["message"] == "kept")
    );
    let new = mint(&envoys[1]);
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));
    // What cannot be read, and what is gone, takes nothing back.
    etcd.put(&revocation_key, "now");
    within(CATCH_UP, "the error", || {
        envoys.iter().all(|envoy| envoy.metric("errors") == 1)
    });
    etcd.delete(&revocation_key);
    etcd.put(KEY, r#"{"maintenance":true}"#);
    settle(&etcd, &envoys);
    assert_revoked(&envoys, &old, "a deletion");
    assert!(envoys.iter().all(|envoy| passes(envoy, &new)));
}

#[test]
fn an_envoy_that_did_not_see_a_deletion_shows_generation_0_and_knows_the_revocation() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    etcd.delete(KEY);
    within(CATCH_UP, "the deletion", || {
        envoys
            .iter()
            .all(|envoy| status(envoy)["decided_by"] == "initial")
    });
    let late = envoy(&etcd);
    within(CATCH_UP, "the store", || {
        status(&late)["store_connected"] == true
    });
    assert_eq!(generation(&late), 0);
    let old = mint(&late);
    revoke(&envoys[0]);
    within(CATCH_UP, "the revocation", || !passes(&late, &old));
    agree(&envoys, true);
    let later = envoy(&etcd);
    within(CATCH_UP, "the store", || {
        status(&later)["store_connected"] == true
    });
    assert!(!passes(&later, &old));
    assert_eq!(generation(&later), generation(&envoys[0]));
}

#[test]
fn a_moment_of_revocation_beyond_all_time_harms_nothing_but_tokens() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let old = mint(&envoys[0]);
    let value = format!(r#"{{"maintenance":true,"bypass_revoked_at":{}}}"#, i64::MAX);
    etcd.put(KEY, &value);
    settle(&etcd, &envoys);
    assert_revoked(&envoys, &old, "for ever");
    for envoy in &envoys {
        let minted = envoy.admin("POST", "bypass?name=qa");
        assert_eq!(minted.status, 400, "{minted:?}");
        assert_eq!(envoy.admin("POST", "bypass/revoke").status, 200);
        envoy.toggle(false);
        envoy.toggle(true);
    }
    agree(&envoys, true);
    assert_revoked(&envoys, &old, "for ever");
}

#[test]
fn without_a_store_a_revocation_is_refused_and_tokens_go_on() {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    let token = mint(&envoys[0]);
    etcd.kill();
    for envoy in &envoys {
        assert_refused(envoy, "bypass/revoke");
        assert!(passes(envoy, &token));
        assert!(passes(envoy, &mint(envoy)));
    }
    etcd.restart();
    agree(&envoys, true);
    assert!(envoys.iter().all(|envoy| passes(envoy, &token)));
    assert_eq!(etcd.get(KEY), None);
}

#[test]
fn a_revocation_follows_the_generation_it_names() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let token = mint(&envoys[0]);
    let current = format!("\"{}\"", generation(&envoys[1]));
    let revoke = |envoy: &Envoy, tag: &str| {
        envoy.fetch(&admin_request("POST", "bypass/revoke").header("if-match", tag))
    };
    assert_eq!(revoke(&envoys[1], "\"0\"").status, 412);
    agree(&envoys, true);
    assert!(envoys.iter().all(|envoy| passes(envoy, &token)));
    assert_eq!(revoke(&envoys[1], &current).status, 200);
    agree(&envoys, true);
    assert_revoked(&envoys, &token, "If-Match");
    assert_eq!(revoke(&envoys[2], &current).status, 412);
}
