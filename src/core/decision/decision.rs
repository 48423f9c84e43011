//! The decision on a request, and what made it.

use crate::config::rules::Action;
use crate::decision::reason::Reason;
use crate::policy::endpoint::Endpoint;
use crate::policy::matchers::Entry;
use crate::policy::rules::Rule;
use crate::reply::blocked::Refused;
use crate::reply::local_reply::LocalReply;
use crate::state::flag::Flag;
use crate::syntax::timestamp::Timestamp;

/// The decision on a request.
#[derive(Debug)]
pub struct Decision<'p> {
    /// What to do.
    pub verdict: Verdict<'p>,
    /// The flag as it was.
    pub flag: Flag<'p>,
    /// What overrides the policy for this request, also where it leaves it to the flag, which is
    /// only looked for while that is on.
    pub ruling: Option<Ruling<'p>>,
}

/// What to do with a request.
#[derive(Debug)]
pub enum Verdict<'p> {
    /// Maintenance is off: to the upstream.
    Pass,
    /// Maintenance is on, but this request is exempt: to the upstream.
    Allowed(Exemption),
    /// Maintenance is on, but only observed: to the upstream.
    Observed,
    /// Maintenance is on: waits here for its end.
    Held(Wait<'p>),
    /// Maintenance is on: answered here.
    Blocked(LocalReply<'p>),
    /// A call of the admin endpoint: answered here, whatever the flag.
    Admin(&'p Endpoint),
}

/// A wait for the end of maintenance.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'p> {
    /// When it is over.
    pub until: Timestamp,
    /// When something may become of it as far as is known, no later.
    pub look_at: Timestamp,
    /// What the request gets if it cannot wait.
    pub refused: Refused<'p>,
}

/// What exempts a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exemption {
    /// An entry of `allow`.
    Entry(Entry),
    /// A bypass token.
    Bypass,
    /// The ruling.
    Ruling,
    /// Its turn in a slow opening.
    Ramp,
}

/// What overrides the policy for a request.
#[derive(Clone, Copy, Debug)]
pub enum Ruling<'p> {
    /// A rule.
    Rule(&'p Rule),
    /// The metadata of the route.
    Route(Action),
}

impl Exemption {
    /// Its name in stats and logs.
    pub fn reason(self) -> Reason {
        match self {
            Self::Entry(entry) => Reason::Matcher(entry.kind),
            Self::Bypass => Reason::Bypass,
            Self::Ruling => Reason::Rule,
            Self::Ramp => Reason::Ramp,
        }
    }
}

impl<'p> Ruling<'p> {
    /// What it does.
    pub fn action(self) -> Action {
        match self {
            Self::Rule(rule) => rule.action,
            Self::Route(action) => action,
        }
    }

    /// The rule, if it is one.
    pub fn rule(self) -> Option<&'p Rule> {
        match self {
            Self::Rule(rule) => Some(rule),
            Self::Route(_) => None,
        }
    }
}
