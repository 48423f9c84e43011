//! `order`: a filter that this one needs comes after it, or one that answers comes before.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::health_filter::blocked_path;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::{HttpFilter, Manager};
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

/// Filters that write metadata; the namespace that they write to, where it is always the same.
const WRITERS: [(&str, Option<&str>); 3] = [
    ("jwt_authn", Some("envoy.filters.http.jwt_authn")),
    ("header_to_metadata", None),
    ("set_metadata", None),
];

/// Filters that may write to any namespace.
const ANY_WRITERS: [&str; 9] = [
    "composite",
    "dynamic_modules",
    "ext_authz",
    "ext_proc",
    "golang",
    "header_to_metadata",
    "lua",
    "set_metadata",
    "wasm",
];

/// What `header_to_metadata` writes to where it does not say.
const DEFAULT_NAMESPACE: &str = "envoy.lb";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (index, plugin) in setup.plugins.iter().enumerate() {
        for manager in &setup.managers {
            let of_upgrades = manager.upgrades.iter().map(|upgrade| &upgrade.filters);
            for filters in of_upgrades.chain([&manager.filters]) {
                let mut places = filters.iter();
                if let Some(at) = places.position(|filter| filter.plugin == Some(index)) {
                    in_chain(setup, manager, plugin, (filters, at), findings);
                }
            }
        }
        in_istio(plugin, setup, findings);
        if let Some(patch) = &plugin.around
            && plugin.carrier != Carrier::Istio
        {
            in_patch(plugin, patch, findings);
        }
    }
}

fn in_chain(
    setup: &Setup,
    manager: &Manager,
    plugin: &Plugin,
    (filters, at): (&[HttpFilter], usize),
    findings: &mut Findings,
) {
    let (before, rest) = filters.split_at_checked(at).unwrap_or_default();
    let Some((ours, after)) = rest.split_first() else {
        return;
    };
    if before.iter().any(|filter| filter.is("router")) {
        findings.add(
            ours.spot.place(),
            "the router stands before the filter and answers first: the filter sees no request, \
             or Envoy refuses the list",
            "Put the filter before envoy.filters.http.router, which must be the last.",
        );
    }
    for filter in after {
        if filter.is("grpc_web") && !setup.is_left_off(manager, filter) {
            findings.add(
                filter.spot.place(),
                "grpc_web comes after the filter: gRPC-Web clients get a reply that they cannot \
                 read",
                "Move envoy.filters.http.grpc_web before the filter.",
            );
        }
        if filter.is("cors") && has_cors_policy(setup, manager) && !answers_cors(plugin) {
            findings.add(
                filter.spot.place(),
                "cors comes after the filter: browsers do not let pages of other origins read \
                 the reply, and preflights are blocked",
                "Move envoy.filters.http.cors before the filter, or write response.cors with the \
                 same origins.",
            );
        }
        if let Some(path) = blocked_path(plugin, filter) {
            findings.add(
                filter.spot.place(),
                format!(
                    "health_check comes after the filter, which does not let {path} pass: while \
                     maintenance is on, health checks fail, and the balancer takes this Envoy out"
                ),
                format!(
                    "Move envoy.filters.http.health_check before the filter, or allow its path: \
                     allow.paths: [{path:?}]."
                ),
            );
        }
        for attribute in metadata(plugin) {
            if let Some(name) = writer(filter, attribute.text().unwrap_or_default()) {
                findings.add(
                    attribute.place(),
                    format!(
                        "{name} writes this metadata after the filter has looked for it: the \
                         entry never matches"
                    ),
                    format!("Move envoy.filters.http.{name} before the filter."),
                );
            }
        }
    }
    unwritten(plugin, before, after, findings);
}

/// Metadata of a filter that is not there, or not yet.
fn unwritten(
    plugin: &Plugin,
    before: &[HttpFilter],
    after: &[HttpFilter],
    findings: &mut Findings,
) {
    let may_write_any = |filter: &HttpFilter| {
        filter.kind.is_none() || ANY_WRITERS.iter().any(|name| filter.is(name))
    };
    if before.iter().any(may_write_any) {
        return;
    }
    for attribute in metadata(plugin) {
        let namespace = attribute.text().unwrap_or_default();
        let Some(name) = namespace.strip_prefix("envoy.filters.http.") else {
            continue;
        };
        let is_writer = |filter: &HttpFilter| writer(filter, namespace).is_some();
        let is_told = after.iter().any(is_writer);
        if !is_told && !before.iter().any(|filter| filter.is(name)) {
            findings.add(
                attribute.place(),
                format!(
                    "no filter before this one is {namespace}, which writes this metadata: the \
                     entry never matches"
                ),
                format!("Put {namespace} before the filter."),
            );
        }
    }
}

/// The namespaces of metadata that attributes are matched in.
fn metadata<'p>(plugin: &'p Plugin) -> Vec<Spot<'p>> {
    let all = plugin.settings().all().into_iter();
    let entries = all.flat_map(|spot| spot.list("attributes"));
    let namespaces = entries.filter_map(|entry| match entry.list("path").as_slice() {
        [root, kind, namespace, ..]
            if root.text() == Some("metadata") && kind.text() == Some("filter_metadata") =>
        {
            Some(namespace.clone())
        }
        _ => None,
    });
    namespaces.collect()
}

