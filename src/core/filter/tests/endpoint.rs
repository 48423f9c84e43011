use super::*;
use crate::syntax::wire;

const ADMIN: &str = r#"{"admin":{"path":"/m","token_env":"TOKEN","console":true},
    "bypass":{"key":"0123456789abcdef0123456789abcdef"}}"#;

#[test]
fn a_change_is_made_answered_counted_and_logged() {
    let worker = Worker::new(ADMIN);
    assert!(worker.passes("/"));
    assert_eq!(worker.call("POST", "/on?message=m"), Some(200));
    assert!(!worker.passes("/"));
    let log = worker.host.log();
    assert!(
        log[0].starts_with("WARN admin call by \"TOKEN\" from 192.0.2.1: on, "),
        "{log:?}"
    );
    let stats = ["active=1", "admin_granted=1", "blocked=1", "generation=1"];
    assert_eq!(worker.host.stats()[..4], stats);
    assert_eq!(worker.call("POST", "/off"), Some(200));
    assert!(worker.passes("/"));
    assert_eq!(
        (worker.host.stat("active"), worker.host.stat("generation")),
        (0, 2)
    );
}

#[test]
fn a_change_is_every_worker_s_on_its_next_request() {
    let worker = Worker::new(ADMIN);
    let other = Worker::of(&worker.host, ADMIN);
    worker.call("POST", "/on");
    assert!(!other.passes("/"));
    other.call("POST", "/off");
    assert!(worker.passes("/"));
}

#[test]
fn a_status_is_counted_but_not_logged() {
    let worker = Worker::new(ADMIN);
    assert_eq!(worker.call("GET", ""), Some(200));
    assert!(worker.host.log().is_empty());
    assert_eq!(worker.host.stat("admin_granted"), 1);
}

#[test]
fn the_counters_are_those_of_this_node() {
    let worker = Worker::new(ADMIN);
    worker.call("POST", "/on");
    worker.passes("/");
    let stream = TestStream::call("GET", "/counters");
    worker.handle(&stream);
    let (status, body) = stream.seen().reply.take().unwrap();
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &document[wire::NODE]), (200, &"a node".into()));
    assert_eq!(document["counters"]["blocked"], 1);
    assert_eq!(document["counters"]["allowed"]["path"], 0);
}

#[test]
fn a_refusal_is_counted_as_denied_only_where_token_or_address_is_wrong() {
    let worker = Worker::new(ADMIN);
    let stream = TestStream::new(&[(":method", "POST"), (":path", "/m/on")]);
    worker.handle(&stream);
    assert_eq!(stream.status(), Some(401));
    assert_eq!(worker.call("POST", "/nothing"), Some(404));
    assert_eq!(
        (
            worker.host.stat("admin_denied"),
            worker.host.stat("admin_granted")
        ),
        (1, 1)
    );
    let log = worker.host.log();
    assert!(
        log[0].contains("nobody") && log[0].contains("refused with 401"),
        "{log:?}"
    );
    assert!(log[1].contains("refused with 404"), "{log:?}");
}

#[test]
fn what_needs_no_token_is_neither_counted_nor_logged() {
    let worker = Worker::new(ADMIN);
    let lines = [(":method", "GET"), (":path", "/m/bypass?token=x")];
    let link = TestStream::new(&lines);
    worker.handle(&link);
    assert_eq!(link.status(), Some(303));
    let lines = [(":method", "GET"), (":path", "/m"), ("accept", "text/html")];
    let console = TestStream::new(&lines);
    worker.handle(&console);
    assert_eq!(console.status(), Some(200));
    assert!(worker.host.log().is_empty());
    assert_eq!(worker.host.stats(), ["store_connected=1"]);
}
