use super::*;
use crate::store::shared_map::{SharedMap, Signal, UNCONDITIONAL};

const KEY: &str = "maintenance_mode.default.state";
const ADMIN: &str = r#"{"admin":{"path":"/m","token_env":"TOKEN"}}"#;

fn overwrite(worker: &Worker, value: &[u8]) {
    worker.host.process.set(KEY, value, UNCONDITIONAL);
}

#[test]
fn a_state_that_cannot_be_read_is_reported_once_and_the_last_one_holds() {
    let worker = Worker::new(ADMIN);
    worker.call("POST", "/on");
    let other = Worker::of(&worker.host, ADMIN);
    worker.host.log();
    overwrite(&worker, b"\0other");
    worker.host.process.signal("default").raise();
    assert!(
        !worker.passes("/") && !other.passes("/"),
        "the last state known"
    );
    other.filter.tick();
    let log = worker.host.log();
    assert!(
        log.len() == 1 && log[0].starts_with("ERROR the stored state cannot be read"),
        "{log:?}"
    );
    assert_eq!(worker.host.stat("errors"), 1);
}

#[test]
fn a_tick_makes_good_what_a_worker_that_died_left_half_done() {
    let worker = Worker::new(ADMIN);
    overwrite(
        &worker,
        br#"1{"generation":7,"setting":{"maintenance":true}}"#,
    );
    assert!(worker.passes("/"), "no signal was raised");
    worker.filter.tick();
    assert!(!worker.passes("/"));
    assert_eq!(worker.host.stat("generation"), 7);
}

#[test]
fn a_call_sees_such_a_state_at_once() {
    let worker = Worker::new(ADMIN);
    overwrite(&worker, br#"1{"generation":7}"#);
    let stream = TestStream::call("GET", "");
    worker.handle(&stream);
    let (_, body) = stream.seen().reply.take().unwrap();
    assert!(body.contains(r#""generation":7"#), "{body}");
}
