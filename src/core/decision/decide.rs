//! How a request is decided on.

use crate::config::mode::Mode;
use crate::config::rules::Action;
use crate::decision::decision::{Decision, Exemption, Ruling, Verdict, Wait};
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::policy::rules;
use crate::policy::rules::Rule;
use crate::policy::seen::Seen;
use crate::reply::blocked::{Refused, blocked};
use crate::reply::cors::is_preflight;
use crate::request::attribute::Attribute;
use crate::request::head::RequestHead;
use crate::state::flag::Flag;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

/// Decides on a request, in the order: admin endpoint, rules, flag, `allow`, bypass token.
pub fn decide<'p>(
    policy: &'p Policy,
    state: &'p State,
    outlook: &Outlook,
    request: &impl RequestHead,
) -> Decision<'p> {
    let flag = policy.flag(state, outlook, || request.now());
    let rules = rules_asked(policy, &flag);
    if let Some(endpoint) = &policy.endpoint {
        if flag.stops() || !rules.is_empty() {
            // What follows needs the headers anyway: the path comes with them.
            request.headers();
        }
        if endpoint.call(request.path()).is_some() {
            return Decision {
                verdict: Verdict::Admin(endpoint),
                flag,
                ruling: None,
            };
        }
    }
    // Most requests, so nothing is made for them.
    if !flag.stops() && rules.is_empty() && !policy.route_metadata {
        return Decision {
            verdict: Verdict::Pass,
            flag,
            ruling: None,
        };
    }
    let seen = Seen::new(request);
    let ruling = match rules::first_match(rules, &seen) {
        Some(rule) => Some(Ruling::Rule(rule)),
        None if policy.route_metadata => route_action(request).map(Ruling::Route),
        None => None,
    };
    Decision {
        verdict: judge(policy, state, &flag, ruling, &seen),
        flag,
        ruling,
    }
}

/// The rules that are asked. While off, those that follow the flag only matter in that they hide
/// the route's action.
pub fn rules_asked<'p>(policy: &'p Policy, flag: &Flag<'_>) -> &'p [Rule] {
    if flag.stops() || policy.route_metadata {
        policy.rules.all()
    } else {
        policy.rules.while_off()
    }
}

fn judge<'p: 's, 's>(
    policy: &'p Policy,
    state: &State,
    flag: &Flag<'p>,
    ruling: Option<Ruling<'p>>,
    seen: &Seen<'s, impl RequestHead>,
) -> Verdict<'p> {
    let request = seen.request();
    let action = ruling.map_or(Action::Follow, Ruling::action);
    let exemption = match action {
        Action::Allow | Action::Follow if !flag.stops() => return Verdict::Pass,
        Action::Allow => Some(Exemption::Ruling),
        Action::Follow | Action::On => exemption(policy, state, seen),
        Action::Block => None,
    };
    // Whoever is exempt needs no turn, and whoever does not follow the flag has none.
    let is_asked = exemption.is_none() && action == Action::Follow;
    let ramp = flag.ramp.filter(|_| is_asked);
    let turn = ramp.map(|ramp| ramp.turn(request.client_ip()));
    let has_come = |turn: Timestamp| turn <= request.now();
    let exemption = exemption.or_else(|| turn.is_some_and(has_come).then_some(Exemption::Ramp));
    match exemption {
        Some(exemption) => Verdict::Allowed(exemption),
        None if policy.observe => Verdict::Observed,
        None => {
            let rule = ruling.and_then(Ruling::rule);
            let response = rule.and_then(|rule| rule.response.as_ref());
            let response = response.unwrap_or(&policy.response);
            let refused = Refused { response, turn };
            match wait(policy, flag, action, refused, request) {
                Some(wait) => Verdict::Held(wait),
                None => Verdict::Blocked(blocked(refused, flag, request)),
            }
        }
    }
}

/// The wait of a request that follows the flag, where there is one. In a slow opening it waits if
/// its turn comes meanwhile.
fn wait<'p>(
    policy: &Policy,
    flag: &Flag<'_>,
    action: Action,
    refused: Refused<'p>,
    request: &impl RequestHead,
) -> Option<Wait<'p>> {
    if action != Action::Follow || policy.mode == Mode::On {
        return None;
    }
    let until = request.waits_until().or_else(|| {
        let own = flag.setting.and_then(|setting| setting.hold);
        let millis = own.unwrap_or(refused.response.hold).millis();
        let waits = millis > 0 && !is_preflight(request.headers());
        waits.then(|| request.now().plus_millis(millis))
    })?;
    let look_at = refused.turn.unwrap_or(until);
    (look_at <= until && request.now() < until).then_some(Wait {
        until,
        look_at,
        refused,
    })
}

fn exemption<'s>(
    policy: &'s Policy,
    state: &State,
    seen: &Seen<'s, impl RequestHead>,
) -> Option<Exemption> {
    let entry = policy.allow.first_match(seen).map(Exemption::Entry);
    entry.or_else(|| {
        let bypass = policy.bypass.as_ref()?;
        let revoked_at = state.bypass_revoked_at();
        let request = seen.request();
        bypass
            .admits(request.headers(), || request.now(), revoked_at)
            .then_some(Exemption::Bypass)
    })
}

/// The action in the metadata of the route. What is none was meant to be one, so that it counts as
/// an error, and leaves no route open.
fn route_action(request: &impl RequestHead) -> Option<Action> {
    let action = match request.route_action() {
        Attribute::Absent => return None,
        Attribute::Text(text) => Action::parse(&text),
        Attribute::Other => None,
    };
    if action.is_none() {
        request.report_error();
    }
    Some(action.unwrap_or(Action::On))
}

#[cfg(test)]
mod tests;
