//! The node of this Envoy, which Envoy does not tell a dynamic module: what names it does.

use std::{env, fs};

use maintenance_mode_core::syntax::json::Json;

/// The id of the node, by the arguments and the bootstrap; empty where neither names one.
pub(super) fn id() -> String {
    let arguments: Vec<String> = env::args().collect();
    let option = |names: &[&str]| argument(&arguments, names);
    let written = || {
        let inline = option(&["--config-yaml"]).and_then(|text| in_bootstrap(&text));
        inline.or_else(|| {
            let path = option(&["--config-path", "-c"])?;
            in_bootstrap(&fs::read_to_string(path).ok()?)
        })
    };
    option(&["--service-node"])
        .or_else(written)
        .unwrap_or_default()
}

/// The value of an option, after a space or after `=`.
fn argument(arguments: &[String], names: &[&str]) -> Option<String> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.split_once('=') {
            Some((name, value)) if names.contains(&name) => return Some(value.to_owned()),
            _ if names.contains(&argument.as_str()) => return arguments.next().cloned(),
            _ => {}
        }
    }
    None
}

/// `node.id` of a bootstrap.
fn in_bootstrap(text: &str) -> Option<String> {
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
            assert_eq!(
                in_bootstrap(bootstrap).as_deref(),
                Some("edge-1"),
                "{bootstrap}"
            );
        }
        for bootstrap in [
            "{}",
            "admin:\n  node:\n    id: a\n",
            "node: {cluster: a}\nid: b\n",
        ] {
            assert_eq!(in_bootstrap(bootstrap), None, "{bootstrap}");
        }
    }

    #[test]
    fn options_stand_in_two_ways() {
        let arguments = ["envoy", "-c", "a.yaml", "--service-node=edge-1"].map(str::to_owned);
        assert_eq!(
            argument(&arguments, &["--config-path", "-c"]).as_deref(),
            Some("a.yaml")
        );
        assert_eq!(
            argument(&arguments, &["--service-node"]).as_deref(),
            Some("edge-1")
        );
        assert_eq!(argument(&arguments, &["--config-yaml"]), None);
    }
}
