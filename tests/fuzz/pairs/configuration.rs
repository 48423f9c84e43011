//! Configurations, of few words that meet those of the requests.

use serde_json::{Map, Value, json};

use super::{
    reading::regex,
    run::{KEY, admin_tokens},
    source::Source,
    windows,
};

/// The middle of all times: 2026-11-22.
pub const BASE: i64 = 1_795_305_600_000;

/// Seconds beside it.
pub const MOMENTS: [i64; 13] = [
    -86_400, -7200, -3600, -1800, -61, -1, 0, 1, 60, 1800, 3600, 7200, 86_400,
];

pub fn moment(source: &mut Source) -> i64 {
    BASE + source.pick(&MOMENTS) * 1000
}

const NETWORKS: [&str; 14] = [
    "10.0.0.0/8",
    "10.1.2.3/8",
    "192.0.2.1",
    "192.0.2.0/31",
    "::ffff:10.0.0.1",
    "::ffff:10.9.9.9/104",
    "2001:db8::/32",
    "2001:db8::1",
    "2001:db8::ffff/64",
    "fe80::/10",
    "203.0.113.0/25",
    "203.0.113.127/32",
    "::/0",
    "0.0.0.0/0",
];

fn path(source: &mut Source) -> Value {
    let plain = [
        "/healthz",
        "/static/*",
        "/a",
        "/a/*",
        "/a/b",
        "/pay/*",
        "/beta/*",
        "/café",
        "/a b",
        "/caf%c3%a9/*",
        "/a:b",
        "/",
    ];
    match source.below(16) {
        0 => json!({"prefix": "/b"}),
        1 => json!({"prefix": "/a/b"}),
        2 => json!({"suffix": ".css"}),
        3 => json!({"suffix": "/b"}),
        4 => json!({"exact": "/a/b"}),
        5 => json!({"regex": source.pick(&regex::PATHS).0}),
        6 if source.one_in(4) => json!("/*"),
        _ => json!(source.pick(&plain)),
    }
}

const HOSTS: [&str; 6] = [
    "shop.example.com",
    "*.example.com",
    "example.com",
    "SHOP.example.com",
    "*.shop.example.com",
    "localhost",
];

/// Names of headers and cookies.
pub const NAMES: [&str; 3] = ["x-a", "x-b", "x-role"];
/// The segments of attributes.
pub const ATTRIBUTES: [&str; 2] = ["metadata.role", "connection.requested_server_name"];

fn text_kind(source: &mut Source, entry: &mut Map<String, Value>) {
    let (key, value) = match source.below(6) {
        0 => ("present", json!(source.one_in(2))),
        1 => ("prefix", json!(source.pick(&["s", "st", "b"]))),
        2 => ("suffix", json!(source.pick(&["f", "ff", "b"]))),
        3 => ("regex", json!(source.pick(&regex::VALUES).0)),
        _ => (
            "exact",
            json!(source.pick(&["b", "staff", "b,b", "12", "\u{fffd}"])),
        ),
    };
    entry.insert(key.to_owned(), value);
}

fn field(source: &mut Source) -> Value {
    let mut entry = Map::new();
    entry.insert("name".to_owned(), json!(source.pick(&NAMES)));
    text_kind(source, &mut entry);
    entry.into()
}

fn attribute(source: &mut Source) -> Value {
    let mut entry = Map::new();
    let path = source.pick(&ATTRIBUTES);
    entry.insert(
        "path".to_owned(),
        path.split('.').collect::<Vec<_>>().into(),
    );
    if source.one_in(4) {
        entry.insert("exact".to_owned(), json!("true"));
    } else {
        text_kind(source, &mut entry);
    }
    entry.into()
}

/// The kinds of entries, some more often than others.
pub const KINDS: [&str; 9] = [
    "client_ips",
    "paths",
    "paths",
    "paths",
    "hosts",
    "methods",
    "headers",
    "cookies",
    "attributes",
];

