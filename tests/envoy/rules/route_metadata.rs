//! The route's own `filter_metadata.maintenance_mode.action`.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, admin};

use super::{Effect, FOLLOW, check_effects, passes, rule, staff, staff_only};

/// Values of `action` that are no action.
fn bad() -> [Value; 8] {
    [
        json!("Block"),
        json!(""),
        json!("blocked"),
        json!(5),
        json!(false),
        json!("true"),
        json!({"action": "block"}),
        json!(["block"]),
    ]
}

fn start(configuration: Value) -> Envoy {
    let route = |path: &str, metadata: Value| {
        json!({
            "match": {"path": path},
            "route": {"cluster": "upstream"},
            "metadata": {"filter_metadata": metadata},
        })
    };
    let ours =
        |path: &str, action: Value| route(path, json!({"maintenance_mode": {"action": action}}));
    let mut routes: Vec<Value> = ["allow", "block", "on", "follow"]
        .iter()
        .map(|action| ours(&format!("/{action}"), json!(action)))
        .collect();
    let bad = bad().into_iter().enumerate();
    routes.extend(bad.map(|(index, action)| ours(&format!("/bad-{index}"), action)));
    routes.push(ours("/true", json!(true)));
    routes.push(route(
        "/other-key",
        json!({"maintenance_mode": {"mode": "block"}}),
    ));
    routes.push(route(
        "/other-filter",
        json!({"maintenance": {"action": "block"}}),
    ));
    let mut configuration = configuration;
    configuration["admin"] = admin();
    configuration["allow"] = staff_only();
    Envoy::with(Options {
        routes,
        ..Options::new(configuration)
    })
}

const EFFECTS: [Effect; 5] = [
    ("/allow", [true; 4]),
    ("/block", [false; 4]),
    ("/on", [false, true, false, true]),
    ("/true", [false, true, false, true]),
    ("/follow", FOLLOW),
];

const WITHOUT_ACTION: [Effect; 3] = [
    ("/other-key", FOLLOW),
    ("/other-filter", FOLLOW),
    ("/no-metadata", FOLLOW),
];

#[test]
fn the_action_of_a_route_has_the_effect_of_a_rule() {
    let envoy = start(json!({"route_metadata": true}));
    check_effects(&envoy, &EFFECTS);
    check_effects(&envoy, &WITHOUT_ACTION);
    assert_eq!(envoy.metric("allowed.rule"), 2);
    assert_eq!(envoy.metric("errors"), 0);
    let log = envoy.access_log(2 * 3 + 6 * 8);
    let allowed: Vec<&String> = log
        .iter()
        .filter(|line| line.ends_with(" allowed:rule"))
        .collect();
    assert_eq!(allowed.len(), 2, "{log:?}");
    assert!(allowed.iter().all(|line| line.starts_with("/allow ")));
}

#[test]
fn an_action_that_is_misread_is_on_and_counted_as_an_error() {
    let envoy = start(json!({"route_metadata": true}));
    for on in [false, true] {
        envoy.toggle(on);
        for (index, value) in bad().iter().enumerate() {
            let path = format!("/bad-{index}");
            let errors = envoy.metric("errors");
            assert!(!passes(&envoy, &Request::get(&path)), "{value}");
            assert_eq!(envoy.metric("errors"), errors + 1, "{value} {on}");
            assert!(passes(&envoy, &staff(&path)), "{value}");
        }
    }
}

#[test]
fn a_rule_that_matches_hides_the_action_of_the_route() {
    let by_header = |action: &str| {
        let present = json!({"headers": [{"name": format!("x-{action}"), "present": true}]});
        rule(action, action, present)
    };
    let rules = ["follow", "allow", "block"].map(by_header);
    let envoy = start(json!({"route_metadata": true, "rules": rules}));
    let paths = [
        "/allow",
        "/block",
        "/on",
        "/follow",
        "/bad-0",
        "/no-metadata",
    ];
    for on in [false, true] {
        envoy.toggle(on);
        for path in paths {
            for (header, expected) in [("x-follow", !on), ("x-allow", true), ("x-block", false)] {
                let request = Request::get(path).header(header, "1");
                assert_eq!(passes(&envoy, &request), expected, "{path} {header} {on}");
            }
        }
    }
    assert_eq!(envoy.metric("errors"), 0);
    check_effects(&envoy, &EFFECTS);
}

#[test]
fn without_route_metadata_the_action_of_the_route_is_ignored() {
    for configuration in [json!({}), json!({"route_metadata": false})] {
        let envoy = start(configuration);
        let ignored = EFFECTS.map(|(path, _)| (path, FOLLOW));
        check_effects(&envoy, &ignored);
        check_effects(&envoy, &[("/bad-0", FOLLOW), ("/bad-3", FOLLOW)]);
        assert_eq!(envoy.metric("errors"), 0);
        assert_eq!(envoy.metric("allowed.rule"), 0);
    }
}
