//! What calls of endpoints came to: lines, a table or JSON.

use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::endpoints::agreement::agree;
use crate::ctl::endpoints::client::EndpointError;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::Exit;

/// The outcome of the same call at each endpoint.
pub(crate) type Outcomes<'u> = Vec<(&'u str, Result<EndpointStatus, EndpointError>)>;

/// Prints the outcomes; success if all calls were and the endpoints agree.
pub(crate) fn report(outcomes: &Outcomes<'_>, endpoints: &Endpoints) -> Exit {
    if endpoints.json {
        say(&document(outcomes).to_string());
    }
    match outcomes.as_slice() {
        [(url, Err(error))] => complain(&format!("{url}: {error}")),
        _ if endpoints.json => {}
        [(_, Ok(status))] => say(&lines(status)),
        several => say(&table(several)),
    }
    let statuses = outcomes.iter().filter_map(|(_, o)| o.as_ref().ok());
    if !agree(statuses, now()) {
        complain("the endpoints do not agree");
        return Exit::FAILURE;
    }
    if outcomes.iter().all(|(_, outcome)| outcome.is_ok()) {
        Exit::SUCCESS
    } else {
        Exit::FAILURE
    }
}

/// The answer of one endpoint, or a list of those of several.
fn document(outcomes: &Outcomes<'_>) -> Value {
    let documents = outcomes.iter().map(|(url, outcome)| {
        let mut document = match outcome {
            Ok(status) => status.document.clone(),
            Err(error) => json!({"error": error.to_string()}),
        };
        if let Some(keys) = document.as_object_mut() {
            keys.insert("url".to_owned(), (*url).into());
        }
        document
    });
    let mut documents: Vec<Value> = documents.collect();
    match documents.as_mut_slice() {
        [document] => document.take(),
        _ => documents.into(),
    }
}

/// What is known, a line each.
fn lines(status: &EndpointStatus) -> String {
    let parameters = Setting::PARAMETERS.iter();
    let keys = ["maintenance", "decided_by", "scope", "generation", "since"]
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
fn cell(status: &EndpointStatus, key: &str) -> Option<String> {
    match status.document.get(key)? {
        Value::Null => None,
        Value::String(until) if key == "ramp_until" => Some(opening(status, until, now())),
        Value::Bool(on) if key == "maintenance" => Some(if *on { "on" } else { "off" }.to_owned()),
        Value::String(store) if key == "store" && status.is_store_lost() => {
            Some(format!("{}, not connected", OneLine(store)))
        }
        Value::String(text) => Some(OneLine(text).to_string()),
        next @ Value::Object(_) if key == "next" => Some(planned(next)),
        other => Some(other.to_string()),
    }
}

/// A slow opening: its end, and how many pass, where the endpoint tells that.
fn opening(status: &EndpointStatus, until: &str, now: Timestamp) -> String {
    let until = OneLine(until);
    let (Some(start), Some(end)) = (status.setting.ramp_start, status.setting.ramp_until) else {
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

/// A row for each endpoint, below the names of the columns.
fn table(outcomes: &[(&str, Result<EndpointStatus, EndpointError>)]) -> String {
    const KEYS: [&str; 6] = [
        "url",
        "maintenance",
        "decided_by",
        "generation",
        "until",
        "message",
    ];
    let mut rows = vec![KEYS.map(|key| key.replace('_', " ").to_uppercase())];
    rows.extend(outcomes.iter().map(|(url, outcome)| match outcome {
        Ok(status) => KEYS.map(|key| match key {
            "url" => (*url).to_owned(),
            _ => cell(status, key).unwrap_or_else(|| "-".to_owned()),
        }),
        Err(error) => [*url, "?", "-", "-", "-", &error.to_string()].map(str::to_owned),
    }));
    let mut widths = [0; KEYS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}  "));
        cells.collect::<String>().trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::endpoints::status::testing::status;

    #[test]
    fn one_is_told_in_lines_and_several_in_a_table() {
        let on = status(r#"{"maintenance":true,"message":"a\nb","until":null}"#);
        assert_eq!(
            lines(&on),
            "maintenance  on\ndecided by   state\ngeneration   1\nmessage      a\\nb"
        );
        let outcomes = [
            ("http://a/m", Ok(on)),
            ("http://b/m", Err(EndpointError::Foreign(200))),
        ];
        let table = table(&outcomes);
        let rows: Vec<&str> = table.lines().collect();
        assert!(
            rows[1].starts_with("http://a/m  on           state"),
            "{table}"
        );
        assert!(rows[2].starts_with("http://b/m  ?            -"), "{table}");
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
        let known = status(
            r#"{"maintenance":false,"ramp_start":"2026-01-01T10:00:00Z","ramp_until":"2026-01-01T10:10:00Z"}"#,
        );
        for (now, share) in [("09:59", 0), ("10:00", 0), ("10:03", 30), ("10:11", 100)] {
            let now = Timestamp::parse(&format!("2026-01-01T{now}:00Z")).unwrap();
            assert_eq!(
                opening(&known, "end", now),
                format!("end, {share} % of clients pass")
            );
        }
        let old = status(r#"{"maintenance":false,"ramp_until":"2026-01-01T10:10:00Z"}"#);
        assert!(lines(&old).ends_with("ramp until   2026-01-01T10:10:00Z"));
    }

    #[test]
    fn json_is_an_object_for_one_and_a_list_for_several() {
        let on = || ("http://a/m", Ok(status(r#"{"maintenance":true}"#)));
        assert_eq!(document(&vec![on()])["url"], "http://a/m");
        let failed = ("http://b/m", Err(EndpointError::Foreign(200)));
        let both = document(&vec![on(), failed]);
        assert_eq!(both[0]["maintenance"], true);
        assert!(both[1]["error"].is_string());
    }
}
