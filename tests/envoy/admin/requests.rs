//! The contract, section 4: in which forms calls come, and the line that each leaves.

use std::{thread, time::Duration};

use serde_json::{Value, json};
use support::{
    ADMIN, Connection, Envoy, Options, Request, Response, TOKEN, admin, admin_request, fetch_http2,
    sha256,
};

#[test]
fn head_has_the_headers_of_the_status_and_no_body() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    envoy.toggle(false);
    let mut connection = Connection::open(envoy.address);
    let head = connection.fetch(&admin_request("HEAD", ""));
    assert_eq!(head.status, 200);
    assert_eq!(head.header("etag"), Some("\"1\""));
    assert_eq!(head.header("content-type"), Some("application/json"));
    assert_eq!(head.header("cache-control"), Some("no-store"));
    // A body would be taken for the head of the next response.
    assert_eq!(connection.fetch(&admin_request("GET", "")).status, 200);
}

#[test]
fn the_path_and_what_lies_under_it_never_reach_the_upstream() {
    let envoy = Envoy::start(json!({"allow": {"paths": ["/*"]}, "admin": admin()}));
    for on in [false, true] {
        envoy.toggle(on);
        for method in [
            "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE",
        ] {
            for (path, unknown) in [
                ("", false),
                ("?x", false),
                ("/on?x", false),
                ("/", false),
                ("/x", true),
                ("/on/", true),
                ("/on/x", true),
                ("/onx", true),
                ("/a%20b/c", true),
            ] {
                let request = Request::new(method, &format!("{ADMIN}{path}"));
                assert_eq!(envoy.fetch(&request).status, 401, "{method} {path}");
                let request = request.header("authorization", format!("Bearer {TOKEN}"));
                let status = envoy.fetch(&request).status;
                assert_eq!(status == 404, unknown, "{method} {path}: {status}");
                assert_ne!(status, 503, "{method} {path}");
            }
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn only_whole_segments_of_a_canonical_path_are_the_endpoint() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    for path in [
        "/maintenance-modex",
        "/maintenance-mod",
        "/x/maintenance-mode",
        "/Maintenance-Mode",
        "/maintenance-mode/../on",
        "/maintenance-mode//on",
        "/maintenance%2Dmode/on",
        "/maintenance-mode;a/on",
        "/?/maintenance-mode/on",
    ] {
        let request = Request::new("POST", path).header("authorization", format!("Bearer {TOKEN}"));
        assert!(envoy.fetch(&request).is_upstream(), "{path}");
    }
    assert_eq!(envoy.admin("GET", "").json()["generation"], 0);
    let absolute = Request::new("POST", "http://test.example/maintenance-mode/on")
        .header("authorization", format!("Bearer {TOKEN}"));
    assert_eq!(envoy.fetch(&absolute).json()["generation"], 1);
}

/// `curl -d for=600` must not switch on without an end.
#[test]
fn a_change_with_a_body_is_refused_and_the_body_not_waited_for() {
    let mut configuration = json!({"admin": admin()});
    configuration["bypass"] = json!({"key": "a-key-of-the-tests-and-of-nobody-else"});
    let envoy = Envoy::start(configuration);
    for (method, call) in [
        ("POST", "on"),
        ("PUT", "on?for=60"),
        ("POST", "off"),
        ("POST", "reset"),
        ("POST", "bypass?name=qa"),
        ("POST", "bypass/revoke"),
    ] {
        let form = admin_request(method, call)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("for=600");
        let promised = admin_request(method, call).header("content-length", "1000000");
        let chunked = admin_request(method, call).header("transfer-encoding", "chunked");
        for request in [form, promised, chunked] {
            let answer = envoy.fetch(&request);
            assert_eq!(answer.status, 400, "{method} {call}");
            let detail = answer.json()["detail"].clone();
            assert!(detail.as_str().unwrap().contains("query"), "{detail}");
        }
    }
    assert_eq!(envoy.admin("GET", "").json()["generation"], 0);
    let empty = admin_request("POST", "on").header("content-length", "0");
    assert_eq!(envoy.fetch(&empty).json()["generation"], 1);
    let read = admin_request("GET", "").body("a body");
    assert_eq!(envoy.fetch(&read).status, 200);
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn the_endpoint_may_be_called_with_a_slash() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let slash = format!("{ADMIN}/");
    let request = |method, path: &str| {
        Request::new(method, path).header("authorization", format!("Bearer {TOKEN}"))
    };
    let plain = envoy.fetch(&request("GET", ADMIN));
    let with_slash = envoy.fetch(&request("GET", &slash));
    assert_eq!((with_slash.status, with_slash.json()), (200, plain.json()));
    assert_eq!(envoy.fetch(&request("POST", &slash)).status, 405);
    assert_eq!(
        envoy.fetch(&request("GET", &format!("{slash}/"))).status,
        200
    );
    assert_eq!(envoy.upstream.requests(), 1, "of the last");
}

#[test]
fn calls_may_come_by_http2() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let call = |method: &str, call: &str, body, authorization: Option<&str>| -> Response {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://test.example{ADMIN}{call}"));
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        fetch_http2(envoy.address, request.body(body).unwrap())
    };
    let bearer = format!("Bearer {TOKEN}");
    let refused = call("POST", "/on?message=a%20b", "for=60", Some(&bearer));
    assert_eq!(refused.status, 400, "{}", refused.text());
    let on = call("POST", "/on?message=a%20b", "", Some(&bearer));
    assert_eq!(on.status, 200, "{}", on.text());
    assert_eq!(on.json()["message"], "a b");
    assert_eq!(on.json()["until"], Value::Null);
    assert_eq!(call("GET", "", "", Some(&bearer)).json(), on.json());
    assert_eq!(call("HEAD", "", "", Some(&bearer)).body, b"");
    for (method, path, authorization, status) in [
        ("POST", "/off", None, 401),
        ("POST", "/x", Some(&*bearer), 404),
        ("GET", "/off", Some(&*bearer), 405),
        ("POST", "/off?x=1", Some(&*bearer), 400),
    ] {
        let answer = call(method, path, "", authorization);
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(envoy.admin("GET", "").json(), on.json());
}

#[test]
fn every_token_has_its_name_and_one_may_come_from_the_environment() {
    let mut configuration = json!({"admin": admin()});
    configuration["admin"]["tokens"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "Jane D.", "sha256": sha256("janes-own-token").to_uppercase()}));
    configuration["admin"]["token_env"] = "ADMIN_TOKEN".into();
    let mut options = Options::new(configuration);
    options.environment = vec![("ADMIN_TOKEN".into(), "sixteen-bytes-ok".into())];
    let envoy = Envoy::with(options);
    for (token, name) in [
        (TOKEN, "ops"),
        ("janes-own-token", "Jane D."),
        ("sixteen-bytes-ok", "ADMIN_TOKEN"),
    ] {
        let request = Request::new("POST", &format!("{ADMIN}/on"))
            .header("authorization", format!("Bearer {token}"));
        assert_eq!(envoy.fetch(&request).json()["changed_by"], name);
    }
}

