//! Where a filter keeps its state, and what may change that.

use maintenance_mode_core::config::mode::{Mode, Switch};
use maintenance_mode_core::config::rules::Action;

use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

/// What filters have in common that share a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    /// The VM, the process, or the proxy.
    place: String,
    scope: String,
}

impl Home {
    /// None where that is not known.
    pub(super) fn of(plugin: &Plugin) -> Option<Self> {
        let place = match plugin.carrier {
            Carrier::Nothing => return None,
            Carrier::Wasm => format!("vm {}", plugin.vm_id()),
            Carrier::DynamicModule => "process".to_owned(),
            // Without a VM id: all of one proxy share one.
            Carrier::Istio | Carrier::EnvoyGateway => format!("proxy {}", plugin.selects()?),
        };
        let scope = plugin.scope().to_owned();
        Some(Self { place, scope })
    }
}

/// Whether two filters go on and off together: by one state, or by one store.
pub(super) fn are_one(one: &Plugin, other: &Plugin) -> bool {
    let store = |plugin: &Plugin| Some(plugin.settings().get("store")?.node().to_json());
    let home = Home::of(one);
    home.is_some() && home == Home::of(other) || store(one).is_some() && store(one) == store(other)
}

/// Whether anything can switch a filter on, but for a change of its configuration: one that the
/// filter refuses is not asked.
pub(super) fn can_be_on(setup: &Setup, plugin: &Plugin) -> bool {
    let Some(config) = plugin.config() else {
        return true;
    };
    let of_rule = |action: Action| matches!(action, Action::On | Action::Block);
    let has_rules = config.rules.iter().any(|rule| of_rule(rule.action)) || config.route_metadata;
    match config.mode {
        Mode::On => true,
        Mode::Off => has_rules,
        Mode::Auto => {
            let mut others = setup.plugins.iter().filter(|other| are_one(plugin, other));
            has_rules || switches(plugin) || others.any(switches)
        }
    }
}

/// Whether a filter of this configuration changes the state.
fn switches(plugin: &Plugin) -> bool {
    let accepted = plugin.compiled.accepted.as_ref();
    accepted.is_none_or(|(config, policy)| {
        let is_planned = !config.windows.is_empty() || config.initial == Switch::On;
        is_planned || policy.endpoint.is_some() || config.store.is_some()
    })
}
