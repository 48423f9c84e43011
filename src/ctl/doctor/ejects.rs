//! `ejects`: a proxy in front takes planned replies for failures, and takes the hosts out.

use crate::ctl::doctor::ejection::{Ejection, hosts};
use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::doctor::front;
use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::Reply;
use crate::ctl::doctor::response_matcher::holds;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::HTTP_PROTOCOL_OPTIONS;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let mut failures = Reply::any(setup);
    failures.retain(|reply| reply.status >= 500);
    if failures.is_empty() {
        return;
    }
    for cluster in front::clusters(setup) {
        if !is_exempt(&cluster, &failures) {
            of_cluster(&cluster, &failures, findings);
        }
    }
    // An EnvoyFilter beside a manifest may say what the manifest cannot.
    let patched = setup.patches.iter();
    let patched = patched.filter_map(|patch| Some((patch, patch.at(&["patch", "value"])?)));
    if (patched.clone()).any(|(_, cluster)| is_exempt(&cluster, &failures)) {
        return;
    }
    for (_, cluster) in patched.filter(|(patch, _)| patch.text_of("applyTo") == Some("CLUSTER")) {
        of_cluster(&cluster, &failures, findings);
    }
    for (kind, manifest) in &setup.manifests {
        match *kind {
            "DestinationRule" => destination_rule(manifest, &failures, findings),
            "BackendTrafficPolicy" => traffic_policy(manifest, &failures, findings),
            _ => {}
        }
    }
}

fn of_cluster(cluster: &Spot, failures: &[Reply], findings: &mut Findings) {
    let Some(ejection) = Ejection::of_cluster(cluster, failures) else {
        return;
    };
    let mut message = ejection.message();
    let mut severity = Severity::Warning;
    let few = hosts(cluster).filter(|(hosts, _)| !ejection.reaches(*hosts));
    if let Some((hosts, may_be_more)) = few {
        if !may_be_more {
            return;
        }
        severity = Severity::Note;
        message = format!(
            "{message}. This is for more hosts than the {hosts} that are named here: it happens \
             only if the names stand for several"
        );
    }
    findings.add_as(
        severity,
        cluster.get_or_self("outlier_detection").place(),
        message,
        "Write an error_matcher in HttpProtocolOptions.outlier_detection of this cluster that \
         wants :status 5xx and not the header x-maintenance-mode; or enforcing_consecutive_5xx: 0 \
         and enforcing_consecutive_gateway_failure: 0.",
    );
}

/// Whether a cluster's own word for what an error is leaves the replies out.
fn is_exempt(cluster: &Spot, failures: &[Reply]) -> bool {
    let keys = [
        "typed_extension_protocol_options",
        HTTP_PROTOCOL_OPTIONS,
        "outlier_detection",
        "error_matcher",
    ];
    cluster.at(&keys).is_some_and(|matcher| {
        let mut failures = failures.iter();
        failures.all(|reply| holds(&matcher, reply) == Likely::No)
    })
}

fn destination_rule(manifest: &Spot, failures: &[Reply], findings: &mut Findings) {
    let all = manifest.all().into_iter();
    for detection in all.filter_map(|spot| spot.get("outlierDetection")) {
        if let Some(ejection) = Ejection::of_destination_rule(&detection, failures) {
            findings.add(
                detection.place(),
                ejection.message(),
                "Write consecutive5xxErrors: 0 and consecutiveGatewayErrors: 0, with \
                 consecutiveLocalOriginFailures and splitExternalLocalOriginErrors: true for \
                 hosts that cannot be reached; or an error_matcher by an EnvoyFilter.",
            );
        }
    }
}

fn traffic_policy(manifest: &Spot, failures: &[Reply], findings: &mut Findings) {
    if let Some(health) = manifest.at(&["spec", "healthCheck"])
        && let Some(passive) = health.get("passive")
        && let Some(ejection) = Ejection::of_traffic_policy(&health, failures)
    {
        findings.add(
            passive.place(),
            ejection.message(),
            "Write consecutive5XxErrors: 0 and consecutiveGatewayErrors: 0, with \
             consecutiveLocalOriginFailures and splitExternalLocalOriginErrors: true for hosts \
             that cannot be reached.",
        );
    }
}
