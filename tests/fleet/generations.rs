//! The generation, and changes that know what they replace.

use serde_json::Value;
use support::{
    Envoy, Response, admin_request,
    etcd::{Etcd, KEY, value},
    fleet::{CATCH_UP, agree, generation, three},
    within,
};

const CALLS: [(&str, bool); 4] = [("on", true), ("off", false), ("on", true), ("reset", false)];

fn if_match(envoy: &Envoy, call: &str, tag: &str) -> Response {
    envoy.fetch(&admin_request("POST", call).header("if-match", tag))
}

/// Waits until all Envoys are of a generation, which their tags name, too.
fn settle_at(envoys: &[Envoy], revision: u64) -> String {
    within(CATCH_UP, "the generation", || {
        envoys.iter().all(|envoy| generation(envoy) == revision)
    });
    let tag = format!("\"{revision}\"");
    for envoy in envoys {
        let answer = envoy.admin("GET", "");
        assert_eq!(answer.header("etag"), Some(&*tag));
        within(CATCH_UP, "the gauge", || {
            envoy.metric("generation") == revision
        });
    }
    tag
}

#[test]
fn the_generation_is_the_revision_of_the_last_change_whoever_made_it() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let mut last = 0;
    for round in 0..6 {
        etcd.put("another-key", "moves the revision of the store on");
        match round % 3 {
            0 => etcd.put(KEY, value(true)),
            1 => assert_eq!(envoys[round % 2].admin("POST", "reset").status, 200),
            _ => envoys[round % 2].toggle(round % 2 == 0),
        }
        let revision = etcd.mod_revision(KEY).unwrap();
        etcd.put("another-key", "again");
        assert!(revision > last);
        settle_at(&envoys, revision);
        last = revision;
    }
    etcd.delete(KEY);
    let deletion = etcd.revision();
    etcd.put("another-key", "again");
    settle_at(&envoys, deletion);
}

#[test]
fn a_change_follows_what_it_names_on_every_envoy() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let mut here = envoys.iter().cycle();
    let mut stale = settle_at(&envoys, 0);
    for step in 0..9 {
        if step % 2 == 0 {
            etcd.put(KEY, value(true));
        } else {
            etcd.delete(KEY);
        }
        let tag = settle_at(&envoys, etcd.revision());
        let value = etcd.get(KEY);
        for envoy in &envoys {
            let refused = if_match(envoy, "off", &stale);
            assert_eq!(refused.status, 412, "{}", refused.text());
            assert_eq!(etcd.get(KEY), value);
        }
        let (call, on) = CALLS[step % CALLS.len()];
        let made = if_match(here.next().unwrap(), call, &tag);
        assert_eq!(made.status, 200, "{}", made.text());
        assert_eq!(made.json()["maintenance"], on);
        agree(&envoys, on);
        let current = settle_at(&envoys, etcd.mod_revision(KEY).unwrap());
        assert_eq!(made.header("etag"), Some(&*current));
        stale = tag;
    }
}

#[test]
fn a_change_may_name_what_its_envoy_has_not_heard_of() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for envoy in envoys.iter().cycle().take(12) {
        etcd.put(KEY, value(true));
        let tag = format!("\"{}\"", etcd.mod_revision(KEY).unwrap());
        let made = if_match(envoy, "off", &tag);
        assert_eq!(made.status, 200, "{}", made.text());
    }
    agree(&envoys, false);
    for envoy in envoys.iter().cycle().take(6) {
        etcd.put(KEY, value(true));
        etcd.delete(KEY);
        let tag = format!("\"{}\"", etcd.revision());
        let made = if_match(envoy, "on", &tag);
        assert_eq!(made.status, 200, "{}", made.text());
    }
    agree(&envoys, true);
}

#[test]
fn a_change_that_names_a_value_that_cannot_be_read_follows_what_holds() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    etcd.put(KEY, value(true));
    let held = settle_at(&envoys, etcd.mod_revision(KEY).unwrap());
    etcd.put(KEY, "garbage");
    within(CATCH_UP, "the error", || {
        envoys.iter().all(|envoy| envoy.metric("errors") == 1)
    });
    let made = if_match(&envoys[1], "off", &held);
    assert_eq!(made.status, 200, "{}", made.text());
    agree(&envoys, false);
    settle_at(&envoys, etcd.mod_revision(KEY).unwrap());
}

#[test]
fn a_reset_that_changes_nothing_is_a_change_on_every_envoy() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let mut last = 0;
    for envoy in envoys.iter().chain(&envoys) {
        let answer = envoy.admin("POST", "reset");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let current = answer.json()["generation"].as_u64().unwrap();
        assert!(current > last);
        assert_eq!(answer.json()["changed_by"], Value::Null);
        settle_at(&envoys, current);
        assert_eq!(etcd.mod_revision(KEY), Some(current));
        last = current;
    }
}
