//! What Envoy, or a control plane, hands to the module of what is written.

use maintenance_mode_core::syntax::invalid::Step;
use serde_json::Number;

use crate::ctl::documents::fault::TWICE;
use crate::ctl::documents::json;
use crate::ctl::documents::node::{Content, Node, Position};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::compilation::Fault;

const STRUCT: &str = "google.protobuf.Struct";
const STRING: &str = "google.protobuf.StringValue";

/// Of a manifest.
pub(super) fn in_manifest(written: &Spot) -> Node {
    let mut node = integral(written.node());
    drop_nulls(&mut node);
    node
}

/// Of an `Any`.
pub(super) fn unpacked(any: &Spot) -> Result<Node, Fault> {
    let url = any.text_of("@type").unwrap_or_default();
    let kind = any.type_name().unwrap_or_default();
    let entries = any.entries();
    let mut keys = entries.iter().map(|(key, _)| *key);
    let beside = keys.find(|key| !["@type", "value"].contains(key));
    let value = any.get("value").filter(|value| !value.is_null());
    let fix = format!(
        "Write \"@type\": type.googleapis.com/{STRUCT}, and under `value` the plugin configuration."
    );
    if any.is_null() {
        return Ok(Node::empty());
    }
    if url.is_empty() {
        return Err(refused("what is here has no @type: Envoy refuses it", fix));
    }
    if ![STRUCT, STRING].contains(&kind) {
        let problem = format!(
            "expected the type {STRING} or {STRUCT}, found {kind:?}: Envoy refuses it, or the \
             filter gets what it cannot read"
        );
        return Err(refused(problem, fix));
    }
    if !url.contains('/') {
        let problem = format!("the type {url:?} has no host: Envoy refuses it");
        let fix = format!("Write \"@type\": type.googleapis.com/{kind}.");
        return Err(refused(problem, fix));
    }
    if let Some(key) = beside {
        let problem = format!(
            "`{key}` stands beside @type, where Envoy takes nothing but `value`: it refuses this"
        );
        let fix = "Write `value:` below @type, and the plugin configuration in it.";
        return Err(refused(problem, fix));
    }
    let Some(value) = value else {
        return Ok(Node::empty());
    };
    match (kind, &value.node().content) {
        (STRUCT, Content::Map(_)) => Ok(integral(value.node())),
        (STRING, Content::Text(text, start)) => read_text(text, *start, value.node().position),
        (STRUCT, _) => Err(refused(
            "the value of a Struct is not an object",
            format!("Remove the quotes, or the | behind `value:`; or take the type {STRING}."),
        )),
        _ => Err(refused(
            "the value of a StringValue is not a string",
            format!("Write it as a text, such as a block after `value: |`, or take a {STRUCT}."),
        )),
    }
}

/// What Envoy does not hand over at all.
fn refused(problem: impl Into<String>, fix: impl Into<String>) -> Fault {
    Fault {
        steps: Vec::new(),
        position: None,
        problem: problem.into(),
        fix: fix.into(),
    }
}

/// Reads JSON that is a text of the file.
fn read_text(text: &str, start: Option<Position>, around: Option<Position>) -> Result<Node, Fault> {
    if text.trim().is_empty() {
        return Ok(Node::empty());
    }
    let of_file = |position: Position| match start {
        Some(start) => Some(position.within(start)),
        None => around,
    };
    match json::parse(text) {
        Ok(mut node) => {
            node.relocate(&of_file);
            Ok(node)
        }
        Err(fault) => Err(Fault {
            steps: vec![Step::Key("value".into())],
            position: fault.position.and_then(of_file),
            problem: fault.problem,
            fix: match fault.fix {
                TWICE => TWICE.to_owned(),
                _ => "Write JSON: no comments, no comma after the last entry, quotes around every \
                      key; or take a google.protobuf.Struct, which may be YAML."
                    .to_owned(),
            },
        }),
    }
}

/// The numbers of a `Struct` are doubles: those without a fraction are integers to the filter.
fn integral(node: &Node) -> Node {
    let content = match &node.content {
        Content::Number(number) => {
            let whole = number.as_f64().filter(|float| float.fract() == 0.0);
            let is_float = number.is_f64();
            let whole = whole.filter(|float| is_float && float.abs() < 9e15);
            Content::Number(
                whole.map_or_else(|| number.clone(), |float| Number::from(float as i64)),
            )
        }
        Content::List(items) => Content::List(items.iter().map(integral).collect()),
        Content::Map(entries) => {
            let entries = entries.iter();
            Content::Map(
                entries
                    .map(|(key, node)| (key.clone(), integral(node)))
                    .collect(),
            )
        }
        other => other.clone(),
    };
    Node {
        position: node.position,
        content,
    }
}

/// The API server drops them.
fn drop_nulls(node: &mut Node) {
    match &mut node.content {
        Content::Map(entries) => {
            entries.retain(|(_, node)| node.content != Content::Null);
            entries.iter_mut().for_each(|(_, node)| drop_nulls(node));
        }
        Content::List(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
