//! `observe` and `upstream_header` of the contract: maintenance that the client does not see.

use serde_json::{Value, json};
use support::{Connection, Envoy, Request, admin};

fn configuration() -> Value {
    json!({
        "allow": {"paths": ["/open"], "client_ips": ["127.0.0.2"]},
        "rules": [
            {"name": "a", "match": {"paths": ["/allow"]}, "action": "allow"},
            {"name": "b", "match": {"paths": ["/block"]}, "action": "block"},
            {"name": "o", "match": {"methods": ["PUT"]}, "action": "on"},
        ],
        "bypass": {"key": "a key of thirty-two bytes or more"},
        "admin": admin(),
    })
}

fn observing() -> Envoy {
    let mut configuration = configuration();
    configuration["observe"] = true.into();
    Envoy::start(configuration)
}

const HEADER: &str = "x-maintenance";

/// The values of the header, of all its lines, in the last request that went upstream.
fn sent_upstream(envoy: &Envoy) -> Vec<String> {
    let head = envoy.upstream.last_head();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter(|(name, _)| name.eq_ignore_ascii_case(HEADER))
        .map(|(_, value)| value.to_owned())
        .collect()
}

#[test]
fn observe_passes_everything_and_counts_what_it_would_block() {
    let envoy = observing();
    // What each request is counted as, while off and while on.
    let requests = [
        (Request::get("/"), "-", "observed"),
        (Request::new("POST", "/post").body("body"), "-", "observed"),
        (Request::get("/block"), "observed", "observed"),
        (Request::new("PUT", "/put"), "observed", "observed"),
        (Request::get("/open"), "-", "allowed:path"),
        (Request::new("PUT", "/open"), "allowed:path", "allowed:path"),
        (Request::get("/allow"), "-", "allowed:rule"),
    ];
    let mut states = Vec::new();
    for on in [false, true] {
        envoy.toggle(on);
        states.push("-");
        for (request, off_state, on_state) in &requests {
            let response = envoy.fetch(request);
            assert!(response.is_upstream(), "{request:?} gave {response:?}");
            states.push(if on { on_state } else { off_state });
        }
    }
    assert_eq!(envoy.upstream.requests(), 2 * requests.len());
    let log = envoy.access_log(states.len());
    let logged: Vec<&str> = log.iter().filter_map(|l| l.rsplit(' ').next()).collect();
    assert_eq!(logged, states, "{log:?}");
    for (metric, state) in [
        ("observed", "observed"),
        ("allowed.path", "allowed:path"),
        ("allowed.rule", "allowed:rule"),
        ("blocked", "blocked"),
    ] {
        let count = states.iter().filter(|other| **other == state).count();
        assert_eq!(envoy.metric(metric), count as u64, "{metric}");
    }
    assert_eq!(envoy.metric("active"), 1);
}

#[test]
fn observe_leaves_the_admin_endpoint_as_it_is() {
    let envoy = observing();
    let nobody = envoy.get("/maintenance-mode");
    assert_eq!(nobody.status, 401);
    let status = envoy.admin("POST", "on?message=observed");
    assert_eq!(status.status, 200);
    assert_eq!(status.json()["maintenance"], true);
    assert_eq!(envoy.admin("GET", "").json()["message"], "observed");
    assert_eq!(envoy.admin("GET", "no-such-call").status, 404);
    assert_eq!(envoy.upstream.requests(), 0);
    assert_eq!(envoy.metric("observed"), 0);
}

#[test]
fn the_upstream_learns_why_a_request_passes_and_only_while_maintenance_is_on() {
    let mut configuration = configuration();
    configuration["upstream_header"] = "X-Maintenance".into();
    let envoy = Envoy::start(configuration);
    let minted = envoy.admin("POST", "bypass?name=qa").json();
    let token = minted["token"].as_str().unwrap();
    let by_token = Request::get("/token").header("x-maintenance-bypass", token);
    let exempt = [
        ("127.0.0.1", Request::get("/open"), "path"),
        ("127.0.0.1", Request::get("/allow"), "rule"),
        ("127.0.0.1", by_token, "bypass"),
        ("127.0.0.2", Request::get("/"), "client_ip"),
    ];
    for on in [false, true, false] {
        envoy.toggle(on);
        for (client, request, reason) in &exempt {
            let expected = if on {
                vec![format!("on; allowed={reason}")]
            } else {
                Vec::new()
            };
            let forged = "on; allowed=header";
            for request in [
                request.clone(),
                request.clone().header(HEADER, forged),
                request.clone().header("X-Maintenance", forged),
                request.clone().header(HEADER, ""),
                request.clone().header(HEADER, forged).header(HEADER, "off"),
            ] {
                let before = envoy.upstream.requests();
                let response = Connection::from(client, envoy.address).fetch(&request);
                assert!(response.is_upstream(), "{request:?}");
                assert_eq!(envoy.upstream.requests(), before + 1);
                assert_eq!(sent_upstream(&envoy), expected, "{request:?} {on}");
            }
        }
    }
    // To an `on` rule maintenance is on whatever the flag; no other request passes it.
    let put = Request::new("PUT", "/open").header(HEADER, "off");
    assert!(envoy.fetch(&put).is_upstream());
    assert_eq!(sent_upstream(&envoy), ["on; allowed=path"]);
}

#[test]
fn an_incoming_copy_is_removed_where_nothing_is_exempt() {
    for mut configuration in [
        json!({}),
        json!({"mode": "off"}),
        json!({"mode": "on", "observe": true}),
    ] {
        configuration["upstream_header"] = HEADER.into();
        let envoy = Envoy::start(configuration.clone());
        let forged = Request::get("/").header(HEADER, "on; allowed=header");
        let forged = forged.header(HEADER, "on; allowed=rule");
        assert!(envoy.fetch(&forged).is_upstream());
        let sent = sent_upstream(&envoy);
        assert!(!sent.concat().contains("allowed="), "{sent:?}");
        let observes = configuration["observe"] == true;
        assert!(sent.is_empty() || observes, "{sent:?}");
    }
}

#[test]
fn without_upstream_header_the_request_goes_on_as_it_came() {
    let envoy = Envoy::start(configuration());
    let request = Request::get("/open").header(HEADER, "of the client");
    for on in [false, true] {
        envoy.toggle(on);
        assert!(envoy.fetch(&request).is_upstream());
        assert_eq!(sent_upstream(&envoy), ["of the client"], "{on}");
    }
}
