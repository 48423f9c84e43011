use maintenance_mode_core::state::setting::{Parameter, Setting};
use serde_json::json;

use super::*;

/// The lines under the heading, at 23:00 in Berlin, without colours.
fn lines(status: &Value) -> Vec<String> {
    let moments = Moments::at("2026-11-30T22:00:00Z", "Europe/Berlin");
    let text = summary("http://a/m", status, &moments);
    let text = anstream::adapter::strip_str(&text).to_string();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("http://a/m"));
    lines
        .map(|line| line.strip_prefix("  ").unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_the_case_is_one_line() {
    let window = json!({"maintenance": true, "decided_by": "window"});
    assert_eq!(lines(&window)[0], "On, with no end in sight");
    for (status, line) in [
        (json!({"maintenance": true}), "On, with no end"),
        (
            json!({"maintenance": true, "until": "2026-11-30T22:25:00Z"}),
            "On until 23:25 CET, in 25 minutes",
        ),
        (json!({"maintenance": false}), "Off"),
        (json!({"maintenance": null}), "Not known"),
        (
            json!({
                "maintenance": false,
                "ramp_start": "2026-11-30T21:57:00Z",
                "ramp_until": "2026-11-30T22:07:00Z",
            }),
            "Opening: 30 % of clients pass, all of them from 23:07 CET, in 7 minutes",
        ),
        (
            json!({"maintenance": false, "ramp_until": "2026-11-30T22:07:00Z"}),
            "Opening: all of them from 23:07 CET, in 7 minutes",
        ),
    ] {
        assert_eq!(lines(&status), [line]);
    }
}

#[test]
fn every_parameter_of_an_on_is_told() {
    let bare = lines(&json!({"maintenance": true}));
    for Parameter { name, .. } in Setting::PARAMETERS {
        let given = |text| Setting::given(|other| (other == *name).then_some(text)).ok();
        let setting = ["1", "9999-01-01T00:00:00Z"].into_iter().find_map(given);
        let status = serde_json::to_value(setting.unwrap()).unwrap();
        assert_ne!(lines(&status), bare, "{name}");
    }
}

#[test]
fn what_is_planned_is_told_once() {
    let from = "on from 02:00 CET, in 3 hours";
    let start = "2026-12-01T01:00:00Z";
    let next = json!({"start": start, "until": "2026-12-01T03:00:00Z", "name": "night", "message": "a\nb"});
    let bare = json!({"start": start, "until": null, "name": null, "message": null});
    let later = "2026-12-02T01:00:00Z";
    for (status, planned) in [
        (json!({"next": null}), vec![]),
        (
            json!({"next": next}),
            vec![format!("Planned: {from}, until 04:00, window night: a\\nb")],
        ),
        (json!({"next": bare}), vec![format!("Planned: {from}")]),
        (
            json!({"start": start, "next": bare}),
            vec![format!("Planned: {from}")],
        ),
        (
            json!({"start": start, "until": "2026-12-01T03:00:00Z", "next": null}),
            vec![format!("Planned: {from}, until 04:00")],
        ),
        (
            json!({"start": later, "next": bare}),
            vec![
                format!("Planned: {from}"),
                "Planned: on from Wed 2026-12-02 02:00 CET, in 1 day 3 hours".to_owned(),
            ],
        ),
        (json!({"start": "2026-11-30T21:00:00Z"}), vec![]),
    ] {
        let mut off = status;
        off["maintenance"] = false.into();
        assert_eq!(lines(&off).get(1..), Some(planned.as_slice()));
    }
}

#[test]
fn who_has_decided_it_and_all_else_is_told() {
    let of = |status: Value| lines(&status).split_off(1);
    assert_eq!(
        of(json!({
            "maintenance": true, "decided_by": "state", "changed_by": "o\u{1b}ps",
            "since": "2026-11-30T21:35:00Z", "message": "Back at noon", "retry_after": 7, "hold": 20,
            "scope": "shop", "generation": 7, "store": "etcd", "store_connected": false, "version": "1",
        })),
        [
            "Held: requests wait up to 20 s for the end",
            "Message: Back at noon",
            "Retry-After: 7 s",
            "Set by o\\u{1b}ps at 22:35 CET, 25 minutes ago",
            "Store: etcd, not connected",
            "Scope shop, generation 7, version 1",
        ]
    );
    for (status, line) in [
        (json!({"decided_by": "state"}), "Set"),
        (
            json!({"decided_by": "window", "since": "2026-11-30T21:35:00Z"}),
            "By a window since 22:35 CET, 25 minutes ago",
        ),
        (json!({"decided_by": "window"}), "By a window"),
        (
            json!({"decided_by": "initial"}),
            "By `initial`: nobody has set anything",
        ),
        (
            json!({"decided_by": "mode"}),
            "By `mode` of the configuration, which locks the endpoint",
        ),
        (
            json!({"store": "shared_data", "store_connected": true}),
            "Store: this Envoy alone",
        ),
        (json!({"hold": 0, "scope": "a"}), "Scope a"),
    ] {
        assert_eq!(of(status), [line]);
    }
}
