//! A configured plugin: the policy and what it works with.

use std::rc::Rc;

use proxy_wasm::types::Action;

use super::{
    host::{self, HostSharedData},
    metrics::Metrics,
    request::HostRequest,
};
use crate::{
    admin,
    config::{Mode, PluginConfig},
    decision::{Decision, Reason, decide},
    flag::Flag,
    policy::{Endpoint, InvalidConfig, Policy},
    reply::LocalReply,
    request::RequestHead,
    state::State,
    store::Store,
};

/// What the root context makes of a plugin configuration, and all HTTP contexts share.
#[derive(Debug)]
pub(super) struct Plugin {
    policy: Policy,
    store: Store<HostSharedData>,
    metrics: Metrics,
}

impl Plugin {
    /// Reads and compiles the plugin configuration.
    pub(super) fn configure(configuration: &[u8]) -> Result<Self, InvalidConfig> {
        let config = PluginConfig::parse(configuration)?;
        if config == PluginConfig::default() {
            log::warn!(
                "maintenance-mode: the plugin configuration is empty, so all traffic passes"
            );
        }
        let policy = Policy::compile(config, |variable| std::env::var(variable).ok())?;
        let store = Store::new(HostSharedData, &policy.scope);
        let metrics = Metrics::define(&policy.scope);
        Ok(Self {
            policy,
            store,
            metrics,
        })
    }

    /// The name of the state.
    pub(super) fn scope(&self) -> &str {
        &self.policy.scope
    }

    /// Decides on a request and does it.
    pub(super) fn handle(&self, request: &HostRequest) -> Action {
        let state = self.state();
        let flag = Flag::decide(&self.policy, &state, || request.now());
        match decide(&self.policy, &flag, request) {
            Decision::Pass => Action::Continue,
            Decision::Allowed(reason) => self.allow(reason),
            Decision::Blocked(reply) => self.block(&reply),
            Decision::Admin(endpoint) => self.answer(endpoint, request),
        }
    }

    /// Sets the gauges, and makes good what a worker that died may have left half done.
    pub(super) fn tick(&self) {
        self.state();
        // An error was reported just now, once.
        let _ = self.store.reload();
        self.observe();
    }

    fn observe(&self) {
        let state = self.store.snapshot();
        let flag = Flag::decide(&self.policy, &state, host::now);
        self.metrics.observe(&flag, state.generation);
    }

    /// The state as it is, where it decides anything.
    fn state(&self) -> Rc<State> {
        if self.policy.mode == Mode::Auto
            && let Err(error) = self.store.refresh()
        {
            self.metrics.errors.increment();
            log::error!(
                "maintenance-mode: {error}; the last state known holds, or `initial` if there is none"
            );
        }
        self.store.snapshot()
    }

    fn allow(&self, reason: Reason) -> Action {
        self.metrics.allowed(reason);
        host::set_filter_state(reason.filter_state());
        Action::Continue
    }

    fn block(&self, reply: &LocalReply) -> Action {
        self.metrics.blocked.increment();
        host::set_filter_state("blocked");
        self.send(reply)
    }

    fn answer(&self, endpoint: &Endpoint, request: &HostRequest) -> Action {
        let answer = admin::answer(&self.policy, endpoint, &self.store, request);
        if answer.granted {
            self.metrics.admin_granted.increment();
        } else {
            self.metrics.admin_denied.increment();
        }
        if let Some(line) = &answer.audit {
            // A warning, because that is what proxies of a mesh log by default.
            log::warn!("maintenance-mode: {line}");
        }
        self.observe();
        self.send(&answer.reply)
    }

    /// The request never goes on, not even where the host refuses the reply.
    fn send(&self, reply: &LocalReply) -> Action {
        if !host::send_local_reply(reply) {
            self.metrics.errors.increment();
            log::error!("maintenance-mode: Envoy refused a local reply");
        }
        Action::Pause
    }
}
