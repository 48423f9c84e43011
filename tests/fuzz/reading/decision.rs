//! What becomes of a request.

use serde_json::Value;

use super::{
    Stance,
    case::{Case, Fault, Given, Request},
    entries,
    flag::{Flag, State},
    path, time,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Endpoint,
    Passed,
    Allowed(&'static str),
    Observed,
    Held,
    Blocked,
}

#[derive(Clone, Debug)]
pub struct Decision {
    pub verdict: Verdict,
    /// By whom, to see what was compared: a rule, the route or what decides the flag.
    pub by: &'static str,
    /// The rule that decided.
    pub rule: Option<Value>,
    pub flag: Flag,
    /// When it passes, if it waits for its turn in a slow opening.
    pub turn: Option<i64>,
    pub state: State,
    pub errors: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Allow,
    Block,
    On,
    Follow,
}

fn action_of(rule: &Value) -> Action {
    match rule["action"].as_str() {
        Some("allow") => Action::Allow,
        Some("block") => Action::Block,
        Some("on") => Action::On,
        None if rule["action"] == true => Action::On,
        _ => Action::Follow,
    }
}

/// The rule that decides: the first that matches, but no other rule shields an odd path from
/// a `block`.
fn rule<'a>(all: &'a Value, request: &Request, wary: Stance) -> Option<&'a Value> {
    let rules = || all["rules"].as_array().into_iter().flatten();
    let blocks = |rule: &Value| action_of(rule) == Action::Block;
    let matches = |rule: &&Value| {
        let stance = match action_of(rule) {
            Action::Block | Action::On => wary,
            Action::Allow | Action::Follow => Stance::Strict,
        };
        entries::rule_matches(rule, all, request, stance)
    };
    let first = rules().find(matches);
    if first.is_some_and(blocks) || path::is_canonical(&path::of(request)) {
        return first;
    }
    let mut of_paths = rules().filter(|rule| blocks(rule) && rule["match"]["paths"].is_array());
    of_paths.find(matches).or(first)
}

/// What the route says, and whether it is an error.
fn route(all: &Value, request: &Request) -> Option<(Action, bool)> {
    if all["route_metadata"] != true {
        return None;
    }
    Some(match &request.route_action {
        Given::Absent => return None,
        Given::Other => (Action::On, true),
        Given::Text(text) => match text.as_slice() {
            b"allow" => (Action::Allow, false),
            b"block" => (Action::Block, false),
            b"on" => (Action::On, false),
            b"follow" => (Action::Follow, false),
            _ => (Action::On, true),
        },
    })
}

fn has_bypass(case: &Case, request: &Request, state: &State) -> bool {
    let bypass = &case.configuration["bypass"];
    if bypass.is_null() {
        return false;
    }
    let name = cookie_of(bypass);
    let cookies = request.cookies().into_iter();
    let cookies = cookies.filter(|(other, _)| other == name.as_bytes());
    let header = request.header("x-maintenance-bypass");
    let mut given = cookies.map(|(_, value)| value).chain(header);
    let longest = match &bypass["max_ttl_seconds"] {
        Value::Null => 43_200,
        given => time::seconds(given) as i64,
    };
    given.any(|given| {
        let mut tokens = case.tokens.iter().enumerate();
        tokens.any(|(number, token)| {
            given == format!("{{token {number}}}").as_bytes()
                && token.fault == Fault::None
                && request.at < token.issued + token.seconds * 1000
                && token.seconds <= longest
                && state
                    .revoked_at
                    .is_none_or(|revoked| token.issued > revoked)
        })
    })
}

/// The name of the bypass cookie.
pub fn cookie_of(bypass: &Value) -> &str {
    bypass["cookie"].as_str().unwrap_or("maintenance_bypass")
}

/// Whether a request that would be blocked waits for the end.
fn waits(all: &Value, request: &Request, decision: &Decision, action: Action) -> bool {
    let own = decision
        .rule
        .as_ref()
        .map(|rule| &rule["response"]["hold_seconds"]);
    let own = own.filter(|own| !own.is_null());
    let seconds = match own.unwrap_or(&all["response"]["hold_seconds"]) {
        Value::Null => 0,
        given => time::seconds(given),
    };
    let is_preflight =
        request.method() == "OPTIONS" && request.header("access-control-request-method").is_some();
    let seconds = decision.flag.hold.unwrap_or(seconds);
    let end = request.at + seconds as i64 * 1000;
    seconds > 0
        && decision.turn.is_none_or(|turn| turn <= end)
        && action == Action::Follow
        && all["mode"] != "on"
        && all["mode"] != true
        && all["max_held_requests"] != 0
        && !is_preflight
}

/// Decides. `turn` is that of the client in a slow opening, `wary` how odd paths are read for
/// `block` and `on`.
pub fn decide(case: &Case, request: &Request, turn: Option<i64>, wary: Stance) -> Decision {
    let all = &case.configuration;
    let state = State::after(all, &case.calls);
    let flag = Flag::at(all, &state, request.at);
    let mut decision = Decision {
        verdict: Verdict::Endpoint,
        by: if flag.opening.is_some() {
            "opening"
        } else {
            flag.decided_by
        },
        rule: None,
        flag,
        turn: None,
        state,
        errors: 0,
    };
    if let Some(prefix) = all["admin"]["path"].as_str()
        && path::lies_under(prefix, &path::of(request))
    {
        return decision;
    }
    let action = if let Some(rule) = rule(all, request, wary) {
        decision.rule = Some(rule.clone());
        decision.by = "rule";
        action_of(rule)
    } else if let Some((action, is_error)) = route(all, request) {
        decision.errors = usize::from(is_error);
        decision.by = "route";
        action
    } else {
        Action::Follow
    };
    let opening = decision.flag.opening;
    let is_on = decision.flag.on || opening.is_some();
    if opening.is_some() && action == Action::Follow {
        decision.turn = turn;
    }
    let blocked = if all["observe"] == true {
        Verdict::Observed
    } else if waits(all, request, &decision, action) {
        Verdict::Held
    } else {
        Verdict::Blocked
    };
    decision.verdict = match action {
        Action::Allow if is_on => Verdict::Allowed("rule"),
        Action::Allow => Verdict::Passed,
        Action::Block => blocked,
        Action::Follow if !is_on => Verdict::Passed,
        Action::On | Action::Follow => {
            if let Some(reason) = entries::allows(all, request) {
                Verdict::Allowed(reason)
            } else if has_bypass(case, request, &decision.state) {
                Verdict::Allowed("bypass")
            } else if decision.turn.is_some_and(|turn| turn <= request.at) {
                Verdict::Allowed("ramp")
            } else {
                blocked
            }
        }
    };
    decision
}
