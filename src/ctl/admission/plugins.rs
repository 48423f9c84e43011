//! The plugin configurations of this filter in an object: a list of each, with its path.

use crate::ctl::admission::cel::{indented, text};
use crate::ctl::admission::fault_writer::INDICES;

/// Addresses of the filter's module: their last segment is its name, before `.wasm`, a tag, a
/// digest and a query.
const ADDRESS: &str = "^([^?#]*/)?maintenance[-_]mode([.]wasm)?(:[^/@?#]*)?(@[^/?#]*)?([?#].*)?$";

const SPEC: &str = "variables.spec";

/// The list, in CEL.
pub(super) fn plugins() -> String {
    let code = [
        "has(w.code.image) && w.code.image.url",
        "has(w.code.http) && w.code.http.url",
    ];
    let wasm = of_entries("wasm", &ours(&code));
    let modules = of_entries(
        "dynamicModule",
        &ours(&["has(w.name) && w.name", "has(w.filterName) && w.filterName"]),
    );
    let istio = |path: &str| {
        let plugin = format!("variables.{path}");
        let condition = format!(
            "has({plugin}.pluginConfig) && has({plugin}.url) && {plugin}.url.matches({})",
            text(ADDRESS)
        );
        let path = text(&format!("{path}.pluginConfig"));
        format!("{condition} ? [[dyn({path}), {plugin}.pluginConfig]] : []")
    };
    format!(
        "object.kind == 'EnvoyExtensionPolicy' ? (\n{}\n) +\n(\n{}\n)\n: object.kind == 'TrafficExtension' ? (\n  has({SPEC}.wasm) && {}\n)\n: {}",
        indented(&wasm),
        indented(&modules),
        istio("spec.wasm"),
        istio("spec"),
    )
}

/// Whether any of these names, each behind the condition that it is there, is that of this filter.
fn ours(names: &[&str]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("{name}.matches({})", text(ADDRESS)))
        .collect();
    names.join(" || ")
}

fn of_entries(key: &str, is_ours: &str) -> String {
    let list = format!("{SPEC}.{key}");
    let path = text(&format!("spec.{key}["));
    format!(
        "has({list}) ? {INDICES}.filter(i, i < size({list}) && has({list}[i].config) && [{list}[i]].exists(w, {is_ours}))\n  \
         .map(i, [dyn({path} + string(i) + '].config'), {list}[i].config]) : []"
    )
}
