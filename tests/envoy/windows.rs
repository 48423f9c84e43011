//! `windows` of the contract: planned maintenance, and what a toggle does to it.

mod overlapping;
mod recurring;
mod toggles;

use std::{thread, time::Duration};

use serde_json::{Value, json};
use support::{
    Connection, Delivery, Envoy, Options, Request, Response, admin, admin_request, eventually,
};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// An Envoy with one worker, whose windows can be given once it is up.
struct Planned {
    envoy: Envoy,
    connection: Connection,
    updates: usize,
}

impl Planned {
    fn start() -> Self {
        let envoy = Envoy::with(Options {
            workers: 1,
            delivery: Delivery::Ecds,
            ..Options::new(json!({"admin": admin()}))
        });
        let connection = Connection::open(envoy.address);
        Self {
            envoy,
            connection,
            updates: 0,
        }
    }

    /// Returns when the worker has the windows.
    fn plan(&mut self, windows: Value) {
        self.configure(json!({"windows": windows}));
    }

    fn configure(&mut self, mut configuration: Value) {
        self.updates += 1;
        let marker = format!("/update-{}", self.updates);
        configuration["admin"] = admin();
        configuration["rules"] =
            json!([{"name": "marker", "match": {"paths": [marker]}, "action": "block"}]);
        configuration["allow"] = json!({"paths": ["/allowed"]});
        self.envoy.update(configuration);
        eventually("the windows", || self.envoy.get(&marker).is_blocked());
    }

    fn get(&mut self) -> Response {
        self.connection.fetch(&Request::get("/"))
    }

    fn call(&mut self, method: &str, call: &str) -> Value {
        let answer = self.connection.fetch(&admin_request(method, call));
        assert_eq!(answer.status, 200, "{call}: {}", answer.text());
        answer.json()
    }

    /// The message of the reply if it is blocked, and what the status says has decided so.
    fn verdict(&mut self) -> (Option<String>, String) {
        let response = self.get();
        let message = message(&response);
        let status = self.call("GET", "");
        assert_eq!(status["maintenance"], message.is_some(), "{status}");
        let decided_by = status["decided_by"].as_str().unwrap().to_owned();
        (message, decided_by)
    }

    fn expect(&mut self, message: Option<&str>, decided_by: &str) {
        let expected = (message.map(str::to_owned), decided_by.to_owned());
        assert_eq!(self.verdict(), expected);
    }
}

fn message(response: &Response) -> Option<String> {
    assert!(response.is_upstream() || response.is_blocked());
    response
        .is_blocked()
        .then(|| response.json()["detail"].as_str().unwrap().to_owned())
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// So many milliseconds from now, without a part of one.
fn after(millis: i64) -> OffsetDateTime {
    let time = now() + time::Duration::milliseconds(millis);
    time.replace_millisecond(time.millisecond()).unwrap()
}

fn text(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap()
}

fn window(message: &str, start: OffsetDateTime, end: OffsetDateTime) -> Value {
    json!({"start": text(start), "end": text(end), "message": message})
}

fn sleep_until(time: OffsetDateTime) {
    let left = (time - now()).whole_milliseconds() + 20;
    thread::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0)));
}

#[test]
fn windows_begin_and_end_while_requests_flow() {
    let mut planned = Planned::start();
    let windows = [
        ("first", after(2500), after(3500)),
        ("second", after(4000), after(5000)),
    ];
    planned.plan(json!(
        windows.map(|(text, start, end)| window(text, start, end))
    ));
    let mut seen: Vec<Option<String>> = Vec::new();
    while now() < windows[1].2 + time::Duration::milliseconds(300) {
        let before = now();
        let response = planned.get();
        let got = message(&response);
        let finished = now();
        let edge = |time: &OffsetDateTime| before <= *time && *time <= finished;
        if windows
            .iter()
            .any(|(_, start, end)| edge(start) || edge(end))
        {
            continue;
        }
        let open = windows
            .iter()
            .find(|(_, start, end)| *start < before && before < *end);
        assert_eq!(got.as_deref(), open.map(|window| window.0), "{before}");
        let seconds = open.map(|_| "1");
        assert_eq!(response.header("retry-after"), seconds, "{before}");
        if seen.last() != Some(&got) {
            seen.push(got);
        }
        thread::sleep(Duration::from_millis(5));
    }
    let seen: Vec<Option<&str>> = seen.iter().map(Option::as_deref).collect();
    assert_eq!(seen, [None, Some("first"), None, Some("second"), None]);
}

