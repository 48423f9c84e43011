//! Stats, response code details and filter state.

use std::time::{Duration, Instant};

use http::Request as Http2Request;
use maintenance_mode_core::{
    admin::counters::Counter, decision::reason::Reason, policy::kind::Kind,
};
use serde_json::{Value, json};
use support::{Connection, Envoy, Host, Options, Request, admin, eventually, fetch_http2};

/// The names of all counters.
fn counters() -> Vec<String> {
    let counters = Counter::ALL.map(|counter| counter.name().to_owned());
    let reasons = Reason::all().map(|reason| format!("allowed.{}", reason.as_str()));
    counters.into_iter().chain(reasons).collect()
}

/// All counters that are not zero.
fn counted(envoy: &Envoy) -> Vec<(String, u64)> {
    let counts = counters().into_iter().map(|name| {
        let count = envoy.metric(&name);
        (name, count)
    });
    counts.filter(|(_, count)| *count > 0).collect()
}

/// An entry of each kind, each for one request only.
fn allow() -> Value {
    json!({
        "client_ips": ["127.0.0.2"],
        "paths": ["/open"],
        "hosts": ["open.example"],
        "methods": ["PATCH"],
        "headers": [{"name": "x-open", "present": true}],
        "cookies": [{"name": "open", "exact": "yes"}],
        "attributes": [{"path": ["request", "referer"], "exact": "http://open.example/"}],
    })
}

/// A request for each kind of entry, on a path of its own where it can have one.
fn allowed() -> [(&'static str, &'static str, Request); Kind::ALL.len()] {
    let ours = "127.0.0.1";
    [
        ("client_ip", "127.0.0.2", Request::get("/client_ip")),
        ("path", ours, Request::get("/open")),
        (
            "host",
            ours,
            Request::get("/host").header("host", "open.example"),
        ),
        ("method", ours, Request::new("PATCH", "/method")),
        (
            "header",
            ours,
            Request::get("/header").header("x-open", "a"),
        ),
        (
            "cookie",
            ours,
            Request::get("/cookie").header("cookie", "a=b; open=yes"),
        ),
        (
            "attribute",
            ours,
            Request::get("/attribute").header("referer", "http://open.example/"),
        ),
    ]
}

#[test]
fn every_stat_is_there_from_the_start_with_the_scope_in_its_name() {
    let envoy = Envoy::start(json!({"scope": "shop-1_a"}));
    let prefix = Host::under_test().stats_prefix();
    let stats = envoy.envoy_admin(&format!("/stats?filter=^{prefix}"));
    let gauges = [
        ("active", 0),
        ("planned", 0),
        ("generation", 0),
        ("store_connected", 1),
    ];
    let gauges = gauges.map(|(name, value)| (name.to_owned(), value));
    let counters = counters().into_iter().map(|name| (name, 0));
    for (name, value) in counters.chain(gauges) {
        let line = format!("{prefix}.maintenance_mode.shop-1_a.{name}: {value}");
        assert!(stats.lines().any(|stat| stat == line), "{line}: {stats}");
    }
    assert!(!stats.contains(".default."), "{stats}");
}

#[test]
fn each_request_counts_once_and_only_while_on() {
    let envoy = Envoy::start(json!({"allow": allow(), "admin": admin()}));
    let fetch_all = || {
        assert_eq!(envoy.get("/").is_blocked(), envoy.metric("active") == 1);
        for (reason, client, request) in allowed() {
            let response = Connection::from(client, envoy.address).fetch(&request);
            assert!(response.is_upstream(), "{reason}: {response:?}");
        }
    };
    fetch_all();
    assert_eq!(counted(&envoy), []);

    envoy.toggle(true);
    fetch_all();
    let mut expected = vec![("blocked".to_owned(), 1), ("admin_granted".to_owned(), 1)];
    expected.extend(Kind::ALL.map(|kind| (format!("allowed.{}", kind.reason()), 1)));
    assert_eq!(counted(&envoy), expected);

    for _ in 0..3 {
        envoy.get("/");
        envoy.get("/open");
    }
    assert_eq!(envoy.metric("blocked"), 4);
    assert_eq!(envoy.metric("allowed.path"), 4);
    assert_eq!(envoy.metric("allowed.host"), 1);
}

#[test]
fn admin_calls_count_as_granted_or_denied_and_as_nothing_else() {
    let mut endpoint = admin();
    endpoint["client_ips"] = json!(["127.0.0.1"]);
    let envoy = Envoy::start(json!({"mode": "on", "admin": endpoint}));
    let status = |token: &str| {
        Request::get("/maintenance-mode").header("authorization", format!("Bearer {token}"))
    };
    let right = status(support::TOKEN);
    for (client, request, expected) in [
        ("127.0.0.1", right.clone(), 200),
        ("127.0.0.1", status("not-the-right-token"), 401),
        ("127.0.0.1", Request::get("/maintenance-mode"), 401),
        ("127.0.0.2", right, 403),
    ] {
        let response = Connection::from(client, envoy.address).fetch(&request);
        assert_eq!(response.status, expected, "{}", response.text());
    }
    let expected = [("admin_granted", 1), ("admin_denied", 3)];
    assert_eq!(
        counted(&envoy),
        expected.map(|(name, count)| (name.to_owned(), count))
    );
}

#[test]
fn gauges_follow_the_state() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let assert_gauges = |active| {
        eventually("the gauge", || envoy.metric("active") == active);
        let generation = envoy.admin("GET", "").json()["generation"].as_u64();
        assert_eq!(generation, Some(envoy.metric("generation")));
        assert_eq!(envoy.metric("store_connected"), 1);
        generation
    };
    let before = assert_gauges(0);
    envoy.toggle(true);
    let on = assert_gauges(1);
    envoy.toggle(false);
    let off = assert_gauges(0);
    assert!(before < on && on < off, "{before:?} {on:?} {off:?}");
}