/// Entries of some kinds, of one at least.
fn matchers(source: &mut Source, most: usize) -> Value {
    let mut matchers = Map::new();
    for kind in source.some(&KINDS, most) {
        let entries = (0..=source.below(2)).map(|_| match kind {
            "client_ips" => json!(source.pick(&NETWORKS)),
            "paths" => path(source),
            "hosts" => json!(source.pick(&HOSTS)),
            "methods" => json!(source.pick(&["GET", "HEAD", "POST", "OPTIONS"])),
            "headers" | "cookies" => field(source),
            "attributes" => attribute(source),
            other => panic!("{other} is not made"),
        });
        let mut entries: Vec<Value> = entries.collect();
        entries.dedup();
        matchers.insert(kind.to_owned(), entries.into());
    }
    matchers.into()
}

fn response(source: &mut Source) -> Value {
    let mut keys = Map::new();
    for _ in 0..source.below(6) {
        let (key, value) = match source.below(22) {
            0 => (
                "status",
                json!(source.pick(&[200, 204, 304, 404, 503, 599])),
            ),
            1 => {
                let date = json!("Sun, 22 Nov 2026 10:00:00 GMT");
                let choices = [
                    json!(0),
                    json!(1),
                    json!(120),
                    json!("1d2h3m4s"),
                    json!("none"),
                    date,
                ];
                ("retry_after", source.pick(&choices))
            }
            2 | 3 => ("retry_after_jitter", json!(source.pick(&[0, 1, 30]))),
            19 => (
                "hold_seconds",
                source.pick(&[json!(0), json!(1), json!(240), json!("2m")]),
            ),
            4 => ("refresh", source.pick(&[json!(1), json!(30), json!("1h")])),
            5 | 6 => (
                "format",
                json!(source.pick(&["html", "json", "text", "auto"])),
            ),
            7 => (
                "title",
                json!(source.pick(&["Closed", "<b>\"Closed\" & 'shut'</b>"])),
            ),
            8 => (
                "message",
                json!(source.pick(&["Back soon.", "<i>\"é\\&'</i>", "5 %41 off"])),
            ),
            9 => {
                let all = "<p>{{title}} {{message}} {{status}} {{retry_after}} {{until}} \
                           {{request_id}}";
                (
                    "html",
                    json!(source.pick(&["<a title='{{message}}'>", all])),
                )
            }
            10 => {
                let all =
                    r#"{"a": "{{message}} {{until}}", "b": ["{{status}}", "{{retry_after}}"]}"#;
                (
                    "json",
                    json!(source.pick(&["{\"a\": \"{{request_id}}\"}", all])),
                )
            }
            11 => {
                let all = "{{message}} {{status}} {{retry_after}} {{until}} {{request_id}}";
                ("text", json!(source.pick(&["{{title}}: {{message}}", all])))
            }
            12 | 13 => ("redirect", json!(source.pick(&REDIRECTS))),
            14 => {
                let choices = [
                    json!({"X-Extra": "1"}),
                    json!({"cache-control": "private", "x-extra": "2"}),
                    json!({"Vary": "*", "Grpc-Message": "fine"}),
                ];
                ("headers", source.pick(&choices))
            }
            15 => {
                let directives = source.some(&["cookies", "cache", "storage"], 2);
                ("clear_site_data", json!(directives))
            }
            16 => ("expire_cookies", json!(source.some(&["sid", "x-a"], 2))),
            17 => ("cors", cors(source)),
            20 | 21 => ("languages", languages(source)),
            _ => ("no_retry", json!(source.one_in(2))),
        };
        keys.insert(key.to_owned(), value);
    }
    keys.into()
}

fn languages(source: &mut Source) -> Value {
    let tags = source.some(&["de", "EN", "sv", "pt-BR", "fr-CA"], 3);
    let own = |tag: &str| {
        let mut own = Map::new();
        for (key, text) in [
            ("title", "Zu & \"dicht\""),
            ("message", "Gleich <wieder> da"),
            ("html", "<b lang=de>{{title}}: {{message}} {{status}}"),
            ("text", "{{message}} ({{title}})"),
        ] {
            if source.one_in(2) {
                own.insert(key.to_owned(), text.into());
            }
        }
        (tag.to_owned(), own.into())
    };
    let languages: Map<String, Value> = tags.into_iter().map(own).collect();
    languages.into()
}

