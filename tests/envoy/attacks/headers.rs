//! Header injection: line ends in what becomes part of an answer.

use support::{ADMIN, Request, Response, admin_request};

use super::{ORIGIN, PAGE, header_names, start};

const INJECTED: &str = "x-injected";

fn is_clean(response: &Response) -> bool {
    header_names(response)
        .iter()
        .all(|name| *name != INJECTED && *name != "set-cookie")
}

/// Percent-encoded line ends in all spellings.
fn line_ends() -> impl Iterator<Item = String> {
    let ends = [
        "%0d%0a",
        "%0D%0A",
        "%0a",
        "%0d",
        "%E5%98%8A%E5%98%8D",
        "%C2%85",
        "%E2%80%A8",
        "%00",
        "%250d%250a",
        "\\r\\n",
    ];
    ends.into_iter()
        .map(|end| format!("a{end}{INJECTED}:%20yes{end}set-cookie:%20a=b"))
}

#[test]
fn no_parameter_ends_a_line() {
    let envoy = start();
    let plain = header_names(&envoy.get("/")).join(" ");
    for text in line_ends() {
        for request in [
            admin_request("POST", &format!("on?message={text}")),
            admin_request("POST", &format!("on?retry_after={text}")),
            admin_request("POST", &format!("on?until={text}")),
            admin_request("POST", &format!("on?{text}=1")),
            admin_request("POST", &format!("bypass?name={text}")),
            admin_request("POST", &format!("x{text}")),
            Request::get(&format!("{ADMIN}/bypass?token={text}&next=/{text}")),
            Request::get(&format!("/{text}?{text}")),
        ] {
            let response = envoy.fetch(&request);
            assert!(is_clean(&response), "{request:?} gave {response:?}");
        }
        for request in [
            Request::get("/"),
            Request::get("/").header("accept", PAGE),
            Request::new("POST", "/").header("content-type", "application/grpc"),
        ] {
            let response = envoy.fetch(&request);
            assert!(response.is_blocked() && is_clean(&response), "{response:?}");
        }
        assert_eq!(header_names(&envoy.get("/")).join(" "), plain);
    }
}

/// Where a header is repeated in the answer, Envoy itself refuses one with a line end.
#[test]
fn no_header_that_is_repeated_ends_a_line() {
    let envoy = start();
    for end in ["\r", "\n", "\0", "\r\n ", "\r\n\t"] {
        for name in [
            "access-control-request-method",
            "access-control-request-headers",
            "x-request-id",
            "origin",
        ] {
            let preflight = Request::new("OPTIONS", "/")
                .header("origin", ORIGIN)
                .header("access-control-request-method", "PUT")
                .header(name, format!("a{end}{INJECTED}: yes"));
            let response = envoy.fetch(&preflight);
            assert!(is_clean(&response), "{name} {end:?}: {response:?}");
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
}
