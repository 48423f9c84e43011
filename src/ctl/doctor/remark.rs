//! What may well be meant, and is no fault, but makes an answer that somebody may wonder about.

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::decision::decision::Verdict;
use maintenance_mode_core::policy::outlook::Outlook;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::doctor::home::can_be_on;
use crate::ctl::doctor::idle;
use crate::ctl::doctor::probe::{Traits, switched_on};
use crate::ctl::doctor::route_metadata;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

/// Statuses whose answers have no body.
const WITHOUT_BODY: [f64; 3] = [204.0, 205.0, 304.0];

/// What there is to say of a filter.
pub(crate) fn remarks(setup: &Setup, index: usize, plugin: &Plugin) -> Vec<String> {
    let Some((config, policy)) = &plugin.compiled.accepted else {
        return Vec::new();
    };
    let settings = plugin.settings();
    let rules = settings.list("rules").into_iter().enumerate();
    let of_rules = rules.map(|(index, rule)| (format!("rules[{index}]."), rule));
    let all = [(String::new(), settings.clone())]
        .into_iter()
        .chain(of_rules);
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
    let of_routes = route_metadata::remarks(setup, index, plugin);
    let stars = literal_stars(&settings);
    remarks
        .chain(without(&settings))
        .chain(of_routes)
        .chain(stars)
        .collect()
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
    let encoding = response.get("headers").map(|headers| headers.entries());
    let mut encoding = encoding.into_iter().flatten();
    let encoding = encoding.find(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let encoding = encoding.map(|(name, _)| {
        format!("`{place}response.headers` has {name}, and no body is encoded: nobody can read it")
    });
    [format, status, html, encoding]
        .into_iter()
        .flatten()
        .collect()
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
    let routes = managers
        .iter()
        .flat_map(|(manager, _)| setup.routes_of(manager));
    let hosts = routes.flat_map(|routes| routes.spot.list("virtual_hosts"));
    let mut domains = hosts.flat_map(|host| host.list("domains"));
    let is_here = domains.any(|domain| domain.text() == Some(host));
    let state = switched_on();
    let request = Traits {
        path: if path.is_empty() { "/" } else { path },
        host,
        method: "GET",
        ..Traits::default()
    };
    let request = request.request();
    let is_blocked = matches!(
        decide(policy, &state, &Outlook::default(), &request).verdict,
        Verdict::Blocked(_)
    );
    (is_here && is_blocked).then(|| {
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
    let kinds = ["headers", "cookies", "attributes"].into_iter();
    let entries = kinds.flat_map(|kind| {
        let list = settings.get("allow").map(|allow| allow.list(kind));
        let list = list.unwrap_or_default().into_iter().enumerate();
        list.map(move |(index, entry)| (kind, index, entry))
    });
    let absent = entries.filter(|(_, _, entry)| entry.bool_of("present") == Some(false));
    let remarks = absent.map(|(kind, index, entry)| {
        let path = entry.list("path");
        let path: Vec<&str> = path.iter().filter_map(|spot| spot.text()).collect();
        match entry.text_of("name") {
            Some(name) => {
                format!("`allow.{kind}[{index}]` lets everybody pass who does not send {name:?}")
            }
            None => format!("`allow.{kind}[{index}]` lets everybody pass who has no {path:?}"),
        }
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
