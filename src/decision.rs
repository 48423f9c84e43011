//! The decision on a request.

use crate::{
    config::Action,
    flag::Flag,
    policy::{Endpoint, Policy},
    reply::LocalReply,
    request::{Attribute, RequestHead},
    state::State,
};

/// What to do with a request.
#[derive(Debug)]
pub enum Decision<'p> {
    /// Maintenance is off: to the upstream.
    Pass,
    /// Maintenance is on, but this request is exempt: to the upstream.
    Allowed(Reason),
    /// Maintenance is on, but only observed: to the upstream.
    Observed,
    /// Maintenance is on: answered here.
    Blocked(LocalReply<'p>),
    /// A call of the admin endpoint: answered here, whatever the flag.
    Admin(&'p Endpoint),
}

/// Why a request passes while maintenance is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `client_ips`
    ClientIp,
    /// `paths`
    Path,
    /// `hosts`
    Host,
    /// `methods`
    Method,
    /// `headers`
    Header,
    /// `cookies`
    Cookie,
    /// `attributes`
    Attribute,
    /// A bypass token.
    Bypass,
    /// A rule, or the metadata of the route.
    Rule,
}

impl Reason {
    /// All of them, the kinds of matchers first and in the order in which they are asked.
    pub const ALL: [Self; 9] = [
        Self::ClientIp,
        Self::Path,
        Self::Host,
        Self::Method,
        Self::Header,
        Self::Cookie,
        Self::Attribute,
        Self::Bypass,
        Self::Rule,
    ];

    /// The name in stats and logs.
    pub fn as_str(self) -> &'static str {
        let state = self.filter_state();
        state.strip_prefix("allowed:").unwrap_or(state)
    }

    /// The value of the filter state, `allowed:` and the name.
    pub fn filter_state(self) -> &'static str {
        match self {
            Self::ClientIp => "allowed:client_ip",
            Self::Path => "allowed:path",
            Self::Host => "allowed:host",
            Self::Method => "allowed:method",
            Self::Header => "allowed:header",
            Self::Cookie => "allowed:cookie",
            Self::Attribute => "allowed:attribute",
            Self::Bypass => "allowed:bypass",
            Self::Rule => "allowed:rule",
        }
    }
}

/// Decides on a request, in the order: admin endpoint, rules, flag, `allow`, bypass token.
pub fn decide<'p>(
    policy: &'p Policy,
    state: &'p State,
    request: &impl RequestHead,
) -> Decision<'p> {
    let flag = Flag::decide(policy, state, || request.now());
    // While off, rules that follow the flag only matter in that they hide the route's action.
    let all_rules = flag.on || policy.route_metadata;
    if let Some(endpoint) = &policy.endpoint {
        if flag.on || !policy.rules.is_empty(all_rules) {
            // What follows needs the headers anyway: the path comes with them.
            request.headers();
        }
        if endpoint.call(request.path()).is_some() {
            return Decision::Admin(endpoint);
        }
    }
    let rule = policy.rules.first_match(all_rules, request);
    let action = match rule {
        Some(rule) => rule.action,
        None if policy.route_metadata => route_action(request),
        None => Action::Follow,
    };
    let exemption = match action {
        Action::Allow | Action::Follow if !flag.on => return Decision::Pass,
        Action::Allow => Some(Reason::Rule),
        Action::Follow | Action::On => exemption(policy, state, request),
        Action::Block => None,
    };
    match exemption {
        Some(reason) => Decision::Allowed(reason),
        None if policy.observe => Decision::Observed,
        None => {
            let response = rule.and_then(|rule| rule.response.as_ref());
            let response = response.unwrap_or(&policy.response);
            Decision::Blocked(LocalReply::blocked(response, &flag, request))
        }
    }
}

fn exemption(policy: &Policy, state: &State, request: &impl RequestHead) -> Option<Reason> {
    policy.allow.first_match(request).or_else(|| {
        let bypass = policy.bypass.as_ref()?;
        bypass
            .admits(
                request.headers(),
                || request.now(),
                state.bypass_revoked_at(),
            )
            .then_some(Reason::Bypass)
    })
}

/// The action in the metadata of the route; what is none counts as an error.
fn route_action(request: &impl RequestHead) -> Action {
    let action = match request.route_action() {
        Attribute::Absent => return Action::Follow,
        Attribute::Text(text) => Action::parse(&text),
        Attribute::Other => None,
    };
    action.unwrap_or_else(|| {
        request.report_error();
        Action::Follow
    })
}

#[cfg(test)]
mod tests;
