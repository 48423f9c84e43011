//! Envoy's filter that answers health checks, and whether ours lets them come so far.

use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::decision::decision::Verdict;
use maintenance_mode_core::policy::outlook::Outlook;

use crate::ctl::doctor::probe::{Traits, switched_on};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::Plugin;

/// A path that a `health_check` behind a filter of ours would answer without the upstream, and
/// that this one blocks.
pub(super) fn blocked_path(plugin: &Plugin, filter: &HttpFilter) -> Option<String> {
    let message = answering(filter)?;
    let (_, policy) = plugin.compiled.accepted.as_ref()?;
    let wanted = message.list("headers");
    let named = |name: &str| {
        let mut matchers = wanted.iter();
        matchers.find(|matcher| matcher.text_of("name") == Some(name))
    };
    let path = sample(named(":path")?)?;
    let text = |name: &str| named(name).and_then(sample);
    let (host, method) = (text(":authority"), text(":method"));
    let headers = wanted.iter().filter_map(|matcher| {
        let name = matcher
            .text_of("name")
            .filter(|name| !name.starts_with(':'))?;
        Some((name.to_ascii_lowercase(), sample(matcher)?))
    });
    let probe = Traits {
        path: &path,
        host: host.as_deref().unwrap_or("zq7x.invalid"),
        method: method.as_deref().unwrap_or("GET"),
        headers: headers.collect(),
        ..Traits::default()
    }
    .request();
    let state = switched_on();
    let verdict = decide(policy, &state, &Outlook::default(), &probe).verdict;
    matches!(verdict, Verdict::Blocked(_)).then_some(path)
}

/// Whether a filter answers a path without the upstream, as far as one knows.
pub(super) fn answers(filter: &HttpFilter, path: &str) -> bool {
    let Some(message) = answering(filter) else {
        return false;
    };
    let wanted = message.list("headers");
    let mut of_path = wanted
        .iter()
        .filter(|matcher| matcher.text_of("name") == Some(":path"));
    of_path.all(|matcher| {
        let string = matcher.get("string_match");
        let string = string.as_ref().unwrap_or(matcher);
        let text = |key: &str, old: &str| string.text_of(key).or_else(|| matcher.text_of(old));
        let exact = text("exact", "exact_match").map(|exact| exact == path);
        let prefix = text("prefix", "prefix_match").map(|prefix| path.starts_with(prefix));
        exact.or(prefix).unwrap_or(true)
    })
}

/// The configuration of a `health_check` that answers by itself.
fn answering<'f, 'd>(filter: &'f HttpFilter<'d>) -> Option<&'f Spot<'d>> {
    let message = filter.message.as_ref();
    let message = message.filter(|_| filter.is("health_check") && !filter.is_disabled())?;
    (message.bool_of("pass_through_mode") != Some(true)).then_some(message)
}

/// A value that Envoy's `HeaderMatcher` takes, where one can tell.
fn sample(matcher: &Spot) -> Option<String> {
    if matcher.bool_of("invert_match") == Some(true) {
        return None;
    }
    let string = matcher.get("string_match");
    let text = |key: &str, old: &str| {
        let string = string.as_ref().and_then(|string| string.text_of(key));
        string.or_else(|| matcher.text_of(old))
    };
    let whole = text("exact", "exact_match").or_else(|| text("prefix", "prefix_match"));
    whole.map(str::to_owned)
}
