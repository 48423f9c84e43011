//! Requests with something huge in them, and what is to become of each.

use serde_json::{Value, json};
use support::{ADMIN, Request, Response, TOKEN};

pub const MEGABYTE: usize = 1 << 20;

/// A plugin configuration that reads all that a request has.
pub fn policy() -> Value {
    json!({
        "bypass": {"key": "a-key-of-the-tests-and-of-nobody-else"},
        "client_address": {"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"]},
        "allow": {
            "client_ips": ["2001:db8:1::/48"],
            "paths": ["/static/*", {"suffix": ".css"}, {"regex": "/v[0-9]+/health"}],
            "hosts": ["*.open.example"],
            "headers": [{"name": "x-role", "regex": "(staff|qa)-[a-z]+"}, {"name": "accept", "exact": "x"}],
            "cookies": [{"name": "role", "regex": "(staff|qa)-[a-z]+"}, {"name": "beta", "exact": "1"}],
        },
        "rules": [
            {"name": "path", "match": {"paths": [{"regex": ".*/admin/.*\\.php"}]}, "action": "block"},
            {"name": "header", "match": {"headers": [{"name": "x-role", "regex": "(a|b)*c"}]}, "action": "allow"},
        ],
        "response": {
            "cors": {"allow_origins": [ORIGIN]},
            "html": "<!DOCTYPE html>{{request_id}}",
        },
    })
}

const ORIGIN: &str = "https://app.example.com";
/// An address of `client_ips`.
pub const GUEST: &str = "2001:db8:1::1";

#[derive(Clone, Copy)]
enum Outcome {
    Passes,
    Blocked,
    Preflight,
    /// By the admin endpoint.
    Answered(u16),
}

use Outcome::{Answered, Blocked, Passes, Preflight};

pub struct Case {
    pub name: &'static str,
    pub request: Request,
    outcome: Outcome,
}

impl Case {
    pub fn assert_right(&self, response: &Response) {
        let (is_blocked, status) = match self.outcome {
            Passes => (false, 200),
            Blocked => (true, 503),
            Preflight => (true, 204),
            Answered(status) => (false, status),
        };
        let is_upstream = matches!(self.outcome, Passes);
        assert_eq!(
            (
                response.is_blocked(),
                response.is_upstream(),
                response.status
            ),
            (is_blocked, is_upstream, status),
            "{}",
            self.name
        );
        if !is_upstream {
            let cached = response.header("cache-control");
            assert_eq!(cached, Some("no-store"), "{}", self.name);
        }
    }
}

/// Those that cost the filter next to nothing.
pub fn cheap(size: usize) -> Vec<Case> {
    let fill = |unit: &str| unit.repeat(size / unit.len());
    let bearer = format!("Bearer {TOKEN}");
    let with = |name: &str, value: String| Request::get("/").header(name, value);
    let admin = |method: &str, call: String| {
        Request::new(method, &format!("{ADMIN}{call}")).header("authorization", &bearer)
    };
    let small = (0..size / 105).fold(Request::get("/"), |request, number| {
        request.header(&format!("x-{number}"), "a")
    });
    let accept = |value: String| with("accept", value);
    let forwarded = |first: &str, unit| with("x-forwarded-for", format!("{first}{}", fill(unit)));
    let guess = Request::get(ADMIN).header("authorization", format!("Bearer {}", fill("a")));
    let preflight = Request::new("OPTIONS", "/")
        .header("origin", ORIGIN)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", fill("x-a,"));
    let tokens = format!("maintenance_bypass=1.2.61.{};", "a".repeat(64));
    let id = accept("text/html".to_owned()).header("x-request-id", fill("<"));
    [
        ("one header", with("x-any", fill("a")), Blocked),
        ("small headers", small, Blocked),
        ("empty cookies", with("cookie", fill(";")), Blocked),
        ("bypass cookies", with("cookie", fill(&tokens)), Blocked),
        (
            "last cookie",
            with("cookie", fill("a=b; ") + "beta=1"),
            Passes,
        ),
        ("accept types", accept(fill("text/html;q=0.1,")), Blocked),
        ("accept commas", accept(fill(",")), Blocked),
        ("accept semicolons", accept(fill(";")), Blocked),
        ("accept quotes", accept(fill("\\\"")), Blocked),
        ("first of all hops", forwarded(GUEST, ",10.0.0.1"), Blocked),
        (
            "hops of any form",
            forwarded(GUEST, " , [::ffff:10.0.0.1]:1"),
            Blocked,
        ),
        ("hops of junk", forwarded(GUEST, ",a"), Blocked),
        ("host", with("host", fill("a.")), Blocked),
        ("origin", with("origin", fill("a")), Blocked),
        ("preflight", preflight, Preflight),
        ("request id", id, Blocked),
        ("user agent", with("user-agent", fill("Mozill")), Blocked),
        (
            "bypass header",
            with("x-maintenance-bypass", fill("a")),
            Blocked,
        ),
        ("admin token", guess, Answered(401)),
        (
            "admin path",
            admin("POST", format!("/{}", fill("a"))),
            Blocked,
        ),
        (
            "admin query",
            admin("POST", format!("/on?{}", fill("&"))),
            Answered(200),
        ),
        (
            "admin message",
            admin("POST", format!("/on?message={}", fill("%41"))),
            Answered(400),
        ),
        (
            "admin precondition",
            admin("POST", "/on".to_owned()).header("if-match", fill("\"x\",")),
            Answered(412),
        ),
        (
            "bypass link",
            Request::get(&format!("{ADMIN}/bypass?token={}", fill("a"))),
            Answered(303),
        ),
        (
            "next",
            Request::get(&format!("{ADMIN}/bypass?next=/{}", fill("%20"))),
            Answered(303),
        ),
    ]
    .map(|(name, request, outcome)| Case {
        name,
        request,
        outcome,
    })
    .into()
}

/// Those that are too long to be compared, each in another way.
fn dear(size: usize) -> Vec<Case> {
    let fill = |unit: &str| unit.repeat(size / unit.len());
    let with = |name: &str, value: String| Request::get("/").header(name, value);
    let path = |unit: &str| Request::get(&format!("/{}", fill(unit)));
    [
        (
            "role of a cookie",
            with("cookie", format!("role=staff-{}", fill("a"))),
            Blocked,
        ),
        (
            "roles of cookies",
            with("cookie", fill("role=staff-1;")),
            Blocked,
        ),
        (
            "role",
            with("x-role", format!("staff-{}", fill("a"))),
            Blocked,
        ),
        ("no role", with("x-role", fill("ab")), Blocked),
        (
            "path",
            Request::get(&format!("/static/{}", fill("a"))),
            Blocked,
        ),
        ("segments", path("a/"), Blocked),
        ("slashes", path("/"), Blocked),
        ("dots", path("a/../"), Blocked),
        ("escaped dots", path("%2e%2e/"), Blocked),
        ("escapes", path("%41"), Blocked),
        (
            "nested escapes",
            Request::get(&format!("/%{}41", fill("25"))),
            Blocked,
        ),
        ("a path for the regex", path("admin/.php/"), Blocked),
    ]
    .map(|(name, request, outcome)| Case {
        name,
        request,
        outcome,
    })
    .into()
}

/// All, and less of those that are dear, which take seconds on a machine that does much else.
pub fn cases(size: usize) -> Vec<Case> {
    cheap(size).into_iter().chain(dear(size / 4)).collect()
}
