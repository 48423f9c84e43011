//! When outlier detection takes hosts out for planned replies, and what users see of it.

use crate::ctl::doctor::reply::Reply;
use crate::ctl::documents::spot::Spot;

/// What outlier detection does to a cluster whose hosts reply with 5xx.
#[derive(Clone, Debug)]
pub(super) struct Ejection {
    /// `3 of them in a row (consecutive_5xx: 3)`
    after: String,
    /// How many of the hosts may go, and the key that says so.
    percent: f64,
    /// `max_ejection_percent: 10, the default`
    percent_said: String,
    /// Whether one host goes in any case.
    always_one: bool,
    /// Below which part of hosts that are well Envoy uses all.
    panic: f64,
}

/// The statuses that count as failures of a gateway.
const GATEWAY: std::ops::RangeInclusive<u16> = 502..=504;
/// Envoy's own.
const PERCENT: f64 = 10.0;
const PANIC: f64 = 50.0;

impl Ejection {
    /// Envoy's `OutlierDetection` of a cluster: what is counted, up to a number that is not 0,
    /// and enforced, which is by default only for statuses from 500 on.
    pub(super) fn of_cluster(cluster: &Spot, failures: &[Reply]) -> Option<Self> {
        let detection = cluster.get("outlier_detection")?;
        let number = |key: &str, default: f64| detection.number_of(key).unwrap_or(default);
        let is_enforced = |key: &str, default: f64| number(key, default) > 0.0;
        let gateway = (is_enforced("enforcing_consecutive_gateway_failure", 0.0)
            && are_of_gateways(failures))
        .then(|| counted(&detection, "consecutive_gateway_failure", 5.0));
        let any = is_enforced("enforcing_consecutive_5xx", 100.0)
            .then(|| counted(&detection, "consecutive_5xx", 5.0));
        let share = number("failure_percentage_threshold", 85.0);
        let of_share = (is_enforced("enforcing_failure_percentage", 0.0) && share > 0.0)
            .then(|| format!("{share} % of an interval (failure_percentage_threshold: {share})"));
        let ejection = Self {
            after: fewest([any, gateway]).or(of_share)?,
            percent: number("max_ejection_percent", PERCENT),
            percent_said: said(&detection, "max_ejection_percent", PERCENT),
            always_one: detection.bool_of("always_eject_one_host") == Some(true),
            panic: panic_threshold(cluster),
        };
        ejection.may_be().then_some(ejection)
    }

    /// Istio's, which is on unless set to 0, and knows no panic unless asked to.
    pub(super) fn of_destination_rule(detection: &Spot, failures: &[Reply]) -> Option<Self> {
        let percent = detection.number_of("maxEjectionPercent");
        Some(Self {
            after: of_manifest(detection, "consecutive5xxErrors", failures)?,
            percent: percent.filter(|percent| *percent > 0.0).unwrap_or(PERCENT),
            percent_said: said(detection, "maxEjectionPercent", PERCENT),
            always_one: false,
            panic: detection.number_of("minHealthPercent").unwrap_or(0.0),
        })
    }

    /// Envoy Gateway's.
    pub(super) fn of_traffic_policy(health: &Spot, failures: &[Reply]) -> Option<Self> {
        let passive = health.get("passive")?;
        let ejection = Self {
            after: of_manifest(&passive, "consecutive5XxErrors", failures)?,
            percent: passive.number_of("maxEjectionPercent").unwrap_or(PERCENT),
            percent_said: said(&passive, "maxEjectionPercent", PERCENT),
            always_one: passive.bool_of("alwaysEjectOneEndpoint") == Some(true),
            panic: panic_threshold_of_policy(health),
        };
        ejection.may_be().then_some(ejection)
    }

    fn may_be(&self) -> bool {
        self.percent > 0.0 || self.always_one
    }

    /// Whether one of so many hosts may go.
    pub(super) fn reaches(&self, hosts: usize) -> bool {
        self.always_one || 100.0 / hosts as f64 <= self.percent
    }

