//! Envoy's filter that answers health checks, and whether ours lets them come so far.

use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::decision::decision::Verdict;
use maintenance_mode_core::policy::outlook::Outlook;

use crate::ctl::doctor::probe::{Probe, Traits, switched_on};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::Plugin;

/// A path that a `health_check` behind a filter of ours would answer without the upstream, and
/// that this one blocks.
pub(super) fn blocked_path(plugin: &Plugin, filter: &HttpFilter) -> Option<String> {
    let message = filter.message.as_ref();
    let message = message.filter(|_| filter.is("health_check") && !filter.is_disabled())?;
    if message.bool_of("pass_through_mode") == Some(true) {
        return None;
    }
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
    let probe = Probe::of(Traits {
        path: &path,
        host: host.as_deref().unwrap_or("zq7x.invalid"),
        method: method.as_deref().unwrap_or("GET"),
        headers: headers.collect(),
        ..Traits::default()
    });
    let state = switched_on();
    let verdict = decide(policy, &state, &Outlook::default(), &probe).verdict;
    matches!(verdict, Verdict::Blocked(_) | Verdict::Held(_)).then_some(path)
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
