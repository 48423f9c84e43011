use super::*;
use crate::admin::counters::Counter;
use crate::request::attribute::Attribute;
use crate::syntax::wire;

const EVERYTHING: &str = r#"
    "upstream_header":"x-maintenance",
    "bypass":{"key":"0123456789abcdef0123456789abcdef"},
    "allow":{"client_ips":["10.0.0.0/8"],"paths":["/open"]}"#;

fn request(path: &str) -> TestStream {
    TestStream::new(&[(":method", "GET"), (":path", path)])
}

#[test]
fn a_request_that_passes_while_off_is_told_nothing() {
    let worker = Worker::new(&format!(r#"{{"mode":"off",{EVERYTHING}}}"#));
    let stream = request("/");
    assert_eq!(worker.handle(&stream), Progress::Continue);
    assert_eq!(*stream.seen().changes.borrow(), []);
    assert_eq!(*stream.seen().filter_state.borrow(), "");
    let names = ["x-maintenance", "x-maintenance-bypass"];
    let sent = [(":path", "/"), (names[0], "off"), (names[1], "a token")];
    let stream = TestStream::new(&sent);
    assert_eq!(worker.handle(&stream), Progress::Continue);
    let removed = names.map(|name| (name.to_owned(), None));
    assert_eq!(*stream.seen().changes.borrow(), removed);
}

/// A configuration with bypass tokens, and what else there is; the cookie is `b`.
fn bypass(more: &str) -> Worker {
    let bypass = r#""bypass":{"key":"0123456789abcdef0123456789abcdef","cookie":"b"}"#;
    Worker::new(&format!("{{{bypass}{more}}}"))
}

#[test]
fn the_upstream_gets_no_bypass_token_whatever_the_flag() {
    let token = wire::BYPASS.to_owned();
    for (more, path) in [
        ("", "/"),
        (r#","mode":"off""#, "/"),
        (r#","mode":"on","allow":{"paths":["/open"]}"#, "/open"),
        (r#","mode":"on","observe":true"#, "/"),
        (r#","admin":{"path":"/m","token_env":"TOKEN"}"#, "/"),
        (
            r#","rules":[{"name":"r","match":{"paths":["/x"]},"action":"block"}]"#,
            "/",
        ),
    ] {
        for (cookies, left) in [
            (&["a=1; b=x", "c=2; b=y"][..], Some("a=1; c=2")),
            (&["b=x"], None),
        ] {
            let mut lines = vec![(":method", "GET"), (":path", path), (wire::BYPASS, "x")];
            lines.extend(cookies.iter().map(|line| ("cookie", *line)));
            let stream = TestStream::new(&lines);
            assert_eq!(bypass(more).handle(&stream), Progress::Continue, "{more}");
            let expected = [
                (token.clone(), None),
                ("cookie".to_owned(), left.map(str::to_owned)),
            ];
            assert_eq!(*stream.seen().changes.borrow(), expected, "{more}");
        }
    }
}

/// A call of the host that returns something costs as much as seven that do not.
#[test]
fn what_passes_is_read_no_further_than_it_takes_to_find_a_token() {
    let admin = r#","admin":{"path":"/m","token_env":"TOKEN"}"#;
    let cookie = ("cookie", "a=1; c=2");
    let observe = r#","mode":"on","observe":true"#;
    for (worker, cookie, read) in [
        (Worker::new("{}"), Some(cookie), &[][..]),
        (bypass(""), None, &["cookies"]),
        (bypass(""), Some(cookie), &["cookies"]),
        (bypass(admin), Some(cookie), &["headers"]),
        (bypass(observe), Some(cookie), &["headers"]),
    ] {
        let mut lines = vec![(":method", "GET"), (":path", "/")];
        lines.extend(cookie);
        let stream = TestStream::new(&lines);
        assert_eq!(worker.handle(&stream), Progress::Continue);
        assert_eq!(*stream.seen().read.borrow(), read, "{lines:?}");
        assert_eq!(*stream.seen().changes.borrow(), [], "{lines:?}");
    }
}

#[test]
fn a_request_that_is_blocked_is_answered_once_and_counted() {
    let worker = Worker::new(&format!(r#"{{"mode":"on",{EVERYTHING}}}"#));
    let stream = request("/");
    assert_eq!(worker.handle(&stream), Progress::Stop);
    assert_eq!(stream.status(), Some(503));
    assert_eq!(*stream.seen().filter_state.borrow(), "blocked");
    assert!(stream.seen().changes.borrow().is_empty());
    assert_eq!(worker.host.stat("blocked"), 1);
}

#[test]
fn an_exempt_request_passes_with_its_reason() {
    let worker = Worker::new(&format!(r#"{{"mode":"on",{EVERYTHING}}}"#));
    let stream = request("/open");
    assert_eq!(worker.handle(&stream), Progress::Continue);
    assert_eq!(*stream.seen().filter_state.borrow(), "allowed:path");
    let told = (
        "x-maintenance".to_owned(),
        Some("on; allowed=path".to_owned()),
    );
    assert_eq!(stream.seen().changes.borrow()[0], told);
    assert_eq!(
        worker.host.stats(),
        ["active=1", "allowed.path=1", "store_connected=1"]
    );
}

#[test]
fn what_is_only_observed_passes_and_is_counted() {
    let worker = Worker::new(&format!(r#"{{"mode":"on","observe":true,{EVERYTHING}}}"#));
    let stream = request("/");
    assert_eq!(worker.handle(&stream), Progress::Continue);
    assert_eq!(*stream.seen().filter_state.borrow(), "observed");
    let told = ("x-maintenance".to_owned(), Some("on; observed".to_owned()));
    assert_eq!(stream.seen().changes.borrow()[0], told);
    assert_eq!(
        (worker.host.stat("observed"), worker.host.stat("blocked")),
        (1, 0)
    );
}

#[test]
fn an_attribute_is_asked_of_the_host_by_its_path() {
    let attributes = r#"{"attributes":[{"path":["a","b"],"exact":"a.b"}]}"#;
    let worker = Worker::new(&format!(r#"{{"mode":"on","allow":{attributes}}}"#));
    assert!(worker.passes("/"));
    assert_eq!(worker.host.stat("allowed.attribute"), 1);
}

#[test]
fn the_client_is_who_a_trusted_proxy_says() {
    let client = r#""client_address":{"header":"x-forwarded-for","trusted_proxies":["192.0.2.1"]}"#;
    let worker = Worker::new(&format!(r#"{{"mode":"on",{client},{EVERYTHING}}}"#));
    let lines = [(":path", "/"), ("x-forwarded-for", "10.1.2.3")];
    assert_eq!(worker.handle(&TestStream::new(&lines)), Progress::Continue);
    assert_eq!(worker.host.stat("allowed.client_ip"), 1);
}

#[test]
fn an_action_of_the_route_that_is_none_counts_as_an_error() {
    let worker = Worker::new(r#"{"route_metadata":true}"#);
    let action = Attribute::Text(b"Block".to_vec());
    let stream = TestStream::on_route(&[(":path", "/")], action);
    worker.handle(&stream);
    assert_eq!(worker.host.stat("errors"), 1);
    let blocked = TestStream::on_route(&[], Attribute::Text(b"block".to_vec()));
    assert_eq!(worker.handle(&blocked), Progress::Stop);
    assert_eq!(worker.host.stat("errors"), 1);
}

#[test]
fn a_request_whose_reply_the_host_refuses_goes_no_further() {
    let worker = Worker::new(r#"{"mode":"on"}"#);
    let stream = request("/");
    stream.seen().refuses.set(true);
    assert_eq!(worker.handle(&stream), Progress::Stop);
    assert_eq!(worker.host.stat("errors"), 1);
    assert_eq!(worker.host.log(), ["ERROR a local reply was refused"]);
}

#[test]
fn each_counter_counts() {
    const ADMIN: &str = r#"{"admin":{"path":"/m","token_env":"TOKEN"}}"#;
    for counter in Counter::ALL {
        let (configuration, stream) = match counter {
            Counter::Blocked => (r#"{"mode":"on"}"#, request("/")),
            Counter::Observed => (r#"{"mode":"on","observe":true}"#, request("/")),
            Counter::AdminGranted => (ADMIN, TestStream::call("GET", "")),
            Counter::AdminDenied => (ADMIN, request("/m")),
            Counter::Errors => (
                r#"{"route_metadata":true}"#,
                TestStream::on_route(&[], Attribute::Other),
            ),
        };
        let worker = Worker::new(configuration);
        worker.handle(&stream);
        assert_eq!(worker.host.stat(counter.name()), 1, "{counter:?}");
    }
}

#[test]
fn nothing_is_read_where_the_mode_is_fixed() {
    let worker = Worker::new(r#"{"mode":"on"}"#);
    worker.host.process.reads.set(0);
    assert!(!worker.passes("/"));
    assert_eq!(worker.host.process.reads.get(), 0);
}
