//! Updates of the plugin configuration.

use std::{fmt, iter::Sum, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};
use support::{Envoy, Host};

use crate::{
    expectation::{Cause, Expectation},
    run::Run,
    site::Plugin,
};

/// From one update of a site to the next.
const GAP: Duration = Duration::from_secs(4);
/// What an Envoy gets, in turn.
const UPDATES: [Update; 4] = [
    Update::GoodWithNewVms,
    Update::Good,
    Update::GoodWithNewVms,
    Update::Bad,
];
/// How many blocks of addresses are allowed, in turn.
const BLOCKS: [usize; 3] = [400, 0, 100];

/// What an update is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Update {
    /// VMs take another configuration.
    Good,
    /// All VMs are made anew, with another configuration.
    GoodWithNewVms,
    /// It is refused, and nothing changes.
    Bad,
}

/// What became of updates.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Updates {
    /// Taken, with or without new VMs.
    pub good: usize,
    pub new_vms: usize,
    /// Refused, as they must be.
    pub bad: usize,
}

/// Updates the Envoys of a site, one after the other, again and again; what became of it at
/// each.
///
/// Only the first gets new VMs, where there are any: in the others VMs live as long as the run, and
/// show what they keep.
pub fn updates(
    run: &Run,
    envoys: &mut [Envoy],
    plugin: &Plugin,
    expectation: &Expectation,
) -> Vec<Updates> {
    let count = envoys.len();
    let mut updates = vec![Updates::default(); count];
    for number in 0.. {
        if !run.wait(GAP) {
            break;
        }
        let (round, which) = (number / count, number % count);
        let update = match UPDATES[round % UPDATES.len()] {
            Update::GoodWithNewVms if which > 0 || Host::under_test() == Host::Native => {
                Update::Good
            }
            update => update,
        };
        let envoy = &mut envoys[which];
        let before = refusals(envoy);
        // What is refused changes nothing, and makes nobody late.
        let disturbance =
            (update != Update::Bad).then(|| expectation.disturb(Cause::Update(which)));
        envoy.change(|options| {
            options.configuration = configuration(plugin, round, update).to_string();
            if update == Update::GoodWithNewVms {
                options.vm_configuration = number.to_string();
            }
        });
        if let Some(disturbance) = disturbance {
            expectation.settle(disturbance);
        }
        let is_refused = refusals(envoy) > before;
        if is_refused != (update == Update::Bad) {
            run.report_wrong(&format!(
                "{update:?} update {number}, refused: {is_refused}"
            ));
        }
        updates[which].count(update);
    }
    updates
}

/// A configuration that decides as all the others do, unless it is bad.
fn configuration(plugin: &Plugin, round: usize, update: Update) -> Value {
    let blocks: Vec<String> = (0..BLOCKS[round % BLOCKS.len()])
        .map(|block| format!("10.{}.{}.0/25", block >> 8, block & 0xff))
        .collect();
    let mut configuration = plugin.with(&format!("Round {round}"), &blocks);
    if update == Update::Bad {
        configuration["allow"]["client_ips"] = json!(["10.0.0.300"]);
    }
    configuration
}

/// How many updates Envoy has refused.
fn refusals(envoy: &Envoy) -> u64 {
    envoy.stat("extension_config_discovery.http_filter.maintenance_mode.config_fail")
}

impl Updates {
    fn count(&mut self, update: Update) {
        self.good += usize::from(update != Update::Bad);
        self.new_vms += usize::from(update == Update::GoodWithNewVms);
        self.bad += usize::from(update == Update::Bad);
    }
}

impl Sum for Updates {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            good: sum.good + one.good,
            new_vms: sum.new_vms + one.new_vms,
            bad: sum.bad + one.bad,
        })
    }
}

impl fmt::Display for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} updates, {} of them with new VMs, and {} bad ones",
            self.good, self.new_vms, self.bad
        )
    }
}
