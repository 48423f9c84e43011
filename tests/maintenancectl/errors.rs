//! What is said of a call that came to nothing: what is wrong, what was expected, what to do.

use std::net::{SocketAddr, TcpListener};

use serde_json::{Value, json};
use support::{Envoy, Options, admin, etcd::Certificates};

use crate::command::{command, ctl, outcome, url};

/// What it says, on one line.
fn told(arguments: &[&str]) -> String {
    let failed = ctl(arguments);
    failed.failed(1, "");
    failed.stderr
}

#[track_caller]
fn names(told: &str, all: &[&str]) {
    for part in all {
        assert!(told.contains(part), "{part:?} is not in {told:?}");
    }
}

#[test]
fn an_address_or_a_token_that_is_missing_is_named_with_its_variable() {
    const URL: &str = "MAINTENANCE_URL or --url";
    const TOKEN: &str = "MAINTENANCE_TOKEN or --token";
    let a = "http://127.0.0.1:1/m";
    let none = &[][..];
    for call in ["status", "is-on", "on", "off", "reset", "run"] {
        let command_of_run = if call == "run" {
            &["--", "true"][..]
        } else {
            &[]
        };
        for (urls, token, options, expected) in [
            (None, None, none, &[URL, TOKEN][..]),
            (Some(" "), Some(" "), none, &[URL, TOKEN]),
            (Some(a), None, none, &[TOKEN]),
            (None, Some("t"), none, &[URL]),
            (None, None, &["--url", a], &[TOKEN]),
            (None, None, &["--token", "t"], &[URL]),
            (
                Some(a),
                Some("a\u{e9}"),
                none,
                &["the token in MAINTENANCE_TOKEN"],
            ),
            (
                Some(a),
                Some("t"),
                &["--token", "a\nb"],
                &["the token of --token"],
            ),
            (
                Some("a/m"),
                Some("t"),
                none,
                &["'a/m' in MAINTENANCE_URL", "http://a/m"],
            ),
            (
                Some("http://a"),
                Some("t"),
                none,
                &["in MAINTENANCE_URL", "`admin.path`"],
            ),
        ] {
            let mut command = command(&[&[call], options, command_of_run].concat());
            command.env_remove("MAINTENANCE_TOKEN");
            command.envs(urls.map(|urls| ("MAINTENANCE_URL", urls)));
            command.envs(token.map(|token| ("MAINTENANCE_TOKEN", token)));
            let refused = outcome(command.output().unwrap());
            assert_eq!(refused.code, Some(2), "{refused:?}");
            names(&refused.stderr, expected);
            for other in [URL, TOKEN] {
                let is_meant = expected.contains(&other);
                assert_eq!(
                    refused.stderr.contains(other),
                    is_meant,
                    "{call} {refused:?}"
                );
            }
        }
    }
}

#[test]
fn a_token_that_is_not_accepted_is_called_by_where_it_comes_from() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let url = url(&envoy);
    let wrong = "0123456789abcdef0123";
    let option = told(&["status", "--url", &url, "--token", wrong]);
    names(
        &option,
        &[&format!(
            "the token of --token is not accepted by {url} (401)"
        )],
    );
    let mut command = command(&["on", "--url", &url]);
    let variable = outcome(command.env("MAINTENANCE_TOKEN", wrong).output().unwrap());
    variable.failed(
        1,
        &format!("the token in MAINTENANCE_TOKEN is not accepted by {url} (401)"),
    );
    for said in [&option, &variable.stderr] {
        names(said, &["`admin.tokens`", "`admin.token_env`"]);
        assert!(!said.contains(wrong), "{said}");
    }
}

#[test]
fn what_an_endpoint_refuses_is_said_by_the_options_of_the_command() {
    let mut limited = admin();
    limited["max_on_seconds"] = json!(3600);
    let envoy = Envoy::start(json!({"admin": limited}));
    let url = url(&envoy);
    for (arguments, expected) in [
        (
            "on --until 2001-01-01T00:00:00Z",
            "(400): --until: the end, 2001-01-01T00:00:00Z, is past",
        ),
        ("on --for 2h", "(400): --for: the end, "),
        ("on --for 0", "(400): --for: the end, "),
        (
            "off --ramp 2h",
            "(400): --ramp: is longer than 3600 seconds",
        ),
        (
            "off --if-match 7",
            "has changed meanwhile, so nothing was done (412): the state is of generation",
        ),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let told = told(&[&arguments[..], &["--url", &url]].concat());
        names(&told, &[&url, expected]);
    }
    envoy.toggle(true);
    let told = told(&["on", "--start", "2126-01-01T00:00:00Z", "--url", &url]);
    names(&told, &["does not plan it (409): --start: ", "first `off`"]);
}

#[test]
fn an_endpoint_that_takes_no_call_says_why_and_what_to_do() {
    let mut distant = admin();
    distant["client_ips"] = json!(["192.0.2.1"]);
    let store = json!({"etcd": {"cluster": "upstream", "key": "a", "timeout_ms": 200}});
    for (configuration, call, expected) in [
        (
            json!({"admin": distant}),
            "status",
            &["(403)", "from the address 127.0.0.1", "`admin.client_ips`"][..],
        ),
        (
            json!({"admin": admin(), "mode": "off"}),
            "on",
            &[
                "is locked (409)",
                "`mode` is \"off\"",
                "`auto`",
                "`reset --kube`",
            ],
        ),
        (
            json!({"admin": admin(), "store": store}),
            "on",
            &["(503)", "the store cannot be reached", "at another Envoy"],
        ),
    ] {
        let envoy = Envoy::start(configuration);
        let url = url(&envoy);
        let told = told(&[call, "--url", &url]);
        names(&told, expected);
        names(&told, &[&url]);
    }
}

