//! Requests that wait for the end of maintenance.

use crate::decision::decide::decide;
use crate::decision::decision::{Verdict, Wait};
use crate::decision::reason::Reason;
use crate::filter::filter::{BRISK, Filter};
use crate::filter::held::Held;
use crate::filter::host::{Host, Metric, Stream};
use crate::filter::outcome::Outcome;
use crate::filter::request::Request;
use crate::filter::succession::Left;
use crate::state::ramp::Ramp;
use crate::state::state::State;

impl<H: Host> Filter<H> {
    pub(super) fn has_room(&self) -> bool {
        (self.held.count() as u64) < self.policy().max_held_requests
    }

    pub(super) fn hold(&self, stream: &H::Stream, wait: Wait<'_>, ramp: Option<Ramp>) -> Outcome {
        if !self.holds_any() {
            // What was configured before is no news.
            self.succession.next();
        }
        stream.set_filter_state("held");
        self.keep(stream, wait, ramp);
        self.set_pace(BRISK);
        Outcome::Held
    }

    fn keep(&self, stream: &H::Stream, wait: Wait<'_>, ramp: Option<Ramp>) {
        self.metrics.held.increment();
        self.held.push(Held {
            stream: stream.clone(),
            until: wait.until,
            look_at: wait.look_at,
            ramp,
        });
    }

    /// Whether requests wait for the end of maintenance.
    pub(crate) fn holds_any(&self) -> bool {
        self.held.count() > 0
    }

    /// Lets those go on that wait no longer, or answers them.
    pub(crate) fn look_at_held(&self) {
        self.note(self.opened.state.refresh());
        let state = self.opened.state.snapshot();
        let now = self.host.now();
        let flag = self.policy().flag(&state, &self.outlook, || now);
        let successor = self.succession.next();
        let are_all_over = successor.is_some() || !flag.stops();
        let looks = self.looks.get().wrapping_add(1);
        self.looks.set(looks);
        let is_due = |held: &mut Held<H::Stream>| {
            are_all_over || held.look_at <= now || flag.ramp.is_some() && held.ramp != flag.ramp
        };
        for held in self.held.take(is_due) {
            self.metrics.held.decrement();
            if held.stream.is_open() {
                self.reconsider(held, &state, successor);
            }
        }
        if looks.is_multiple_of(BRISK) {
            self.forget_closed();
        }
    }

    /// Forgets those that have left.
    pub(crate) fn forget_closed(&self) {
        let is_closed = |held: &mut Held<H::Stream>| !held.stream.is_open();
        for _ in self.held.take(is_closed) {
            self.metrics.held.decrement();
        }
    }

    fn reconsider(&self, held: Held<H::Stream>, state: &State, successor: Option<Left>) {
        let stream = &held.stream;
        let until = successor.map_or(held.until, |_| self.host.now());
        let request = Request::new(&self.host, stream, &self.policy().client_address);
        let request = request.waiting(until);
        let decision = decide(self.policy(), state, &self.outlook, &request);
        let told = match decision.verdict {
            _ if successor == Some(Left::Off) => None,
            Verdict::Pass => None,
            Verdict::Allowed(_) => Some(format_args!("on; allowed=released")),
            Verdict::Held(wait) => {
                self.keep(stream, wait, decision.flag.ramp);
                return;
            }
            _ => {
                self.carry_out(decision, stream, &request);
                return;
            }
        };
        self.metrics.count_allowed(Reason::Released);
        stream.set_filter_state(Reason::Released.filter_state());
        self.pass(stream, &request, told);
        stream.resume();
    }
}