const REDIRECTS: [&str; 4] = [
    "https://status.example.com/a",
    "https://shop.example.com",
    "http://shop.example.com/a/b?x=1",
    "https://example.com/healthz",
];

fn cors(source: &mut Source) -> Value {
    let origins = [
        "https://app.example.com",
        "https://*.example.com",
        "HTTPS://Shop.example.com:443",
        "http://localhost:8080",
    ];
    if source.one_in(5) {
        return json!({"allow_origins": ["*"]});
    }
    let origins = source.some(&origins, 2);
    match source.below(3) {
        0 => json!({"allow_origins": origins}),
        credentials => {
            json!({"allow_origins": origins, "allow_credentials": credentials == 1})
        }
    }
}

fn rules(source: &mut Source) -> Value {
    let rules = (0..=source.below(4)).map(|number| {
        let mut rule = json!({"match": matchers(source, 2)});
        let actions = ["allow", "block", "block", "on", "follow"];
        if !source.one_in(6) {
            rule["action"] = json!(source.pick(&actions));
        }
        if source.one_in(3) {
            rule["response"] = response(source);
        }
        if source.one_in(4) {
            rule["name"] = json!(format!("rule {number}"));
        }
        rule
    });
    rules.collect()
}

fn client_address(source: &mut Source) -> Value {
    let header = source.pick(&["x-forwarded-for", "X-Forwarded-For", "cf-connecting-ip"]);
    let trusted = [
        "10.0.0.0/8",
        "192.0.2.1",
        "2001:db8::/32",
        "fe80::/10",
        "::ffff:203.0.113.0/121",
    ];
    json!({"header": header, "trusted_proxies": source.some(&trusted, 3)})
}

pub fn configuration(source: &mut Source) -> Value {
    let mut keys = Map::new();
    let mut set = |key: &str, value: Value| drop(keys.insert(key.to_owned(), value));
    match source.below(8) {
        0 => set("mode", json!("off")),
        1 => set("mode", source.pick(&[json!("on"), json!(true)])),
        2 => set("mode", json!("auto")),
        _ => {}
    }
    if source.one_in(2) {
        set(
            "initial",
            source.pick(&[json!("on"), json!("on"), json!(true), json!("off")]),
        );
    }
    if source.one_in(8) {
        set("scope", json!("shop"));
    }
    if source.one_in(8) {
        set("observe", json!(true));
    }
    if source.one_in(8) {
        set("max_held_requests", json!(source.pick(&[0, 1000])));
    }
    if source.one_in(4) {
        set("route_metadata", json!(true));
    }
    if source.one_in(3) {
        set(
            "upstream_header",
            json!(source.pick(&["X-Maintenance", "x-b"])),
        );
    }
    if source.one_in(3) {
        set("client_address", client_address(source));
    }
    if source.one_in(2) {
        set("allow", matchers(source, 4));
    }
    if !source.one_in(3) {
        set("rules", rules(source));
    }
    if source.one_in(3) {
        set("windows", windows::windows(source));
    }
    if !source.one_in(3) {
        set("response", response(source));
    }
    if source.one_in(4) {
        let mut admin = json!({"path": source.pick(&["/a", "/maintenance-mode"])});
        admin["tokens"] = admin_tokens();
        if source.one_in(4) {
            admin["max_on_seconds"] = json!(source.pick(&[3600, 7200, 100_000]));
        }
        if source.one_in(4) {
            admin["client_ips"] = json!(source.some(&NETWORKS, 2));
        }
        set("admin", admin);
    }
    if source.one_in(4) {
        let mut bypass = json!({"key": KEY});
        if source.one_in(2) {
            bypass["cookie"] = json!("x-pass");
        }
        if source.one_in(2) {
            bypass["max_ttl_seconds"] = source.pick(&[json!(3600), json!(3600), json!("1h")]);
        }
        set("bypass", bypass);
    }
    keys.into()
}
