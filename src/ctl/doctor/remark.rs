//! What may well be meant, and is no fault, but makes an answer that somebody may wonder about.

use std::iter;

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::doctor::home::can_be_on;
use crate::ctl::doctor::idle;
use crate::ctl::doctor::probe::{Traits, is_blocked};
use crate::ctl::doctor::route_metadata;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

/// Statuses whose answers have no body.
const WITHOUT_BODY: [f64; 3] = [204.0, 205.0, 304.0];

/// What there is to say of a filter.
pub(crate) fn remarks(setup: &Setup, index: usize, plugin: &Plugin) -> Vec<String> {
    let (Some(config), Some(policy)) = (plugin.config(), plugin.policy()) else {
        return Vec::new();
    };
    let settings = plugin.settings();
    let rules = settings.list("rules").into_iter().enumerate();
    let of_rules = rules.map(|(index, rule)| (format!("rules[{index}]."), rule));
    let all = iter::once((String::new(), settings.clone())).chain(of_rules);
    let of_responses = all.filter_map(|(place, spot)| Some((place, spot.get("response")?)));
    let of_responses = of_responses.flat_map(|(place, spot)| of_response(&place, &spot));
    let remarks = [
        stand_in(plugin),
        nobody_is_blocked(setup, plugin, config),
        own_target(setup, index, policy, config),
        of_file(plugin),
    ];
    let remarks = remarks.into_iter().flatten().chain(of_responses);
    let remarks = remarks.chain(idle::remarks(config, policy));
    let remarks = remarks.chain(without(&settings));
    let remarks = remarks.chain(route_metadata::remarks(setup, index, config));
    remarks.chain(literal_stars(&settings)).collect()
}

fn stand_in(plugin: &Plugin) -> Option<String> {
    match plugin.compiled.placeholders.as_slice() {
        [] => None,
        [name] => Some(format!("{name} is not set here: checked with a stand-in")),
        names => Some(format!(
            "{} are not set here: checked with stand-ins",
            names.join(", ")
        )),
    }
}

fn nobody_is_blocked(setup: &Setup, plugin: &Plugin, config: &PluginConfig) -> Option<String> {
    let why = if *config == PluginConfig::default() {
        "the configuration is empty, so all traffic passes"
    } else if config.observe {
        "`observe` is true: whatever the flag, nobody is blocked, only counted"
    } else if config.mode == Mode::Off {
        "`mode` is off: nobody is blocked but by a rule, and the endpoint cannot switch it on"
    } else if !can_be_on(setup, plugin) {
        "it has no `admin`, `store` or `windows`: only a change of `mode` switches it on"
    } else {
        return None;
    };
    Some(why.to_owned())
}

fn of_response(place: &str, response: &Spot) -> Vec<String> {
    let format = response.text_of("format");
    let format = format.filter(|format| ["json", "text"].contains(format));
    let format = format.map(|format| {
        format!("`{place}response.format` is {format}: browsers get no page, but {format}")
    });
    let status = response.number_of("status");
    let status = status.filter(|status| WITHOUT_BODY.contains(status));
    let status = status.map(|status| {
        format!("`{place}response.status` is {status}, which has no body: nobody sees a page")
    });
    let html = response.text_of("html").filter(|html| !html.contains('<'));
    let html = html.map(|_| {
        format!("`{place}response.html` has no tag: it is sent as it stands, and no file is read")
    });
    let mut headers = response.entries_at(&["headers"]).into_iter();
    let encoding = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let encoding = encoding.map(|(name, _)| {
        format!("`{place}response.headers` has {name}, and no body is encoded: nobody can read it")
    });
    let remarks = [format, status, html, encoding].into_iter();
    remarks.flatten().collect()
}

/// A redirect to this Envoy itself, where what is asked for then is blocked.
fn own_target(
    setup: &Setup,
    index: usize,
    policy: &Policy,
    config: &PluginConfig,
) -> Option<String> {
    let url = config.response.redirect.as_deref()?;
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let managers = setup.managers_of(index);
    let managers = managers.iter();
    let mut routes = managers.flat_map(|(manager, _)| setup.routes_of(manager));
    let is_here = routes.any(|routes| routes.domains().contains(&host));
    let traits = Traits {
        path: if path.is_empty() { "/" } else { path },
        host,
        method: "GET",
        ..Traits::default()
    };
    (is_here && is_blocked(policy, traits)).then(|| {
        format!(
            "`response.redirect` leads to a host of this Envoy, and no entry of `allow` takes \
             {path:?}: the page that comes there is the built-in one"
        )
    })
}

/// A module that Istio is not to fetch.
fn of_file(plugin: &Plugin) -> Option<String> {
    let url = plugin.manifest().and_then(|_| plugin.spot.text_of("url"))?;
    url.starts_with("file:").then(|| {
        "`url` is a file: where the container of a proxy does not have it, everything is answered \
         with 403"
            .to_owned()
    })
}

/// Entries of `allow` that take whoever does not send something.
fn without(settings: &Spot) -> Vec<String> {
    let entries = Kind::ALL.into_iter().flat_map(|kind| {
        let list = settings.list_at(&["allow", kind.key()]).into_iter();
        list.enumerate()
            .map(move |(index, entry)| (kind, index, entry))
    });
    let absent = entries.filter(|(.., entry)| entry.bool_of("present") == Some(false));
    let remarks = absent.filter_map(|(kind, index, entry)| {
        let who = match kind {
            Kind::ClientIp | Kind::Path | Kind::Host | Kind::Method => return None,
            Kind::Header | Kind::Cookie => format!("does not send {:?}", entry.text_of("name")?),
            Kind::Attribute => format!("has no {:?}", entry.texts("path")),
        };
        let key = kind.key();
        Some(format!(
            "`allow.{key}[{index}]` lets everybody pass who {who}"
        ))
    });
    remarks.collect()
}

/// Entries of `paths` whose star is no wildcard.
fn literal_stars(settings: &Spot) -> Vec<String> {
    let all = settings.all().into_iter();
    let entries = all.flat_map(|spot| spot.list("paths"));
    let texts = entries.flat_map(|entry| {
        ["exact", "prefix", "suffix"].map(|kind| Some((kind, entry.text_of(kind)?)))
    });
    let starred = texts.flatten().filter(|(_, text)| text.contains('*'));
    let remarks = starred.map(|(kind, text)| {
        format!("the `*` in {{\"{kind}\": {text:?}}} stands for itself, and takes nothing else")
    });
    remarks.collect()
}
