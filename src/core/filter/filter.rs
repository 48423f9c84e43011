//! A configured filter: the policy and what it works with.

mod holding;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use log::Level;

use crate::admin::answer::{Access, Answer};
use crate::admin::change_call::ChangeCall;
use crate::admin::counters::Counter;
use crate::admin::receive::{Received, receive};
use crate::config::mode::Mode;
use crate::decision::decide::decide;
use crate::decision::decision::{Decision, Verdict};
use crate::filter::announcement::Announcement;
use crate::filter::configuration::Configuration;
use crate::filter::held::HeldRequests;
use crate::filter::host::{Host, Stream};
use crate::filter::metrics::Metrics;
use crate::filter::outcome::{Outcome, PendingCall};
use crate::filter::request::Request;
use crate::filter::succession::{Left, Succession};
use crate::policy::endpoint::Endpoint;
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::reply::blocked::blocked;
use crate::reply::local_reply::LocalReply;
use crate::request::head::RequestHead;
use crate::state::state::{State, UnreadableState};
use crate::store::follower::Follower;
use crate::store::grpc::{CallError, CallId};
use crate::store::notice::{Notice, Notices};
use crate::store::open::Opened;
use crate::store::state_store::{Changed, Changing};
use crate::syntax::wire;

/// At once: a store is asked from a tick, because a configuration may only be tried out.
const FIRST_TICK_MILLIS: u32 = 1;
const TICK_MILLIS: u32 = 500;
/// How many ticks come in the place of one, where no request waits for the end of maintenance.
pub(crate) const CALM: u32 = 1;
/// The same where one does.
pub(crate) const BRISK: u32 = 5;

/// What one worker makes of a plugin configuration.
pub struct Filter<H: Host> {
    host: H,
    configuration: Arc<Configuration>,
    outlook: Outlook,
    opened: Opened<H::SharedMap>,
    metrics: Metrics<H::Metric>,
    succession: Succession<H::SharedMap>,
    held: HeldRequests<H::Stream>,
    announcement: Announcement,
    /// How many ticks there are in the place of one; 0 before the first.
    pace: Cell<u32>,
    ticks: Cell<u32>,
    /// How often the requests that wait were looked at.
    looks: Cell<u32>,
}

impl<H: Host> Filter<H> {
    /// Reads the plugin configuration; says what is wrong with it, and returns nothing.
    pub fn configure(host: H, text: &[u8]) -> Option<Self> {
        let begin = host.nanos();
        let configuration = Configuration::read(&host, text)?;
        let filter = Self::new(host, Arc::new(configuration));
        let micros = filter.host.nanos().saturating_sub(begin) / 1000;
        let scope = &filter.policy().scope;
        let line = format_args!("configured scope {scope} in {micros} us");
        filter.host.log(Level::Info, line);
        Some(filter)
    }

    /// What a worker makes of a configuration.
    pub fn new(host: H, configuration: Arc<Configuration>) -> Self {
        let policy = &configuration.policy;
        let filter = Self {
            metrics: Metrics::define(&host, &policy.scope),
            opened: Opened::new(policy, host.shared_map(), host.client(), host.random()),
            succession: Succession::new(host.shared_map(), &policy.scope, configuration.id),
            held: HeldRequests::default(),
            announcement: Announcement::default(),
            pace: Cell::new(0),
            ticks: Cell::new(0),
            looks: Cell::new(0),
            outlook: Outlook::default(),
            configuration,
            host,
        };
        filter.look();
        filter.host.set_tick_period(FIRST_TICK_MILLIS);
        filter
    }

    /// What it works by.
    pub fn configuration(&self) -> &Arc<Configuration> {
        &self.configuration
    }

    /// Counts an error of the host.
    pub fn count_error(&self) {
        self.metrics.count(Counter::Errors);
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.configuration.policy
    }

    /// Decides on a request and does it.
    pub fn handle(&self, stream: &H::Stream) -> Outcome {
        let state = self.decisive_state();
        let request = Request::new(&self.host, stream, &self.policy().client_address);
        if self.policy().bypass.is_some() && self.policy().endpoint.is_some() {
            // The path and, for what passes, the cookies are needed: all at once costs as much
            // as one of them.
            request.headers();
        }
        let decision = decide(self.policy(), &state, &self.outlook, &request);
        if request.is_faulty() {
            self.metrics.count(Counter::Errors);
        }
        self.carry_out(decision, stream, &request)
    }

