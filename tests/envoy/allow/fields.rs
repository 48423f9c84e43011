//! Headers, cookies and attributes.

use serde_json::{Value, json};
use support::{Connection, Envoy, Options, Request};

use super::{check, check_counts, on, with_header};

#[test]
fn headers_are_compared_by_each_kind_and_their_lines_joined() {
    let envoy = Envoy::start(on(json!({"headers": [
        {"name": "X-Exact", "exact": "staff"},
        {"name": "x-prefix", "prefix": "ab"},
        {"name": "x-suffix", "suffix": "yz"},
        {"name": "x-regex", "regex": "a|bc"},
        {"name": "x-present", "present": true},
        {"name": "x-joined", "exact": "a,b"},
        {"name": "x-always", "present": false},
        {"name": "x-bytes", "exact": "a\u{fffd}"},
    ]})));
    let request = |(name, lines): &(&str, &[&str])| {
        let request = Request::get("/").header("x-always", "here");
        let add = |request: Request, line: &&str| request.header(name, line);
        lines.iter().fold(request, add)
    };
    let mut hits: Vec<Request> = [
        ("x-exact", &["staff"][..]),
        ("X-EXACT", &["staff"]),
        ("x-prefix", &["abc"]),
        ("x-suffix", &["xyz"]),
        ("x-regex", &["bc"]),
        ("x-present", &[""]),
        ("x-joined", &["a", "b"]),
        ("x-joined", &["a,b"]),
        ("x-prefix", &["ab", "c"]),
    ]
    .iter()
    .map(request)
    .collect();
    hits.push(Request::get("/"));
    hits.push(request(&("x-bytes", &[])).header("x-bytes", b"a\xff"));
    let misses: Vec<Request> = [
        ("x-other", &["staff"][..]),
        ("x-exact", &["Staff"]),
        ("x-exact", &["staff", "staff"]),
        ("x-exact", &["staff", ""]),
        ("x-exact", &[""]),
        ("x-prefix", &["cab"]),
        ("x-prefix", &["c", "ab"]),
        ("x-suffix", &["yzx"]),
        ("x-regex", &["xbc"]),
        ("x-regex", &["ab"]),
        ("x-regex", &["a", "a"]),
        ("x-joined", &["b", "a"]),
        ("x-joined", &["a, b"]),
    ]
    .iter()
    .map(request)
    .collect();
    check(&envoy, "header", &hits, &misses);
}

#[test]
fn cookies_are_compared_by_each_kind_on_any_line() {
    let envoy = Envoy::start(on(json!({"cookies": [
        {"name": "exact", "exact": "1"},
        {"name": "prefix", "prefix": "ab"},
        {"name": "suffix", "suffix": "yz"},
        {"name": "regex", "regex": "[0-9]+"},
        {"name": "present", "present": true},
        {"name": "always", "present": false},
    ]})));
    let always: &[&str] = &["always=1"];
    let request = |lines: &&[&str]| {
        let add = |request: Request, line: &&str| request.header("cookie", line);
        always.iter().chain(*lines).fold(Request::get("/"), add)
    };
    let mut hits: Vec<Request> = [
        &["exact=1"][..],
        &["a=b; exact=1; c=d"],
        &["a=b", "exact=1"],
        &["exact=2", "exact=1"],
        &["prefix=abc"],
        &["suffix=xyz"],
        &["regex=42"],
        &["present="],
    ]
    .iter()
    .map(request)
    .collect();
    hits.push(Request::get("/"));
    let misses: Vec<Request> = [
        &["exact=2"][..],
        &["exact=11"],
        &["Exact=1"],
        &["xexact=1"],
        &["a=exact=1"],
        &["a=b, exact=1"],
        &["prefix=cab"],
        &["suffix=yzx"],
        &["regex=4x2"],
        &["present"],
    ]
    .iter()
    .map(request)
    .collect();
    check(&envoy, "cookie", &hits, &misses);
}

