//! Envoy's matchers, asked what they make of the filter's reply.

use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::{Reply, matches_string};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::typed::message;

/// Whether an `xds.type.matcher.v3.Matcher` has an action for the reply.
pub(super) fn takes(matcher: &Spot, reply: &Reply) -> Likely {
    let entries = matcher.list_at(&["matcher_list", "matchers"]).into_iter();
    let of_list = entries.map(|entry| {
        let holds = (entry.get("predicate")).map_or(Likely::Maybe, |spot| predicate(&spot, reply));
        let acts = (entry.get("on_match")).map_or(Likely::Yes, |spot| acts(&spot, reply));
        Likely::all([holds, acts])
    });
    let of_tree = matcher.get("matcher_tree").map(|spot| tree(&spot, reply));
    let otherwise = matcher.get("on_no_match").map(|spot| acts(&spot, reply));
    Likely::any(of_list.chain(of_tree).chain(otherwise))
}

fn acts(on_match: &Spot, reply: &Reply) -> Likely {
    (on_match.get("matcher")).map_or(Likely::Yes, |matcher| takes(&matcher, reply))
}

fn tree(tree: &Spot, reply: &Reply) -> Likely {
    compared(tree, reply, |value| {
        let map = |key: &str| tree.entries_at(&[key, "map"]).into_iter();
        let exact = map("exact_match_map").filter(|(key, _)| *key == value);
        let prefix = map("prefix_match_map").filter(|(key, _)| value.starts_with(key));
        let found = exact.chain(prefix);
        let found = found.map(|(_, on_match)| acts(&on_match, reply));
        let custom = tree.get("custom_match").map(|_| Likely::Maybe);
        Likely::any(found.chain(custom))
    })
}

fn predicate(spot: &Spot, reply: &Reply) -> Likely {
    let holds = |part: &Spot| predicate(part, reply);
    if let Some(list) = spot.get("or_matcher") {
        Likely::any(list.list("predicate").iter().map(holds))
    } else if let Some(list) = spot.get("and_matcher") {
        Likely::all(list.list("predicate").iter().map(holds))
    } else if let Some(inner) = spot.get("not_matcher") {
        holds(&inner).inverted()
    } else if let Some(single) = spot.get("single_predicate") {
        compared(&single, reply, |value| {
            (single.get("value_match"))
                .map_or(Likely::Maybe, |matcher| matches_string(&matcher, &value))
        })
    } else {
        Likely::Maybe
    }
}

/// What a comparison makes of its input, where that is known and there.
fn compared(around: &Spot, reply: &Reply, compare: impl FnOnce(String) -> Likely) -> Likely {
    let typed = around.at(&["input", "typed_config"]);
    let Some((kind, input)) = typed.as_ref().and_then(message) else {
        return Likely::Maybe;
    };
    if reply.lacks(kind, &input) {
        return Likely::No;
    }
    reply.input(kind, &input).map_or(Likely::Maybe, compare)
}

/// Whether an `envoy.config.common.matcher.v3.MatchPredicate` holds for the reply.
pub(super) fn holds(spot: &Spot, reply: &Reply) -> Likely {
    let holds = |rule: &Spot| holds(rule, reply);
    if let Some(set) = spot.get("or_match") {
        Likely::any(set.list("rules").iter().map(holds))
    } else if let Some(set) = spot.get("and_match") {
        Likely::all(set.list("rules").iter().map(holds))
    } else if let Some(inner) = spot.get("not_match") {
        holds(&inner).inverted()
    } else if let Some(any) = spot.bool_of("any_match") {
        any.into()
    } else if let Some(headers) = spot.get("http_response_headers_match") {
        let headers = headers.list("headers").into_iter();
        Likely::all(headers.map(|header| reply.has_header(&header)))
    } else {
        Likely::Maybe
    }
}
