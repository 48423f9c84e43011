//! `no-filter`, too: the filter is configured, but no proxy here, or no request, gets it.

use maintenance_mode_core::syntax::nearest::misspelt;

use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

/// The namespace whose manifests are for all.
const ROOT: &str = "istio-system";
const WAYPOINT: &str = "istio.io/use-waypoint";
/// Where workloads have the labels of their pods.
const WORKLOADS: [&str; 6] = [
    "DaemonSet",
    "Deployment",
    "Pod",
    "ReplicaSet",
    "Rollout",
    "StatefulSet",
];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        if plugin.carrier == Carrier::Istio
            && let Some(manifest) = &plugin.around
        {
            of_gateway(plugin, manifest, findings);
            network(plugin, findings);
        }
        if let Some(manifest) = plugin.manifest() {
            selector(setup, &manifest, findings);
            targets(setup, &manifest, findings);
        }
    }
}

/// A network filter sees connections, and no requests.
fn network(plugin: &Plugin, findings: &mut Findings) {
    let kind = plugin.spot.get("type");
    if let Some(kind) = kind.filter(|kind| kind.text() == Some("NETWORK")) {
        findings.add(
            kind.place(),
            "type: NETWORK puts the filter where it sees connections, and no requests: everybody \
             passes while maintenance is on",
            "Remove `type`, or write type: HTTP.",
        );
    }
}

/// To Istio, all requests that come to a gateway are those of a client.
fn of_gateway(plugin: &Plugin, manifest: &Spot, findings: &mut Findings) {
    let Some(spec) = manifest.get("spec").filter(|spec| selects_gateway(spec)) else {
        return;
    };
    let matches = match spec.list("match") {
        none if none.is_empty() => plugin.spot.list("match"),
        matches => matches,
    };
    let modes: Vec<Spot> = matches.iter().filter_map(|spot| spot.get("mode")).collect();
    let is_server = modes.iter().all(|mode| mode.text() == Some("SERVER"));
    if let Some(mode) = modes.first()
        && is_server
        && modes.len() == matches.len()
    {
        findings.add(
            mode.place(),
            "this selects a gateway, whose listeners are all of mode CLIENT to Istio: none gets \
             the filter, and everybody passes while maintenance is on",
            "Remove `match`, or write mode: CLIENT. SERVER is for sidecars and waypoints.",
        );
    }
}

/// Whether labels are those that Istio's own gateways have.
pub(super) fn selects_gateway(spec: &Spot) -> bool {
    labels(spec).iter().any(|(key, value)| {
        let is_named =
            |begin: &str| value.starts_with(begin) || value.contains(&format!("-{begin}"));
        ["istio", "app"].contains(key) && (is_named("ingress") || is_named("egress"))
    })
}

/// The labels that a manifest selects by.
fn labels<'d>(spec: &Spot<'d>) -> Vec<(&'d str, &'d str)> {
    let ways: [&[&str]; 2] = [
        &["selector", "matchLabels"],
        &["workloadSelector", "labels"],
    ];
    let labels = ways.iter().find_map(|way| spec.at(way));
    texts(labels)
}

fn texts<'d>(labels: Option<Spot<'d>>) -> Vec<(&'d str, &'d str)> {
    let entries = labels.iter().flat_map(Spot::entries);
    let texts = entries.filter_map(|(key, value)| Some((key, value.text()?)));
    texts.collect()
}

fn namespace<'d>(manifest: &Spot<'d>) -> Option<&'d str> {
    manifest.text_at(&["metadata", "namespace"])
}

/// Whether what is said in the one is for the other, as far as one knows.
fn reaches(manifest: &Spot, other: &Spot) -> bool {
    match (namespace(manifest), namespace(other)) {
        (Some(ROOT), _) | (None, _) | (_, None) => true,
        (one, other) => one == other,
    }
}

fn selector(setup: &Setup, manifest: &Spot, findings: &mut Findings) {
    let Some(spec) = manifest.get("spec") else {
        return;
    };
    let wanted = labels(&spec);
    let workloads = setup.manifests.iter();
    let workloads = workloads.filter(|(kind, _)| WORKLOADS.contains(kind));
    let workloads: Vec<_> = workloads
        .map(|(kind, workload)| {
            let template = workload.at(&["spec", "template", "metadata", "labels"]);
            let labels = template.or_else(|| workload.at(&["metadata", "labels"]));
            (*kind, workload, texts(labels))
        })
        .collect();
    let has_all = |labels: &[(&str, &str)]| wanted.iter().all(|label| labels.contains(label));
    let mut selected = workloads.iter().filter(|(_, _, labels)| has_all(labels));
    let place = spec.get_any(&["selector", "workloadSelector"]);
    let Some(place) = place.filter(|_| !wanted.is_empty()) else {
        return;
    };
    let is_reached = |workload: &Spot| reaches(manifest, workload);
    if (selected.clone()).any(|(_, workload, _)| is_reached(workload)) {
        return;
    }
    let own = namespace(manifest).unwrap_or_default();
    if let Some((kind, workload, _)) = selected.next() {
        let there = namespace(workload).unwrap_or_default();
        findings.add(
            place.place(),
            format!(
                "the pods that have these labels are those of the {kind} {} in the namespace \
                 {there:?}, and this manifest is for {own:?} only: no proxy gets the filter",
                workload.name()
            ),
            format!("Write metadata.namespace: {there} in this manifest."),
        );
        return;
    }
    let mut near = workloads.iter();
    let near = near.find_map(|(kind, workload, labels)| {
        let slip = slip(&wanted, labels).filter(|_| is_reached(workload))?;
        Some((kind, workload, slip))
    });
    if let Some((kind, workload, (key, wanted, found))) = near {
        findings.add(
            place.place(),
            format!(
                "no pod here has the label {key}: {wanted}; those of the {kind} {} have {key}: \
                 {found}: no proxy gets the filter",
                workload.name()
            ),
            format!("Write {key}: {found}, if those are meant."),
        );
    }
}

