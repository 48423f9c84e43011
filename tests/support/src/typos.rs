//! What people mistype, for all who must refuse it: the filter, the schema and the API server.

use serde_json::Value;

/// Configurations with a fault that the schema can express, each with the path of the fault: a line
/// each. The path ends at the first ` {`.
const TYPOS: &str = include_str!("typos.txt");

/// The configurations, each with the path of its fault.
pub fn typos() -> Vec<(Value, &'static str)> {
    let lines = TYPOS.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (path, _) = line.split_once(" {").expect(line);
            let configuration = &line[path.len()..];
            (serde_json::from_str(configuration).expect(line), path)
        })
        .collect()
}
