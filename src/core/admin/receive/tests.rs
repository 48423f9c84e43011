mod bypass;
mod changes;
mod parameters;
mod properties;

use std::rc::Rc;

use serde_json::{Value, json};

use super::*;
use crate::admin::answer::Access;
use crate::admin::counters::Counted;
use crate::policy::policy::policy;
use crate::request::head::testing::TestRequest;
use crate::store::shared_map::testing::Process;
use crate::store::shared_state::SharedState;
use crate::syntax::timestamp::Timestamp;

/// The token that `policy` finds in the environment; its name is `T`.
const TOKEN: &str = "a token of the environment";
const BEARER: &str = "Bearer a token of the environment";
const COUNTED: Counted = Counted {
    counters: [1, 2, 14, 15, 16],
    allowed: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    held: 17,
};
const NOW: &str = "2026-01-01T00:00:00Z";

/// A filter with its endpoint at `/m`, at a time that stands still.
struct Filter {
    policy: Policy,
    state: Rc<SharedState<Rc<Process>>>,
    now: &'static str,
}

impl Filter {
    /// `admin` and `keys` are more keys of `admin` and of the configuration.
    fn new(admin: &str, keys: &str) -> Self {
        let admin = format!(r#"{{"path":"/m","token_env":"T"{admin}}}"#);
        Self {
            policy: policy(&format!(r#"{{"admin":{admin}{keys}}}"#)),
            state: Rc::new(SharedState::of_scope(Rc::default(), "default")),
            now: NOW,
        }
    }

    fn send(&self, source: &'static str, headers: &[(&str, &[u8])]) -> Answer {
        self.receive(source, TestRequest::new(headers))
    }

    fn receive(&self, source: &'static str, mut request: TestRequest) -> Answer {
        request.now = Timestamp::parse(self.now).unwrap();
        request.client_ip = source.parse().ok();
        let endpoint = self.policy.endpoint.as_ref().unwrap();
        self.state.refresh().unwrap();
        let state = self.state.snapshot();
        let outlook = Outlook::default();
        match receive(
            &self.policy,
            &outlook,
            endpoint,
            &self.state,
            &state,
            &request,
        ) {
            Received::Answer(answer) => answer,
            Received::Counters => COUNTED.answer("a node"),
            Received::Change(call) => {
                let changed = SharedState::change(&self.state, &call.change);
                call.answer(&self.policy, &outlook, &self.state, changed, request.now)
            }
        }
    }

    /// A call with the good token and more headers: `POST /on?for=1`.
    fn call_with(&self, call: &str, headers: &[(&str, &str)]) -> Answer {
        let (method, path) = call.split_once(' ').unwrap();
        let path = format!("/m{path}");
        let mut lines = vec![
            (":method", method.as_bytes()),
            (":path", path.as_bytes()),
            ("authorization", BEARER.as_bytes()),
        ];
        lines.extend(
            headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes())),
        );
        self.send("192.0.2.1", &lines)
    }

    fn call(&self, call: &str) -> Answer {
        self.call_with(call, &[])
    }

    fn status(&self) -> Value {
        self.call("GET ").json()
    }

    fn generation(&self) -> u64 {
        self.state.refresh().unwrap();
        self.state.snapshot().generation
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.reply.headers().filter(|(key, _)| *key == name);
        let value = values.next().map(|(_, value)| value);
        assert!(values.next().is_none(), "{name:?} is there twice");
        value
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.reply.body).unwrap()
    }
}

