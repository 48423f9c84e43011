//! `shared-scope`: filters that share one state, and would make different things of it.

use serde_json::Value;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::home::Home;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let plugins: Vec<&Plugin> = setup.accepted().map(|(_, plugin, ..)| plugin).collect();
    for (index, later) in plugins.iter().enumerate() {
        let before = plugins.iter().take(index);
        let home = Home::of(later);
        let shares = |earlier: &&&Plugin| home.is_some() && Home::of(earlier) == home;
        for earlier in before.filter(shares) {
            for key in ["windows", "store", "admin"] {
                if differs(key, earlier, later) {
                    report(key, earlier, later, findings);
                }
            }
        }
    }
}

fn report(key: &str, earlier: &Plugin, later: &Plugin, findings: &mut Findings) {
    findings.add(
        later.settings().get_or_self(key).place(),
        format!(
            "this filter and the one at {} have the same VM id and the scope {:?}, so they share \
             one state, but their `{key}` differ: what one promises the other does not keep",
            named(earlier, later),
            later.scope()
        ),
        format!("Write the same `{key}` in both, or give one of them a `scope` of its own."),
    );
}

/// Where the other filter is, with its file where that is another.
fn named(earlier: &Plugin, later: &Plugin) -> String {
    let place = earlier.settings().place();
    match place.file == later.settings().place().file {
        true => place.path,
        false => format!("{} {}", place.file, place.path),
    }
}

fn differs(key: &str, one: &Plugin, other: &Plugin) -> bool {
    let value = |plugin: &Plugin| {
        let value = plugin.settings().get(key)?.node().to_json();
        let is_nothing = value.as_array().is_some_and(Vec::is_empty);
        (!is_nothing).then_some(value)
    };
    let (one, other) = (value(one), value(other));
    match key {
        "windows" => one.map(sorted) != other.map(sorted),
        "admin" => match (one, other) {
            (Some(one), Some(other)) => without_addresses(one) != without_addresses(other),
            _ => false,
        },
        _ => one != other,
    }
}

/// Windows in any order are the same windows.
fn sorted(windows: Value) -> Vec<String> {
    let windows = windows.as_array().cloned().unwrap_or_default();
    let mut windows: Vec<String> = windows.iter().map(Value::to_string).collect();
    windows.sort();
    windows
}

fn without_addresses(mut admin: Value) -> Value {
    if let Value::Object(keys) = &mut admin {
        keys.remove("client_ips");
    }
    admin
}