#[test]
fn the_gauge_follows_a_window_without_any_request() {
    let mut planned = Planned::start();
    let (start, end) = (after(2500), after(4500));
    planned.plan(json!([window("m", start, end)]));
    for (active, from) in [(1, start), (0, end)] {
        assert_eq!(planned.envoy.metric("active"), 1 - active);
        assert!(now() < from, "too slow");
        eventually("the gauge", || planned.envoy.metric("active") == active);
        assert!(now() >= from, "{active}");
    }
}

#[test]
fn the_status_and_the_reply_say_what_is_known_of_the_window() {
    let mut planned = Planned::start();
    let zone = UtcOffset::from_hms(2, 30, 0).unwrap();
    let (start, end) = (after(-60_000), after(90_000));
    planned.plan(json!([window(
        "m",
        start.to_offset(zone),
        end.to_offset(zone)
    )]));
    let status = planned.call("GET", "");
    let time = |value: &Value| OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap();
    assert_eq!(status["maintenance"], true);
    assert_eq!(status["decided_by"], "window");
    assert_eq!(status["message"], "m");
    assert_eq!(time(&status["since"]), start);
    assert_eq!(time(&status["start"]), start);
    assert_eq!(time(&status["until"]), end);
    for unknown in ["retry_after", "changed_by"] {
        assert_eq!(status[unknown], Value::Null, "{unknown}");
    }
    assert_eq!(status["generation"], 0);

    let before = now();
    let response = planned.get();
    let seconds: f64 = response.header("retry-after").unwrap().parse().unwrap();
    let (most, least) = (end - before, end - now());
    assert!(
        least.as_seconds_f64().floor() <= seconds && seconds <= most.as_seconds_f64().ceil(),
        "{least} {seconds} {most}"
    );
    let problem = response.json();
    assert_eq!(problem["detail"], "m");
    assert_eq!(time(&problem["until"]), end);
    let allowed = planned.connection.fetch(&Request::get("/allowed"));
    assert!(allowed.is_upstream());
    assert_eq!(planned.envoy.metric("allowed.path"), 1);
}

#[test]
fn a_window_may_be_open_at_either_end() {
    let mut planned = Planned::start();
    let (past, future) = (text(after(-60_000)), text(after(600_000)));
    for (window, open) in [
        (json!({"start": past, "message": "m"}), true),
        (json!({"start": future, "message": "m"}), false),
        (json!({"end": past, "message": "m"}), false),
        (json!({"end": future, "message": "m"}), true),
    ] {
        planned.plan(json!([window]));
        let decided_by = if open { "window" } else { "initial" };
        planned.expect(open.then_some("m"), decided_by);
        if !open {
            continue;
        }
        let status = planned.call("GET", "");
        for (key, of_window) in [("since", "start"), ("start", "start"), ("until", "end")] {
            assert_eq!(
                status[key].is_null(),
                window[of_window].is_null(),
                "{window} {key}"
            );
        }
        let is_default = planned.get().header("retry-after") == Some("3600");
        assert_eq!(is_default, window["end"].is_null(), "{window}");
        planned.call("POST", "off");
        planned.expect(None, "state");
        planned.call("POST", "reset");
        planned.expect(Some("m"), "window");
    }
}

#[test]
fn mode_beats_a_window_and_a_window_beats_initial() {
    let mut planned = Planned::start();
    let open = json!([window("m", after(-60_000), after(600_000))]);
    let over = json!([window("m", after(-60_000), after(-30_000))]);
    for (mode, initial, windows, by_window, decided_by) in [
        ("auto", "off", &open, true, "window"),
        ("auto", "on", &open, true, "window"),
        ("auto", "on", &over, false, "initial"),
        ("on", "off", &open, false, "mode"),
        ("off", "on", &open, false, "mode"),
    ] {
        planned.configure(json!({"mode": mode, "initial": initial, "windows": windows}));
        let (message, decider) = planned.verdict();
        assert_eq!(decider, decided_by, "{mode} {initial}");
        assert_eq!(message.is_some(), mode != "off", "{mode} {initial}");
        assert_eq!(
            message.as_deref() == Some("m"),
            by_window,
            "{mode} {initial}"
        );
    }
}
