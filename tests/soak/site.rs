//! What is put under load.

use std::{sync::Arc, thread, time::Duration};

use serde_json::{Value, json};
use support::{
    Delivery, Envoy, Http2Upstream, ID, Options, admin,
    etcd::Etcd,
    fleet::{self, agree},
};

use crate::{
    counters::{Counters, Events, workers},
    expectation::Expectation,
    growth::EnvoyMemory,
    load::{CLIENTS, HEADER, Ledger, OWN, REASON, RETRY_AFTER, TOLD, Tally, Target, http1, http2},
    memory,
    report::SiteReport,
    run::Run,
    toggler::Toggler,
    updater::updates,
    windows::Windows,
};

/// Connections of HTTP/1.1 that stay open, to each Envoy.
const KEPT_ALIVE: usize = 2;

const BYPASS_KEY: &str = "a-key-for-bypass-tokens-in-the-soak";
/// So many lost or doubled requests say enough.
const FEW: usize = 5;
/// Longer than any soak.
const TTL_SECONDS: u32 = 40_000;

/// Envoys that share one state.
pub struct Site {
    pub name: &'static str,
    plugin: Plugin,
    windows: Windows,
    envoys: Vec<Envoy>,
    /// What is behind each.
    upstreams: Vec<Http2Upstream>,
}

/// The part of the plugin configuration that stays.
#[derive(Clone, Debug)]
pub struct Plugin(Value);

impl Plugin {
    fn new(store: Value, windows: Windows) -> Self {
        let mut plugin = store;
        plugin["admin"] = admin();
        // A state that is lost is seen, whether it is on or off.
        plugin["initial"] = "on".into();
        plugin["response"] = json!({"message": OWN, "retry_after": RETRY_AFTER});
        plugin["client_address"] =
            json!({"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"]});
        plugin["upstream_header"] = HEADER.into();
        plugin["allow"] = json!({"paths": ["/healthz", "/static/*"]});
        plugin["bypass"] = json!({"key": BYPASS_KEY});
        windows.configure(&mut plugin);
        Self(plugin)
    }

    /// The plugin configuration, with other values of what may change.
    pub fn with(&self, title: &str, client_ips: &[String]) -> Value {
        let mut plugin = self.0.clone();
        plugin["response"]["title"] = title.into();
        plugin["allow"]["client_ips"] = client_ips.into();
        plugin
    }
}

impl Site {
    /// One Envoy with its state in shared data.
    pub fn alone() -> Self {
        Self::new("alone", 1, json!({}), Windows::EVEN, Vec::new())
    }

    /// Two Envoys with their state in an etcd.
    pub fn fleet(etcd: &Etcd) -> Self {
        let clusters = vec![etcd.envoy_cluster()];
        Self::new("fleet", 2, fleet::configuration(), Windows::ODD, clusters)
    }

    fn new(
        name: &'static str,
        envoys: usize,
        store: Value,
        windows: Windows,
        clusters: Vec<Value>,
    ) -> Self {
        let plugin = Plugin::new(store, windows);
        let upstreams: Vec<Http2Upstream> = (0..envoys)
            .map(|_| Http2Upstream::start(Duration::ZERO))
            .collect();
        let options = upstreams.iter().map(|upstream| {
            let mut options = options(&plugin, upstream);
            options.clusters.extend(clusters.clone());
            options
        });
        let envoys: Vec<Envoy> = options.map(Envoy::with).collect();
        agree(&envoys, true);
        Self {
            name,
            windows,
            envoys,
            plugin,
            upstreams,
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
        let windows = self.windows;
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
            let toggles = run.spawn(scope, || Toggler::new(&targets, windows).toggle());
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
            let misfits = after.misfits(&before[number], &events).into_iter();
            let lost = target.ledger.misfits(&self.upstreams[number].requests());
            for misfit in misfits.chain(lost.into_iter().take(FEW)) {
                run.report_wrong(&format!("{}: {misfit}", target.name));
            }
        }
        if let Some(uneven) = expectation.uneven(CLIENTS) {
            run.report_wrong(&format!("{}: {uneven}", self.name));
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
            seen: expectation.seen(),
            envoys: envoys.collect(),
        }
    }

    /// Its Envoys, as loaders see them.
    fn targets(&self, run: &Arc<Run>) -> Vec<Arc<Target>> {
        let expectation = Arc::new(Expectation::new(Arc::clone(run), self.windows));
        let targets = self.envoys.iter().enumerate().map(|(number, envoy)| {
            Arc::new(Target {
                name: self.name_of(number),
                number,
                address: envoy.address,
                bypass_token: mint(envoy),
                expectation: Arc::clone(&expectation),
                run: Arc::clone(run),
                ledger: Ledger::default(),
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

fn options(plugin: &Plugin, upstream: &Http2Upstream) -> Options {
    let mut options = upstream.behind(Options::new(plugin.with("At first", &[])));
    options.delivery = Delivery::Ecds;
    options.is_alone = true;
    options.workers = usize::try_from(workers()).unwrap();
    options.connection_manager = json!({
        "use_remote_address": true,
        "skip_xff_append": true,
        // It would be as long as the soak.
        "access_log": [],
    });
    let seen_by_the_upstream = [
        (ID, format!("%REQ({ID})%")),
        (TOLD, format!("%REQ({HEADER})%")),
        (
            REASON,
            "%FILTER_STATE(wasm.maintenance_mode:PLAIN)%".to_owned(),
        ),
    ];
    for route in &mut options.routes {
        let headers = seen_by_the_upstream
            .iter()
            .map(|(key, value)| json!({"header": {"key": key, "value": value}}));
        route["response_headers_to_add"] = headers.collect();
    }
    options
}

fn mint(envoy: &Envoy) -> String {
    let minted = envoy.admin("POST", &format!("bypass?name=soak&ttl={TTL_SECONDS}"));
    assert_eq!(minted.status, 200, "{}", minted.text());
    minted.json()["token"].as_str().unwrap().to_owned()
}
