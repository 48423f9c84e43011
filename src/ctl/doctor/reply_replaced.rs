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
        // One that an EnvoyFilter changes has the filters of the others.
        let is_whole = !manager.filters.is_empty();
        let plugins = manager.filters.iter().filter_map(|filter| filter.plugin);
        let plugins = plugins.filter_map(|index| setup.plugins.get(index));
        let replies: Vec<Reply> = match is_whole {
            true => plugins.flat_map(Reply::all).collect(),
            false => of_manifests(setup),
        };
        if !replies.is_empty() {
            custom_response(setup, manager, &replies, findings);
            local_reply_config(manager, &replies, findings);
        }
    }
    around_manifests(setup, &of_manifests(setup), findings);
}

/// The same of proxies in front, to which the reply is one of the upstream.
pub(super) fn check_front(setup: &Setup, findings: &mut Findings) {
    let replies = Reply::any(setup).into_iter();
    let replies: Vec<Reply> = replies.map(Reply::seen_in_front).collect();
    let is_in_front = |manager: &&Manager| manager.ours().is_none() && !manager.filters.is_empty();
    for manager in setup.managers.iter().filter(is_in_front) {
        custom_response(setup, manager, &replies, findings);
    }
    if of_manifests(setup).is_empty() {
        around_manifests(setup, &replies, findings);
    }
}

/// What manifests say, and what is put into connection managers that are not here.
fn around_manifests(setup: &Setup, replies: &[Reply], findings: &mut Findings) {
    let loose = setup.loose.iter();
    let loose = loose.filter(|filter| filter.is("custom_response"));
    for config in loose.filter_map(|filter| filter.message.as_ref()) {
        caught(config, replies, findings);
    }
    for (kind, manifest) in &setup.manifests {
        if *kind == "BackendTrafficPolicy" {
            response_override(manifest, replies, findings);
        }
    }
}

/// The replies of plugins whose connection managers are not here.
fn of_manifests(setup: &Setup) -> Vec<Reply> {
    let plugins = setup.plugins.iter();
    let plugins = plugins.filter(|plugin| plugin.around.is_some());
    plugins.flat_map(Reply::all).collect()
}

fn local_reply_config(manager: &Manager, replies: &[Reply], findings: &mut Findings) {
    let Some(config) = manager.spot.get("local_reply_config") else {
        return;
    };
    if let Some(culprit) = replies.iter().find_map(|reply| rewrites(&config, reply)) {
        findings.add(
            culprit.place(),
            match has_break(&culprit) {
                true => {
                    "a line break behind %LOCAL_REPLY_BODY% makes another body of the filter's reply, \
                     which Envoy sends as text/plain: browsers show the source of the page"
                }
                false => {
                    "local_reply_config gives the filter's reply another body, status or \
                     content-type: no page for browsers, no problem document for programs"
                }
            },
            "Put a mapper first whose filter is the CEL expression response.code_details == \
             'maintenance_mode', with body_format_override: { text_format_source: \
             { inline_string: \"%LOCAL_REPLY_BODY%\" } }: in quotes, and not in a block behind |, \
             which ends with a line break.",
        );
    }
}

fn custom_response(setup: &Setup, manager: &Manager, replies: &[Reply], findings: &mut Findings) {
    let all = manager.filters.iter();
    let filters: Vec<_> = all.filter(|filter| filter.is("custom_response")).collect();
    let on = filters.iter();
    let on = on.filter(|filter| !setup.is_left_off(manager, filter));
    for config in on.filter_map(|filter| filter.message.as_ref()) {
        caught(config, replies, findings);
    }
    if filters.is_empty() {
        return;
    }
    for scope in setup.scopes_of(manager) {
        for (_, entry) in scope.entries() {
            if let Some((CUSTOM_RESPONSE, config)) = message(&entry) {
                caught(&config, replies, findings);
            }
        }
    }
}