/// Writes the metadata of a request that its header `x-set` names.
const SET_METADATA: &str = r#"
    local values = {
        text = "staff", other = "guest", eight = "verified", empty = "", yes = true, no = false,
        number = 5, fraction = 0.1, spelled = 4.236615231666915e+175, list = {"staff"}, map = {role = "staff"},
    }
    function envoy_on_request(handle)
        local name = handle:headers():get("x-set")
        handle:streamInfo():dynamicMetadata():set("test", "always", "here")
        if name then
            local key, value = name:match("(.*)=(.*)")
            handle:streamInfo():dynamicMetadata():set("test", key, values[value])
        else
            handle:streamInfo():dynamicMetadata():set("test", "unset", true)
        end
    end
"#;

fn with_metadata(attributes: Value) -> Envoy {
    Envoy::with(Options {
        filters_before: vec![json!({
            "name": "envoy.filters.http.lua",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
                "default_source_code": {"inline_string": SET_METADATA},
            },
        })],
        ..Options::new(on(json!({"attributes": attributes})))
    })
}

fn metadata(key: &str, kind: &str, value: impl Into<Value>) -> Value {
    json!({"path": ["metadata", "filter_metadata", "test", key], kind: value.into()})
}

#[test]
fn attributes_are_compared_as_text() {
    let envoy = with_metadata(json!([
        metadata("role", "exact", "staff"),
        metadata("prefix", "prefix", "veri"),
        metadata("suffix", "suffix", "aff"),
        metadata("regex", "regex", "s.*f"),
        metadata("true", "exact", "true"),
        metadata("false", "exact", "false"),
        metadata("any", "regex", ".*"),
        metadata("present", "present", true),
        metadata("always", "present", false),
    ]));
    check(
        &envoy,
        "attribute",
        &with_header(
            "x-set",
            &[
                &["role=text"],
                &["prefix=eight"],
                &["suffix=text"],
                &["regex=text"],
                &["true=yes"],
                &["false=no"],
                &["any=empty"],
                &["present=empty"],
                &["present=no"],
            ],
        ),
        &with_header(
            "x-set",
            &[
                &[],
                &["role=other"],
                &["role=list"],
                &["role=map"],
                &["prefix=other"],
                &["suffix=other"],
                &["regex=eight"],
                &["true=no"],
                &["true=number"],
                &["false=yes"],
                &["false=empty"],
                &["any=number"],
                &["any=fraction"],
                &["any=list"],
                &["any=map"],
                &["present=number"],
                &["present=list"],
                &["other=text"],
            ],
        ),
    );
}

#[test]
fn an_attribute_that_is_absent_matches_by_its_absence() {
    let envoy = with_metadata(json!([metadata("unset", "present", false)]));
    check(
        &envoy,
        "attribute",
        &with_header("x-set", &[&["a=text"]]),
        &[Request::get("/")],
    );
}

/// Envoy hands over a number as its eight bytes: those of `spelled` are `verified`.
#[test]
fn a_number_whose_bytes_are_letters_matches_nothing() {
    let envoy = with_metadata(json!([
        metadata("role", "exact", "verified"),
        metadata("any", "present", true),
    ]));
    check(
        &envoy,
        "attribute",
        &with_header("x-set", &[&["role=eight"], &["any=eight"]]),
        &with_header("x-set", &[&["role=spelled"], &["any=spelled"]]),
    );
}

#[test]
fn a_text_with_a_nul_is_compared_as_a_whole() {
    let from_header = json!({
        "name": "envoy.filters.http.header_to_metadata",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config",
            "request_rules": [{"header": "x-role", "on_header_present": {
                "metadata_namespace": "test", "key": "role", "type": "STRING", "encode": "BASE64",
            }}],
        },
    });
    for (kind, text, passes) in [
        ("exact", "staff\u{0}abc", true),
        ("prefix", "staff", true),
        ("present", "", true),
        ("exact", "staff", false),
        ("suffix", "staff", false),
    ] {
        let mut role = metadata("role", kind, text);
        if kind == "present" {
            role[kind] = true.into();
        }
        let envoy = Envoy::with(Options {
            filters_before: vec![from_header.clone()],
            ..Options::new(on(json!({"attributes": [role]})))
        });
        // `staff`, a NUL and `abc`.
        let response = envoy.fetch(&Request::get("/").header("x-role", "c3RhZmYAYWJj"));
        assert_eq!(response.is_upstream(), passes, "{kind} {text:?}");
    }
}

