//! The dashboard and the alerts, on a real Prometheus that scrapes real Envoys.

mod dashboard;
mod prometheus;

use std::{net::SocketAddr, process::Command, time::Duration};

use serde_json::{Value, json};
use support::{
    Delivery, Envoy, Host, Options, Request, admin, admin_request,
    programs::{has, not_tested, output},
    project::{file, read},
    within, yaml,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use self::prometheus::Prometheus;

/// Prometheus scrapes every second, but the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether Prometheus is here, which is said if it is not.
fn prometheus_is_here(what: &str) -> bool {
    let is_here = has("prometheus") && has("promtool");
    if !is_here {
        not_tested(&format!("{what}, because this machine has no prometheus"));
    }
    is_here
}

/// An Envoy whose stats have the labels of the sample.
fn envoy(configuration: &Value, edit: impl FnOnce(&mut Options)) -> Envoy {
    let sample = yaml::parse(&read(Host::under_test().sample()));
    let mut options = Options::new(configuration.clone());
    options.bootstrap = json!({
        "stats_config": sample["stats_config"],
        "layered_runtime": sample["layered_runtime"],
    });
    edit(&mut options);
    Envoy::with(options)
}

/// An Envoy that can be told everything, by ECDS, too, and one route of which has nonsense in its
/// metadata.
fn edge() -> Envoy {
    let configuration = json!({
        "admin": admin(),
        "allow": {"paths": ["/healthz"], "methods": ["OPTIONS"]},
        "route_metadata": true,
    });
    envoy(&configuration, |options| {
        options.delivery = Delivery::Ecds;
        options.routes = vec![json!({
            "match": {"path": "/nonsense"},
            "route": {"cluster": "upstream"},
            "metadata": {"filter_metadata": {"maintenance_mode": {"action": "nonsense"}}},
        })];
    })
}

/// An Envoy that only rehearses.
fn rehearsal() -> Envoy {
    envoy(&json!({"admin": admin(), "observe": true}), |_| {})
}

/// An Envoy whose store nobody has ever seen, on by a window.
fn lost() -> Envoy {
    let configuration = json!({
        "scope": "lost",
        "store": {"etcd": {"cluster": "etcd"}},
        "windows": [{"start": "2020-01-01T00:00:00Z"}],
    });
    let lost = envoy(&configuration, |options| {
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        options.clusters = vec![Options::cluster("etcd", [nobody])];
    });
    // Counted before the first scrape, it is no news to the alert.
    within(PATIENCE, "the loss", || {
        let prefix = Host::under_test().stats_prefix();
        lost.stat(&format!("{prefix}.maintenance_mode.lost.errors")) == 1
    });
    lost
}

/// Some requests of each kind.
fn traffic(edge: &Envoy, rehearsal: &Envoy) {
    for path in ["/", "/", "/healthz", "/nonsense"] {
        edge.get(path);
    }
    edge.fetch(&Request::new("OPTIONS", "/"));
    rehearsal.get("/");
}

/// The names of the alerts whose expression returns a series.
fn alarming(prometheus: &Prometheus) -> Vec<String> {
    let mut names: Vec<String> = prometheus
        .alerts()
        .iter()
        .filter(|alert| {
            let expression = alert["query"].as_str().unwrap();
            !prometheus.series(expression).is_empty()
        })
        .map(|alert| alert["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn wait_for_alerts(prometheus: &Prometheus, expected: &[&str]) {
    let mut names = Vec::new();
    within(PATIENCE, &format!("{expected:?}"), || {
        names = alarming(prometheus);
        names == expected
    });
}

#[test]
fn promtool_accepts_the_alerts_and_their_tests_hold() {
    if !prometheus_is_here("the alerts") {
        return;
    }
    output(
        Command::new("promtool")
            .args(["check", "rules"])
            .arg(file("envoy/alerts.yaml")),
    );
    output(
        Command::new("promtool")
            .args(["test", "rules"])
            .arg(file("tests/alerts.yaml")),
    );
}

#[test]
fn each_alert_is_silent_until_there_is_something_to_say() {
    if !prometheus_is_here("the alerts on a real Envoy") {
        return;
    }
    let (mut edge, rehearsal, lost) = (edge(), rehearsal(), lost());
    let envoys = [("edge", &edge), ("rehearsal", &rehearsal), ("lost", &lost)];
    let prometheus = Prometheus::start(&envoys);
    within(PATIENCE, "an evaluation of each alert", || {
        prometheus
            .alerts()
            .iter()
            .all(|alert| alert["health"] == "ok")
    });
    assert_eq!(prometheus.alerts().len(), 7);
    wait_for_alerts(&prometheus, &["MaintenanceStoreLost"]);

    edge.toggle(true);
    wait_for_alerts(
        &prometheus,
        &[
            "MaintenanceFleetDisagrees",
            "MaintenanceForgotten",
            "MaintenanceStoreLost",
        ],
    );
    rehearsal.toggle(true);
    rehearsal.toggle(false);
    rehearsal.toggle(true);
    wait_for_alerts(
        &prometheus,
        &[
            "MaintenanceForgotten",
            "MaintenanceGenerationsDiffer",
            "MaintenanceStoreLost",
        ],
    );
    edge.get("/nonsense");
    // As often as the alert wants it, and a few times more.
    for _ in 0..30 {
        let call = admin_request("POST", "off").header("authorization", "Bearer of bad news");
        assert_eq!(edge.fetch(&call).status, 401);
    }
    wait_for_alerts(
        &prometheus,
        &[
            "MaintenanceAdminDenied",
            "MaintenanceErrors",
            "MaintenanceForgotten",
            "MaintenanceGenerationsDiffer",
            "MaintenanceStoreLost",
        ],
    );
    edge.update(json!({"mdoe": "on"}));
    wait_for_alerts(
        &prometheus,
        &[
            "MaintenanceAdminDenied",
            "MaintenanceConfigurationRefused",
            "MaintenanceErrors",
            "MaintenanceForgotten",
            "MaintenanceGenerationsDiffer",
            "MaintenanceStoreLost",
        ],
    );
}

#[test]
fn every_query_of_the_dashboard_returns_a_series() {
    if !prometheus_is_here("the dashboard") {
        return;
    }
    let (edge, rehearsal, lost) = (edge(), rehearsal(), lost());
    let envoys = [("edge", &edge), ("rehearsal", &rehearsal), ("lost", &lost)];
    let prometheus = Prometheus::start(&envoys);
    edge.toggle(true);
    rehearsal.toggle(true);
    for query in dashboard::panels() {
        within(
            PATIENCE,
            &format!("{}: {}", query.title, query.expression),
            || {
                traffic(&edge, &rehearsal);
                !prometheus.series(&query.expression).is_empty()
            },
        );
    }
    for (query, step) in dashboard::annotations() {
        let series = prometheus.series_of_the_last_minutes(&query.expression, &step);
        assert!(!series.is_empty(), "{}", query.title);
    }
    for (query, label) in dashboard::choices() {
        let values = prometheus.series(&format!("group by ({label}) ({})", query.expression));
        assert!(!values.is_empty(), "{}", query.title);
        let named = |series: &Value| series["metric"][&label].is_string();
        assert!(values.iter().all(named), "{values:?}");
    }
}

#[test]
fn the_panels_show_what_happens() {
    if !prometheus_is_here("the panels") {
        return;
    }
    let (edge, rehearsal) = (edge(), rehearsal());
    let prometheus = Prometheus::start(&[("edge", &edge), ("rehearsal", &rehearsal)]);
    let queries = dashboard::panels();
    let value = |title: &str, part: &str| {
        let query = queries
            .iter()
            .find(|query| query.title == title && query.expression.contains(part));
        let query = query.unwrap_or_else(|| panic!("{title} has no query with {part}"));
        prometheus.value(&query.expression)
    };
    const PLANNED: f64 = 2.0;
    assert_eq!(value("Now", "active"), 0.0);
    let start = OffsetDateTime::now_utc() + Duration::from_secs(1);
    let start = start.format(&Rfc3339).unwrap();
    edge.admin("POST", &format!("on?for=1h&start={start}"));
    within(PATIENCE, "planned time", || {
        value("Now", "active") == PLANNED
    });

    edge.toggle(true);
    rehearsal.toggle(true);
    for (title, part) in [
        ("Now", "active"),
        ("For", "timestamp"),
        ("Blocked now", "blocked"),
        ("Requests while on", "blocked"),
        ("Requests while on", "allowed"),
        ("Requests while on", "observed"),
        (
            "Maintenance and other 5xx",
            "sum(rate(maintenance_mode_blocked",
        ),
        ("Calls of the admin endpoint", "granted"),
    ] {
        within(PATIENCE, title, || {
            traffic(&edge, &rehearsal);
            value(title, part) > 0.0
        });
    }
    assert_eq!(value("Now", "active"), 1.0);
    assert_eq!(value("Envoys without their store", "connected"), 0.0);
    let reasons = queries.iter().find(|query| query.title == "Who passes");
    let reasons = prometheus.series(&format!("{} > 0", reasons.unwrap().expression));
    let reasons: Vec<&Value> = reasons
        .iter()
        .map(|series| &series["metric"]["maintenance_reason"])
        .collect();
    assert_eq!(reasons, ["method", "path"]);
}

#[test]
fn the_stats_of_an_envoy_without_tags_get_their_labels_from_prometheus() {
    if !prometheus_is_here("the labels") {
        return;
    }
    let scope = "the_shop";
    let configuration =
        json!({"mode": "on", "scope": scope, "allow": {"client_ips": ["::/0", "0.0.0.0/0"]}});
    let edge = Envoy::with(Options {
        is_alone: true,
        ..Options::new(configuration)
    });
    let prometheus = Prometheus::start(&[("edge", &edge)]);
    for (metric, label) in [
        ("active", ""),
        ("planned", ""),
        ("store_connected", ""),
        ("blocked", ""),
        ("allowed", ", maintenance_reason=\"client_ip\""),
    ] {
        let selector = format!("maintenance_mode_{metric}{{maintenance_scope=\"{scope}\"{label}}}");
        within(PATIENCE, &selector, || {
            edge.get("/");
            !prometheus.series(&selector).is_empty()
        });
    }
    assert!(prometheus.series("{__name__=~\".*the_shop.*\"}").is_empty());
}
