//! What calls of endpoints came to: lines, a table or JSON.

use serde_json::{Value, json};

use crate::ctl::arguments::change::Output;
use crate::ctl::endpoints::agreement::agree;
use crate::ctl::endpoints::client::EndpointError;
use crate::ctl::endpoints::lines::{cell, lines};
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::Exit;

/// The outcome of the same call at each endpoint.
pub(crate) type Outcomes<'u> = Vec<(&'u str, Result<EndpointStatus, EndpointError>)>;

/// Prints the outcomes; success if all calls were and the endpoints agree.
pub(crate) fn report(outcomes: &Outcomes<'_>, output: &Output) -> Exit {
    if output.json {
        say(&document(outcomes).to_string());
    }
    match outcomes.as_slice() {
        [(url, Err(error))] => complain(&format!("{url}: {error}")),
        _ if output.json => {}
        [(_, Ok(status))] => say(&lines(&status.document)),
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
            _ => cell(&status.document, key).unwrap_or_else(|| "-".to_owned()),
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
            lines(&on.document),
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
    fn json_is_an_object_for_one_and_a_list_for_several() {
        let on = || ("http://a/m", Ok(status(r#"{"maintenance":true}"#)));
        assert_eq!(document(&vec![on()])["url"], "http://a/m");
        let failed = ("http://b/m", Err(EndpointError::Foreign(200)));
        let both = document(&vec![on(), failed]);
        assert_eq!(both[0]["maintenance"], true);
        assert!(both[1]["error"].is_string());
    }
}