    fn carry_out(
        &self,
        decision: Decision<'_>,
        stream: &H::Stream,
        request: &Request<'_, H>,
    ) -> Outcome {
        match decision.verdict {
            Verdict::Pass => self.pass(stream, request, None),
            Verdict::Allowed(exemption) => {
                let reason = exemption.reason();
                self.metrics.count_allowed(reason);
                stream.set_filter_state(reason.filter_state());
                let told = format_args!("on; allowed={}", reason.as_str());
                self.pass(stream, request, Some(told))
            }
            Verdict::Observed => {
                self.metrics.count(Counter::Observed);
                stream.set_filter_state("observed");
                self.pass(stream, request, Some(format_args!("on; observed")))
            }
            Verdict::Held(wait) if self.has_room() => self.hold(stream, wait, decision.flag.ramp),
            Verdict::Held(wait) => {
                self.block(stream, &blocked(wait.refused, &decision.flag, request))
            }
            Verdict::Blocked(reply) => self.block(stream, &reply),
            Verdict::Admin(endpoint) => self.receive(endpoint, stream, request),
        }
    }

    /// To the upstream, which learns of maintenance where that is configured, and of no token.
    fn pass(
        &self,
        stream: &H::Stream,
        request: &Request<'_, H>,
        maintenance: Option<fmt::Arguments<'_>>,
    ) -> Outcome {
        if let Some(header) = &self.policy().upstream_header {
            match maintenance.map(|maintenance| maintenance.to_string()) {
                Some(maintenance) => stream.set_header(header, Some(maintenance.as_bytes())),
                None if self.policy().announces() => self.announce_to(header, stream, request),
                None => request.remove(header),
            }
        }
        request.remove(wire::BYPASS);
        if let Some(bypass) = &self.policy().bypass {
            request.remove_cookie(&bypass.cookie);
        }
        Outcome::Passed
    }

    /// Tells the upstream what is to come.
    fn announce_to(&self, header: &str, stream: &H::Stream, request: &Request<'_, H>) {
        let state = self.opened.state.snapshot();
        let now = request.now();
        self.announcement
            .with(self.policy(), &state, now, |value| match value {
                Some(value) => stream.set_header(header, Some(value.as_bytes())),
                None => request.remove(header),
            });
    }

    fn block(&self, stream: &H::Stream, reply: &LocalReply<'_>) -> Outcome {
        self.metrics.count(Counter::Blocked);
        stream.set_filter_state("blocked");
        self.send(stream, reply)
    }

    /// Ticks come in the place of one, so that those who wait for the end do not wait long.
    pub(crate) fn set_pace(&self, pace: u32) {
        if self.pace.replace(pace) != pace {
            self.host.set_tick_period(TICK_MILLIS / pace.max(1));
        }
    }

    /// Time passes.
    pub(crate) fn tick(&self) {
        if self.pace.get() == 0 {
            self.announce();
        }
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        if ticks.is_multiple_of(self.pace.get().max(1)) {
            self.follow(|follower| follower.tick(self.host.now()));
        }
    }

    /// Tells those who wait under another configuration of this one, which is in use now.
    fn announce(&self) {
        let state = self.opened.state.snapshot();
        let flag = self
            .policy()
            .flag(&state, &self.outlook, || self.host.now());
        let left = if flag.stops() { Left::On } else { Left::Off };
        self.succession.announce(left);
    }

    /// What came of a call of the store or of a stream; an error ends it.
    pub fn store_answer(&self, id: CallId, answer: Result<&[u8], CallError>) {
        self.follow(|follower| follower.on_answer(id, answer, self.host.now()));
    }

    /// Follows the store of a fleet, where there is one, and looks at the state.
    fn follow(&self, step: impl FnOnce(&mut dyn Follower) -> Notices) {
        if let Some(follower) = &self.opened.follower {
            for notice in step(&mut **follower.borrow_mut()) {
                if notice != Notice::Connected {
                    self.metrics.count(Counter::Errors);
                }
                let notice = notice.about(self.policy().store_name());
                self.warn(format_args!("scope {}: {notice}", self.policy().scope));
            }
        }
        self.look();
    }

