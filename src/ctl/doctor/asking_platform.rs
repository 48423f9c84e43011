//! The platform that proxies run on, which checks their health: Kubernetes, balancers of clouds.

use std::ops::RangeInclusive;

use crate::ctl::doctor::health_check::{Asker, HealthCheck, Ports, Question, agent, line};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

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

/// Those of the platform that the proxies run on.
pub(super) fn health_checks<'d>(setup: &Setup<'d>) -> Vec<HealthCheck<'d>> {
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

fn of_pods<'d>(kind: &str, manifest: &Spot<'d>) -> Vec<HealthCheck<'d>> {
    const ANEW: &str = "Kubernetes starts the container anew, again and again";
    const PROBES: [(&str, &str); 3] = [
        ("livenessProbe", ANEW),
        (
            "readinessProbe",
            "Kubernetes sends the pod no more requests",
        ),
        ("startupProbe", ANEW),
    ];
    let containers = match kind {
        "Pod" => manifest.list_at(&["spec", "containers"]),
        _ => manifest.list_at(&["spec", "template", "spec", "containers"]),
    };
    // Of another pod, the port may have the same number.
    let is_envoy = |container: &Spot| {
        let words = ["image", "name"].map(|key| container.text_of(key));
        words.iter().flatten().any(|word| word.contains("envoy"))
    };
    if !containers.iter().any(is_envoy) {
        return Vec::new();
    }
    let probes = containers.iter().flat_map(|container| {
        let probes = PROBES.iter().filter_map(move |(key, then)| {
            let http = container.get(key)?.get("httpGet")?;
            let port = port_of(&http, container)?;
            let lines = http.list("httpHeaders");
            let lines = lines.iter().filter_map(|header| line(header, "name"));
            let lines: Vec<_> = lines.collect();
            let host = lines.iter().find(|(name, _)| name == "host");
            let path = http.get("path");
            Some(HealthCheck {
                asker: Asker::Kubelet,
                title: format!("the {key} of the {kind} {}", manifest.name()),
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
    http.u16_of("port").or_else(|| {
        let named = http.text_of("port")?;
        let mut ports = container.list("ports").into_iter();
        let port = ports.find(|port| port.text_of("name") == Some(named))?;
        port.u16_of("containerPort")
    })
}

fn of_google<'d>(kind: &str, manifest: &Spot<'d>, way: &[&str]) -> Vec<HealthCheck<'d>> {
    let Some(config) = manifest.at(way) else {
        return Vec::new();
    };
    let own = config.get_any(&["httpHealthCheck", "httpsHealthCheck", "http2HealthCheck"]);
    let is_other = ["TCP", "GRPC"].contains(&config.text_of("type").unwrap_or_default());
    let http = own.unwrap_or_else(|| config.clone());
    let port = http.u16_of("port");
    if is_other || port.is_some_and(|port| OWN_PORTS.contains(&port)) {
        return Vec::new();
    }
    let path = http.get("requestPath");
    vec![HealthCheck {
        asker: Asker::Balancer,
        title: format!("the {kind} {}", manifest.name()),
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
    let all = manifest.at(&["metadata", "annotations"]);
    let checks = ANNOTATIONS.iter().filter_map(|[path, port, codes]| {
        let all = all.as_ref()?;
        let spot = all.get(path)?;
        let port = all.u16_of(port);
        let is_own = port.is_some_and(|port| OWN_PORTS.contains(&port));
        let text = spot.text()?.to_owned();
        (!is_own).then(|| HealthCheck {
            spot,
            asker: Asker::Balancer,
            title: format!("the balancer of the {kind} {}", manifest.name()),
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
