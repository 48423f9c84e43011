//! What nearly matched, and why it did not.

use std::net::IpAddr;

use maintenance_mode_core::config::matchers::MatchersConfig;
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::config::rules::{Action, RuleConfig};
use maintenance_mode_core::decision::decide::rules_asked;
use maintenance_mode_core::decision::decision::{Decision, Ruling, Verdict};
use maintenance_mode_core::policy::bypass::Bypass;
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::networks::Networks;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::policy::reading::Reading;
use maintenance_mode_core::policy::void_token::{VoidToken, tokens};
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::request::headers::Headers;
use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::path::{is_canonical, without_query};
use maintenance_mode_core::syntax::readings::normalised;
use serde::Serialize;

use crate::ctl::commands::explain::alone::{entries, without};
use crate::ctl::commands::explain::entry::{Why, why};
use crate::ctl::commands::explain::spelling::finds;
use crate::ctl::process::environment::variable;
use crate::ctl::requests::synthetic_request::SyntheticRequest;

/// An entry of the configuration, and why it did not match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Near {
    pub(super) entry: String,
    pub(super) why: String,
}

/// A longer list that is far from the request is told of in one line.
const MAX_FAR: usize = 4;

/// A decision, with all that it was made of.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) config: &'a PluginConfig,
    pub(super) policy: &'a Policy,
    pub(super) request: &'a SyntheticRequest,
    pub(super) decision: &'a Decision<'a>,
    /// The address that the connection comes from.
    pub(super) peer: Option<IpAddr>,
}

impl Made<'_> {
    /// What nearly made it another, in the order in which it was asked.
    pub(super) fn nearly(&self) -> Vec<Near> {
        let mut near: Vec<Near> = self.endpoint().into_iter().collect();
        for (index, rule) in self.rules_that_failed() {
            near.extend(near_rule(index, rule, self.request));
        }
        if self.was_not_exempt() {
            for kind in Kind::ALL {
                let whys = whys(&self.config.allow, kind, Reading::Canonical, self.request);
                near.extend(of_kind("allow", kind, whys));
            }
            let bypass = self.policy.bypass.iter();
            near.extend(bypass.flat_map(|bypass| self.tokens(bypass)));
        }
        if near.iter().any(|near| near.entry.contains(".client_ips")) {
            near.extend(self.unread_header());
        }
        near
    }

    /// The places where the client's address decides.
    pub(super) fn places_of_address(&self) -> Vec<String> {
        let mut places = Vec::new();
        for (index, rule) in self.rules_that_failed() {
            let has_blocks = !entries(&rule.matches, Kind::ClientIp).is_empty();
            let rest = without(&rule.matches, Kind::ClientIp);
            if has_blocks && failing(&rest, Reading::of(rule.action), self.request).is_empty() {
                places.push(format!("rules[{index}].match.client_ips"));
            }
        }
        let has_blocks = !entries(&self.config.allow, Kind::ClientIp).is_empty();
        if has_blocks && self.was_not_exempt() {
            places.push("allow.client_ips".to_owned());
        }
        places
    }

    /// Whether `allow` and tokens were asked, and none was for this request.
    fn was_not_exempt(&self) -> bool {
        let is_refused = matches!(
            self.decision.verdict,
            Verdict::Blocked(_) | Verdict::Held(_) | Verdict::Observed
        );
        is_refused && self.decision.ruling.map(Ruling::action) != Some(Action::Block)
    }

    /// The rules that were asked in vain; behind the one that matched those are asked that may
    /// block an odd path.
    fn rules_that_failed(&self) -> impl Iterator<Item = (usize, &RuleConfig)> {
        let asked = match self.decision.verdict {
            Verdict::Admin(_) => 0,
            _ => rules_asked(self.policy, &self.decision.flag).len(),
        };
        let matched = self.decision.ruling.and_then(Ruling::rule);
        let is_blocked = matched.is_some_and(|rule| rule.action == Action::Block);
        let matched = matched.map_or(asked, |rule| rule.index);
        let is_odd = !is_canonical(without_query(self.request.path()));
        let rules = self.config.rules.iter().enumerate().take(asked);
        rules.filter(move |(index, rule)| {
            let may_block = rule.action == Action::Block && rule.matches.paths.is_some();
            *index < matched || (*index > matched && is_odd && !is_blocked && may_block)
        })
    }

    fn endpoint(&self) -> Option<Near> {
        let endpoint = self.policy.endpoint.as_ref()?;
        let read_as = normalised(without_query(self.request.path()));
        endpoint.call(&read_as)?;
        if matches!(self.decision.verdict, Verdict::Admin(_)) {
            return None;
        }
        let why = "the path is not canonical, so it does not call the endpoint".to_owned();
        let entry = "admin.path".to_owned();
        Some(Near { entry, why })
    }

    /// The header that would name the client, had somebody else sent it.
    fn unread_header(&self) -> Option<Near> {
        let config = self.config.client_address.as_ref()?;
        let peer = self.peer?;
        let header = config.header.to_ascii_lowercase();
        self.request.headers().first(&header)?;
        let trusted = Networks::compile(&config.trusted_proxies).ok()?;
        (!trusted.contains(peer)).then(|| Near {
            entry: "client_address.trusted_proxies".to_owned(),
            why: format!("the header {header:?} is not read: {peer} is no trusted proxy"),
        })
    }

    fn tokens(&self, bypass: &Bypass) -> Vec<Near> {
        let config = self.config.bypass.as_ref();
        let name = config.and_then(|config| config.key_env.as_deref());
        let unset = name.filter(|name| variable(name).is_none());
        let tokens = tokens(bypass, self.request.headers()).into_iter();
        let near = tokens.filter_map(|(place, token)| {
            let void = VoidToken::of(&token, bypass, self.request.now(), None)?;
            let why = match (void, unset) {
                (VoidToken::Foreign, Some(name)) => format!(
                    "{place} cannot be verified: the key is in {name:?}, which is not set here"
                ),
                (void, _) => format!("{place} {void}"),
            };
            let entry = "bypass".to_owned();
            Some(Near { entry, why })
        });
        near.collect()
    }
}

