//! Who checks the health of hosts: Envoys, Envoy Gateway, Kubernetes, balancers of clouds.

use std::ops::RangeInclusive;

use crate::ctl::doctor::front;
use crate::ctl::doctor::health_check::{Asker, HealthCheck, Ports, Question};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// Envoy's own panic threshold.
const PANIC: f64 = 50.0;
/// Ports on which the proxies of Istio and of Envoy Gateway answer for themselves.
const OWN_PORTS: [u16; 5] = [15020, 15021, 15090, 19001, 19003];
/// Where a balancer's annotations say what it asks for: its path, its port, the statuses of a host
/// that is well.
const ANNOTATIONS: [[&str; 3]; 4] = [
    [
        "alb.ingress.kubernetes.io/healthcheck-path",
        "alb.ingress.kubernetes.io/healthcheck-port",
        "alb.ingress.kubernetes.io/success-codes",
    ],
    [
        "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path",
        "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port",
        "service.beta.kubernetes.io/aws-load-balancer-healthcheck-success-codes",
    ],
    [
        "service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path",
        "",
        "",
    ],
    [
        "service.beta.kubernetes.io/do-loadbalancer-healthcheck-path",
        "service.beta.kubernetes.io/do-loadbalancer-healthcheck-port",
        "",
    ],
];
const OUT: &str = "the balancer takes the host out, and users get its own error in the place of the \
                   page";

/// The checks of proxies in front.
pub(super) fn of_proxies<'d>(setup: &Setup<'d>) -> Vec<HealthCheck<'d>> {
    let clusters = front::clusters(setup);
    let clusters = clusters.iter().flat_map(of_cluster);
    let manifests = setup.manifests.iter();
    let policies = manifests.filter(|(kind, _)| *kind == "BackendTrafficPolicy");
    let policies = policies.filter_map(|(_, manifest)| of_traffic_policy(manifest));
    clusters.chain(policies).collect()
}

/// Those of the platform that the proxies run on.
pub(super) fn of_platform<'d>(setup: &Setup<'d>) -> Vec<HealthCheck<'d>> {
    let all = setup
        .manifests
        .iter()
        .flat_map(|(kind, manifest)| match *kind {
            "Pod" | "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout" => {
                of_pods(kind, manifest)
            }
            "HealthCheckPolicy" => of_google(kind, manifest, &["spec", "default", "config"]),
            "BackendConfig" => of_google(kind, manifest, &["spec", "healthCheck"]),
            "Ingress" | "Service" | "IngressClassParams" | "Gateway" => {
                of_annotations(kind, manifest)
            }
            _ => Vec::new(),
        });
    all.collect()
}

fn agent(name: &str) -> Vec<(String, String)> {
    vec![("user-agent".to_owned(), name.to_owned())]
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
        title: format!("the BackendTrafficPolicy {}", name(manifest)),
        question,
        well,
        ports: Ports::Seen(Vec::new()),
        then: without(health.number_of("panicThreshold").unwrap_or(PANIC)),
    })
}

fn name<'d>(manifest: &Spot<'d>) -> &'d str {
    let name = manifest.at(&["metadata", "name"]);
    name.and_then(|name| name.text()).unwrap_or_default()
}

