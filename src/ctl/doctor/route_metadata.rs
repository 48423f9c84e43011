//! What routes say to the filter: a fault of `invalid` where it cannot read that, and a remark where
//! it does not listen.

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::syntax::nearest::{misspelt, nearest};

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::node::Content;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::routes::Scope;
use crate::ctl::setup::setup::Setup;

const NAMESPACE: &str = "maintenance_mode";
const KEY: &str = "action";
const ACTIONS: [&str; 4] = ["allow", "block", "on", "follow"];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let accepted = setup.accepted();
    for (index, ..) in accepted.filter(|(.., config, _)| config.route_metadata) {
        let routes = scopes(setup, index).into_iter();
        for scope in routes.filter(|scope| scope.is_route) {
            let said = namespaces(&scope).into_iter();
            for (_, said) in said.filter(|(name, _)| *name == NAMESPACE) {
                for (key, value) in said.entries() {
                    of_entry(key, &value, &scope, findings);
                }
            }
        }
    }
}

fn of_entry(key: &str, value: &Spot, scope: &Scope, findings: &mut Findings) {
    let text = value.text().unwrap_or_default();
    let is_action =
        Action::parse(text.as_bytes()).is_some() || value.node().content == Content::Bool(true);
    match key {
        KEY if is_action => {}
        KEY => findings.add(
            value.place(),
            format!(
                "{} has an action that the filter cannot read, {}: it blocks all of the route's \
                 requests, and counts an error for each",
                scope.title,
                value.node().to_json()
            ),
            match nearest(text, &ACTIONS) {
                Some(meant) => format!("Write {meant} instead."),
                None => format!("Write one of {}.", ACTIONS.join(", ")),
            },
        ),
        _ => findings.add(
            value.place(),
            format!("unknown key `{key}`, expected `{KEY}`: the filter reads nothing else here"),
            format!("Write {KEY}: {}, or remove it.", ACTIONS.join(" | ")),
        ),
    }
}

/// What there is to say of metadata that the filter does not read.
pub(super) fn remarks(setup: &Setup, index: usize, config: &PluginConfig) -> Vec<String> {
    let scopes = scopes(setup, index);
    let says = |scope: &&Scope| namespaces(scope).iter().any(|(name, _)| *name == NAMESPACE);
    if !config.route_metadata {
        let is_said = scopes.iter().any(|scope| says(&scope));
        let remark = "a route has metadata `maintenance_mode`, which counts only with \
                      `route_metadata: true`";
        return is_said.then(|| remark.to_owned()).into_iter().collect();
    }
    let elsewhere = scopes.iter().filter(|scope| !scope.is_route).filter(says);
    let elsewhere = elsewhere.map(|scope| {
        format!(
            "{} has metadata `maintenance_mode`, and only a route's is read",
            scope.title
        )
    });
    let misnamed = scopes.iter().filter_map(|scope| {
        let names = namespaces(scope);
        let is_misspelt =
            |name: &&str| *name != NAMESPACE && misspelt(name, &[NAMESPACE]).is_some();
        let name = names.iter().map(|(name, _)| *name).find(is_misspelt)?;
        Some(format!(
            "{} has metadata {name:?}: did you mean `maintenance_mode`?",
            scope.title
        ))
    });
    elsewhere.chain(misnamed).collect()
}

/// The routes of a filter, and what is around them.
fn scopes<'d>(setup: &Setup<'d>, index: usize) -> Vec<Scope<'d>> {
    let managers = setup.managers_of(index).into_iter();
    let scopes = managers.flat_map(|(manager, _)| setup.scopes_of(manager));
    scopes.collect()
}

/// The metadata of a route, by namespaces.
fn namespaces<'d>(scope: &Scope<'d>) -> Vec<(&'d str, Spot<'d>)> {
    scope.spot.entries_at(&["metadata", "filter_metadata"])
}
