//! `reply-replaced`: what stands around the filter gives its reply another body or status.

use crate::ctl::doctor::access_log_filter;
use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::Reply;
use crate::ctl::doctor::response_matcher::takes;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::message;

/// Envoy's filter of that name.
const CUSTOM_RESPONSE: &str = "envoy.extensions.filters.http.custom_response.v3.CustomResponse";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for manager in &setup.managers {
        let plugins = manager.filters.iter().filter_map(|filter| filter.plugin);
        let plugins = plugins.filter_map(|index| setup.plugins.get(index));
        let replies: Vec<Reply> = plugins.flat_map(Reply::all).collect();
        if replies.is_empty() {
            continue;
        }
        custom_response(setup, manager, &replies, findings);
        if let Some(config) = manager.spot.get("local_reply_config")
            && let Some(culprit) = replies.iter().find_map(|reply| rewrites(&config, reply))
        {
            findings.add(
                culprit.place(),
                "local_reply_config gives the filter's reply another body or status: no page for \
                 browsers, no problem document for programs",
                "Put a mapper first whose filter is the CEL expression response.code_details == \
                 'maintenance_mode', with body_format_override: { text_format_source: \
                 { inline_string: \"%LOCAL_REPLY_BODY%\" } }.",
            );
        }
    }
}

fn custom_response(setup: &Setup, manager: &Manager, replies: &[Reply], findings: &mut Findings) {
    let filters = manager
        .filters
        .iter()
        .filter(|filter| filter.is("custom_response"));
    let filters: Vec<_> = filters.collect();
    let listed = filters.iter().filter_map(|filter| filter.message.clone());
    let routes = setup.routes_of(manager);
    let scopes = routes.iter().flat_map(|routes| routes.scopes());
    let of_routes = scopes.flat_map(|scope| {
        let entries = scope.spot.get("typed_per_filter_config");
        let entries = entries.map(|entries| entries.entries()).unwrap_or_default();
        let messages = entries.into_iter().filter_map(|(_, entry)| message(&entry));
        let ours = messages.filter(|(kind, _)| *kind == CUSTOM_RESPONSE);
        ours.map(|(_, message)| message).collect::<Vec<_>>()
    });
    let has_filter = !filters.is_empty();
    for config in listed.chain(of_routes.filter(|_| has_filter)) {
        let Some(matcher) = config.get("custom_response_matcher") else {
            continue;
        };
        if replies
            .iter()
            .any(|reply| takes(&matcher, reply) > Likely::No)
        {
            findings.add(
                matcher.place(),
                "custom_response catches the filter's reply and puts another in its place: \
                 without retry-after, without x-maintenance-mode, and alerts count it as a fault",
                "Add to the predicate, by and_matcher, a not_matcher on the response header \
                 x-maintenance-mode (HttpResponseHeaderMatchInput, safe_regex .*).",
            );
        }
    }
}

/// The part of a `LocalReplyConfig` that changes body or status of the reply.
fn rewrites<'d>(config: &Spot<'d>, reply: &Reply) -> Option<Spot<'d>> {
    let format = config
        .get("body_format")
        .filter(|format| !keeps_body(format));
    for mapper in config.list("mappers") {
        let filter = mapper.get("filter");
        let holds = filter.map_or(Likely::Yes, |spot| access_log_filter::holds(&spot, reply));
        if holds == Likely::No {
            continue;
        }
        let status = mapper.number_of("status_code");
        let other_status = status.is_some_and(|status| status != f64::from(reply.status));
        let own = mapper.get("body_format_override");
        let own_changes = own.as_ref().is_some_and(|format| !keeps_body(format));
        if other_status || mapper.get("body").is_some() || own_changes {
            return Some(mapper);
        }
        if holds == Likely::Yes {
            return format.filter(|_| own.is_none());
        }
    }
    format
}

/// Whether a `SubstitutionFormatString` is the body as it was.
fn keeps_body(format: &Spot) -> bool {
    let source = format.at(&["text_format_source", "inline_string"]);
    let text = source.or_else(|| format.get("text_format"));
    text.and_then(|text| text.text()).map(str::trim) == Some("%LOCAL_REPLY_BODY%")
}