#[test]
fn of_several_errors_the_first_in_order_is_answered() {
    let expected = [401, 403, 404, 405, 400, 409, 412, 200];
    for (repaired, expected) in expected.into_iter().enumerate() {
        let pick = |error, bad: &'static str, good: &'static str| match repaired > error {
            true => good,
            false => bad,
        };
        let filter = Filter::new(
            r#","client_ips":["192.0.2.1"]"#,
            pick(5, r#","mode":"on""#, ""),
        );
        let path = format!("{}{}", pick(2, "/m/x", "/m/on"), pick(4, "?x=1", "?for=1"));
        let answer = filter.send(
            pick(1, "192.0.2.2", "192.0.2.1"),
            &[
                (":method", pick(3, "DELETE", "POST").as_bytes()),
                (":path", path.as_bytes()),
                ("authorization", pick(0, "Bearer x", BEARER).as_bytes()),
                ("if-match", pick(6, "\"7\"", "\"0\"").as_bytes()),
            ],
        );
        assert_eq!(answer.reply.status, expected);
        assert_eq!(
            answer.access == Access::Granted,
            repaired >= 2,
            "{expected}"
        );
        assert_eq!(filter.generation(), u64::from(expected == 200));
    }
}

#[test]
fn every_answer_is_json_that_nobody_may_store() {
    let filter = Filter::new("", "");
    for (call, content_type) in [
        ("GET ", "application/json"),
        ("POST /off", "application/json"),
        ("GET /off", "application/problem+json"),
        ("GET /x", "application/problem+json"),
    ] {
        let answer = filter.call(call);
        assert_eq!(answer.header("content-type"), Some(content_type), "{call}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{call}");
        assert!(answer.json().is_object(), "{call}");
    }
}

#[test]
fn a_problem_has_the_status_and_names_the_culprit() {
    let filter = Filter::new("", "");
    for (call, status, allow, culprit) in [
        ("GET /bypass", 404, None, "call"),
        ("GET /on/", 404, None, "call"),
        ("GET /on", 405, Some("POST, PUT"), "method"),
        ("PUT /off", 405, Some("POST"), "method"),
        ("GET /reset", 405, Some("POST"), "method"),
        ("POST ", 405, Some("GET, HEAD"), "method"),
        ("POST /off?x=1", 400, None, "\"x\""),
    ] {
        let answer = filter.call(call);
        assert_eq!(answer.reply.status, status, "{call}");
        assert_eq!(answer.header("allow"), allow, "{call}");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{call}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(culprit), "{call}: {detail}");
    }
    assert_eq!(filter.generation(), 0);
}

#[test]
fn a_refused_token_gets_no_hint_what_was_wrong() {
    let filter = Filter::new("", "");
    let basic = BEARER.replace("Bearer", "Basic");
    for authorization in ["", "Bearer", "Bearer ", "Bearer x", "x", TOKEN, &basic] {
        let answer = filter.send(
            "192.0.2.1",
            &[
                (":method", b"POST"),
                (":path", b"/m/on"),
                ("authorization", authorization.as_bytes()),
            ],
        );
        let without = filter.send("192.0.2.1", &[(":method", b"POST"), (":path", b"/m/on")]);
        assert_eq!(
            format!("{:?}", answer.reply),
            format!("{:?}", without.reply),
            "{authorization}"
        );
        assert_eq!(answer.reply.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.access, Access::Denied);
    }
    assert_eq!(filter.generation(), 0);
}

