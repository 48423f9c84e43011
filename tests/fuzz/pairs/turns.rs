//! When clients pass in a slow opening: asked of a filter that has nothing to do but that.

use std::net::IpAddr;

use maintenance_mode_core::filter::{filter::Filter, outcome::Outcome};
use serde_json::json;

use super::{
    host::{Exchange, Process},
    reading::{
        address,
        case::{Case, Given, Request},
        flag::Opening,
    },
};

/// The turn of the client of each request; none where nothing opens slowly.
///
/// # Errors
/// Somebody passes before the start, or does not pass at the end.
pub fn turns(process: &Process, case: &Case, opening: Option<Opening>) -> Result<Vec<i64>, String> {
    let Some(opening) = opening else {
        return Ok(Vec::new());
    };
    let scope = case.configuration["scope"].as_str().unwrap_or("default");
    let configuration = json!({"scope": scope}).to_string();
    let filter = Filter::configure(process.clone(), configuration.as_bytes());
    let filter = filter.ok_or_else(|| process.last_line())?;
    let turns = case.requests.iter().map(|request| {
        let client = address::client(&case.configuration, request);
        let source = client.map(|client| match address::neighbours(client) {
            IpAddr::V4(address) => format!("{address}:1"),
            IpAddr::V6(address) => format!("[{address}]:1"),
        });
        turn(opening, |at| {
            process.set_now(at);
            passes(&filter, source.clone())
        })
    });
    turns.collect()
}

/// The first moment at which a client passes, if it passes from then on.
fn turn(opening: Opening, passes: impl Fn(i64) -> bool) -> Result<i64, String> {
    let (mut before, mut after) = (opening.start - 1, opening.until);
    if passes(before) || !passes(after) {
        return Err("an opening: some pass before it, or not at its end".to_owned());
    }
    while before + 1 < after {
        let middle = before.midpoint(after);
        if passes(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    Ok(after)
}

fn passes(filter: &Filter<Process>, source: Option<String>) -> bool {
    let exchange = Exchange::new(Request {
        at: 0,
        source,
        lines: vec![(":path".to_owned(), b"/".to_vec())],
        attributes: Vec::new(),
        route_action: Given::Absent,
    });
    matches!(filter.handle(&exchange), Outcome::Passed)
}