#[test]
fn what_is_no_endpoint_is_told_from_one() {
    let mut options = Options::new(json!({"admin": admin(), "scope": "shop"}));
    options.routes = vec![
        json!({"match": {"path": "/moved"}, "redirect": {"path_redirect": "/elsewhere"}}),
        json!({"match": {"path": "/none"}, "direct_response": {"status": 404}}),
        json!({"match": {"path": "/down"}, "direct_response": {"status": 502}}),
    ];
    let envoy = Envoy::with(options);
    let at = |path: &str| format!("http://{}{path}", envoy.address);
    let called = |path: &str| told(&["status", "--url", &at(path)]);
    for (path, expected) in [
        (
            "/other",
            "is no admin endpoint (200): expected `admin.path`",
        ),
        ("/none", "is no admin endpoint (404): expected `admin.path`"),
        (
            "/moved",
            "/elsewhere (301), and the token is sent nowhere else",
        ),
        ("/down", "answers 502, but not as an admin endpoint"),
    ] {
        names(&called(path), &[&at(path), expected]);
    }
    let below = url(&envoy) + "/console";
    let told = told(&["status", "--url", &below]);
    names(&told, &[&below, "(404)", "no more than `admin.path`"]);
    envoy.toggle(true);
    let blocked = called("/other");
    names(
        &blocked,
        &["maintenance of the scope shop is on", "`admin.path`"],
    );
}

#[test]
fn a_server_that_does_not_answer_is_told_by_what_is_wrong_with_it() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}/m", silent.local_addr().unwrap());
    for (url, expected) in [
        (
            "http://127.0.0.1:1/m",
            "nothing listens at 127.0.0.1:1: expected Envoy there",
        ),
        (
            "https://127.0.0.1:1/m",
            "nothing listens at 127.0.0.1:1: expected Envoy there",
        ),
        (
            "http://nowhere.invalid/m",
            "the host nowhere.invalid is not known here",
        ),
        (&silent, "did not answer within 1 s"),
    ] {
        let told = told(&["status", "--timeout", "1", "--url", url]);
        assert!(told.starts_with(url), "{told}");
        names(&told, &[expected]);
    }
}

#[test]
fn a_proxy_of_the_environment_is_named() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let with = |variables: &[(&str, &str)]| {
        let mut command = command(&["status", "--url", &url(&envoy)]);
        command.env("HTTP_PROXY", "http://127.0.0.1:1");
        outcome(command.envs(variables.iter().copied()).output().unwrap())
    };
    let refused = with(&[]);
    refused.failed(
        1,
        "no answer through the proxy 127.0.0.1:1, which a variable",
    );
    names(&refused.stderr, &["NO_PROXY"]);
    with(&[("NO_PROXY", "127.0.0.1")]).good();
}

fn tls(certificates: &Certificates, name: &str) -> Value {
    let file = |kind: &str| json!({"filename": certificates.path(&format!("{name}.{kind}"))});
    json!({
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"tls_certificates": [{
                "certificate_chain": file("pem"),
                "private_key": file("key"),
            }]},
        },
    })
}

#[test]
fn the_other_scheme_and_a_certificate_that_is_not_trusted_are_told() {
    let certificates = Certificates::make();
    let with_tls = |name: &str| {
        let mut options = Options::new(json!({"admin": admin()}));
        options.transport_socket = Some(tls(&certificates, name));
        Envoy::with(options)
    };
    let plain = Envoy::start(json!({"admin": admin()}));
    let (secure, authority) = (with_tls("server"), with_tls("authority"));
    let at = |scheme: &str, host: &str, address: SocketAddr| {
        format!("{scheme}://{host}:{}/maintenance-mode", address.port())
    };
    let ip = "127.0.0.1";

    let [http, https] = ["http", "https"].map(|scheme| at(scheme, ip, plain.address));
    let told_of_http = told(&["status", "--url", &https]);
    names(
        &told_of_http,
        &[&format!("speaks http, not https: write {http}\n")],
    );
    let [http, https] = ["http", "https"].map(|scheme| at(scheme, ip, secure.address));
    let told_of_https = told(&["on", "--url", &http]);
    names(
        &told_of_https,
        &[&format!("speaks https, not http: write {https}\n")],
    );

    let untrusted = told(&["status", "--url", &https]);
    names(
        &untrusted,
        &[
            "the certificate of 127.0.0.1:",
            "no authority",
            "SSL_CERT_FILE",
        ],
    );
    let trusting = |url: &str| {
        let mut command = command(&["status", "--url", url]);
        command.env("SSL_CERT_FILE", certificates.path("authority.pem"));
        outcome(command.output().unwrap())
    };
    assert!(trusting(&https).good().stdout.contains("  Off\n"));
    let by_name = trusting(&at("https", "localhost", secure.address));
    by_name.failed(
        1,
        "it is not for localhost: call the endpoint by a name that is in it",
    );
    let of_authority = trusting(&at("https", ip, authority.address));
    of_authority.failed(1, "it is that of an authority, not of a server");
}