/// What has to be said before, where one does not see whether the reply comes this way.
fn condition(replies: &[Reply]) -> &'static str {
    match replies.iter().all(|reply| reply.is_local) {
        true => "",
        false => "if this proxy leads to the filter: ",
    }
}

fn caught(config: &Spot, replies: &[Reply], findings: &mut Findings) {
    let matcher = config.get("custom_response_matcher");
    let catches = |matcher: &Spot| {
        let mut replies = replies.iter();
        replies.any(|reply| takes(matcher, reply) > Likely::No)
    };
    if let Some(matcher) = matcher.filter(catches) {
        findings.add(
            matcher.place(),
            format!(
                "{}custom_response catches the filter's reply and puts another in its place: \
                 without retry-after, without x-maintenance-mode, and alerts count it as a fault",
                condition(replies)
            ),
            "Add to the predicate, by and_matcher, a not_matcher on the response header \
             x-maintenance-mode (HttpResponseHeaderMatchInput, safe_regex .*).",
        );
    }
}

/// What Envoy Gateway makes a `custom_response` of, which knows statuses only.
fn response_override(policy: &Spot, replies: &[Reply], findings: &mut Findings) {
    for entry in policy.list_at(&["spec", "responseOverride"]) {
        let codes = entry.list_at(&["match", "statusCodes"]);
        let holds = |code: &Spot, status: f64| match code.get("range") {
            Some(range) => {
                let bound = |key: &str| range.number_of(key).unwrap_or_default();
                (bound("start")..=bound("end")).contains(&status)
            }
            None => code.number_of("value") == Some(status),
        };
        let catches = |reply: &Reply| codes.iter().any(|code| holds(code, reply.status.into()));
        if replies.iter().any(catches) {
            findings.add(
                entry.place(),
                format!(
                    "{}responseOverride puts another response in the place of the filter's reply: \
                     without retry-after, without x-maintenance-mode, and alerts count it as a \
                     fault",
                    condition(replies)
                ),
                "Leave the status of the reply out of statusCodes (503, unless response.status \
                 says another), or give the reply one that is not listed.",
            );
        }
    }
}

/// The part of a `LocalReplyConfig` that changes body or status of the reply.
fn rewrites<'d>(config: &Spot<'d>, reply: &Reply) -> Option<Spot<'d>> {
    let format = config.get("body_format");
    let format = format.filter(|format| !keeps_body(format));
    for mapper in config.list("mappers") {
        let filter = mapper.get("filter");
        let holds = filter.map_or(Likely::Yes, |spot| access_log_filter::holds(&spot, reply));
        if holds == Likely::No {
            continue;
        }
        let status = mapper.number_of("status_code");
        let other_status = status.is_some_and(|status| status != f64::from(reply.status));
        let has_type = (mapper.list("headers_to_add").iter()).any(is_content_type);
        let own = mapper.get("body_format_override");
        let own_changes = own.as_ref().is_some_and(|format| !keeps_body(format));
        if other_status || has_type || mapper.get("body").is_some() || own_changes {
            return Some(mapper);
        }
        if holds == Likely::Yes {
            return format.filter(|_| own.is_none());
        }
    }
    format
}

/// What stands for the body as it was.
const BODY: &str = "%LOCAL_REPLY_BODY%";

/// Whether spaces are all that makes another body of it.
fn has_break(culprit: &Spot) -> bool {
    let mut texts = culprit.all().into_iter().filter_map(|spot| spot.text());
    texts.any(|text| text != BODY && text.trim() == BODY)
}

/// Whether a header to add is what says how a body is to be read.
fn is_content_type(option: &Spot) -> bool {
    let name = option.text_at(&["header", "key"]);
    name.is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
}

/// Whether a `SubstitutionFormatString` is the body as it was: with a line break more it is
/// another one, and `text/plain`.
fn keeps_body(format: &Spot) -> bool {
    let source = format.at(&["text_format_source", "inline_string"]);
    let text = source.or_else(|| format.get("text_format"));
    text.and_then(|text| text.text()) == Some(BODY)
}
