//! A status as lines of text.

use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::Value;

use crate::ctl::process::clock::now;

/// What is known of a status, a line each.
pub(crate) fn lines(status: &Value) -> String {
    let parameters = Setting::PARAMETERS.iter();
    let keys = [
        "maintenance",
        "decided_by",
        "mode",
        "scope",
        "generation",
        "since",
    ]
    .into_iter()
    .chain(parameters.map(|parameter| parameter.name))
    .chain(["ramp_until", "changed_by", "next", "store", "version"]);
    let line = |key: &str| {
        let text = cell(status, key)?;
        Some(format!("{:<13}{text}", key.replace('_', " ")))
    };
    let lines: Vec<String> = keys.filter_map(line).collect();
    lines.join("\n")
}

/// The text of a value that is known.
pub(super) fn cell(status: &Value, key: &str) -> Option<String> {
    match status.get(key)? {
        Value::Null => None,
        Value::String(until) if key == "ramp_until" => Some(opening(status, until, now())),
        Value::Bool(on) if key == "maintenance" => Some(if *on { "on" } else { "off" }.to_owned()),
        Value::String(store) if key == "store" && is_store_lost(status) => {
            Some(format!("{}, not connected", OneLine(store)))
        }
        Value::String(text) => Some(OneLine(text).to_string()),
        next @ Value::Object(_) if key == "next" => Some(planned(next)),
        other => Some(other.to_string()),
    }
}

/// A slow opening: its end, and how many pass, where the endpoint tells that.
fn opening(status: &Value, until: &str, now: Timestamp) -> String {
    let start = status.get("ramp_start").and_then(Value::as_str);
    let (start, end) = (start.and_then(Timestamp::parse), Timestamp::parse(until));
    let until = OneLine(until);
    let (Some(start), Some(end)) = (start, end) else {
        return until.to_string();
    };
    let passed = start.millis_until(now.min(end));
    let whole = start.millis_until(end).max(1);
    format!("{until}, {} % of clients pass", passed * 100 / whole)
}

/// What is planned, as far as it is known: `from …, until …, name: message`.
fn planned(next: &Value) -> String {
    let text = |key: &str| next.get(key).and_then(Value::as_str).map(OneLine);
    let terms = [
        text("start").map(|start| format!("from {start}")),
        text("until").map(|until| format!("until {until}")),
        text("name").map(|name| format!("window {name}")),
    ];
    let terms = terms.into_iter().flatten().collect::<Vec<_>>().join(", ");
    match text("message") {
        Some(message) => format!("{terms}: {message}"),
        None => terms,
    }
}

/// Whether Envoy tells the last that it knows, for it has lost the store of its fleet.
pub(crate) fn is_store_lost(status: &Value) -> bool {
    status.get("store_connected") == Some(&Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_next_and_a_lost_store_are_told() {
        let next = |next: &str| {
            let json = format!(r#"{{"maintenance":false,"next":{next}}}"#);
            let lines = lines(&status(&json));
            let line = lines
                .lines()
                .find_map(|line| line.strip_prefix("next         "));
            line.map(str::to_owned)
        };
        assert_eq!(next("null"), None);
        assert_eq!(
            next(r#"{"start":"A","until":"B","name":"night","message":"a\nb"}"#).as_deref(),
            Some("from A, until B, window night: a\\nb")
        );
        assert_eq!(
            next(r#"{"start":"A","until":null,"name":null,"message":null}"#).as_deref(),
            Some("from A")
        );
        let lost = status(r#"{"maintenance":true,"store":"etcd","store_connected":false}"#);
        assert!(lines(&lost).contains("store        etcd, not connected"));
    }

    #[test]
    fn of_a_slow_opening_its_end_is_told_and_the_share_that_passes() {
        const END: &str = "2026-01-01T10:10:00Z";
        let known = status(r#"{"maintenance":false,"ramp_start":"2026-01-01T10:00:00Z"}"#);
        for (now, share) in [("09:59", 0), ("10:00", 0), ("10:03", 30), ("10:11", 100)] {
            let now = Timestamp::parse(&format!("2026-01-01T{now}:00Z")).unwrap();
            assert_eq!(
                opening(&known, END, now),
                format!("{END}, {share} % of clients pass")
            );
        }
        let old = status(r#"{"maintenance":false,"ramp_until":"2026-01-01T10:10:00Z"}"#);
        assert!(lines(&old).ends_with("ramp until   2026-01-01T10:10:00Z"));
    }
}
