//! Slow openings.

use super::*;

const ADMIN: &str = r#"{
    "admin":{"path":"/m","token_env":"TOKEN"},
    "response":{"format":"json"},
    "allow":{"paths":["/open"]},
    "upstream_header":"x-maintenance",
    "rules":[
        {"match":{"paths":["/blocked"]},"action":"block"},
        {"match":{"paths":["/on"]},"action":"on"}]}"#;

const CLIENTS: u8 = 200;

fn request(client: u8, path: &str) -> TestStream {
    let stream = TestStream::new(&[(":method", "GET"), (":path", path)]);
    stream.seen().source.set([203, 0, 113, client]);
    stream
}

impl Worker {
    fn opening(configuration: &str, call: &str) -> Self {
        let worker = Self::new(configuration);
        worker.tick();
        assert_eq!(worker.call("POST", "/on"), Some(200));
        assert_eq!(worker.call("POST", call), Some(200));
        worker
    }

    /// Which of the clients pass.
    fn passing(&self) -> Vec<u8> {
        let passes = |client: &u8| self.handle(&request(*client, "/")) == Progress::Continue;
        (0..CLIENTS).filter(passes).collect()
    }

    fn wait(&self, seconds: u64) {
        let now = &self.host.now;
        now.set(now.get().plus_seconds(seconds).unwrap());
    }

    fn status(&self) -> String {
        let stream = TestStream::call("GET", "");
        self.handle(&stream);
        let reply = stream.seen().reply.borrow();
        reply.as_ref().unwrap().1.clone()
    }
}

