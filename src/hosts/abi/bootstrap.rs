//! Envoy's [bootstrap](https://www.envoyproxy.io/docs/envoy/latest/configuration/overview/bootstrap),
//! of which a dynamic module is told nothing, but where it lies.

use maintenance_mode_core::syntax::json::Json;

/// The id of its node, if it names one.
pub fn node_id(text: &str) -> Option<String> {
    match Json::parse(text.as_bytes()) {
        Ok(bootstrap) => match entry(bootstrap, "node").and_then(|node| entry(node, "id"))? {
            Json::String(id) => Some(id),
            _ => None,
        },
        Err(_) => in_yaml(text),
    }
}

fn entry(object: Json, key: &str) -> Option<Json> {
    match object {
        Json::Object(entries) => Some(entries.into_iter().find(|(name, _)| name == key)?.1),
        _ => None,
    }
}

/// What people write in YAML: a block of lines further in, or braces on one line.
fn in_yaml(text: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("node:"));
    let first = lines.next()?.strip_prefix("node:")?.trim();
    let block = lines.take_while(|line| line.starts_with([' ', '#']) || line.is_empty());
    let inline = first
        .trim_start_matches('{')
        .trim_end_matches('}')
        .split(',');
    let id = inline
        .chain(block)
        .find_map(|line| line.trim().strip_prefix("id:"))?;
    let id = id.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_where_people_write_it() {
        for bootstrap in [
            r#"{"admin": {}, "node": {"cluster": "a", "id": "edge-1"}}"#,
            "admin: {}\nnode: {id: edge-1, cluster: a}\n",
            "node:\n  # which\n  cluster: a\n  id: 'edge-1' # the first\nadmin: {}\n",
        ] {
            assert_eq!(node_id(bootstrap).as_deref(), Some("edge-1"), "{bootstrap}");
        }
        for bootstrap in [
            "{}",
            "admin:\n  node:\n    id: a\n",
            "node: {cluster: a}\nid: b\n",
        ] {
            assert_eq!(node_id(bootstrap), None, "{bootstrap}");
        }
    }
}