#[test]
fn active_is_one_from_the_start_where_the_configuration_says_on() {
    for (configuration, active) in [
        (json!({"mode": "on"}), 1),
        (json!({"initial": "on"}), 1),
        (json!({"mode": "off", "initial": "on"}), 0),
    ] {
        let envoy = Envoy::start(configuration.clone());
        assert_eq!(envoy.metric("active"), active, "{configuration}");
        assert_eq!(envoy.metric("planned"), 0, "{configuration}");
    }
}

#[test]
fn active_rises_at_the_start_and_falls_at_the_end_without_any_traffic() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let start = time::OffsetDateTime::now_utc() + Duration::from_secs(2);
    let start = start
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let response = envoy.admin("POST", &format!("on?start={start}&for=3"));
    assert_eq!(response.status, 200, "{}", response.text());
    let gauges = || [envoy.metric("active"), envoy.metric("planned")];
    assert_eq!(gauges(), [0, 0]);
    let generation = envoy.metric("generation");
    let began = Instant::now();
    for expected in [1, 0] {
        eventually("the gauges", || gauges() == [expected; 2]);
    }
    // Two seconds to the start, three to the end, one for the tick, one to spare.
    assert!(began.elapsed() < Duration::from_secs(7));
    assert_eq!(envoy.metric("generation"), generation);
    assert_eq!(envoy.metric("blocked"), 0);
}

#[test]
fn planned_tells_a_window_from_what_somebody_switched_on() {
    let begin = (time::OffsetDateTime::now_utc() - Duration::from_secs(60)).time();
    let envoy = Envoy::start(json!({"admin": admin(), "windows": [{
        "schedule": format!("{} {} * * *", begin.minute(), begin.hour()), "duration": "1h",
    }]}));
    let gauges = |calls: &[&str]| {
        for call in calls {
            envoy.admin("POST", call);
        }
        [envoy.metric("active"), envoy.metric("planned")]
    };
    assert_eq!(gauges(&[]), [1, 1]);
    assert_eq!(gauges(&["on?for=1h"]), [1, 0]);
    assert_eq!(gauges(&["reset"]), [1, 1]);
    assert_eq!(gauges(&["off"]), [0, 0]);
    assert_eq!(gauges(&["on?start=2020-01-01T00:00:00Z"]), [1, 0]);
}

#[test]
fn the_access_log_tells_what_was_decided() {
    let envoy = Envoy::start(json!({"allow": allow(), "admin": admin()}));
    envoy.get("/off");
    envoy.toggle(true);
    envoy.get("/shut");
    let request = Http2Request::get(format!("http://{}/http2", envoy.address));
    fetch_http2(envoy.address, request.body("").unwrap());
    let grpc = Request::new("POST", "/grpc").header("content-type", "application/grpc");
    envoy.fetch(&grpc.body(""));
    for (_, client, request) in allowed() {
        Connection::from(client, envoy.address).fetch(&request);
    }

    let mut lines = envoy.access_log(12);
    let admin = lines.iter().position(|line| line.starts_with("/maint"));
    let admin = lines.remove(admin.expect("the admin call"));
    assert!(admin.ends_with(" -"), "{admin}");
    assert!(!admin.contains(" maintenance_mode "), "{admin}");

    let mut expected = vec![
        "/off 200 via_upstream -".to_owned(),
        "/shut 503 maintenance_mode blocked".to_owned(),
        "/http2 503 maintenance_mode blocked".to_owned(),
        "/grpc 200 maintenance_mode blocked".to_owned(),
    ];
    expected.extend(allowed().map(|(reason, _, _)| {
        let path = if reason == "path" { "open" } else { reason };
        format!("/{path} 200 via_upstream allowed:{reason}")
    }));
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[test]
fn prometheus_sees_counters_and_gauges() {
    let envoy = Envoy::start(json!({
        "scope": "my-shop",
        "mode": "on",
        "allow": {"paths": ["/open"]},
    }));
    envoy.get("/");
    envoy.get("/open");
    envoy.get("/open");
    let metrics = envoy.envoy_admin("/stats/prometheus");
    let prefix = Host::under_test().prometheus_prefix();
    for (type_of, name, rest) in [
        ("# TYPE ", "blocked", " counter"),
        ("", "blocked", "{} 1"),
        ("", "allowed_path", "{} 2"),
        ("", "errors", "{} 0"),
        ("# TYPE ", "active", " gauge"),
        ("", "active", "{} 1"),
        ("", "store_connected", "{} 1"),
    ] {
        let line = format!("{type_of}{prefix}maintenance_mode_my_shop_{name}{rest}");
        assert!(metrics.lines().any(|metric| metric == line), "{line}");
    }
}

#[test]
fn an_access_log_can_leave_planned_503s_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("unplanned.log");
    let mut options = Options::new(json!({"mode": "on", "allow": {"paths": ["/open"]}}));
    options.connection_manager = json!({
        "use_remote_address": true,
        "access_log": [{
            "name": "envoy.access_loggers.file",
            "filter": {"extension_filter": {
                "name": "cel",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                    "expression": "response.code >= 200 && response.code_details != 'maintenance_mode'",
                },
            }},
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                "path": path,
                "log_format": {"text_format_source": {"inline_string": "%REQ(:PATH)%\n"}},
            },
        }],
    });
    let envoy = Envoy::with(options);
    assert!(envoy.get("/shut").is_blocked());
    assert!(envoy.get("/open").is_upstream());
    let log = || std::fs::read_to_string(&path).unwrap_or_default();
    eventually("the access log", || log().contains("/open"));
    assert_eq!(log(), "/open\n");
}
