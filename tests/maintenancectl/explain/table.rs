//! The table: configurations, the requests each is asked about, and what comes of them.

use serde_json::{Value, json};
use support::admin;

/// A configuration and its rows.
pub struct Case {
    pub configuration: Value,
    /// What else the connection manager of Envoy is given.
    pub connection_manager: Value,
    /// Options of `explain`; the decision, its reason and what matched.
    pub requests: Vec<(Vec<&'static str>, [&'static str; 3])>,
}

pub fn cases() -> Vec<Case> {
    vec![
        allow(),
        rules_while_on(),
        rules_while_off(),
        client_address(),
        another_header(),
        window(),
        mode(),
        observe(),
        replies(),
        route_metadata(),
    ]
}

const BLOCK: [&str; 3] = ["block", "initial", "initial"];
const OFF: [&str; 3] = ["pass", "initial", "initial"];

fn case(configuration: Value, requests: Vec<(Vec<&'static str>, [&'static str; 3])>) -> Case {
    Case {
        configuration,
        connection_manager: json!({}),
        requests,
    }
}

fn allow() -> Case {
    let path = |entry| ["pass", "path", entry];
    case(
        json!({"initial": "on", "admin": admin(), "allow": {
            "client_ips": ["10.0.0.0/8", "127.0.0.2"],
            "paths": ["/healthz", "/static/*", {"suffix": ".css"}, {"regex": "/v[0-9]+/x"}],
            "hosts": ["shop.example.com", "*.beta.example.com"],
            "methods": ["TRACE", "OPTIONS"],
            "headers": [{"name": "x-a", "prefix": "yes"}, {"name": "x-b", "present": true}],
            "cookies": [{"name": "beta", "exact": "1"}],
            "attributes": [{"path": ["request", "headers", "x-role"], "exact": "staff"}],
        }}),
        vec![
            (vec![], BLOCK),
            (
                vec!["--ip", "127.0.0.2"],
                ["pass", "client_ip", "allow.client_ips[1]"],
            ),
            (vec!["--ip", "127.0.0.3"], BLOCK),
            (vec!["--path", "/healthz"], path("allow.paths[0]")),
            (vec!["--path", "/healthz?a=/b"], path("allow.paths[0]")),
            (vec!["--path", "/healthz/"], BLOCK),
            (vec!["--path", "/Healthz"], BLOCK),
            (vec!["--path", "/static"], path("allow.paths[1]")),
            (vec!["--path", "/static/a/b"], path("allow.paths[1]")),
            (vec!["--path", "/staticx"], BLOCK),
            (vec!["--path", "/static/../x"], BLOCK),
            (vec!["--path", "//static/a"], BLOCK),
            (vec!["--path", "/static/%61"], BLOCK),
            (vec!["--path", "/static/%20"], path("allow.paths[1]")),
            (vec!["--path", "/static/a;b"], BLOCK),
            (vec!["--path", "/a.css"], path("allow.paths[2]")),
            (vec!["--path", "/v12/x"], path("allow.paths[3]")),
            (vec!["--path", "/v12/xy"], BLOCK),
            (
                vec!["--host", "shop.example.com"],
                ["pass", "host", "allow.hosts[0]"],
            ),
            (
                vec!["--host", "SHOP.example.com.:80"],
                ["pass", "host", "allow.hosts[0]"],
            ),
            (
                vec!["--host", "a.b.beta.example.com"],
                ["pass", "host", "allow.hosts[1]"],
            ),
            (vec!["--host", "beta.example.com"], BLOCK),
            (
                vec!["--method", "OPTIONS"],
                ["pass", "method", "allow.methods[1]"],
            ),
            (
                vec!["--header", "X-A: yes, sir"],
                ["pass", "header", "allow.headers[0]"],
            ),
            (
                vec!["--header", "x-b: 1"],
                ["pass", "header", "allow.headers[1]"],
            ),
            (vec!["--header", "x-a: no", "--header", "x-a: yes"], BLOCK),
            (
                vec!["--cookie", "a=2; beta=1"],
                ["pass", "cookie", "allow.cookies[0]"],
            ),
            (vec!["--cookie", "beta=2"], BLOCK),
            (
                vec!["--header", "x-role: staff"],
                ["pass", "attribute", "allow.attributes[0]"],
            ),
            (
                vec!["--path", "/maintenance-mode"],
                ["admin", "admin", "admin.path"],
            ),
            (
                vec!["--path", "/maintenance-mode/x"],
                ["admin", "admin", "admin.path"],
            ),
            (vec!["--path", "/maintenance-modex"], BLOCK),
            (vec!["--path", "//maintenance-mode"], BLOCK),
        ],
    )
}