/// What is refused is what none of them has.
#[test]
fn attributes_of_the_request_have_the_values_that_entries_may_name() {
    for (name, kind, value) in [
        ("method", "exact", "GET"),
        ("url_path", "exact", "/a"),
        ("path", "exact", "/a?x"),
        ("query", "exact", "x"),
        ("scheme", "exact", "http"),
        ("protocol", "exact", "HTTP/1.1"),
    ] {
        let entry = json!({"path": ["request", name], kind: value});
        let envoy = Envoy::start(on(json!({"attributes": [entry]})));
        assert!(envoy.get("/a?x").is_upstream(), "{name}");
        let other = Request::new("POST", "/b");
        let is_same = ["scheme", "protocol"].contains(&name);
        assert_eq!(envoy.fetch(&other).is_upstream(), is_same, "{name}");
    }
}

#[test]
fn attributes_of_the_connection_are_compared() {
    let no_mtls = json!({"path": ["connection", "mtls"], "exact": "false"});
    let mtls = json!({"path": ["connection", "mtls"], "exact": "true"});
    let address = |prefix: &str| json!({"path": ["source", "address"], "prefix": prefix});
    for (entries, passes) in [
        ([no_mtls, address("10.")], true),
        ([mtls, address("10.")], false),
    ] {
        let envoy = Envoy::start(on(json!({"attributes": entries})));
        assert_eq!(envoy.get("/").is_upstream(), passes);
        check_counts(
            &envoy,
            "attribute",
            usize::from(passes),
            usize::from(!passes),
        );
    }
}

/// Of eight bytes, too, which is the length of a number.
#[test]
fn bytes_of_an_attribute_that_are_no_utf8_read_as_the_replacement_character() {
    let path = ["request", "headers", "x-a"];
    let envoy = Envoy::start(on(
        json!({"attributes": [{"path": path, "regex": "abc\u{fffd}+"}]}),
    ));
    for value in [
        &b"abc\xff"[..],
        b"abc\xff\xff\xff\xff",
        b"abc\xff\xff\xff\xff\xff",
    ] {
        let response = envoy.fetch(&Request::get("/").header("x-a", value));
        assert!(
            response.is_upstream(),
            "{} bytes gave {response:?}",
            value.len()
        );
    }
}

/// So entries of such names are refused; `te`, `connection` and `upgrade` can match.
#[test]
fn no_filter_sees_the_headers_that_envoy_takes_off() {
    let shows_headers = r#"
        function envoy_on_request(handle)
            local names = ""
            for name in pairs(handle:headers()) do names = names .. " " .. name end
            handle:respond({[":status"] = "200"}, names .. " ")
        end
    "#;
    let envoy = Envoy::with(Options {
        is_bare: true,
        filters_before: vec![json!({
            "name": "envoy.filters.http.lua",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
                "default_source_code": {"inline_string": shows_headers},
            },
        })],
        connection_manager: json!({"upgrade_configs": [{"upgrade_type": "websocket"}]}),
        ..Options::new(json!({}))
    });
    let requests = [
        (
            "te",
            "GET / HTTP/1.1\r\nte: trailers\r\nkeep-alive: timeout=5\r\nproxy-connection: keep-alive\r\n",
        ),
        (
            "upgrade",
            "GET / HTTP/1.1\r\nconnection: upgrade, keep-alive\r\nupgrade: websocket\r\nkeep-alive: timeout=5\r\n",
        ),
        (
            "te",
            "POST / HTTP/1.1\r\nte: trailers\r\ntransfer-encoding: chunked\r\n",
        ),
    ];
    for (seen, head) in requests {
        let body = if head.starts_with("POST") {
            "0\r\n\r\n"
        } else {
            ""
        };
        let mut connection = Connection::open(envoy.address);
        let names = connection.send(format!("{head}host: test.example\r\n\r\n{body}"));
        let names = names.text();
        assert!(names.contains(&format!(" {seen} ")), "{names}");
        for name in ["keep-alive", "proxy-connection", "transfer-encoding"] {
            assert!(!names.contains(&format!(" {name} ")), "{names}");
        }
    }
}
