//! Requests that are long and odd, where there are many rules of each kind.

mod entries;
mod requests;

use maintenance_mode_core::policy::kind::Kind;
use serde_json::{Value, json};
use support::Envoy;

use self::{
    entries::{RULES, entries},
    requests::requests,
};
use super::{cost::assert_is_cheap, reconfigurable, reconfigure};

const ACTIONS: [&str; 3] = ["follow", "on", "block"];

fn assert_all_are_cheap(envoy: &mut Envoy, configuration: Value, kinds: &[Kind], what: &str) {
    reconfigure(envoy, configuration);
    for &kind in kinds {
        for (name, request) in requests(kind) {
            assert_is_cheap(envoy, &request, 0, &format!("{what}: {name}"));
        }
    }
}

fn configuration(rules: Vec<Value>, allow: Value) -> Value {
    json!({
        "mode": "on",
        "rules": rules,
        "allow": allow,
        "client_address": {
            "header": "x-forwarded-for",
            "trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"],
        },
        "bypass": {"key": "a-key-of-the-tests-and-of-nobody-else"},
    })
}

#[test]
fn no_request_costs_more_than_a_millisecond_however_many_rules_of_a_kind_there_are() {
    let mut envoy = reconfigurable();
    for kind in Kind::ALL {
        for action in ACTIONS {
            let rule = |entry| json!({"match": {kind.key(): [entry]}, "action": action});
            let rules = entries(kind).into_iter().map(rule).collect();
            let allow = json!({kind.key(): entries(kind)});
            let what = format!("{} {action}", kind.key());
            assert_all_are_cheap(&mut envoy, configuration(rules, allow), &[kind], &what);
        }
    }
}

#[test]
fn no_request_costs_more_than_a_millisecond_where_rules_are_of_all_kinds() {
    let mut envoy = reconfigurable();
    for action in ACTIONS {
        let lists = Kind::ALL.map(|kind| (kind.key(), entries(kind)));
        let mut lists = lists.into_iter().cycle();
        let mut rules = Vec::new();
        for place in 0..RULES {
            let (kind, list) = lists.next().unwrap();
            rules.push(json!({"match": {kind: [list[place]]}, "action": action}));
        }
        let allow = Kind::ALL.map(|kind| (kind.key().to_owned(), json!(entries(kind))));
        let allow = Value::Object(allow.into_iter().collect());
        assert_all_are_cheap(&mut envoy, configuration(rules, allow), &Kind::ALL, action);
    }
}
