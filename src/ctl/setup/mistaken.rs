//! What is plainly meant to be a filter of ours, or to hold one, and is none to Envoy.

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::HttpFilter;
use crate::ctl::setup::plugin::is_ours;
use crate::ctl::setup::typed::{CONNECTION_MANAGER, DYNAMIC_MODULE, WASM};

/// Such an entry.
#[derive(Debug)]
pub(crate) struct Mistaken<'d> {
    pub(crate) spot: Spot<'d>,
    /// Why Envoy refuses it.
    pub(crate) problem: String,
    /// What to write instead.
    pub(crate) fix: String,
}

/// Only one type has such a key, in one of these places of a typed configuration or around it.
const KEYS: [(&str, &str); 3] = [
    ("vm_config", WASM),
    ("dynamic_module_config", DYNAMIC_MODULE),
    ("http_filters", CONNECTION_MANAGER),
];
const PLACES: [&[&str]; 6] = [
    &["typed_config", "config"],
    &["typed_config"],
    &["typed_config", "value", "config"],
    &["typed_config", "value"],
    &["config"],
    &[],
];

impl<'d> Mistaken<'d> {
    /// What is wrong with an entry that has a typed configuration, or should have one.
    pub(super) fn of(filter: &HttpFilter<'d>) -> Option<Self> {
        let (wanted, place) = wanted(&filter.spot)?;
        if !is_ours([Some(filter.spot.clone())]) {
            return None;
        }
        let typed = filter.spot.get("typed_config");
        let said = typed.as_ref().and_then(|typed| typed.get("@type"));
        let url = said.as_ref().and_then(|said| said.text());
        let write = format!("Write \"@type\": type.googleapis.com/{wanted} in typed_config.");
        let (problem, fix) = match (&typed, url, filter.kind) {
            (None, ..) => (
                "this filter has no typed_config: Envoy refuses it".to_owned(),
                format!("Write `typed_config:` around it. {write}"),
            ),
            (_, None, _) => (
                "this typed_config has no @type: Envoy refuses it".to_owned(),
                write,
            ),
            (_, _, None) => (
                "this TypedStruct has no type_url: Envoy refuses it".to_owned(),
                format!("Write type_url: type.googleapis.com/{wanted} beside its @type."),
            ),
            (_, Some(url), Some(_)) if !url.contains('/') => (
                format!("the type {url:?} has no host before it: Envoy refuses it"),
                write,
            ),
            (_, _, Some(kind)) if kind != wanted && may_be(kind) => (
                format!("{kind:?} is not the type of what is written here: Envoy refuses it"),
                write,
            ),
            (_, _, Some(WASM)) if !place.ends_with(&["config"]) || place.len() == 1 => (
                "this typed_config has no `config`, and what belongs there stands elsewhere: \
                 Envoy refuses it"
                    .to_owned(),
                "Write `config:` in typed_config, below @type, and in it name, vm_config, \
                 configuration and failure_policy."
                    .to_owned(),
            ),
            _ => return None,
        };
        let spot = said.or(typed).unwrap_or_else(|| filter.spot.clone());
        Some(Self { spot, problem, fix })
    }

    /// An update that an Envoy has refused, as its `config_dump` tells.
    pub(super) fn update(state: Spot<'d>) -> Option<Self> {
        let details = state.text_of("details");
        let details = details.filter(|details| !details.is_empty())?;
        let when = state.text_of("last_update_attempt");
        let when = when.unwrap_or("its last update");
        Some(Self {
            problem: format!(
                "Envoy has refused an update ({when}), and goes on with what it had before: {details}"
            ),
            fix: "Mend what Envoy names in the configuration that is pushed, check that, and push \
                  it again."
                .to_owned(),
            spot: state,
        })
    }

    /// A filter of HTTP in a filter chain, where those of the network stand.
    pub(super) fn in_chain(entry: Spot<'d>) -> Option<Self> {
        let filter = HttpFilter::new(&entry);
        let is_of_http = matches!(filter.kind, Some(WASM | DYNAMIC_MODULE));
        (is_of_http && is_ours([Some(entry.clone())])).then(|| Self {
            spot: entry,
            problem: "an HTTP filter stands among the network filters of a filter chain: Envoy \
                      refuses it"
                .to_owned(),
            fix: "Move it into http_filters of the connection manager, before the router."
                .to_owned(),
        })
    }
}

/// The type that an entry must have, by a key that is there, and where that is.
fn wanted(entry: &Spot) -> Option<(&'static str, &'static [&'static str])> {
    PLACES.into_iter().find_map(|place| {
        let around = entry.at(place)?;
        let mut keys = KEYS.into_iter();
        let (_, wanted) = keys.find(|(key, _)| around.get(key).is_some())?;
        Some((wanted, place))
    })
}

/// Whether a type, known or not, can only stand where a filter does: the access loggers and
/// services that run modules are no business of ours.
fn may_be(kind: &str) -> bool {
    kind.contains(".filter") || kind == "google.protobuf.Struct" || !kind.contains('.')
}