#[test]
fn clients_come_back_little_by_little_and_stay() {
    let worker = Worker::opening(ADMIN, "/off?ramp=10m");
    let other = Worker::of(&worker.host, ADMIN);
    let mut before = Vec::new();
    for tenths in 0..=10 {
        let passing = worker.passing();
        assert_eq!(other.passing(), passing, "the same everywhere");
        assert!(before.iter().all(|client| passing.contains(client)));
        let expected = usize::from(CLIENTS) * tenths / 10;
        assert!(
            passing.len().abs_diff(expected) < 25,
            "{} at {tenths}",
            passing.len()
        );
        before = passing;
        worker.wait(60);
    }
    assert_eq!(before.len(), usize::from(CLIENTS));
    assert!(worker.host.stat("allowed.ramp") > 0);
    let status = worker.status();
    assert!(
        status.contains(r#""ramp_until":null"#) && !status.contains("ramp_start"),
        "{status}"
    );
}

#[test]
fn the_others_are_told_their_own_turn() {
    let worker = Worker::opening(ADMIN, "/off?ramp=600");
    let status = worker.status();
    let told = r#""maintenance":false,"decided_by":"state""#;
    assert!(
        status.contains(told) && status.contains("ramp_start") && !status.contains("ramp_key"),
        "{status}"
    );
    assert!(
        status.contains(r#""ramp_until":"2026-01-01T00:10:00Z""#),
        "{status}"
    );
    worker.tick();
    assert_eq!(worker.host.stat("active"), 0);
    let mut turns = Vec::new();
    for client in 0..CLIENTS {
        let stream = request(client, "/");
        worker.handle(&stream);
        let reply = stream.seen().reply.borrow();
        let (_, body) = reply.as_ref().unwrap();
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        turns.push((client, json["retry_after"].as_u64().unwrap()));
    }
    worker.wait(300);
    for (client, turn) in turns {
        assert!((1..=600).contains(&turn));
        let passes = worker.handle(&request(client, "/")) == Progress::Continue;
        assert_eq!(passes, turn <= 300, "{client} {turn}");
    }
}

#[test]
fn exemptions_and_rules_hold_as_ever() {
    let worker = Worker::opening(ADMIN, "/off?ramp=600");
    for (path, passes) in [("/open", true), ("/blocked", false), ("/on", false)] {
        let progress = worker.handle(&request(1, path));
        assert_eq!(progress == Progress::Continue, passes, "{path}");
    }
    worker.wait(599);
    for path in ["/blocked", "/on"] {
        assert_eq!(worker.handle(&request(1, path)), Progress::Stop, "{path}");
    }
}

#[test]
fn a_ramp_counts_only_where_maintenance_is_on() {
    for configuration in [
        ADMIN.to_owned(),
        ADMIN.replacen('{', r#"{"initial":"on","#, 1),
    ] {
        let worker = Worker::new(&configuration);
        worker.call("POST", "/off?ramp=600");
        let is_on = configuration.contains("initial");
        assert_eq!(worker.passes("/"), !is_on, "{configuration}");
        worker.call("POST", "/off");
        assert!(worker.passes("/"));
        worker.call("POST", "/off?ramp=600");
        assert!(worker.passes("/"), "it was off");
    }
}

#[test]
fn a_window_under_way_is_opened_slowly_and_one_that_begins_takes_over() {
    let windows = r#"{"windows":[
        {"start":"2025-12-31T00:00:00Z","end":"2026-01-01T01:00:00Z"},
        {"start":"2026-01-01T00:05:00Z","end":"2026-01-01T00:06:00Z"}],"#;
    let worker = Worker::new(&ADMIN.replacen('{', windows, 1));
    assert!(!worker.passes("/"));
    worker.call("POST", "/off?ramp=600");
    worker.wait(240);
    let passing = worker.passing();
    assert!(
        passing.len() > 40 && passing.len() < 120,
        "{}",
        passing.len()
    );
    worker.wait(60);
    assert!(worker.passing().is_empty());
    worker.wait(60);
    assert!(worker.passing().len() > passing.len());
}

#[test]
fn a_window_that_has_taken_over_is_opened_anew() {
    let windows = r#"{"windows":[{"start":"2026-01-01T00:05:00Z","end":"2026-01-01T01:00:00Z"}],"#;
    for ramp in [60, 3600] {
        let worker = Worker::opening(&ADMIN.replacen('{', windows, 1), "/off?ramp=600");
        worker.wait(400);
        assert!(worker.passing().is_empty());
        worker.call("POST", &format!("/off?ramp={ramp}"));
        assert!(worker.passing().is_empty());
        worker.wait(ramp / 2);
        let passing = worker.passing().len();
        assert!(passing > 40 && passing < 160, "{passing}");
        worker.wait(ramp / 2);
        assert_eq!(worker.passing().len(), usize::from(CLIENTS));
    }
}

#[test]
fn another_may_hasten_it_and_a_plain_off_opens_at_once() {
    let worker = Worker::opening(ADMIN, "/off?ramp=600");
    worker.wait(300);
    let before = worker.passing();
    worker.call("POST", "/off?ramp=600");
    assert_eq!(worker.passing(), before, "a later one changes nothing");
    worker.wait(1);
    worker.call("POST", "/off?ramp=100");
    let after = worker.passing();
    assert!(before.iter().all(|client| after.contains(client)));
    assert!(after.len() - before.len() < 10, "no jump");
    worker.wait(50);
    let middle = worker.passing().len();
    assert!(
        middle > after.len() + 20 && middle < usize::from(CLIENTS),
        "{middle}"
    );
    worker.wait(50);
    assert_eq!(worker.passing().len(), usize::from(CLIENTS));
    let worker = Worker::opening(ADMIN, "/off?ramp=600");
    worker.call("POST", "/off");
    assert_eq!(worker.passing().len(), usize::from(CLIENTS));
}

#[test]
fn what_is_no_ramp_is_refused_and_so_is_what_would_end_one() {
    let worker = Worker::opening(ADMIN, "/off?ramp=600");
    for call in [
        "/off?ramp=86401",
        "/off?ramp=1w",
        "/off?ramp=",
        "/off?rampe=1",
    ] {
        assert_eq!(worker.call("POST", call), Some(400), "{call}");
    }
    let planned = "/on?start=2026-01-02T00:00:00Z";
    assert_eq!(worker.call("POST", planned), Some(409));
    assert_eq!(worker.call("POST", "/off?ramp=1d"), Some(200));
    worker.wait(600);
    assert_eq!(worker.call("POST", planned), Some(200));
    let limited = ADMIN.replacen(r#""path""#, r#""max_on_seconds":60,"path""#, 1);
    let worker = Worker::new(&limited);
    worker.call("POST", "/on");
    assert_eq!(worker.call("POST", "/off?ramp=61"), Some(400));
    assert_eq!(worker.call("POST", "/off?ramp=1m"), Some(200));
}

/// The filter state of each.
fn states(streams: &[TestStream]) -> Vec<String> {
    let state = |stream: &TestStream| stream.seen().filter_state.borrow().clone();
    streams.iter().map(state).collect()
}

fn count(state: &str, streams: &[TestStream]) -> usize {
    let states = states(streams);
    states.iter().filter(|other| *other == state).count()
}

impl Worker {
    /// A request of each client.
    fn requests(&self) -> Vec<TestStream> {
        let streams: Vec<_> = (0..CLIENTS).map(|client| request(client, "/")).collect();
        for stream in &streams {
            self.handle(stream);
        }
        streams
    }
}

fn holding(more: &str) -> String {
    let configuration = ADMIN.replacen('{', &format!("{{{more}"), 1);
    let hold = r#""format":"json","hold_seconds":100"#;
    configuration.replacen(r#""format":"json""#, hold, 1)
}

#[test]
fn a_request_waits_for_its_turn_if_that_comes_within_its_wait() {
    let worker = Worker::new(&holding(""));
    worker.tick();
    worker.call("POST", "/on");
    let streams = worker.requests();
    assert_eq!(count("held", &streams), usize::from(CLIENTS));
    worker.call("POST", "/off?ramp=200");
    worker.tick();
    let (waiting, refused) = (count("held", &streams), count("blocked", &streams));
    assert_eq!(waiting + refused, usize::from(CLIENTS));
    assert!(waiting.abs_diff(refused) < 60, "{waiting} {refused}");
    // Those who come now are judged alike.
    assert_eq!(states(&worker.requests()), states(&streams));
    worker.wait(50);
    worker.tick();
    let released = count("allowed:released", &streams);
    assert!(
        released.abs_diff(waiting / 2) < 30,
        "{released} of {waiting}"
    );
    worker.wait(50);
    worker.tick();
    assert_eq!(count("allowed:released", &streams), waiting);
    assert_eq!(worker.host.stat("held"), 0);
}

#[test]
fn those_whom_a_window_has_held_up_wait_for_their_turn_once_it_is_over() {
    let window = r#""windows":[{"start":"2026-01-01T00:01:00Z","end":"2026-01-01T00:02:00Z"}],"#;
    let worker = Worker::opening(&holding(window), "/off?ramp=600");
    worker.wait(60);
    let streams = worker.requests();
    assert_eq!(count("held", &streams), usize::from(CLIENTS));
    worker.wait(60);
    worker.tick();
    let (released, waiting) = (count("allowed:released", &streams), count("held", &streams));
    assert!(released > 15 && waiting > 0, "{released} {waiting}");
    assert_eq!(worker.passing().len(), released);
    worker.wait(40);
    worker.tick();
    assert_eq!(count("allowed:released", &streams), released + waiting);
    assert_eq!(worker.passing().len(), released + waiting);
}
