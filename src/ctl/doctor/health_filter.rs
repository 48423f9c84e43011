//! Envoy's filter that answers health checks, and whether ours lets them come so far.

use crate::ctl::doctor::probe::{Traits, is_blocked};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::Plugin;

/// A path that a `health_check` behind a filter of ours would answer without the upstream, and
/// that this one blocks.
pub(super) fn blocked_path(plugin: &Plugin, filter: &HttpFilter) -> Option<String> {
    let message = answering(filter)?;
    let policy = plugin.policy()?;
    let wanted = message.list("headers");
    let named = |name: &str| {
        let mut matchers = wanted.iter();
        matchers.find(|matcher| matcher.text_of("name") == Some(name))
    };
    let path = sample(named(":path")?)?;
    let text = |name: &str| named(name).and_then(sample);
    let (host, method) = (text(":authority"), text(":method"));
    let headers = wanted.iter().filter_map(|matcher| {
        let name = matcher.text_of("name");
        let name = name.filter(|name| !name.starts_with(':'))?;
        Some((name.to_ascii_lowercase(), sample(matcher)?))
    });
    let traits = Traits {
        path: &path,
        host: host.as_deref().unwrap_or("zq7x.invalid"),
        method: method.as_deref().unwrap_or("GET"),
        headers: headers.collect(),
        ..Traits::default()
    };
    is_blocked(policy, traits).then_some(path)
}

/// Whether a filter answers a path without the upstream, as far as one knows.
pub(super) fn answers(filter: &HttpFilter, path: &str) -> bool {
    let Some(message) = answering(filter) else {
        return false;
    };
    let wanted = message.list("headers");
    let mut wanted = wanted.iter();
    wanted.all(|matcher| match text(matcher) {
        _ if matcher.text_of("name") != Some(":path") => true,
        Some(Wanted::Exact(exact)) => exact == path,
        Some(Wanted::Prefix(prefix)) => path.starts_with(prefix),
        None => true,
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
    let is_inverted = matcher.bool_of("invert_match") == Some(true);
    let (Wanted::Exact(text) | Wanted::Prefix(text)) = text(matcher).filter(|_| !is_inverted)?;
    Some(text.to_owned())
}

/// What one compares with, where that is read here.
enum Wanted<'d> {
    Exact(&'d str),
    Prefix(&'d str),
}

fn text<'d>(matcher: &Spot<'d>) -> Option<Wanted<'d>> {
    let string = matcher.get("string_match");
    let of = |key: &str, old: &str| {
        let text = string.as_ref().and_then(|string| string.text_of(key));
        text.or_else(|| matcher.text_of(old))
    };
    let exact = of("exact", "exact_match").map(Wanted::Exact);
    exact.or_else(|| of("prefix", "prefix_match").map(Wanted::Prefix))
}