fn rules() -> Value {
    json!([
        {"name": "open", "match": {"paths": ["/open/*"]}, "action": "allow"},
        {"name": "closed", "match": {"paths": ["/closed/*"]}, "action": "block", "response": {"status": 403}},
        {"name": "writes", "match": {"paths": ["/api/*"], "methods": ["POST", "PUT"]}, "action": "on"},
        {"name": "page", "match": {"hosts": ["page.example"]}, "response": {"status": 500}},
    ])
}

fn rules_while_on() -> Case {
    let rule = |decision, entry| [decision, "rule", entry];
    case(
        json!({"initial": "on", "rules": rules(), "allow": {"paths": ["/closed/a", "/api/a"]}}),
        vec![
            (vec!["--path", "/open/a"], rule("pass", "rules[0]")),
            (vec!["--path", "/open/../a"], BLOCK),
            (vec!["--path", "/closed/a"], rule("block", "rules[1]")),
            (
                vec!["--path", "/api/a", "--method", "POST"],
                ["pass", "path", "allow.paths[1]"],
            ),
            (
                vec!["--path", "/api/b", "--method", "POST"],
                rule("block", "rules[2]"),
            ),
            (vec!["--path", "/api/b"], BLOCK),
            (vec!["--host", "page.example"], BLOCK),
        ],
    )
}

fn rules_while_off() -> Case {
    let block = |entry| ["block", "rule", entry];
    case(
        json!({"rules": rules(), "allow": {"paths": ["/closed/a", "/api/a"]}}),
        vec![
            (vec!["--path", "/open/a"], OFF),
            (vec!["--path", "/closed/a"], block("rules[1]")),
            (vec!["--path", "//closed/a"], block("rules[1]")),
            (vec!["--path", "/x/../%63losed"], block("rules[1]")),
            (
                vec!["--path", "/api/a", "--method", "PUT"],
                ["pass", "path", "allow.paths[1]"],
            ),
            (
                vec!["--path", "/api/b", "--method", "PUT"],
                block("rules[2]"),
            ),
            (vec!["--path", "/api/b"], OFF),
            (vec!["--host", "page.example"], OFF),
        ],
    )
}

fn client_address() -> Case {
    let office = ["pass", "client_ip", "allow.client_ips[0]"];
    // Else Envoy adds its own address behind that of a loopback peer.
    let connection_manager = json!({"skip_xff_append": true});
    let case = case(
        json!({
            "initial": "on",
            "client_address": {"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"]},
            "allow": {"client_ips": ["192.0.2.0/24"]},
        }),
        vec![
            (vec![], BLOCK),
            (vec!["--header", "x-forwarded-for: 192.0.2.7"], office),
            (
                vec!["--header", "x-forwarded-for: 192.0.2.7, 198.51.100.1"],
                BLOCK,
            ),
            (
                vec![
                    "--header",
                    "x-forwarded-for: 198.51.100.1",
                    "--header",
                    "x-forwarded-for: 192.0.2.7",
                ],
                office,
            ),
            (vec!["--header", "x-forwarded-for: 192.0.2.7, junk"], BLOCK),
            (
                vec![
                    "--header",
                    "x-forwarded-for: 192.0.2.7",
                    "--ip",
                    "127.0.0.2",
                ],
                BLOCK,
            ),
        ],
    );
    Case {
        connection_manager,
        ..case
    }
}

