//! Envoy's bootstrap, of which a dynamic module takes the id of its node: JSON against a parser
//! of it, YAML as people write it. The first line is an id as well.

use maintenance_mode::hosts::abi::bootstrap::node_id;
use serde_json::Value;

use super::first_line;

pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match serde_json::from_str::<Value>(&text) {
        Ok(bootstrap) => {
            let id = bootstrap["node"]["id"].as_str().map(str::to_owned);
            assert_eq!(node_id(&bootstrap.to_string()), id);
        }
        Err(_) => {
            if let Some(id) = node_id(&text) {
                assert!(text.contains(&id) && !id.is_empty() && !id.contains('\n'));
            }
        }
    }

    let (id, rest) = first_line(data);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    if id.is_empty() || !id.iter().all(is_plain) {
        return;
    }
    let id = std::str::from_utf8(id).unwrap();
    let comment = String::from_utf8_lossy(rest).replace(|c: char| c.is_control(), " ");
    for bootstrap in [
        format!("# {comment}\nnode: {{cluster: c, id: {id}}}\n"),
        format!("node:\n  # {comment}\n  cluster: c\n\n  id: '{id}' # {comment}\nadmin: {{}}\n"),
        format!("admin:\n  node: {{id: other}}\nnode:\n  id: \"{id}\"\n"),
    ] {
        assert_eq!(node_id(&bootstrap).as_deref(), Some(id), "{bootstrap}");
    }
}
