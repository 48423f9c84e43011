//! Proxies that check the health of the hosts behind them.

use std::ops::RangeInclusive;

use crate::ctl::doctor::front;
use crate::ctl::doctor::health_check::{Asker, HealthCheck, Ports, Question, agent};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// Envoy's own panic threshold.
const PANIC: f64 = 50.0;

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
    let threshold = cluster.at(&["common_lb_config", "healthy_panic_threshold"]);
    let panic = threshold.map_or(PANIC, |percent| percent.number_of("value").unwrap_or(0.0));
    let fails = [
        "common_lb_config",
        "zone_aware_lb_config",
        "fail_traffic_on_panic",
    ];
    let fails = cluster
        .at(&fails)
        .is_some_and(|spot| spot.node().to_json() == true);
    let Some(ports) = ports(cluster) else {
        return Vec::new();
    };
    let checks = cluster.list("health_checks").into_iter();
    let checks = checks.filter_map(|check| {
        let http = check.get("http_health_check");
        let well = http
            .as_ref()
            .map(|http| statuses(http, "expected_statuses"));
        let (spot, question) = match (http, check.get("grpc_health_check")) {
            (Some(http), _) => (http.get("path")?, of_http(&http)?),
            (None, Some(grpc)) => (grpc, Question::Grpc),
            _ => return None,
        };
        Some(HealthCheck {
            spot,
            asker: Asker::Envoy,
            title: format!("the cluster {name:?}"),
            question,
            well: well.unwrap_or_default(),
            ports: ports.clone(),
            then: without(if fails { 0.0 } else { panic }),
        })
    });
    checks.collect()
}

fn of_http(http: &Spot) -> Option<Question> {
    let added = http.list("request_headers_to_add").into_iter();
    let added = added.filter_map(|option| {
        let header = option.get("header")?;
        let value = header.text_of("value").unwrap_or_default();
        Some((
            header.text_of("key")?.to_ascii_lowercase(),
            value.to_owned(),
        ))
    });
    Some(Question::Http {
        path: http.text_of("path")?.to_owned(),
        host: http.text_of("host").map(str::to_owned),
        method: http.text_of("method").map(str::to_owned),
        headers: agent("Envoy/HC").into_iter().chain(added).collect(),
    })
}

/// `Int64Range`s, whose end is none of them; 200 if there are none.
fn statuses(http: &Spot, key: &str) -> Vec<RangeInclusive<u16>> {
    let ranges = http.list(key).into_iter().map(|range| {
        let bound = |key: &str| range.number_of(key).unwrap_or_default() as u16;
        bound("start")..=bound("end").saturating_sub(1)
    });
    let ranges: Vec<_> = ranges.collect();
    if ranges.is_empty() {
        vec![200..=200]
    } else {
        ranges
    }
}

/// The ports of a cluster's endpoints that are asked, if any is; those that are for this alone are
/// the hosts' own.
fn ports(cluster: &Spot) -> Option<Ports> {
    let groups = cluster.at(&["load_assignment", "endpoints"]);
    let groups = groups
        .map(|groups| groups.items())
        .unwrap_or_default()
        .into_iter();
    let endpoints = groups.flat_map(|group| group.list("lb_endpoints"));
    let endpoints: Vec<Spot> = endpoints
        .filter_map(|entry| entry.get("endpoint"))
        .collect();
    let number = |spot: Option<Spot>| Some(spot?.number_of("port_value")? as u16);
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
        let codes: Vec<_> = codes.map(|code| code as u16..=code as u16).collect();
        if codes.is_empty() {
            vec![200..=200]
        } else {
            codes
        }
    };
    let http = active.get("http");
    let (spot, question, well) = match (http, active.get("grpc")) {
        (Some(http), _) => {
            let question = Question::Http {
                path: http.text_of("path")?.to_owned(),
                host: http.text_of("hostname").map(str::to_owned),
                method: http.text_of("method").map(str::to_owned),
                headers: agent("Envoy/HC"),
            };
            (http.get("path")?, question, codes(&http))
        }
        (None, Some(grpc)) => (grpc, Question::Grpc, Vec::new()),
        _ => return None,
    };
    Some(HealthCheck {
        spot,
        asker: Asker::EnvoyGateway,
        title: format!("the BackendTrafficPolicy {}", manifest.name()),
        question,
        well,
        ports: Ports::Seen(Vec::new()),
        then: without(health.number_of("panicThreshold").unwrap_or(PANIC)),
    })
}