#[test]
fn the_status_holds_what_decides() {
    let nulls = json!({
        "maintenance": false, "decided_by": "initial", "mode": "auto", "scope": "default",
        "generation": 0, "since": null, "start": null, "until": null, "retry_after": null,
        "message": null, "changed_by": null, "hold": null, "ramp_until": null, "next": null, "store": "shared_data",
        "store_connected": true,
        "version": env!("CARGO_PKG_VERSION"),
    });
    for (keys, change, expected) in [
        ("", "", json!({})),
        (r#","initial":"on""#, "", json!({"maintenance": true})),
        (
            r#","mode":"on""#,
            "",
            json!({"maintenance": true, "decided_by": "mode", "mode": "on"}),
        ),
        (
            r#","mode":"off","initial":"on""#,
            "",
            json!({"decided_by": "mode", "mode": "off"}),
        ),
        (r#","scope":"shop""#, "", json!({"scope": "shop"})),
        (
            "",
            "/on",
            json!({"maintenance": true, "decided_by": "state", "generation": 1, "since": NOW, "changed_by": "T"}),
        ),
        (
            "",
            "/on?start=2026-01-01T01:00:00%2b01:00&for=1m&retry_after=0&hold=0&message=a",
            json!({
                "maintenance": true, "decided_by": "state", "generation": 1, "since": NOW,
                "start": NOW, "until": "2026-01-01T00:01:00Z", "retry_after": 0, "message": "a",
                "hold": 0, "changed_by": "T",
            }),
        ),
        (
            r#","initial":"on""#,
            "/off",
            json!({"decided_by": "state", "generation": 1, "since": NOW, "changed_by": "T"}),
        ),
        (
            r#","initial":"on""#,
            "/reset",
            json!({"maintenance": true, "generation": 1}),
        ),
    ] {
        let filter = Filter::new("", keys);
        let mut status = nulls.clone();
        for (key, value) in expected.as_object().unwrap() {
            status[key] = value.clone();
        }
        if !change.is_empty() {
            let answer = filter.call(&format!("POST {change}"));
            assert_eq!(answer.json(), status, "{keys} {change}");
        }
        assert_eq!(filter.status(), status, "{keys} {change}");
    }
}

#[test]
fn an_on_counts_from_its_start_to_its_end_and_is_decided_by_the_state_throughout() {
    let mut filter = Filter::new("", r#","initial":"on""#);
    filter.call("POST /on?start=2026-01-01T00:00:10Z&for=10");
    for (now, maintenance) in [
        (NOW, false),
        ("2026-01-01T00:00:10Z", true),
        ("2026-01-01T00:00:19.999Z", true),
        ("2026-01-01T00:00:20Z", false),
    ] {
        filter.now = now;
        let status = filter.status();
        assert_eq!(status["maintenance"], maintenance, "{now}");
        assert_eq!(status["decided_by"], "state", "{now}");
    }
}

#[test]
fn each_change_replaces_all_of_the_one_before() {
    let filter = Filter::new("", "");
    for change in ["on", "off", "reset"] {
        filter.call("POST /on?for=60&start=2026-01-01T00:00:00Z&retry_after=5&message=a");
        let status = filter.call(&format!("POST /{change}")).json();
        for key in ["start", "until", "retry_after", "message"] {
            assert_eq!(status[key], Value::Null, "{change} {key}");
        }
    }
}

#[test]
fn the_etag_is_the_generation_and_if_match_guards_a_change() {
    let filter = Filter::new("", "");
    assert_eq!(filter.call("GET ").header("etag"), Some("\"0\""));
    assert_eq!(filter.call("POST /on").header("etag"), Some("\"1\""));
    for (if_match, status) in [
        ("\"0\"", 412),
        ("\"2\"", 412),
        ("W/\"1\"", 412),
        ("1", 412),
        ("\"1\"", 200),
        ("*", 200),
        ("\"0\", \"3\"", 200),
    ] {
        let before = filter.generation();
        for call in ["on", "off", "reset"] {
            let answer = filter.call_with(&format!("POST /{call}"), &[("if-match", if_match)]);
            assert_eq!(answer.reply.status, status, "{if_match} {call}");
            if status == 200 {
                break;
            }
        }
        let changes = u64::from(status == 200);
        assert_eq!(filter.generation(), before + changes, "{if_match}");
    }
}

#[test]
fn a_change_and_a_refusal_are_one_line_with_the_name_and_a_status_none() {
    let filter = Filter::new("", "");
    for call in [
        "POST /on",
        "POST /off",
        "POST /off",
        "POST /reset",
        "GET /x",
        "GET /on",
        "POST /on?%0a%22=%0a",
    ] {
        let audit = filter.call(call).audit.unwrap();
        assert!(
            audit.contains("\"T\"") && audit.contains("192.0.2.1"),
            "{audit}"
        );
        assert!(!audit.chars().any(char::is_control), "{audit:?}");
    }
    assert_eq!(filter.call("GET ").audit, None);
    assert_eq!(filter.call("HEAD ").audit, None);
}

#[test]
fn a_line_never_has_the_token_even_where_the_client_repeats_it() {
    let filter = Filter::new("", "");
    let encoded = TOKEN.replace(' ', "%20");
    for call in [
        "POST /on".to_owned(),
        format!("POST /on?message={encoded}"),
        format!("POST /on?token={encoded}"),
        format!("POST /on?for={encoded}"),
        format!("POST /{encoded}"),
        format!("POST /on?{encoded}"),
    ] {
        let audit = filter.call(&call).audit.unwrap();
        assert!(
            !audit.contains(TOKEN) && !audit.contains(&encoded),
            "{call}: {audit}"
        );
    }
}
