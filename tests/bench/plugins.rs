//! The cases of this filter, the same on each host. Each has a scope of its own, and those of
//! Wasm share their VMs.

use serde_json::{Value, json};
use support::{Host, TOKEN, module_of, sha256};

use crate::{
    case::{Answer, Case, Switch},
    modules,
};

pub const OFF: &str = "off";
pub const OFF_ENDPOINT: &str = "off, endpoint";
pub const OFF_WINDOWS: &str = "off, 100 recurring windows";
pub const BLOCK_WINDOWS: &str = "block, 100 recurring windows";
pub const BLOCK: &str = "block by configuration";
pub const BLOCK_TOGGLE: &str = "block by toggle";
pub const BLOCK_LARGE: &str = "block, 10,000 blocks, 1,000 paths";

/// The name of the filter, and of its VMs.
const NAME: &str = "maintenance_mode";
/// The Envoy cluster of etcd.
pub const ETCD: &str = "etcd";

/// All of them.
pub fn all() -> Vec<Case> {
    [Host::Wasm, Host::Native]
        .into_iter()
        .flat_map(on_host)
        .collect()
}

/// The name of a case on a host.
pub fn name(host: Host, case: &str) -> String {
    let host = match host {
        Host::Wasm => "Wasm",
        Host::Native => "native",
    };
    format!("{host}: {case}")
}

fn on_host(host: Host) -> Vec<Case> {
    let on = |mut configuration: Value| {
        configuration["mode"] = "on".into();
        configuration
    };
    let endpoint = |mut configuration: Value| {
        configuration["admin"] = support::admin();
        configuration
    };
    let etcd = |scope: &str| {
        let mut configuration = endpoint(policy());
        let key = format!("maintenance-mode/{scope}");
        configuration["store"] = json!({"etcd": {"cluster": ETCD, "key": key}});
        configuration
    };
    let windows = |mut configuration: Value| {
        configuration["windows"] = hundred_windows();
        configuration
    };
    let mut cases = Cases {
        host,
        all: Vec::new(),
    };
    cases.add(OFF, policy(), Answer::Upstream);
    cases.add(OFF_ENDPOINT, endpoint(policy()), Answer::Upstream);
    cases.add(BLOCK, on(policy()), Answer::Reply);
    cases.add(BLOCK_TOGGLE, endpoint(policy()), Answer::Reply);
    cases
        .add("allow by path", on(policy()), Answer::Upstream)
        .path = "/healthz";
    let local = json!({"allow": {"client_ips": ["127.0.0.0/8"], "paths": ["/healthz"]}});
    cases.add("allow by address", on(local), Answer::Upstream);
    cases.add(
        BLOCK_LARGE,
        on(json!({"allow": support::large_lists()})),
        Answer::Reply,
    );
    cases.add("off, every feature", every_feature(), Answer::Upstream);
    let busy = Answer::Other(503, "Closed for the night");
    cases
        .add("block, every feature", every_feature(), busy)
        .switch = Switch::Endpoint;
    cases.add(OFF_WINDOWS, windows(endpoint(policy())), Answer::Upstream);
    cases.add(BLOCK_WINDOWS, windows(endpoint(policy())), Answer::Reply);
    cases.add("off, etcd", etcd("off"), Answer::Upstream);
    cases.add("block, etcd", etcd("block"), Answer::Reply);
    cases.all
}

struct Cases {
    host: Host,
    all: Vec<Case>,
}

impl Cases {
    fn add(&mut self, case: &str, mut configuration: Value, answer: Answer) -> &mut Case {
        configuration["scope"] = format!("case-{:02}", self.all.len()).into();
        let module = module_of(self.host);
        let filter = match self.host {
            Host::Wasm => modules::wasm,
            Host::Native => modules::dynamic,
        };
        let filter = filter(NAME, &module.to_string_lossy(), &configuration);
        let mut case = Case::new(name(self.host, case), vec![filter], answer);
        case.host = Some(self.host);
        if answer == Answer::Reply && configuration["mode"] != "on" {
            case.switch = Switch::Endpoint;
        }
        self.all.push(case);
        self.all.last_mut().unwrap()
    }
}

/// One block of addresses and one path.
fn policy() -> Value {
    json!({"allow": {"client_ips": ["10.0.0.0/8"], "paths": ["/healthz"]}})
}

/// None of them is open, whatever the day.
fn hundred_windows() -> Value {
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Gaza"];
    let windows = (0..100).map(|n| {
        json!({
            "name": format!("window {n}"),
            "schedule": format!("{} {} * * {}", n % 60, n % 24, n % 7),
            "duration": "90m",
            "time_zone": zones[n % zones.len()],
            "start": "2999-01-01T00:00:00Z",
        })
    });
    windows.collect()
}

/// Each key that goes with the others.
fn every_feature() -> Value {
    json!({
        "initial": "off",
        "upstream_header": "x-maintenance",
        "route_metadata": true,
        "client_address": {"header": "x-forwarded-for", "trusted_proxies": ["192.168.0.0/16"]},
        "allow": {
            "client_ips": ["10.0.0.0/8", "2001:db8::/32"],
            "paths": ["/healthz", "/static/*", {"suffix": ".css"}, {"regex": "/v[0-9]+/status"}],
            "hosts": ["status.example.com", "*.internal.example.com"],
            "methods": ["OPTIONS"],
            "headers": [{"name": "x-role", "exact": "staff"}],
            "cookies": [{"name": "beta", "exact": "1"}],
            "attributes": [{
                "path": ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn", "role"],
                "exact": "staff",
            }],
        },
        "rules": [
            {"name": "health", "match": {"paths": ["/livez"]}, "action": "allow"},
            {"name": "internal", "match": {"paths": ["/internal/*"]}, "action": "block"},
            {
                "name": "checkout",
                "match": {"hosts": ["shop.example.com"], "paths": ["/checkout/*"]},
                "action": "on",
                "response": {"message": "Checkout is closed for an hour."},
            },
        ],
        "windows": [{
            "start": "2020-12-01T22:00:00+01:00",
            "end": "2020-12-02T02:00:00+01:00",
            "message": "We move house.",
        }],
        "response": {
            "retry_after": 600,
            "retry_after_jitter": 30,
            "refresh": 30,
            "title": "Closed",
            "message": "Closed for the night",
            "html": "<!doctype html><title>{{title}}</title><p>{{message}} until {{until}}",
            "json": r#"{"message": "{{message}}", "status": {{status}}, "request": "{{request_id}}"}"#,
            "text": "{{message}} {{request_id}}",
            "headers": {"x-shop": "closed"},
            "redirect": "https://status.example.com/",
            "clear_site_data": ["cookies"],
            "expire_cookies": ["session"],
            "cors": {"allow_origins": ["https://app.example.com"]},
        },
        "admin": {
            "path": support::ADMIN,
            "tokens": [{"name": "ops", "sha256": sha256(TOKEN)}],
            "client_ips": ["127.0.0.0/8"],
            "max_on_seconds": 86400,
        },
        "bypass": {"key": "a key of the benchmark, of 32 bytes or more"},
    })
}