/// The name of a filter that writes to a namespace of metadata, as far as one knows.
fn writer(filter: &HttpFilter, namespace: &str) -> Option<&'static str> {
    let (name, fixed) = WRITERS.into_iter().find(|(name, _)| filter.is(name))?;
    if let Some(fixed) = fixed {
        return (fixed == namespace).then_some(name);
    }
    let all = filter.message.as_ref().map(Spot::all).unwrap_or_default();
    let written = all.iter();
    let written = written.filter_map(|spot| spot.text_of("metadata_namespace"));
    let mut written: Vec<&str> = written.collect();
    let is_by_default = |spot: &Spot| {
        let rule = spot.get_any(&["on_header_present", "on_header_missing"]);
        rule.is_some_and(|rule| rule.get("metadata_namespace").is_none())
    };
    if all.iter().any(is_by_default) {
        written.push(DEFAULT_NAMESPACE);
    }
    (written.is_empty() || written.contains(&namespace)).then_some(name)
}

fn answers_cors(plugin: &Plugin) -> bool {
    plugin.settings().at(&["response", "cors"]).is_some()
}

fn has_cors_policy(setup: &Setup, manager: &Manager) -> bool {
    setup.scopes_of(manager).iter().any(|scope| {
        let own = scope.spot.get("cors");
        let own = own.or_else(|| scope.spot.at(&["route", "cors"]));
        scope.entry("envoy.filters.http.cors").or(own).is_some()
    })
}

fn in_istio(plugin: &Plugin, setup: &Setup, findings: &mut Findings) {
    let manifest = plugin.around.as_ref();
    let phase = manifest.and_then(|manifest| manifest.at(&["spec", "phase"]));
    let is_first = |phase: &Spot| phase.text() == Some("AUTHN");
    let Some(phase) = phase.filter(|phase| plugin.carrier == Carrier::Istio && is_first(phase))
    else {
        return;
    };
    for attribute in metadata(plugin) {
        findings.add(
            attribute.place(),
            "phase: AUTHN puts the filter before all that writes metadata, such as the claims of \
             a token: this entry never matches",
            "Remove `phase` from the manifest, or write phase: AUTHZ.",
        );
    }
    let has_policy = |spot: &Spot| spot.get("corsPolicy").is_some();
    let has_cors = setup
        .manifests
        .iter()
        .any(|(kind, manifest)| *kind == "VirtualService" && manifest.all().iter().any(has_policy));
    if has_cors && !answers_cors(plugin) {
        findings.add(
            phase.place(),
            "phase: AUTHN puts the filter before cors, and a VirtualService has a corsPolicy: \
             browsers do not let pages of other origins read the reply, and preflights are blocked",
            "Write response.cors with the same origins, or remove `phase`.",
        );
    }
}

/// Where an `EnvoyFilter` puts the filter.
fn in_patch(plugin: &Plugin, patch: &Spot, findings: &mut Findings) {
    let Some(operation) = patch.at(&["patch", "operation"]) else {
        return;
    };
    let filter = patch.at(&["match", "listener", "filterChain", "filter"]);
    let beside = filter.and_then(|filter| filter.text_at(&["subFilter", "name"]));
    let beside = beside.unwrap_or_default();
    let is_filter = patch.text_of("applyTo") == Some("HTTP_FILTER");
    let is_after = match operation.text() {
        Some("ADD") => true,
        Some("INSERT_AFTER") => beside.is_empty() || beside.ends_with(".router"),
        _ => false,
    };
    let is_in_place = matches!(operation.text(), Some("MERGE" | "REPLACE"));
    if is_filter && is_in_place && beside.ends_with(".router") {
        findings.add(
            operation.place(),
            "this changes the router itself into the filter: there is no router left to answer, or \
             Envoy refuses the list",
            "Write operation: INSERT_BEFORE, which leaves the router as it is.",
        );
    }
    let is_first = match operation.text() {
        Some("INSERT_FIRST") => true,
        Some("INSERT_BEFORE") => WRITERS.iter().any(|(name, _)| beside.ends_with(name)),
        _ => false,
    };
    if is_filter && is_first {
        for attribute in metadata(plugin) {
            findings.add(
                attribute.place(),
                "the EnvoyFilter puts the filter before all that writes metadata, such as the \
                 claims of a token: this entry never matches",
                "Write operation: INSERT_BEFORE, and match the subFilter \
                 envoy.filters.http.router.",
            );
        }
    }
    if is_filter && is_after {
        findings.add(
            operation.place(),
            "this puts the filter behind the router, which answers first: the filter sees no \
             request, or Envoy refuses the list",
            "Write operation: INSERT_BEFORE, and match the subFilter envoy.filters.http.router; \
             or INSERT_FIRST.",
        );
    }
}
