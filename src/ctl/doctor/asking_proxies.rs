//! Proxies that check the health of the hosts behind them.

use std::ops::RangeInclusive;

use crate::ctl::doctor::ejection::{panic_threshold, panic_threshold_of_policy};
use crate::ctl::doctor::front;
use crate::ctl::doctor::health_check::{Asker, HealthCheck, Ports, Question, agent, line};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// The checks of proxies in front.
pub(super) fn health_checks<'d>(setup: &Setup<'d>) -> Vec<HealthCheck<'d>> {
    let clusters = front::clusters(setup);
    let clusters = clusters.iter().flat_map(of_cluster);
    let manifests = setup.manifests.iter();
    let policies = manifests.filter(|(kind, _)| *kind == "BackendTrafficPolicy");
    let policies = policies.filter_map(|(_, manifest)| of_traffic_policy(manifest));
    clusters.chain(policies).collect()
}

fn of_cluster<'d>(cluster: &Spot<'d>) -> Vec<HealthCheck<'d>> {
    let name = cluster.text_of("name").unwrap_or_default();
    let zones = cluster.at(&["common_lb_config", "zone_aware_lb_config"]);
    let fails = zones.and_then(|zones| zones.bool_of("fail_traffic_on_panic"));
    let panic = match fails {
        Some(true) => 0.0,
        _ => panic_threshold(cluster),
    };
    let Some(ports) = ports(cluster) else {
        return Vec::new();
    };
    let checks = cluster.list("health_checks").into_iter();
    let checks = checks.filter_map(|check| {
        let (spot, question, well) = match check.get("http_health_check") {
            Some(http) => (http.get("path")?, of_http(&http)?, statuses(&http)),
            None => (check.get("grpc_health_check")?, Question::Grpc, Vec::new()),
        };
        Some(HealthCheck {
            spot,
            asker: Asker::Envoy,
            title: format!("the cluster {name:?}"),
            question,
            well,
            ports: ports.clone(),
            then: without(panic),
        })
    });
    checks.collect()
}

fn of_http(http: &Spot) -> Option<Question> {
    let added = http.list("request_headers_to_add").into_iter();
    let added = added.filter_map(|option| line(&option.get("header")?, "key"));
    Some(Question::Http {
        path: http.text_of("path")?.to_owned(),
        host: http.text_of("host").map(str::to_owned),
        method: http.text_of("method").map(str::to_owned),
        headers: agent("Envoy/HC").into_iter().chain(added).collect(),
    })
}

/// `Int64Range`s, whose end is none of them; 200 if there are none.
fn statuses(http: &Spot) -> Vec<RangeInclusive<u16>> {
    let ranges = http.list("expected_statuses").into_iter().map(|range| {
        let bound = |key: &str| range.u16_of(key).unwrap_or_default();
        bound("start")..=bound("end").saturating_sub(1)
    });
    or_ok(ranges.collect())
}

fn or_ok(ranges: Vec<RangeInclusive<u16>>) -> Vec<RangeInclusive<u16>> {
    match ranges.is_empty() {
        true => vec![200..=200],
        false => ranges,
    }
}

/// The ports of a cluster's endpoints that are asked, if any is; those that are for this alone are
/// the hosts' own.
fn ports(cluster: &Spot) -> Option<Ports> {
    let groups = cluster.list_at(&["load_assignment", "endpoints"]);
    let entries = groups.iter().flat_map(|group| group.list("lb_endpoints"));
    let endpoints = entries.filter_map(|entry| entry.get("endpoint"));
    let endpoints: Vec<Spot> = endpoints.collect();
    let number = |spot: Option<Spot>| spot?.u16_of("port_value");
    let (mut own, mut seen) = (Vec::new(), Vec::new());
    for endpoint in &endpoints {
        let check = endpoint.get("health_check_config");
        let is_asked = |check: &Spot| check.bool_of("disable_active_health_check") != Some(true);
        if !check.as_ref().is_none_or(is_asked) {
            continue;
        }
        match number(check).filter(|port| *port > 0) {
            Some(port) => own.push(port),
            None => seen.extend(number(endpoint.at(&["address", "socket_address"]))),
        }
    }
    match (own.is_empty(), seen.is_empty()) {
        (true, true) if !endpoints.is_empty() => None,
        (false, true) => Some(Ports::Own(own)),
        _ => {
            seen.extend(own);
            Some(Ports::Seen(seen))
        }
    }
}

fn without(panic: f64) -> String {
    match panic > 0.0 {
        true => format!(
            "the host is taken out, and the others carry its load, until fewer than {panic} % are \
             left: then Envoy uses all again (the panic threshold)"
        ),
        false => "the host is taken out, and when all are, users get `no healthy upstream` in the \
                  place of the page, and for paths that are allowed"
            .to_owned(),
    }
}

fn of_traffic_policy<'d>(manifest: &Spot<'d>) -> Option<HealthCheck<'d>> {
    let health = manifest.at(&["spec", "healthCheck"])?;
    let active = health.get("active")?;
    let codes = |http: &Spot| {
        let codes = http.list("expectedStatuses").into_iter();
        let codes = codes.filter_map(|code| code.node().to_json().as_u64());
        or_ok(codes.map(|code| code as u16..=code as u16).collect())
    };
    let (spot, question, well) = match active.get("http") {
        Some(http) => {
            let question = Question::Http {
                path: http.text_of("path")?.to_owned(),
                host: http.text_of("hostname").map(str::to_owned),
                method: http.text_of("method").map(str::to_owned),
                headers: agent("Envoy/HC"),
            };
            (http.get("path")?, question, codes(&http))
        }
        None => (active.get("grpc")?, Question::Grpc, Vec::new()),
    };
    Some(HealthCheck {
        spot,
        asker: Asker::EnvoyGateway,
        title: format!("the BackendTrafficPolicy {}", manifest.name()),
        question,
        well,
        ports: Ports::Seen(Vec::new()),
        then: without(panic_threshold_of_policy(&health)),
    })
}