fn another_header() -> Case {
    case(
        json!({
            "initial": "on",
            "client_address": {"header": "cf-connecting-ip", "trusted_proxies": ["127.0.0.0/30"]},
            "allow": {"client_ips": ["2001:db8::/32", "127.0.0.3"]},
        }),
        vec![
            (
                vec!["--header", "cf-connecting-ip: 2001:db8::7"],
                ["pass", "client_ip", "allow.client_ips[0]"],
            ),
            (
                vec![
                    "--header",
                    "cf-connecting-ip: 2001:db8::7",
                    "--ip",
                    "127.0.0.4",
                ],
                BLOCK,
            ),
            (
                vec!["--header", "cf-connecting-ip: junk", "--ip", "127.0.0.3"],
                ["pass", "client_ip", "allow.client_ips[1]"],
            ),
        ],
    )
}

fn window() -> Case {
    case(
        json!({"windows": [
            {"end": "2001-01-01T00:00:00Z"},
            {"start": "2001-01-01T00:00:00Z", "end": "2126-01-01T00:00:00Z"},
        ], "allow": {"methods": ["HEAD"]}}),
        vec![
            (vec![], ["block", "window", "windows[1]"]),
            (
                vec!["--method", "HEAD"],
                ["pass", "method", "allow.methods[0]"],
            ),
        ],
    )
}

fn mode() -> Case {
    case(
        json!({"mode": "off", "initial": "on", "rules": rules()}),
        vec![
            (vec![], ["pass", "mode", "mode"]),
            (vec!["--path", "/closed"], ["block", "rule", "rules[1]"]),
        ],
    )
}

fn observe() -> Case {
    case(
        json!({"mode": "on", "observe": true, "rules": rules()}),
        vec![
            (vec![], ["observe", "mode", "mode"]),
            (vec!["--path", "/closed"], ["observe", "rule", "rules[1]"]),
        ],
    )
}

/// The status of the reply is compared, too.
fn replies() -> Case {
    case(
        json!({"initial": "on", "response": {"redirect": "https://status.example.com/"}}),
        vec![
            (vec!["--header", "accept: text/html"], BLOCK),
            (vec!["--header", "accept: application/json"], BLOCK),
            (
                vec![
                    "--header",
                    "content-type: application/grpc",
                    "--method",
                    "POST",
                ],
                BLOCK,
            ),
        ],
    )
}

fn route_metadata() -> Case {
    let route = |prefix: &str, action: &str| {
        json!({
            "match": {"prefix": prefix},
            "route": {"cluster": "upstream"},
            "metadata": {"filter_metadata": {"maintenance_mode": {"action": action}}},
        })
    };
    let routes = [
        route("/block", "block"),
        route("/on", "on"),
        route("/", "follow"),
    ];
    Case {
        connection_manager: json!({"route_config": {"virtual_hosts": [
            {"name": "all", "domains": ["*"], "routes": routes},
        ]}}),
        ..case(
            json!({"route_metadata": true, "rules": rules(), "allow": {"paths": ["/on/a"]}}),
            vec![
                (
                    vec!["--path", "/block", "--route-action", "block"],
                    ["block", "rule", "route_metadata"],
                ),
                (
                    vec!["--path", "/on", "--route-action", "on"],
                    ["block", "rule", "route_metadata"],
                ),
                (
                    vec!["--path", "/on/a", "--route-action", "on"],
                    ["pass", "path", "allow.paths[0]"],
                ),
                (vec!["--path", "/x", "--route-action", "follow"], OFF),
                (
                    vec![
                        "--path",
                        "/block",
                        "--host",
                        "page.example",
                        "--route-action",
                        "block",
                    ],
                    OFF,
                ),
            ],
        )
    }
}
