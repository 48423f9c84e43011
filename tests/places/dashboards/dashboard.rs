//! `envoy/grafana/dashboard.json`, as Grafana reads it.

use serde_json::Value;
use support::project::read;

/// What Grafana puts in the place of its variables, for a short while that is looked at closely.
/// Those that people choose stand for everything.
const VARIABLES: [(&str, &str); 6] = [
    ("$__rate_interval", "15s"),
    ("$__interval", "1s"),
    ("$__range", "5m"),
    ("$scope", ".*"),
    ("$instance", ".*"),
    ("$connection_manager", ".*"),
];

/// A query, with the title of its panel.
pub struct Query {
    pub title: String,
    pub expression: String,
}

/// The queries of all panels.
pub fn panels() -> Vec<Query> {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{panel}");
        targets
            .iter()
            .map(|target| query(&panel["title"], &target["expr"]))
    });
    queries.collect()
}

/// The query of each annotation, and its step.
pub fn annotations() -> Vec<(Query, String)> {
    let dashboard = dashboard();
    let annotations = dashboard["annotations"]["list"].as_array().unwrap();
    annotations
        .iter()
        .map(|annotation| {
            let step = annotation["step"].as_str().unwrap().to_owned();
            (query(&annotation["name"], &annotation["expr"]), step)
        })
        .collect()
}

/// What the choice of each variable is read from: a selector of series, and the label.
pub fn choices() -> Vec<(Query, String)> {
    let dashboard = dashboard();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let queries = variables
        .iter()
        .filter(|variable| variable["type"] == "query");
    queries
        .map(|variable| {
            let definition = variable["query"]["query"].as_str().unwrap();
            let arguments = definition.strip_prefix("label_values(").unwrap();
            let (selector, label) = arguments.trim_end_matches(')').rsplit_once(", ").unwrap();
            let query = query(&variable["name"], &Value::from(selector));
            (query, label.to_owned())
        })
        .collect()
}

fn dashboard() -> Value {
    serde_json::from_str(&read("envoy/grafana/dashboard.json")).unwrap()
}

fn query(title: &Value, expression: &Value) -> Query {
    let mut text = expression.as_str().unwrap().to_owned();
    for (variable, value) in VARIABLES {
        text = text.replace(variable, value);
    }
    assert!(!text.contains('$'), "an unknown variable in {text}");
    Query {
        title: title.as_str().unwrap().to_owned(),
        expression: text,
    }
}
