//! A configured plugin: the policy and what it works with.

use std::rc::Rc;

use proxy_wasm::types::Action;

use super::{
    host::{self, HostSharedData},
    metrics::Metrics,
    request::HostRequest,
};
use crate::{
    admin, bypass,
    config::{Mode, PluginConfig},
    decision::{Decision, decide},
    flag::Flag,
    policy::{Endpoint, InvalidConfig, Policy},
    reply::LocalReply,
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
    pub(super) fn handle(&self) -> Action {
        let state = self.state();
        let request = HostRequest::new(&self.policy.client_address);
        let decision = decide(&self.policy, &state, &request);
        if request.is_faulty() {
            self.metrics.errors.increment();
        }
        match decision {
            Decision::Pass => self.pass(|| None),
            Decision::Allowed(reason) => {
                self.metrics.allowed(reason);
                host::set_filter_state(reason.filter_state());
                self.pass(|| Some(format!("on; allowed={}", reason.as_str())))
            }
            Decision::Observed => {
                self.metrics.observed.increment();
                host::set_filter_state("observed");
                self.pass(|| Some("on; observed".to_owned()))
            }
            Decision::Blocked(reply) => {
                self.metrics.blocked.increment();
                host::set_filter_state("blocked");
                self.send(&reply)
            }
            Decision::Admin(endpoint) => self.answer(endpoint, &request),
        }
    }

    /// To the upstream, which learns of maintenance where that is configured.
    fn pass(&self, maintenance: impl FnOnce() -> Option<String>) -> Action {
        if let Some(header) = &self.policy.upstream_header {
            host::set_request_header(header, maintenance().as_deref());
        }
        if self.policy.bypass.is_some() {
            host::set_request_header(bypass::HEADER, None);
        }
        Action::Continue
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
        let decides = self.policy.mode == Mode::Auto || self.policy.bypass.is_some();
        if decides && let Err(error) = self.store.refresh() {
            self.metrics.errors.increment();
            log::error!(
                "maintenance-mode: {error}; the last state known holds, or `initial` if there is none"
            );
        }
        self.store.snapshot()
    }

    fn answer(&self, endpoint: &Endpoint, request: &HostRequest<'_>) -> Action {
        let answer = admin::answer(&self.policy, endpoint, &self.store, request);
        match answer.granted {
            Some(true) => self.metrics.admin_granted.increment(),
            Some(false) => self.metrics.admin_denied.increment(),
            None => {}
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