fn of_pods<'d>(kind: &str, manifest: &Spot<'d>) -> Vec<HealthCheck<'d>> {
    const PROBES: [(&str, &str); 3] = [
        (
            "livenessProbe",
            "Kubernetes starts the container anew, again and again",
        ),
        (
            "readinessProbe",
            "Kubernetes sends the pod no more requests",
        ),
        (
            "startupProbe",
            "Kubernetes starts the container anew, again and again",
        ),
    ];
    let spec = match kind {
        "Pod" => manifest.get("spec"),
        _ => manifest.at(&["spec", "template", "spec"]),
    };
    let containers = spec.map(|spec| spec.list("containers")).unwrap_or_default();
    // Of another pod, the port may have the same number.
    let is_envoy = |container: &Spot| {
        let words = ["image", "name"]
            .iter()
            .filter_map(|key| container.text_of(key));
        words.into_iter().any(|word| word.contains("envoy"))
    };
    if !containers.iter().any(is_envoy) {
        return Vec::new();
    }
    let probes = containers.iter().flat_map(|container| {
        let probes = PROBES.iter().filter_map(move |(key, then)| {
            let http = container.get(key)?.get("httpGet")?;
            let port = port_of(&http, container)?;
            let lines = http.list("httpHeaders").into_iter().filter_map(|header| {
                let value = header.text_of("value").unwrap_or_default();
                Some((
                    header.text_of("name")?.to_ascii_lowercase(),
                    value.to_owned(),
                ))
            });
            let lines: Vec<_> = lines.collect();
            let host = lines.iter().find(|(name, _)| name == "host");
            let path = http.get("path");
            Some(HealthCheck {
                asker: Asker::Kubelet,
                title: format!("the {key} of the {kind} {}", name(manifest)),
                question: Question::Http {
                    path: path.as_ref().and_then(Spot::text).unwrap_or("/").to_owned(),
                    host: host.map(|(_, host)| host.clone()),
                    method: None,
                    headers: agent("kube-probe/1.34").into_iter().chain(lines).collect(),
                },
                spot: path.unwrap_or(http),
                well: vec![200..=399],
                ports: Ports::Own(vec![port]),
                then: (*then).to_owned(),
            })
        });
        probes.collect::<Vec<_>>()
    });
    probes.collect()
}

/// The number of a probe's port, which may be a name of the container's.
fn port_of(http: &Spot, container: &Spot) -> Option<u16> {
    http.number_of("port").map(|port| port as u16).or_else(|| {
        let named = http.text_of("port")?;
        let ports = container.list("ports");
        let port = ports
            .iter()
            .find(|port| port.text_of("name") == Some(named))?;
        port.number_of("containerPort").map(|port| port as u16)
    })
}

fn of_google<'d>(kind: &str, manifest: &Spot<'d>, way: &[&str]) -> Vec<HealthCheck<'d>> {
    let Some(config) = manifest.at(way) else {
        return Vec::new();
    };
    let own = ["httpHealthCheck", "httpsHealthCheck", "http2HealthCheck"];
    let own = own.iter().find_map(|key| config.get(key));
    let is_other = ["TCP", "GRPC"].contains(&config.text_of("type").unwrap_or_default());
    let http = own.unwrap_or_else(|| config.clone());
    let port = http.number_of("port").map(|port| port as u16);
    if is_other || port.is_some_and(|port| OWN_PORTS.contains(&port)) {
        return Vec::new();
    }
    let path = http.get("requestPath");
    vec![HealthCheck {
        asker: Asker::Balancer,
        title: format!("the {kind} {}", name(manifest)),
        question: Question::Http {
            path: path.as_ref().and_then(Spot::text).unwrap_or("/").to_owned(),
            host: http.text_of("host").map(str::to_owned),
            method: None,
            headers: agent("GoogleHC/1.0"),
        },
        spot: path.unwrap_or(http),
        well: vec![200..=200],
        ports: Ports::Seen(port.into_iter().collect()),
        then: OUT.to_owned(),
    }]
}

fn of_annotations<'d>(kind: &str, manifest: &Spot<'d>) -> Vec<HealthCheck<'d>> {
    let Some(all) = manifest.at(&["metadata", "annotations"]) else {
        return Vec::new();
    };
    let checks = ANNOTATIONS.iter().filter_map(|[path, port, codes]| {
        let spot = all.get(path)?;
        let port = all.number_of(port).map(|port| port as u16);
        let is_own = port.is_some_and(|port| OWN_PORTS.contains(&port));
        let text = spot.text()?.to_owned();
        (!is_own).then(|| HealthCheck {
            spot,
            asker: Asker::Balancer,
            title: format!("the balancer of the {kind} {}", name(manifest)),
            question: Question::Http {
                path: text,
                host: None,
                method: None,
                headers: agent("ELB-HealthChecker/2.0"),
            },
            well: success_codes(all.text_of(codes)),
            ports: Ports::Seen(port.into_iter().collect()),
            then: OUT.to_owned(),
        })
    });
    checks.collect()
}

/// `200,201` or `200-299`; 200 if there are none.
fn success_codes(text: Option<&str>) -> Vec<RangeInclusive<u16>> {
    let ranges = text.unwrap_or("200").split(',').filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    });
    ranges.collect()
}
