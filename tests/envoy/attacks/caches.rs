//! Cache poisoning, and what a request says of where it came from.

use support::{ADMIN, Connection, Envoy, Request, Response, admin_request};

use super::{PAGE, answered_here, configuration, start};

#[test]
fn nothing_that_is_answered_here_may_be_stored() {
    let envoy = start();
    for request in answered_here() {
        let response = envoy.fetch(&request);
        assert_eq!(response.header("cache-control"), Some("no-store"));
        for name in ["age", "expires", "last-modified", "accept-ranges"] {
            assert_eq!(response.header(name), None, "{request:?}");
        }
    }
}

#[test]
fn a_condition_or_a_range_gets_the_whole_answer() {
    let envoy = start();
    let date = "Fri, 31 Dec 2100 23:59:59 GMT";
    for request in answered_here() {
        let plain = envoy.fetch(&request);
        for (name, value) in [
            ("if-none-match", "*"),
            ("if-none-match", "\"0\""),
            ("if-modified-since", date),
            ("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
            ("range", "bytes=0-0"),
            ("if-range", "\"0\""),
        ] {
            let response = envoy.fetch(&request.clone().header(name, value));
            assert_eq!(response.status, plain.status, "{name} {request:?}");
            let is_empty = response.body.is_empty();
            assert_eq!(is_empty, plain.body.is_empty(), "{name} {request:?}");
            assert_eq!(response.header("content-range"), None);
        }
    }
}

/// What a cache would have to take into the key beside the address.
#[test]
fn what_decides_on_the_representation_is_named_by_vary() {
    let envoy = start();
    for (accept, content_type) in [
        (PAGE, PAGE),
        ("application/json", "application/problem+json"),
    ] {
        let response = envoy.fetch(&Request::get("/").header("accept", accept));
        assert!(
            response
                .header("content-type")
                .unwrap()
                .starts_with(content_type)
        );
        assert_eq!(
            response.header("vary"),
            Some(
                "accept, accept-language, content-type, origin, sec-fetch-dest, user-agent, x-requested-with"
            )
        );
    }
}

const ELSEWHERE: &str = "elsewhere.example";

fn says_elsewhere(response: &Response) -> bool {
    format!("{:?}{}", response.headers, response.text()).contains(ELSEWHERE)
}

#[test]
fn what_a_request_says_of_its_host_is_in_no_answer() {
    let mut configuration = configuration();
    configuration["response"]["redirect"] = "https://status.example/".into();
    let envoy = Envoy::start(configuration);
    for request in answered_here() {
        for name in [
            "x-forwarded-host",
            "x-forwarded-server",
            "x-original-host",
            "x-host",
            "forwarded",
            "x-original-url",
            "x-rewrite-url",
            "referer",
        ] {
            let value = format!("{ELSEWHERE};host={ELSEWHERE}");
            let response = envoy.fetch(&request.clone().header(name, value));
            assert!(!says_elsewhere(&response), "{name}: {response:?}");
        }
    }
    let to_page = Request::get("/")
        .header("accept", PAGE)
        .header("host", ELSEWHERE);
    let response = envoy.fetch(&to_page);
    assert_eq!(response.header("location"), Some("https://status.example/"));
    assert!(!says_elsewhere(&response), "{response:?}");
    let link = Request::get(&format!("{ADMIN}/bypass?next=/a")).header("host", ELSEWHERE);
    assert_eq!(envoy.fetch(&link).header("location"), Some("/a"));
}

/// `url` has the host that the operator has called, and the scheme that Envoy knows.
#[test]
fn a_minted_link_leads_to_the_host_that_was_called() {
    let envoy = start();
    let mint = admin_request("POST", "bypass?name=qa")
        .header("host", "shop.example")
        .header("x-forwarded-host", ELSEWHERE)
        .header("x-forwarded-proto", "https");
    for client in ["127.0.0.1", "127.0.0.2"] {
        let minted = Connection::from(client, envoy.address).fetch(&mint);
        assert_eq!(minted.status, 200, "{}", minted.text());
        let url = minted.json()["url"].as_str().unwrap().to_owned();
        let expected = format!("http://shop.example{ADMIN}/bypass?token=");
        assert!(url.starts_with(&expected), "{url}");
    }
}