    pub(super) fn message(&self) -> String {
        let (percent, said) = (self.percent, &self.percent_said);
        let limit = match self.always_one {
            true => format!("one host, and up to {percent} % ({said})"),
            false => format!("up to {percent} % of the hosts ({said})"),
        };
        let all_may_go = percent >= 100.0 || self.always_one;
        let then = match (all_may_go, self.panic > 0.0) {
            (true, false) => {
                "when all are out, users get `no healthy upstream` instead of the page, and for \
                 paths that are allowed"
                    .to_owned()
            }
            (true, true) => format!(
                "the others carry their load, until fewer than {} % are left: then Envoy uses all \
                 again (the panic threshold)",
                self.panic
            ),
            (false, _) => "the others carry their load".to_owned(),
        };
        format!(
            "if this cluster leads to the filter: outlier detection counts planned replies as \
             failures, and takes a host out after {}, {limit}; {then}, also for a while after \
             maintenance is over",
            self.after
        )
    }
}

/// Of a cluster of Envoy.
pub(super) fn panic_threshold(cluster: &Spot) -> f64 {
    let threshold = cluster.at(&["common_lb_config", "healthy_panic_threshold"]);
    threshold.map_or(PANIC, |percent| percent.number_of("value").unwrap_or(0.0))
}

/// Of a `healthCheck` of Envoy Gateway.
pub(super) fn panic_threshold_of_policy(health: &Spot) -> f64 {
    health.number_of("panicThreshold").unwrap_or(PANIC)
}

fn are_of_gateways(failures: &[Reply]) -> bool {
    failures.iter().any(|reply| GATEWAY.contains(&reply.status))
}

/// How many, and how people are told of it.
fn counted(detection: &Spot, key: &str, default: f64) -> (f64, String) {
    let count = detection.number_of(key).unwrap_or(default);
    let said = said(detection, key, default);
    (count, format!("{count} of them in a row ({said})"))
}

fn said(detection: &Spot, key: &str, default: f64) -> String {
    match detection.number_of(key) {
        Some(number) => format!("{key}: {number}"),
        None => format!("{key}: {default}, the default"),
    }
}

/// Of what counts, what is reached first; 0 is never.
fn fewest(counts: [Option<(f64, String)>; 2]) -> Option<String> {
    let counts = counts.into_iter().flatten();
    let counts = counts.filter(|(count, _)| *count > 0.0);
    let first = counts.min_by(|(one, _), (other, _)| one.total_cmp(other));
    first.map(|(_, text)| text)
}

fn of_manifest(detection: &Spot, key: &'static str, failures: &[Reply]) -> Option<String> {
    const GATEWAYS: &str = "consecutiveGatewayErrors";
    let any = counted(detection, key, 5.0);
    let gateways = are_of_gateways(failures).then(|| counted(detection, GATEWAYS, 0.0));
    fewest([Some(any), gateways])
}

/// How many hosts a cluster has, where it lists them; whether names may stand for more.
pub(super) fn hosts(cluster: &Spot) -> Option<(usize, bool)> {
    let kind = cluster.text_of("type").unwrap_or("STATIC");
    if kind == "LOGICAL_DNS" {
        return Some((1, false));
    }
    if !["STATIC", "STRICT_DNS"].contains(&kind) {
        return None;
    }
    let groups = cluster.list_at(&["load_assignment", "endpoints"]);
    let groups = groups.iter().map(|group| group.list("lb_endpoints").len());
    let hosts: usize = groups.sum();
    (hosts > 0).then_some((hosts, kind == "STRICT_DNS"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::documents::document::documents;

    fn message(yaml: &str) -> String {
        let documents = documents("f.yaml", yaml).unwrap();
        let cluster = Spot::root(&documents[0]);
        let ejection = Ejection::of_cluster(&cluster, &[Reply::unknown()]);
        ejection.unwrap().message()
    }

    #[test]
    fn it_says_what_is_configured_and_what_happens() {
        let counts = "outlier_detection: {consecutive_gateway_failure: 3, \
                      enforcing_consecutive_gateway_failure: 100";
        let said = message(&format!("{counts}}}"));
        assert!(said.contains("after 3 of them in a row (consecutive_gateway_failure: 3)"));
        assert!(said.contains("max_ejection_percent: 10") && !said.contains("no healthy"));
        let said = message(&format!("{counts}, max_ejection_percent: 100}}"));
        assert!(said.contains("fewer than 50 %") && !said.contains("no healthy"));
        let none = "common_lb_config: {healthy_panic_threshold: {value: 0}}";
        let said = message(&format!("{counts}, max_ejection_percent: 100}}\n{none}"));
        assert!(said.contains("`no healthy upstream`"), "{said}");
    }
}
