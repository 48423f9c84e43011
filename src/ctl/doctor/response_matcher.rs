//! Envoy's matchers, asked what they make of the filter's reply.

use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::{Reply, matches_string};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::typed::message;

/// Whether an `xds.type.matcher.v3.Matcher` has an action for the reply.
pub(super) fn takes(matcher: &Spot, reply: &Reply) -> Likely {
    let list = matcher
        .at(&["matcher_list"])
        .map(|list| list.list("matchers"));
    let of_list = list.unwrap_or_default().into_iter().map(|entry| {
        let holds = (entry.get("predicate")).map_or(Likely::Maybe, |spot| predicate(&spot, reply));
        let acts = entry
            .get("on_match")
            .map_or(Likely::Yes, |spot| acts(&spot, reply));
        Likely::all([holds, acts])
    });
    let of_tree = matcher.get("matcher_tree").map(|spot| tree(&spot, reply));
    let found = Likely::any(of_list.chain(of_tree));
    let otherwise = matcher
        .get("on_no_match")
        .map_or(Likely::No, |spot| acts(&spot, reply));
    match found {
        Likely::Yes => Likely::Yes,
        found => Likely::any([found, otherwise]),
    }
}

fn acts(on_match: &Spot, reply: &Reply) -> Likely {
    (on_match.get("matcher")).map_or(Likely::Yes, |matcher| takes(&matcher, reply))
}

fn tree(tree: &Spot, reply: &Reply) -> Likely {
    let value = tree.get("input").and_then(|spot| input(&spot, reply));
    let value = match value {
        Some(Input::Value(value)) => value,
        Some(Input::Absent) => return Likely::No,
        None => return Likely::Maybe,
    };
    let map = |key: &str| {
        tree.at(&[key, "map"])
            .map(|map| map.entries())
            .unwrap_or_default()
    };
    let exact = map("exact_match_map")
        .into_iter()
        .filter(|(key, _)| *key == value);
    let prefix = map("prefix_match_map")
        .into_iter()
        .filter(|(key, _)| value.starts_with(key));
    let found = exact
        .chain(prefix)
        .map(|(_, on_match)| acts(&on_match, reply));
    let custom = tree.get("custom_match").map(|_| Likely::Maybe);
    Likely::any(found.chain(custom))
}

fn predicate(spot: &Spot, reply: &Reply) -> Likely {
    let parts = |list: &Spot| {
        let parts = list.list("predicate").into_iter();
        parts
            .map(|part| predicate(&part, reply))
            .collect::<Vec<_>>()
    };
    if let Some(list) = spot.get("or_matcher") {
        Likely::any(parts(&list))
    } else if let Some(list) = spot.get("and_matcher") {
        Likely::all(parts(&list))
    } else if let Some(inner) = spot.get("not_matcher") {
        predicate(&inner, reply).inverted()
    } else if let Some(single) = spot.get("single_predicate") {
        match single.get("input").and_then(|spot| input(&spot, reply)) {
            Some(Input::Value(value)) => (single.get("value_match"))
                .map_or(Likely::Maybe, |matcher| matches_string(&matcher, &value)),
            Some(Input::Absent) => Likely::No,
            None => Likely::Maybe,
        }
    } else {
        Likely::Maybe
    }
}

enum Input {
    Value(String),
    Absent,
}

fn input(input: &Spot, reply: &Reply) -> Option<Input> {
    let (kind, message) = message(&input.get("typed_config")?)?;
    if reply.lacks(kind, &message) {
        return Some(Input::Absent);
    }
    reply.input(kind, &message).map(Input::Value)
}

/// Whether an `envoy.config.common.matcher.v3.MatchPredicate` holds for the reply.
pub(super) fn holds(spot: &Spot, reply: &Reply) -> Likely {
    let parts = |set: &Spot| {
        let rules = set.list("rules").into_iter();
        rules.map(|rule| holds(&rule, reply)).collect::<Vec<_>>()
    };
    if let Some(set) = spot.get("or_match") {
        Likely::any(parts(&set))
    } else if let Some(set) = spot.get("and_match") {
        Likely::all(parts(&set))
    } else if let Some(inner) = spot.get("not_match") {
        holds(&inner, reply).inverted()
    } else if let Some(any) = spot.bool_of("any_match") {
        any.into()
    } else if let Some(headers) = spot.get("http_response_headers_match") {
        let headers = headers.list("headers").into_iter();
        Likely::all(headers.map(|header| reply.has_header(&header)))
    } else {
        Likely::Maybe
    }
}
