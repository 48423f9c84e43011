//! `ejects`: a proxy in front takes planned replies for failures, and takes the hosts out.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::Reply;
use crate::ctl::doctor::response_matcher::holds;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::HTTP_PROTOCOL_OPTIONS;

const MESSAGE: &str = "outlier detection counts planned replies as failures of the host: after \
    five of them it is taken out, and users get `no healthy upstream` instead of the page, also \
    for paths that are allowed, and for a while after maintenance is over";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let replies: Vec<Reply> = setup.plugins.iter().flat_map(Reply::all).collect();
    let replies = if replies.is_empty() {
        vec![Reply::unknown()]
    } else {
        replies
    };
    let failures: Vec<Reply> = replies
        .into_iter()
        .filter(|reply| reply.status >= 500)
        .collect();
    if failures.is_empty() {
        return;
    }
    for cluster in clusters(setup) {
        let detection = cluster
            .get("outlier_detection")
            .filter(|detection| is_enforced(detection));
        if let Some(detection) = detection
            && !is_exempt(&cluster, &failures)
        {
            findings.add(
                detection.place(),
                MESSAGE,
                "Write an error_matcher in HttpProtocolOptions.outlier_detection of this cluster \
                 that wants :status 5xx and not the header x-maintenance-mode; or \
                 enforcing_consecutive_5xx: 0 and enforcing_consecutive_gateway_failure: 0.",
            );
        }
    }
    // An EnvoyFilter beside a manifest may say what the manifest cannot.
    let patched = setup
        .patches
        .iter()
        .filter_map(|patch| patch.at(&["patch", "value"]));
    let is_mended = patched
        .into_iter()
        .any(|cluster| is_exempt(&cluster, &failures));
    for (kind, manifest) in setup.manifests.iter().filter(|_| !is_mended) {
        match *kind {
            "DestinationRule" => destination_rule(manifest, findings),
            "BackendTrafficPolicy" => traffic_policy(manifest, findings),
            _ => {}
        }
    }
}

/// The clusters that HTTP requests go to, or all, where no route is known.
fn clusters<'d>(setup: &Setup<'d>) -> Vec<Spot<'d>> {
    let routes = setup
        .managers
        .iter()
        .flat_map(|manager| setup.routes_of(manager));
    let named: Vec<&str> = routes
        .flat_map(|routes| {
            routes
                .clusters()
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        })
        .collect();
    let clusters = setup.clusters.iter();
    let is_used = |cluster: &&Spot| {
        named.is_empty()
            || cluster
                .text_of("name")
                .is_some_and(|name| named.contains(&name))
    };
    clusters.filter(is_used).cloned().collect()
}

/// Whether Envoy's `OutlierDetection` takes hosts out for statuses: what is counted, up to a
/// number that is not 0, and enforced, which is by default only for statuses from 500 on.
fn is_enforced(detection: &Spot) -> bool {
    let is_positive = |key: &str, default: f64| detection.number_of(key).unwrap_or(default) > 0.0;
    let may_eject = is_positive("max_ejection_percent", 10.0)
        || detection.bool_of("always_eject_one_host") == Some(true);
    let counts = [
        ("consecutive_5xx", "enforcing_consecutive_5xx", 100.0),
        (
            "consecutive_gateway_failure",
            "enforcing_consecutive_gateway_failure",
            0.0,
        ),
        (
            "failure_percentage_threshold",
            "enforcing_failure_percentage",
            0.0,
        ),
    ];
    let ejects = |(count, enforcing, default): &(&str, &str, f64)| {
        is_positive(count, 5.0) && is_positive(enforcing, *default)
    };
    may_eject && counts.iter().any(ejects)
}

/// Whether a cluster's own word for what an error is leaves the replies out.
fn is_exempt(cluster: &Spot, failures: &[Reply]) -> bool {
    let keys = [
        "typed_extension_protocol_options",
        HTTP_PROTOCOL_OPTIONS,
        "outlier_detection",
        "error_matcher",
    ];
    let matcher = cluster.at(&keys);
    matcher.is_some_and(|matcher| {
        failures
            .iter()
            .all(|reply| holds(&matcher, reply) == Likely::No)
    })
}

/// Istio's: on unless set to 0.
fn destination_rule(manifest: &Spot, findings: &mut Findings) {
    for detection in manifest
        .all()
        .iter()
        .filter_map(|spot| spot.get("outlierDetection"))
    {
        let counts = |key: &str, default: f64| detection.number_of(key).unwrap_or(default) > 0.0;
        if counts("consecutive5xxErrors", 5.0) || counts("consecutiveGatewayErrors", 0.0) {
            findings.add(
                detection.place(),
                MESSAGE,
                "Write consecutive5xxErrors: 0 and consecutiveGatewayErrors: 0, with \
                 consecutiveLocalOriginFailures and splitExternalLocalOriginErrors: true for \
                 hosts that cannot be reached; or an error_matcher by an EnvoyFilter.",
            );
        }
    }
}

/// Envoy Gateway's.
fn traffic_policy(manifest: &Spot, findings: &mut Findings) {
    if let Some(passive) = manifest.at(&["spec", "healthCheck", "passive"]) {
        let counts = |key: &str, default: f64| passive.number_of(key).unwrap_or(default) > 0.0;
        if counts("consecutive5XxErrors", 5.0) || counts("consecutiveGatewayErrors", 0.0) {
            findings.add(
                passive.place(),
                MESSAGE,
                "Write consecutive5XxErrors: 0 and consecutiveGatewayErrors: 0, with \
                 consecutiveLocalOriginFailures and splitExternalLocalOriginErrors: true for \
                 hosts that cannot be reached.",
            );
        }
    }
}
