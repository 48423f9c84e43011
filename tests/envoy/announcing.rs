//! Maintenance that is announced.

use serde_json::{Value, json};
use support::{Envoy, Request, admin};

fn envoy(announce_seconds: Value) -> Envoy {
    let mut admin = admin();
    admin["public"] = true.into();
    Envoy::start(json!({
        "announce_seconds": announce_seconds,
        "upstream_header": "x-maintenance",
        "windows": [{"start": "2999-01-01T00:00:00Z", "end": "2999-01-01T01:00:00Z"}],
        "admin": admin,
    }))
}

/// What the upstream is told.
fn told(envoy: &Envoy) -> Option<String> {
    let request = Request::get("/").header("x-maintenance", "on");
    assert!(envoy.fetch(&request).is_upstream());
    let head = envoy.upstream.last_head().to_ascii_lowercase();
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("x-maintenance: "));
    line.map(str::to_owned)
}

#[test]
fn the_upstream_and_all_the_world_are_told_what_is_planned() {
    let envoy = envoy(json!("1h"));
    let public = || envoy.get("/maintenance-mode/public");
    assert_eq!(told(&envoy), None);
    let quiet = json!({"maintenance": false, "until": null, "message": null, "next": null});
    let response = public();
    assert_eq!(response.json(), quiet);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let status = envoy.admin("POST", "on?start=2998-01-01T00:00:00Z").json();
    assert_eq!(status["next"]["start"], "2998-01-01T00:00:00Z");
    assert_eq!(public().json(), quiet, "that is too far");

    let soon = time::OffsetDateTime::now_utc() + time::Duration::minutes(30);
    let soon = soon.replace_nanosecond(0).unwrap();
    let soon = soon
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    envoy.admin("POST", &format!("on?start={soon}&for=60&message=disks"));
    let next = public().json()["next"].clone();
    assert_eq!(next["start"], soon);
    assert_eq!(next["message"], "disks");
    let expected = format!("soon; starts={soon}; until=").to_ascii_lowercase();
    assert!(told(&envoy).unwrap().starts_with(&expected));
    envoy.admin("POST", "on?for=1h&message=disks");
    let on = public().json();
    assert_eq!(
        (&on["maintenance"], &on["message"]),
        (&json!(true), &json!("disks"))
    );
    assert!(on["until"].is_string());
    assert_eq!(
        envoy
            .fetch(&Request::new("POST", "/maintenance-mode/public"))
            .status,
        405
    );
    assert_eq!(envoy.metric("admin_denied"), 0);
}