    /// Sets the gauges, and makes good what a worker that died may have left half done.
    fn look(&self) {
        self.note(self.opened.state.refresh());
        self.note(self.opened.state.recheck());
        self.set_gauges();
    }

    fn set_gauges(&self) {
        let state = self.opened.state.snapshot();
        let flag = self
            .policy()
            .flag(&state, &self.outlook, || self.host.now());
        self.metrics.set(&flag, &state, &*self.opened.store);
    }

    /// The state as it is, where it decides anything.
    fn decisive_state(&self) -> Rc<State> {
        let decides = self.policy().mode == Mode::Auto || self.policy().bypass.is_some();
        if decides {
            self.note(self.opened.state.refresh());
        }
        self.opened.state.snapshot()
    }

    /// Reports a state that could not be read.
    fn note(&self, read: Result<(), UnreadableState>) {
        if let Err(error) = read
            && self.opened.state.claim_report()
        {
            self.fail(format_args!(
                "{error}; the last state known holds, or `initial` if there is none"
            ));
        }
    }

    fn receive(
        &self,
        endpoint: &Endpoint,
        stream: &H::Stream,
        request: &Request<'_, H>,
    ) -> Outcome {
        self.note(self.opened.state.recheck());
        let state = self.opened.state.snapshot();
        let call = match receive(
            self.policy(),
            &self.outlook,
            endpoint,
            &*self.opened.store,
            &state,
            request,
        ) {
            Received::Answer(answer) => return self.answer(stream, &answer),
            Received::Counters => {
                let answer = self.metrics.counted().answer(&self.host.node_id());
                return self.answer(stream, &answer);
            }
            Received::Change(call) => call,
        };
        let change = call.change.clone();
        match self.opened.store.change(change, self.host.now()) {
            Changing::Waiting(change) => Outcome::Waiting(Box::new(PendingCall { call, change })),
            Changing::Done(changed) => self.answer_change(stream, &call, changed),
        }
    }

    /// Hands the answer of the store to a call that waits for it; `None` where there is more to
    /// wait for.
    pub fn resume(
        &self,
        stream: &H::Stream,
        pending: &mut PendingCall,
        answer: Result<&[u8], CallError>,
    ) -> Option<Outcome> {
        let changed = pending.change.on_answer(answer, self.host.now())?;
        Some(self.answer_change(stream, &pending.call, changed))
    }

    fn answer_change(&self, stream: &H::Stream, call: &ChangeCall, changed: Changed) -> Outcome {
        let answer = call.answer(
            self.policy(),
            &self.outlook,
            &*self.opened.store,
            changed,
            self.host.now(),
        );
        self.answer(stream, &answer)
    }

    /// The caller has left before the store answered: the change may be made all the same.
    pub fn abandon(&self, pending: &PendingCall) {
        self.metrics.count(Counter::AdminGranted);
        self.warn(format_args!("{}", pending.call.abandoned()));
    }

    fn answer(&self, stream: &H::Stream, answer: &Answer) -> Outcome {
        match answer.access {
            Access::Granted => self.metrics.count(Counter::AdminGranted),
            Access::Denied => self.metrics.count(Counter::AdminDenied),
            Access::Open => {}
        }
        if let Some(line) = &answer.audit {
            self.warn(format_args!("{line}"));
        }
        self.set_gauges();
        self.send(stream, &answer.reply)
    }

    /// A warning, because that is what proxies of a mesh log by default.
    fn warn(&self, line: fmt::Arguments<'_>) {
        self.host.log(Level::Warn, line);
    }

    fn fail(&self, line: fmt::Arguments<'_>) {
        self.metrics.count(Counter::Errors);
        self.host.log(Level::Error, line);
    }

    /// The request never goes on, not even where the host refuses the reply.
    fn send(&self, stream: &H::Stream, reply: &LocalReply) -> Outcome {
        if !stream.send(reply) {
            self.fail(format_args!("a local reply was refused"));
        }
        Outcome::Answered
    }
}