/// The first label of which one value is nearly the other, where no label is quite another.
fn slip<'l>(
    wanted: &[(&'l str, &'l str)],
    labels: &[(&'l str, &'l str)],
) -> Option<(&'l str, &'l str, &'l str)> {
    let mut slips = Vec::new();
    for (key, value) in wanted {
        let (_, found) = labels.iter().find(|(other, _)| other == key)?;
        let is_part = value.contains(found) || found.contains(value);
        let is_near = is_part || misspelt(value, &[found]).is_some();
        match found == value {
            true => {}
            false if is_near => slips.push((*key, *value, *found)),
            false => return None,
        }
    }
    slips.into_iter().next()
}

fn targets(setup: &Setup, manifest: &Spot, findings: &mut Findings) {
    let list = manifest.list_at(&["spec", "targetRefs"]).into_iter();
    for target in list.chain(manifest.at(&["spec", "targetRef"])) {
        let kind = target.text_of("kind").unwrap_or_default();
        let Some(wanted) = target.text_of("name") else {
            continue;
        };
        let group = target.text_of("group").unwrap_or_default();
        let all = setup.manifests.iter().filter(|(found, object)| {
            let version = object.text_of("apiVersion").unwrap_or_default();
            let found_group = version.split_once('/').map_or("", |(group, _)| group);
            *found == kind && (group.is_empty() || group == "core" || found_group == group)
        });
        let all: Vec<&Spot> = all.map(|(_, object)| object).collect();
        target_is_there(manifest, &target, (kind, wanted), &all, findings);
        let mut there = all.iter().filter(|object| object.name() == wanted);
        if kind == "Service"
            && let Some(service) = there.find(|object| reaches(manifest, object))
        {
            waypoint(setup, &target, service, findings);
        }
    }
}

fn target_is_there(
    manifest: &Spot,
    target: &Spot,
    (kind, wanted): (&str, &str),
    all: &[&Spot],
    findings: &mut Findings,
) {
    let named = |object: &&&Spot| object.name() == wanted;
    let mut found = all.iter().filter(named);
    if found.any(|object| reaches(manifest, object)) {
        return;
    }
    if let Some(there) = all.iter().find(named).and_then(|object| namespace(object)) {
        let own = namespace(manifest).unwrap_or_default();
        findings.add(
            target.place(),
            format!(
                "the {kind} {wanted} is in the namespace {there:?}, and targetRefs are looked for \
                 in that of this manifest, {own:?}: no proxy gets the filter"
            ),
            format!("Write metadata.namespace: {there} in this manifest."),
        );
        return;
    }
    let near = all.iter().filter(|object| reaches(manifest, object));
    let near: Vec<&str> = near.map(|object| object.name()).collect();
    if let Some(meant) = misspelt(wanted, &near) {
        findings.add(
            target.place(),
            format!("there is no {kind} {wanted} here, but {meant}: no proxy gets the filter"),
            format!("Write name: {meant}, if that is meant."),
        );
    }
}

/// Requests for a Service only come by a proxy where it has a waypoint.
fn waypoint(setup: &Setup, target: &Spot, service: &Spot, findings: &mut Findings) {
    let has = |object: &Spot| object.at(&["metadata", "labels", WAYPOINT]).is_some();
    let own = namespace(service);
    let mut namespaces = setup.manifests.iter();
    let is_of_namespace = namespaces
        .any(|(kind, object)| *kind == "Namespace" && Some(object.name()) == own && has(object));
    if !has(service) && !is_of_namespace {
        findings.add_as(
            Severity::Note,
            target.place(),
            format!(
                "Istio runs the filter for a Service in its waypoint, and neither the Service nor \
                 its namespace has the label {WAYPOINT} here: without one, no proxy gets the \
                 filter"
            ),
            format!(
                "Label the Service, or its namespace, with {WAYPOINT}; for sidecars and gateways \
                 write a selector in the place of targetRefs."
            ),
        );
    }
}
