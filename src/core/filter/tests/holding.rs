//! Requests that wait for the end of maintenance.

use super::*;

const HOLD: &str = r#"{
    "admin":{"path":"/m","token_env":"TOKEN"},
    "upstream_header":"x-maintenance",
    "response":{"hold_seconds":20},
    "rules":[
        {"match":{"paths":["/blocked"]},"action":"block"},
        {"match":{"paths":["/on"]},"action":"on"},
        {"match":{"paths":["/own"]},"response":{"hold_seconds":5}},
        {"match":{"paths":["/none"]},"response":{"hold_seconds":0}}]}"#;

fn request(path: &str) -> TestStream {
    TestStream::new(&[(":method", "GET"), (":path", path), ("x-maintenance", "on")])
}

impl Worker {
    /// A worker that has ticked, and is on.
    fn on(configuration: &str) -> Self {
        let worker = Self::new(configuration);
        worker.tick();
        assert_eq!(worker.call("POST", "/on"), Some(200));
        worker
    }

    /// A request that waits.
    fn held(&self, path: &str) -> TestStream {
        let stream = request(path);
        assert_eq!(self.handle(&stream), Progress::Hold);
        assert!(is_held(&stream), "{path}");
        stream
    }

    fn pass_seconds(&self, seconds: u64) {
        let now = &self.host.now;
        now.set(now.get().plus_seconds(seconds).unwrap());
        self.tick();
    }
}

fn filter_state(stream: &TestStream) -> String {
    stream.seen().filter_state.borrow().clone()
}

fn is_held(stream: &TestStream) -> bool {
    filter_state(stream) == "held" && stream.status().is_none() && !is_released(stream)
}

fn is_released(stream: &TestStream) -> bool {
    stream.seen().is_resumed.get()
}

#[test]
fn a_request_waits_for_the_end_and_passes_as_any_other() {
    let worker = Worker::on(HOLD);
    let stream = worker.held("/");
    worker.pass_seconds(19);
    assert!(is_held(&stream));
    assert_eq!(worker.host.stat("held"), 1);
    worker.call("POST", "/off");
    worker.tick();
    assert!(is_released(&stream));
    assert_eq!(filter_state(&stream), "allowed:released");
    let removed = [("x-maintenance".to_owned(), None)];
    assert_eq!(*stream.seen().changes.borrow(), removed);
    assert_eq!(worker.host.stat("held"), 0);
    assert_eq!(worker.host.stat("allowed.released"), 1);
}

#[test]
fn one_that_has_waited_long_enough_gets_the_reply_of_that_moment() {
    let worker = Worker::on(HOLD);
    let streams = ["/", "/own"].map(|path| worker.held(path));
    worker.call("POST", "/on?message=longer");
    worker.pass_seconds(5);
    assert_eq!(
        streams.each_ref().map(TestStream::status),
        [None, Some(503)]
    );
    worker.pass_seconds(15);
    let reply = streams[0].seen().reply.borrow();
    let (status, body) = reply.as_ref().unwrap();
    assert!(*status == 503 && body.contains("longer"), "{body}");
    assert_eq!(filter_state(&streams[0]), "blocked");
    assert_eq!(
        (worker.host.stat("held"), worker.host.stat("blocked")),
        (0, 2)
    );
}

#[test]
fn what_a_toggle_says_of_waiting_goes_before_and_not_for_those_who_wait() {
    let worker = Worker::on(r#"{"admin":{"path":"/m","token_env":"TOKEN"}}"#);
    assert!(!worker.passes("/"));
    worker.call("POST", "/on?hold=30s");
    let stream = worker.held("/");
    worker.call("POST", "/on?hold=0");
    worker.tick();
    assert!(is_held(&stream), "its end was fixed when it came");
    let other = request("/");
    worker.handle(&other);
    assert_eq!(other.status(), Some(503));
    assert_eq!(worker.call("POST", "/on?hold=241"), Some(400));
}

#[test]
fn what_no_end_would_let_pass_does_not_wait() {
    let worker = Worker::on(HOLD);
    for path in ["/blocked", "/on", "/none"] {
        let stream = request(path);
        worker.handle(&stream);
        assert_eq!(stream.status(), Some(503), "{path}");
    }
    let preflight = TestStream::new(&[
        (":method", "OPTIONS"),
        (":path", "/"),
        ("origin", "https://a.example"),
        ("access-control-request-method", "GET"),
    ]);
    worker.handle(&preflight);
    assert_eq!(preflight.status(), Some(503));
    for mode in [r#""mode":"on""#, r#""initial":"on","observe":true"#] {
        let worker = Worker::new(&format!(r#"{{{mode},"response":{{"hold_seconds":20}}}}"#));
        let stream = request("/");
        worker.handle(&stream);
        assert!(!is_held(&stream), "{mode}");
    }
    let worker = Worker::new(r#"{"initial":"on","response":{"hold_seconds":20}}"#);
    worker.held("/");
}

#[test]
fn no_more_wait_than_a_worker_may_hold() {
    let worker = Worker::on(&HOLD.replacen('{', r#"{"max_held_requests":2,"#, 1));
    let streams = [worker.held("/"), worker.held("/")];
    let third = request("/");
    worker.handle(&third);
    assert_eq!(third.status(), Some(503));
    streams[0].seen().is_open.set(false);
    // Whether clients have left is asked twice a second.
    (0..5).for_each(|_| worker.tick());
    assert_eq!(worker.host.stat("held"), 1);
    worker.held("/");
}

#[test]
fn ticks_are_fast_only_while_somebody_waits_and_the_store_is_asked_as_ever() {
    let worker = Worker::on(HOLD);
    let period = || worker.host.tick_period.get();
    assert_eq!(period(), Some(500));
    let stream = worker.held("/");
    assert_eq!(period(), Some(100));
    stream.seen().is_open.set(false);
    (0..5).for_each(|_| worker.tick());
    assert_eq!(period(), Some(500));
}

#[test]
fn another_worker_lets_them_pass_as_well() {
    let worker = Worker::on(HOLD);
    let other = Worker::of(&worker.host, HOLD);
    other.tick();
    let stream = worker.held("/");
    other.call("POST", "/off");
    worker.tick();
    assert!(is_released(&stream));
}

#[test]
fn another_configuration_ends_the_wait_of_all() {
    let on = HOLD.replace("\"hold_seconds\":20", "\"hold_seconds\":21");
    let off = HOLD.replacen('{', r#"{"mode":"off","#, 1);
    let elsewhere = on.replacen('{', r#"{"scope":"other","#, 1);
    for (next, becomes) in [
        (HOLD, "held"),
        (&elsewhere, "held"),
        (&on, "blocked"),
        (&off, "allowed:released"),
    ] {
        let worker = Worker::on(HOLD);
        let stream = worker.held("/");
        let next = Worker::of(&worker.host, next);
        worker.tick();
        assert_eq!(filter_state(&stream), "held", "it may only be tried out");
        next.tick();
        worker.tick();
        assert_eq!(filter_state(&stream), becomes);
        // Whoever comes later may wait again.
        worker.held("/");
        worker.tick();
        assert_eq!(
            worker.host.stat("held"),
            if becomes == "held" { 2 } else { 1 }
        );
    }
}
