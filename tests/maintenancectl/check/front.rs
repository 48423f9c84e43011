//! A proxy in front, and the filter behind it.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::WASM;
use crate::command::ctl;

/// A proxy in front and the one behind it, each with a file of its own.
#[test]
fn a_health_check_in_front_is_held_against_the_filter_behind() {
    let directory = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let manager = |filters: &str, cluster: &str| {
        format!(
            "filter_chains: [{{filters: [{{typed_config: {{'@type': type.googleapis.com/envoy.extensions.filters.network\
             .http_connection_manager.v3.HttpConnectionManager, route_config: {{virtual_hosts: [{{name: a, \
             routes: [{{route: {{cluster: {cluster}}}}}]}}]}}, http_filters: [{filters}]}}}}]}}]"
        )
    };
    let listener = |port: u16, manager: String| {
        format!(
            "{{address: {{socket_address: {{address: 0.0.0.0, port_value: {port}}}}}, {manager}}}"
        )
    };
    let cluster = |name: &str, port: u16| {
        format!(
            "{{name: {name}, outlier_detection: {{enforcing_consecutive_5xx: 0}}, health_checks: [{{http_health_check: {{path: /ready}}}}], \
             load_assignment: {{endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: edge, port_value: {port}}}}}}}}}]}}]}}}}"
        )
    };
    let bootstrap = |listeners: &[String], clusters: &[String]| {
        let (listeners, clusters) = (listeners.join(", "), clusters.join(", "));
        format!("static_resources: {{listeners: [{listeners}], clusters: [{clusters}]}}")
    };
    let filter = |settings: &str| {
        format!(
            "{{name: maintenance_mode, typed_config: {{'@type': {WASM}, config: {{configuration: {{'@type': \
             type.googleapis.com/google.protobuf.Struct, value: {settings}}}}}}}}}"
        )
    };
    let front = write(
        "front.yaml",
        &bootstrap(
            &[listener(80, manager("", "upstream"))],
            &[cluster("upstream", 8080)],
        ),
    );
    let edge = |name: &str, settings: &str, port: u16| {
        let listeners = [
            listener(port, manager(&filter(settings), "upstream")),
            listener(8081, manager("", "other")),
        ];
        write(name, &bootstrap(&listeners, &[cluster("upstream", 3000)]))
    };
    let blocked = edge("edge.yaml", "{mode: 'on'}", 8080);
    let checked = ctl(&["check", "--front", "--json", &front, &blocked]);
    let findings = checked.json();
    let findings = findings["findings"].as_array().unwrap();
    // The cluster of the same name behind the filter asks the upstream.
    assert_eq!(findings.len(), 1, "{findings:?}");
    let found = &findings[0];
    assert_eq!(
        (&found["code"], &found["severity"]),
        (&json!("ejects"), &json!("warning"))
    );
    assert_eq!(found["file"], json!(front));
    assert!(
        found["message"]
            .as_str()
            .unwrap()
            .contains("edge.yaml:1) answers 503"),
        "{found}"
    );
    assert!(
        found["fix"]
            .as_str()
            .unwrap()
            .contains("paths: [\"/ready\"]"),
        "{found}"
    );
    // A port that may be another's is no reason to be silent.
    let moved = edge("moved.yaml", "{mode: 'on'}", 10080);
    assert_eq!(
        ctl(&["check", "--front", "--strict", &front, &moved]).code,
        Some(1)
    );
    for (name, settings) in [
        ("allows.yaml", "{mode: 'on', allow: {paths: [/ready]}}"),
        (
            "agent.yaml",
            "{mode: 'on', allow: {headers: [{name: user-agent, exact: Envoy/HC}]}}",
        ),
    ] {
        let allows = edge(name, settings, 8080);
        let checked = ctl(&["check", "--front", "--strict", &front, &allows]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
    }
    // The port that is asked has no filter.
    let aside = write(
        "aside.yaml",
        &bootstrap(
            &[listener(80, manager("", "upstream"))],
            &[cluster("upstream", 8081)],
        ),
    );
    let checked = ctl(&["check", "--front", "--strict", &aside, &blocked]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    // Alone, it is a note.
    let checked = ctl(&["check", "--front", "--strict", &front]);
    assert!(
        checked.code == Some(0) && checked.stdout.starts_with("note[ejects]"),
        "{checked:?}"
    );
    // Without --front, what proxies in front do is not looked at.
    assert_eq!(ctl(&["check", "--strict", &front, &blocked]).code, Some(0));
}
