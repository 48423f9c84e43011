//! How a request is decided on.

use crate::config::mode::Mode;
use crate::config::rules::Action;
use crate::decision::decision::{Decision, Exemption, Hold, Ruling, Verdict};
use crate::policy::outlook::Outlook;
use crate::policy::policy::Policy;
use crate::policy::response::response::Response;
use crate::policy::rules;
use crate::policy::rules::Rule;
use crate::reply::blocked::blocked;
use crate::reply::cors::is_preflight;
use crate::request::attribute::Attribute;
use crate::request::head::RequestHead;
use crate::state::flag::Flag;
use crate::state::state::State;

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
        if flag.on || !rules.is_empty() {
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
    let ruling = match rules::first_match(rules, request) {
        Some(rule) => Some(Ruling::Rule(rule)),
        None if policy.route_metadata => route_action(request).map(Ruling::Route),
        None => None,
    };
    Decision {
        verdict: judge(policy, state, &flag, ruling, request),
        flag,
        ruling,
    }
}

/// The rules that are asked. While off, those that follow the flag only matter in that they hide
/// the route's action.
pub fn rules_asked<'p>(policy: &'p Policy, flag: &Flag<'_>) -> &'p [Rule] {
    if flag.on || policy.route_metadata {
        policy.rules.all()
    } else {
        policy.rules.while_off()
    }
}

fn judge<'p>(
    policy: &'p Policy,
    state: &State,
    flag: &Flag<'p>,
    ruling: Option<Ruling<'p>>,
    request: &impl RequestHead,
) -> Verdict<'p> {
    let exemption = match ruling.map_or(Action::Follow, Ruling::action) {
        Action::Allow | Action::Follow if !flag.on => return Verdict::Pass,
        Action::Allow => Some(Exemption::Ruling),
        Action::Follow | Action::On => exemption(policy, state, request),
        Action::Block => None,
    };
    match exemption {
        Some(exemption) => Verdict::Allowed(exemption),
        None if policy.observe => Verdict::Observed,
        None => {
            let rule = ruling.and_then(Ruling::rule);
            let response = rule.and_then(|rule| rule.response.as_ref());
            let response = response.unwrap_or(&policy.response);
            match hold(policy, flag, ruling, response, request) {
                Some(hold) => Verdict::Held(hold),
                None => Verdict::Blocked(blocked(response, flag, request)),
            }
        }
    }
}

/// The wait of a request that follows the flag, where there is one.
fn hold<'p>(
    policy: &Policy,
    flag: &Flag<'_>,
    ruling: Option<Ruling<'_>>,
    response: &'p Response,
    request: &impl RequestHead,
) -> Option<Hold<'p>> {
    let follows = ruling.is_none_or(|ruling| ruling.action() == Action::Follow);
    let own = flag.setting.and_then(|setting| setting.hold);
    let millis = own.unwrap_or(response.hold).millis();
    if millis == 0 || !follows || policy.mode == Mode::On || request.has_waited() {
        return None;
    }
    let until = request.now().plus_millis(millis);
    (!is_preflight(request.headers())).then_some(Hold { until, response })
}

fn exemption(policy: &Policy, state: &State, request: &impl RequestHead) -> Option<Exemption> {
    let entry = policy.allow.first_match(request).map(Exemption::Entry);
    entry.or_else(|| {
        let bypass = policy.bypass.as_ref()?;
        let revoked_at = state.bypass_revoked_at();
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
