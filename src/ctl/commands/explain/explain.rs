//! `explain`: what the filter decides on a request, and which part of its configuration
//! made it.

mod flag;
mod matched;
mod request;

use serde::Serialize;

use self::{matched::entry_of, request::DescribedRequest};
use super::{
    Exit,
    arguments::Explain,
    check::NONE_FOUND,
    complain,
    documents::{Found, find},
    now, one_line, read, say,
};
use crate::{
    config::Action,
    decision::{Decision, Reason, decide},
    flag::Flag,
    policy::{Policy, Rule},
    request::{Attribute, RequestHead},
    state::{Setting, State},
    timestamp::Timestamp,
};

/// The decision, and where it comes from.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Explanation {
    decision: &'static str,
    reason: &'static str,
    /// The entry of the configuration; `state` and `route_metadata` are outside it.
    matched: String,
    /// The name of the rule that matched, also where the flag decided.
    rule: Option<String>,
    /// The status of the reply; `null` where the request goes on, and for the admin endpoint,
    /// which depends on the caller.
    status: Option<u16>,
}

/// HTTP's status of a gRPC reply.
const GRPC_STATUS: u16 = 200;

/// Prints what the filter decides.
pub(super) fn explain(options: &Explain) -> Exit {
    let file = options.file.display();
    let found = match select(options) {
        Ok(found) => found,
        Err(problem) => {
            complain(&format!("{file}: {problem}"));
            return Exit::Usage;
        }
    };
    let place = match found.place.as_str() {
        "" => format!("{file}: "),
        place => format!("{file}: {place}: "),
    };
    let explained = found
        .compile()
        .and_then(|accepted| Inquiry::new(options, &found, &accepted.policy)?.explain());
    match explained {
        Ok(explanation) if options.json => {
            say(&serde_json::to_string(&explanation).unwrap_or_default());
            Exit::Success
        }
        Ok(explanation) => {
            say(&explanation.to_text());
            Exit::Success
        }
        Err(problem) => {
            complain(&one_line(&format!("{place}{problem}")));
            Exit::Failure
        }
    }
}

/// The configuration that is meant.
fn select(options: &Explain) -> Result<Found, String> {
    let text = read(&options.file).map_err(|error| error.to_string())?;
    let mut found = find(&text)?;
    let count = found.len();
    match options.nth {
        None if count > 1 => Err(format!(
            "there are {count} configurations: choose one with --nth"
        )),
        None => found.pop().ok_or_else(|| NONE_FOUND.to_owned()),
        Some(nth) => found
            .into_iter()
            .nth(nth.saturating_sub(1))
            .filter(|_| nth > 0)
            .ok_or_else(|| format!("there are {count} configurations, and none is number {nth}")),
    }
}

/// A request, and all that decides on it.
struct Inquiry<'a> {
    found: &'a Found,
    policy: &'a Policy,
    state: State,
    request: DescribedRequest<'a>,
}

impl<'a> Inquiry<'a> {
    fn new(options: &'a Explain, found: &'a Found, policy: &'a Policy) -> Result<Self, String> {
        let now = options.at.unwrap_or_else(now);
        Ok(Self {
            found,
            policy,
            state: state(options, now),
            request: DescribedRequest::new(options, &policy.client_address, now),
        })
    }

    fn explain(&self) -> Result<Explanation, String> {
        let flag = Flag::decide(self.policy, &self.state, || self.request.now());
        let rule = self.policy.rules.first_match(true, &self.request);
        let decision = decide(self.policy, &self.state, &self.request);
        let (decision, status, origin) = match decision {
            Decision::Admin(_) => ("admin", None, Origin::Admin),
            Decision::Pass => ("pass", None, Origin::Flag),
            Decision::Allowed(Reason::Rule) => ("pass", None, Origin::Rule),
            Decision::Allowed(reason) => ("pass", None, Origin::Allowed(reason)),
            Decision::Observed => ("observe", None, self.of_block(rule)),
            Decision::Blocked(reply) => {
                let status = reply.grpc_status.map_or(reply.status, |_| GRPC_STATUS);
                ("block", Some(status), self.of_block(rule))
            }
        };
        let (reason, matched) = match origin {
            Origin::Admin => ("admin", "admin.path".to_owned()),
            Origin::Flag => {
                flag::origin(&flag, self.found.parse()?, &self.state, self.request.now())
            }
            Origin::Rule => ("rule", self.place_of(rule)),
            Origin::Allowed(Reason::Bypass) => (Reason::Bypass.as_str(), "bypass".to_owned()),
            Origin::Allowed(reason) => (
                reason.as_str(),
                entry_of(reason, self.found.parse()?.allow, &self.request),
            ),
        };
        Ok(Explanation {
            decision,
            reason,
            matched,
            rule: match origin {
                Origin::Admin => None,
                _ => rule.and_then(|rule| rule.name.as_deref().map(str::to_owned)),
            },
            status,
        })
    }

    /// A rule that blocks or is on decides by itself, one that follows leaves it to the flag.
    fn of_block(&self, rule: Option<&Rule>) -> Origin {
        let action = match rule {
            Some(rule) => Some(rule.action),
            None if self.policy.route_metadata => match self.request.route_action() {
                Attribute::Text(action) => Action::parse(&action),
                _ => None,
            },
            None => None,
        };
        match action {
            Some(Action::Block | Action::On) => Origin::Rule,
            _ => Origin::Flag,
        }
    }

    fn place_of(&self, rule: Option<&Rule>) -> String {
        rule.map_or_else(
            || "route_metadata".to_owned(),
            |rule| format!("rules[{}]", rule.index),
        )
    }
}

/// What made a decision.
#[derive(Clone, Copy)]
enum Origin {
    Admin,
    Flag,
    /// A rule, or the metadata of the route.
    Rule,
    Allowed(Reason),
}

/// What somebody has set.
fn state(options: &Explain, now: Timestamp) -> State {
    let setting = (options.on || options.off).then_some(Setting {
        maintenance: options.on,
        since: Some(now),
        start: None,
        until: None,
        retry_after: None,
        message: None,
        changed_by: None,
    });
    State {
        setting,
        ..State::default()
    }
}

impl Explanation {
    /// Lines for people.
    fn to_text(&self) -> String {
        let status = self.status.map(|status| format!(" with {status}"));
        let mut lines = vec![
            format!("decision  {}{}", self.decision, status.unwrap_or_default()),
            format!("reason    {}", self.reason),
            format!("matched   {}", self.matched),
        ];
        if let Some(rule) = &self.rule {
            lines.push(format!("rule      {}", one_line(rule)));
        }
        lines.join("\n")
    }
}
