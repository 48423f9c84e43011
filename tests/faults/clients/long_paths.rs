//! Paths that are long and odd, for each kind of rule.

use std::time::Duration;

use serde_json::{Value, json};
use support::{Connection, Envoy, Request};

use super::one_worker;

/// All that one request may cost Envoy, the filter's part and its own.
const LONGEST: Duration = Duration::from_millis(1);
/// What each regular expression may add that is tried on it.
const OF_A_REGEX: Duration = Duration::from_millis(1);
const REQUESTS: u32 = 8;
/// How often something else on the machine may spoil a measurement.
const TRIES: usize = 5;

/// Shapes of paths, each as long as is compared, and as long as Envoy takes.
fn paths() -> Vec<String> {
    let shapes = [
        "/a", "/", "/..", "/../a", "/./", ";", "/a;b", "%61", "%25", "/%2e%2e", "%2F", "\\",
        "%C3%A9", "%c3%a9", "a",
    ];
    let long =
        |length: usize| shapes.map(|shape| format!("/{}", shape.repeat(length / shape.len())));
    [8190, 57_000].into_iter().flat_map(long).collect()
}

/// A rule of each kind and action, and how many regular expressions it has.
fn rules() -> Vec<(Value, u32)> {
    let lists = [
        (json!({"paths": ["/admin/login"]}), 0),
        (json!({"paths": ["/admin/*", {"prefix": "/a/a/a"}]}), 0),
        (json!({"paths": [{"suffix": ".php"}]}), 0),
        (json!({"paths": [{"regex": ".*"}]}), 1),
        (json!({"paths": [{"regex": "(.*)(.*)(.*)(.*)x"}]}), 1),
        (json!({"paths": [{"regex": "(/[a-z]+)+!"}]}), 1),
        (json!({"paths": [{"regex": ".*a.{4}b"}]}), 1),
        (json!({"paths": [{"regex": "(?i).*/ADMIN/.*"}]}), 1),
        (
            json!({"paths": ["/b"], "hosts": ["*.example"], "methods": ["GET"]}),
            0,
        ),
        (
            json!({"attributes": [{"path": ["request", "path"], "regex": ".*x"}]}),
            1,
        ),
    ];
    let mut rules = Vec::new();
    for (list, regexes) in lists {
        for action in ["block", "on", "follow"] {
            rules.push((
                json!({"rules": [{"match": list, "action": action}]}),
                regexes,
            ));
        }
        rules.push((json!({"allow": list}), regexes));
    }
    rules.push((json!({"response": {"redirect": "https://a.example/b"}}), 0));
    rules
}

#[test]
fn no_path_costs_more_than_a_millisecond() {
    for (configuration, regexes) in rules() {
        let envoy = Envoy::with(one_worker(configuration.clone()));
        let limit = LONGEST + OF_A_REGEX * regexes;
        for path in paths() {
            let start = &path[..path.len().min(12)];
            let request = Request::get(&path);
            let mut took = Duration::MAX;
            for _ in 0..TRIES {
                let mut connection = Connection::open(envoy.address);
                connection.fetch(&request);
                let before = envoy.cpu_time();
                for _ in 0..REQUESTS {
                    connection.fetch(&request);
                }
                took = took.min((envoy.cpu_time() - before) / REQUESTS);
                if took < limit {
                    break;
                }
            }
            assert!(
                took < limit,
                "{configuration} {start} of {} bytes: {took:?}",
                path.len()
            );
        }
    }
}
