//! A configured plugin: the policy and what it works with.

use std::rc::Rc;

use proxy_wasm::types::Action;

use super::{
    host::{self, HostGrpc},
    metrics::Metrics,
    request::HostRequest,
    shared_data::HostSharedData,
};
use crate::{
    admin::{self, Answer, ChangeCall, Received},
    bypass,
    config::{Mode, PluginConfig},
    decision::{Decision, decide},
    etcd::{Etcd, Follower, Notice, Notices},
    flag::Flag,
    grpc,
    policy::{Endpoint, InvalidConfig, Policy},
    reply::LocalReply,
    state::{State, UnreadableState},
    store::{Changing, PendingChange, SharedState, StateStore},
};

/// What the root context makes of a plugin configuration.
pub(super) struct Plugin {
    policy: Policy,
    state: Rc<SharedState<HostSharedData>>,
    store: Box<dyn StateStore>,
    metrics: Metrics,
}

/// Follows the store of a fleet.
pub(super) type HostFollower = Follower<HostSharedData, HostGrpc>;

/// What became of a request.
pub(super) enum Handled {
    /// It goes on, or is answered.
    Done(Action),
    /// It is answered when the store is.
    Waiting(Box<PendingCall>),
}

/// A call of the admin endpoint that waits for the store.
pub(super) struct PendingCall {
    call: ChangeCall,
    change: Box<dyn PendingChange>,
}

impl PendingCall {
    /// Whether the answer to this call of the store is awaited.
    pub(super) fn awaits(&self, call: grpc::CallId) -> bool {
        self.change.awaits(call)
    }
}

impl Plugin {
    /// Reads and compiles the plugin configuration.
    pub(super) fn configure(
        configuration: &[u8],
    ) -> Result<(Self, Option<HostFollower>), InvalidConfig> {
        let config = PluginConfig::parse(configuration)?;
        if config == PluginConfig::default() {
            log::warn!(
                "maintenance-mode: the plugin configuration is empty, so all traffic passes"
            );
        }
        let policy = Policy::compile(&config, |variable| std::env::var(variable).ok())?;
        let metrics = Metrics::define(&policy.scope);
        let (state, store, follower) = match policy.store.clone() {
            None => {
                let state = Rc::new(SharedState::of_scope(HostSharedData, &policy.scope));
                let store: Box<dyn StateStore> = Box::new(Rc::clone(&state));
                (state, store, None)
            }
            Some(settings) => {
                let random = host::random();
                let etcd = Etcd::new(settings, HostGrpc, HostSharedData, &policy.scope, random);
                let etcd = Rc::new(etcd);
                let follower = Follower::new(Rc::clone(&etcd), random);
                (Rc::clone(etcd.state()), Box::new(etcd) as _, Some(follower))
            }
        };
        let plugin = Self {
            policy,
            state,
            store,
            metrics,
        };
        Ok((plugin, follower))
    }

    /// The name of the state.
    pub(super) fn scope(&self) -> &str {
        &self.policy.scope
    }

    /// Decides on a request and does it.
    pub(super) fn handle(&self) -> Handled {
        let state = self.state();
        let request = HostRequest::new(&self.policy.client_address);
        let decision = decide(&self.policy, &state, &request);
        if request.is_faulty() {
            self.metrics.errors.increment();
        }
        Handled::Done(match decision {
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
            Decision::Admin(endpoint) => return self.receive(endpoint, &request),
        })
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
    pub(super) fn look(&self) {
        self.note(self.state.refresh());
        self.note(self.state.recheck());
        self.observe();
    }

    /// Reports what the store of a fleet said.
    pub(super) fn report(&self, notices: Notices) {
        for notice in notices {
            if notice != Notice::Connected {
                self.metrics.errors.increment();
            }
            // Warnings, because that is what proxies of a mesh log by default.
            log::warn!("maintenance-mode: scope {}: {notice}", self.policy.scope);
        }
    }

    fn observe(&self) {
        let state = self.state.snapshot();
        let flag = Flag::decide(&self.policy, &state, host::now);
        let connected = self.store.is_connected();
        self.metrics.observe(&flag, state.generation, connected);
    }

    /// The state as it is, where it decides anything.
    fn state(&self) -> Rc<State> {
        let decides = self.policy.mode == Mode::Auto || self.policy.bypass.is_some();
        if decides {
            self.note(self.state.refresh());
        }
        self.state.snapshot()
    }

    /// Reports a state that could not be read.
    fn note(&self, read: Result<(), UnreadableState>) {
        if let Err(error) = read
            && self.state.claim_report()
        {
            self.metrics.errors.increment();
            log::error!(
                "maintenance-mode: {error}; the last state known holds, or `initial` if there is none"
            );
        }
    }

    fn receive(&self, endpoint: &Endpoint, request: &HostRequest<'_>) -> Handled {
        self.note(self.state.recheck());
        let state = self.state.snapshot();
        let received = admin::receive(&self.policy, endpoint, &*self.store, &state, request);
        let call = match received {
            Received::Answer(answer) => return Handled::Done(self.answer(&answer)),
            Received::Counters(call) => {
                let answer = call.answer(&host::node_id(), &self.metrics.counters());
                return Handled::Done(self.answer(&answer));
            }
            Received::Change(call) => call,
        };
        match self.store.change(call.change.clone(), host::now()) {
            Changing::Waiting(change) => Handled::Waiting(Box::new(PendingCall { call, change })),
            Changing::Done(changed) => {
                let answer = call.answer(&self.policy, &*self.store, changed, host::now());
                Handled::Done(self.answer(&answer))
            }
        }
    }

    /// Hands the answer of the store to a call that waits for it; whether the call is
    /// answered now.
    pub(super) fn resume(
        &self,
        pending: &mut PendingCall,
        answer: Result<&[u8], grpc::Failure>,
    ) -> bool {
        let Some(changed) = pending.change.on_answer(answer, host::now()) else {
            return false;
        };
        let now = host::now();
        self.answer(
            &pending
                .call
                .answer(&self.policy, &*self.store, changed, now),
        );
        true
    }

    /// The caller has left before the store answered: the change may be made all the same.
    pub(super) fn abandon(&self, pending: &PendingCall) {
        self.metrics.admin_granted.increment();
        self.audit(&pending.call.abandoned());
    }

    fn answer(&self, answer: &Answer) -> Action {
        match answer.granted {
            Some(true) => self.metrics.admin_granted.increment(),
            Some(false) => self.metrics.admin_denied.increment(),
            None => {}
        }
        if let Some(line) = &answer.audit {
            self.audit(line);
        }
        self.observe();
        self.send(&answer.reply)
    }

    /// A warning, because that is what proxies of a mesh log by default.
    fn audit(&self, line: &str) {
        log::warn!("maintenance-mode: {line}");
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
