//! Paths that are long and odd, for each kind of rule.

use serde_json::{Value, json};
use support::Request;

use super::{cost::assert_is_cheap, reconfigurable, reconfigure};

/// Shapes of paths, each as long as is compared, and as long as Envoy takes.
pub fn paths() -> Vec<String> {
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
    let mut envoy = reconfigurable();
    for (configuration, regexes) in rules() {
        reconfigure(&mut envoy, configuration.clone());
        for path in paths() {
            let start = &path[..path.len().min(12)];
            let what = format!("{configuration} {start} of {} bytes", path.len());
            assert_is_cheap(&envoy, &Request::get(&path), regexes, &what);
        }
    }
}