#[test]
fn every_change_and_every_refusal_is_one_line_with_the_name_and_never_the_token() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let lines = || -> Vec<String> {
        let log = envoy.log();
        log.lines()
            .filter(|line| line.contains("maintenance-mode: "))
            .map(str::to_owned)
            .collect()
    };
    for (method, call, status, count) in [
        ("GET", "", 200, 0),
        ("POST", "on?message=a-message", 200, 1),
        ("POST", "on", 200, 1),
        ("POST", "off", 200, 1),
        ("POST", "reset", 200, 1),
        ("POST", "x", 404, 1),
        ("GET", "on", 405, 1),
        ("POST", "on?%0a%22=1", 400, 1),
        ("POST", &format!("on?token={TOKEN}"), 400, 1),
    ] {
        let before = lines().len();
        assert_eq!(envoy.admin(method, call).status, status, "{call}");
        // A second line may come later than the first.
        thread::sleep(Duration::from_millis(20));
        let new = lines().split_off(before);
        assert_eq!(new.len(), count, "{call}: {new:?}");
        assert!(new.iter().all(|line| line.contains("\"ops\"")), "{new:?}");
    }
    let before = lines().len();
    for authorization in [format!("Basic {TOKEN}"), format!("Bearer {TOKEN}x")] {
        let request = Request::get(ADMIN).header("authorization", authorization);
        assert_eq!(envoy.fetch(&request).status, 401);
    }
    assert_eq!(lines().len(), before + 2);
    assert!(!envoy.log().contains(TOKEN));
}
