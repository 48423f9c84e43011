//! What is put under load.

use std::{sync::Arc, thread};

use serde_json::{Value, json};
use support::{
    Delivery, Envoy, Options, admin,
    etcd::Etcd,
    fleet::{self, start_all},
};

use crate::{
    counters::{Counters, Events},
    expectation::Expectation,
    growth::EnvoyMemory,
    load::{Tally, Target, http1, http2},
    memory,
    report::SiteReport,
    run::Run,
    toggler::Toggler,
    updater::updates,
};

/// Connections of HTTP/1.1 that stay open, to each Envoy.
const KEPT_ALIVE: usize = 2;

const BYPASS_KEY: &str = "a-key-for-bypass-tokens-in-the-soak";
/// Longer than any soak.
const TTL_SECONDS: u32 = 40_000;

/// Envoys that share one state.
pub struct Site {
    pub name: &'static str,
    pub plugin: Plugin,
    pub envoys: Vec<Envoy>,
}

/// The part of the plugin configuration that stays.
#[derive(Clone, Debug)]
pub struct Plugin(Value);

impl Plugin {
    fn new(mut store: Value) -> Self {
        store["admin"] = admin();
        store["allow"] = json!({"paths": ["/healthz", "/static/*"]});
        store["bypass"] = json!({"key": BYPASS_KEY});
        Self(store)
    }

    /// The plugin configuration, with other values of what may change.
    pub fn with(&self, title: &str, initial: &str, client_ips: &[String]) -> Value {
        let mut plugin = self.0.clone();
        plugin["response"]["title"] = title.into();
        plugin["initial"] = initial.into();
        plugin["allow"]["client_ips"] = client_ips.into();
        plugin
    }
}

impl Site {
    /// One Envoy with its state in shared data.
    pub fn alone() -> Self {
        let plugin = Plugin::new(json!({}));
        Self {
            name: "alone",
            envoys: start_all([options(&plugin)]),
            plugin,
        }
    }

    /// Two Envoys with their state in an etcd.
    pub fn fleet(etcd: &Etcd) -> Self {
        let plugin = Plugin::new(fleet::configuration());
        let options = || Options {
            clusters: vec![etcd.envoy_cluster()],
            ..options(&plugin)
        };
        Self {
            name: "fleet",
            envoys: start_all([options(), options()]),
            plugin,
        }
    }

    /// Puts it under load for as long as the run goes on, while it is switched and updated;
    /// its store meanwhile has so many outages.
    pub fn soak(
        mut self,
        run: &Arc<Run>,
        outages: impl FnOnce(&Expectation) -> usize,
    ) -> SiteReport {
        let targets = self.targets(run);
        let expectation = &targets[0].expectation;
        let before: Vec<Counters> = self.envoys.iter().map(Counters::read).collect();
        let processes: Vec<u32> = self.envoys.iter().map(Envoy::id).collect();
        let Self { plugin, envoys, .. } = &mut self;
        let (toggles, updates, outages, samples) = thread::scope(|scope| {
            for target in &targets {
                for _ in 0..KEPT_ALIVE {
                    run.spawn(scope, || http1::keep_alive(target));
                }
                run.spawn(scope, || http1::short(target));
            }
            run.spawn(scope, || http2::many_streams(&targets));
            let samples = run.spawn(scope, || memory::watch(run, &processes));
            let updates = run.spawn(scope, || updates(run, envoys, plugin, expectation));
            let toggles = run.spawn(scope, || Toggler::new(&targets).toggle());
            let outages = outages(expectation);
            (
                toggles.join().unwrap(),
                updates.join().unwrap(),
                outages,
                samples.join().unwrap(),
            )
        });
        for (number, target) in targets.iter().enumerate() {
            let events = Events {
                answers: target.tally.totals(),
                calls: toggles.calls[number],
                outages: outages as u64,
                new_vms: updates[number].new_vms as u64,
            };
            let after = Counters::read(&self.envoys[number]);
            for misfit in after.misfits(&before[number], &events) {
                run.report_wrong(&format!("{}: {misfit}", target.name));
            }
        }
        let envoys = targets.iter().zip(&updates).zip(&samples);
        let envoys = envoys.filter_map(|((target, updates), samples)| {
            let memory = EnvoyMemory::of(target.name.clone(), updates.new_vms, samples);
            if memory.is_none() {
                run.report_wrong(&format!("{}: too few samples of its memory", target.name));
            }
            memory
        });
        SiteReport {
            name: self.name,
            answers: targets.iter().map(|target| target.tally.totals()).sum(),
            toggles,
            updates: updates.iter().copied().sum(),
            etcd_restarts: outages,
            lags: expectation.lags(),
            envoys: envoys.collect(),
        }
    }

    /// Its Envoys, as loaders see them.
    fn targets(&self, run: &Arc<Run>) -> Vec<Arc<Target>> {
        let expectation = Arc::new(Expectation::new());
        let targets = self.envoys.iter().enumerate().map(|(number, envoy)| {
            Arc::new(Target {
                name: self.name_of(number),
                number,
                address: envoy.address,
                bypass_token: mint(envoy),
                expectation: Arc::clone(&expectation),
                run: Arc::clone(run),
                tally: Tally::default(),
            })
        });
        targets.collect()
    }

    /// The name of one of its Envoys.
    fn name_of(&self, number: usize) -> String {
        match self.envoys.len() {
            1 => self.name.to_owned(),
            _ => format!("{} {number}", self.name),
        }
    }
}

fn options(plugin: &Plugin) -> Options {
    let mut options = Options::new(plugin.with("At first", "off", &[]));
    options.delivery = Delivery::Ecds;
    // It would be as long as the soak.
    options.connection_manager = json!({"use_remote_address": true, "access_log": []});
    options
}

fn mint(envoy: &Envoy) -> String {
    let minted = envoy.admin("POST", &format!("bypass?name=soak&ttl={TTL_SECONDS}"));
    assert_eq!(minted.status, 200, "{}", minted.text());
    minted.json()["token"].as_str().unwrap().to_owned()
}
