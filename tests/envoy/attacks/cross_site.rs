//! Cross-site request forgery: what a page of another site can make a browser send.

use support::{ADMIN, Envoy, Request, Response, TOKEN, admin_request};

use super::{ORIGIN, PAGE, configuration, generation, start};

const CALLS: [&str; 5] = ["on", "off", "reset", "bypass?name=qa", "bypass/revoke"];

fn is_readable_elsewhere(response: &Response) -> bool {
    response
        .headers
        .iter()
        .any(|(name, _)| name.starts_with("access-control-"))
}

#[test]
fn nothing_that_a_browser_sends_by_itself_authorises_a_call() {
    let envoy = start();
    let forged = |method: &str, call: &str| {
        Request::new(method, &format!("{ADMIN}/{call}"))
            .header("origin", ORIGIN)
            .header("sec-fetch-site", "cross-site")
    };
    let minted = envoy.admin("POST", "bypass?name=qa").json();
    let token = minted["token"].as_str().unwrap();
    for call in CALLS {
        for method in ["GET", "POST", "PUT"] {
            let is_link = method == "GET" && call.starts_with("bypass?");
            for request in [
                forged(method, call),
                forged(method, call).header("cookie", format!("authorization=Bearer {TOKEN}")),
                forged(method, call).header("cookie", format!("maintenance_bypass={token}")),
                forged(method, call).header("x-maintenance-bypass", token),
                forged(method, call).header("authorization", format!("Bearer {token}")),
                forged(method, call).header("authorization", "Basic b3BzOm9wcw=="),
                forged(method, call)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(&format!(
                        "authorization=Bearer%20{TOKEN}&access_token={TOKEN}"
                    )),
            ] {
                let response = envoy.fetch(&request);
                let expected = if is_link { 303 } else { 401 };
                assert_eq!(response.status, expected, "{request:?}");
                assert_eq!(response.header("set-cookie"), None, "{request:?}");
            }
        }
    }
    assert_eq!(generation(&envoy), 0);
}

#[test]
fn a_get_changes_nothing_even_with_the_token() {
    let envoy = start();
    for call in CALLS {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
            let response = envoy.admin(method, call);
            let is_link = call.starts_with("bypass?") && matches!(method, "GET" | "HEAD");
            let expected = if is_link { 303 } else { 405 };
            assert_eq!(response.status, expected, "{method} {call}");
        }
    }
    assert_eq!(generation(&envoy), 0);
}

/// Although `response.cors` lets any origin read the local reply.
#[test]
fn no_origin_may_read_the_endpoint() {
    for cors in [
        serde_json::json!({"allow_origins": ["*"]}),
        serde_json::json!({"allow_origins": [ORIGIN], "allow_credentials": true}),
    ] {
        let mut configuration = configuration();
        configuration["response"]["cors"] = cors;
        let envoy = Envoy::start(configuration);
        let page = Request::get("/")
            .header("accept", PAGE)
            .header("origin", ORIGIN);
        assert!(is_readable_elsewhere(&envoy.fetch(&page)));
        for (call, with_token, without) in [
            ("", admin_request("GET", ""), Request::get(ADMIN)),
            (
                "/off",
                admin_request("POST", "off"),
                Request::new("POST", &format!("{ADMIN}/off")),
            ),
        ] {
            let preflight = Request::new("OPTIONS", &format!("{ADMIN}{call}"))
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization");
            for (request, status) in [(with_token, 200), (without, 401), (preflight, 401)] {
                let response = envoy.fetch(&request.header("origin", ORIGIN));
                assert_eq!(response.status, status, "{call}: {response:?}");
                assert!(!is_readable_elsewhere(&response), "{call}: {response:?}");
            }
        }
    }
}
