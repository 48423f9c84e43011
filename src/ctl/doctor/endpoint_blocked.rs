//! `endpoint-blocked`: a filter stands before the admin endpoint of another and blocks it.

use maintenance_mode_core::decision::decision::Verdict;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::probe::{Traits, while_on};
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for chain in setup.chains() {
        let plugins = chain.iter().filter_map(|index| setup.plugins.get(*index));
        let plugins: Vec<&Plugin> = plugins.collect();
        for (index, second) in plugins.iter().enumerate() {
            for first in plugins.iter().take(index) {
                between(first, second, findings);
            }
        }
    }
}

fn between(first: &Plugin, second: &Plugin, findings: &mut Findings) {
    let (Some(policy), Some(other)) = (first.policy(), second.policy()) else {
        return;
    };
    let Some(path) = other.endpoint.as_ref().map(|endpoint| endpoint.path()) else {
        return;
    };
    let settings = first.settings();
    let second_place = second.settings().place().path;
    let call = format!("{path}/off");
    let traits = Traits {
        path: &call,
        method: "POST",
        ..Traits::default()
    };
    while_on(policy, traits, |verdict| match verdict {
        Verdict::Blocked(_) | Verdict::Held(_) => findings.add(
            settings.get_or_self("allow").place(),
            format!(
                "while this filter blocks, the admin endpoint {path} of the one behind it (at \
                 {second_place}) cannot be reached: nobody can switch that one off"
            ),
            format!("Write allow.paths: [\"{path}/*\"] in this filter."),
        ),
        Verdict::Admin(_) if policy.scope != other.scope => findings.add(
            settings.place(),
            format!(
                "this filter answers {path} itself, so that the endpoint of the one behind it (at \
                 {second_place}), which has another scope, is never reached"
            ),
            "Give each of them an admin.path of its own.",
        ),
        _ => {}
    });
}
