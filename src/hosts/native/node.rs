//! The node of this Envoy, which Envoy does not tell a dynamic module: what names it does.

use std::{env, fs};

use crate::hosts::abi::bootstrap;

/// The id of the node, by the arguments and the bootstrap; empty where neither names one.
pub(super) fn id() -> String {
    let arguments: Vec<String> = env::args().collect();
    let option = |names: &[&str]| argument(&arguments, names);
    let written = || {
        let inline = option(&["--config-yaml"]).and_then(|text| bootstrap::node_id(&text));
        inline.or_else(|| {
            let path = option(&["--config-path", "-c"])?;
            bootstrap::node_id(&fs::read_to_string(path).ok()?)
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

#[cfg(test)]
mod tests {
    use super::*;

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