/// The kinds of a `match` of which no entry matches.
fn failing(config: &MatchersConfig, reading: Reading, request: &SyntheticRequest) -> Vec<Kind> {
    let kinds = Kind::ALL.into_iter();
    let failing = kinds.filter(|kind| {
        let entries = entries(config, *kind);
        !entries.is_empty() && !entries.iter().any(|entry| finds(entry, reading, request))
    });
    failing.collect()
}

/// A rule of which all but one kind match; where there is no other, that must be close.
fn near_rule(index: usize, rule: &RuleConfig, request: &SyntheticRequest) -> Vec<Near> {
    let reading = Reading::of(rule.action);
    let failing = failing(&rule.matches, reading, request);
    let [kind] = failing.as_slice() else {
        return Vec::new();
    };
    let rest = without(&rule.matches, *kind);
    let mut kinds = Kind::ALL.into_iter();
    let is_alone = kinds.all(|kind| entries(&rest, kind).is_empty());
    let mut whys = whys(&rule.matches, *kind, reading, request);
    let is_close = whys.iter().any(|why| why.is_close);
    if is_close {
        return of_kind(&format!("rules[{index}].match"), *kind, whys);
    }
    if is_alone {
        return Vec::new();
    }
    let text = match whys.as_mut_slice() {
        [only] => std::mem::take(&mut only.text),
        several => in_one_line(*kind, several),
    };
    vec![Near {
        entry: format!("rules[{index}].match.{}", kind.key()),
        why: format!("all else of the rule matches, but {text}"),
    }]
}

/// Why each entry of a kind does not match.
fn whys(
    config: &MatchersConfig,
    kind: Kind,
    reading: Reading,
    request: &SyntheticRequest,
) -> Vec<Why> {
    let entries = entries(config, kind).into_iter();
    let whys = entries.map(|entry| {
        why(kind, &entry, reading, request).unwrap_or_else(|| Why {
            text: "it matches".to_owned(),
            is_close: false,
        })
    });
    whys.collect()
}

/// Those that are close; of those that are far all, if they are few and of a kind that is one
/// question: what is no path of the list, or none of its hosts, is not near it.
fn of_kind(list: &str, kind: Kind, whys: Vec<Why>) -> Vec<Near> {
    let most = match kind {
        _ if list != "allow" => None,
        Kind::Path | Kind::Host => None,
        Kind::Method => Some(0),
        Kind::ClientIp | Kind::Header | Kind::Cookie | Kind::Attribute => Some(MAX_FAR),
    };
    let key = format!("{list}.{}", kind.key());
    let far = whys.iter().filter(|why| !why.is_close).count();
    let summary = most.filter(|most| far > *most);
    let summary = summary.map(|_| Near {
        entry: key.clone(),
        why: in_one_line(kind, &whys),
    });
    let are_few = most.is_some_and(|most| far <= most);
    let each = whys.into_iter().enumerate();
    let each = each.filter(|(_, why)| why.is_close || are_few);
    let each = each.map(|(index, why)| Near {
        entry: format!("{key}[{index}]"),
        why: why.text,
    });
    each.chain(summary).collect()
}

/// Why none of several matches.
fn in_one_line(kind: Kind, whys: &[Why]) -> String {
    let count = whys.len();
    match kind {
        Kind::Path | Kind::Host | Kind::Method => {
            let first = whys.first().map(|first| first.text.clone());
            first.unwrap_or_default()
        }
        Kind::ClientIp => format!("the client's address is in none of its {count} blocks"),
        Kind::Header | Kind::Cookie | Kind::Attribute => {
            format!("none of its {count} entries matches")
        }
    }
}

impl Near {
    /// A line for people.
    pub(super) fn to_text(&self) -> String {
        format!("nearly    {}: {}", self.entry, OneLine(&self.why))
    }
}
