//! Updates of the plugin configuration.

use std::{iter::Sum, time::Duration};

use serde_json::json;

use crate::{
    expectation::{Cause, Expectation},
    run::Run,
    site::Plugin,
    support::Envoy,
};

/// From one update of a site to the next.
const GAP: Duration = Duration::from_secs(4);
/// Every so many updates one is bad.
const BAD: usize = 4;
/// Every so many updates all VMs are made anew.
const NEW_VMS: usize = 3;

/// What became of updates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Updates {
    /// Taken, with or without new VMs.
    pub good: usize,
    /// Refused, as they must be.
    pub bad: usize,
    pub new_vms: usize,
}

impl Sum for Updates {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            good: sum.good + one.good,
            bad: sum.bad + one.bad,
            new_vms: sum.new_vms + one.new_vms,
        })
    }
}

/// Updates the Envoys of a site, one after the other, again and again; what became of it at
/// each.
pub fn updates(
    run: &Run,
    envoys: &mut [Envoy],
    plugin: &Plugin,
    expectation: &Expectation,
) -> Vec<Updates> {
    let count = envoys.len();
    let mut updates = vec![Updates::default(); count];
    for number in 1.. {
        if !run.wait(GAP) {
            break;
        }
        // Each Envoy gets each kind of update.
        let (round, which) = (number / count, number % count);
        let envoy = &mut envoys[which];
        let initial = if round.is_multiple_of(2) { "on" } else { "off" };
        let blocks: Vec<String> = (0..round * 37 % 500)
            .map(|block| format!("10.{}.{}.0/25", round % 256, block % 256))
            .collect();
        let mut configuration = plugin.with(&format!("Update {number}"), initial, &blocks);
        let is_bad = round % BAD == BAD - 1;
        if is_bad {
            configuration["allow"]["client_ips"] = json!(["10.0.0.300"]);
        }
        let has_new_vms = !is_bad && round % NEW_VMS == NEW_VMS - 1;
        let before = refusals(envoy);
        let disturbance = expectation.disturb(Cause::Update(which));
        envoy.change(|options| {
            options.configuration = configuration.to_string();
            if has_new_vms {
                options.vm_configuration = number.to_string();
            }
        });
        expectation.settle(disturbance);
        let refused = refusals(envoy) > before;
        if refused != is_bad {
            run.report_wrong(&format!("update {number}: refused {refused}, bad {is_bad}"));
        }
        let updates = &mut updates[which];
        updates.good += usize::from(!is_bad);
        updates.bad += usize::from(is_bad);
        updates.new_vms += usize::from(has_new_vms);
    }
    updates
}

/// How many updates Envoy has refused.
fn refusals(envoy: &Envoy) -> u64 {
    envoy.stat("extension_config_discovery.http_filter.maintenance_mode.config_fail")
}
