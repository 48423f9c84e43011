//! Changes that are refused, and what is to come.

use super::*;

fn body(headers: &[(&str, &str)], call: &str, ends_with_headers: bool) -> (u16, String, u64) {
    let filter = Filter::new(
        "",
        r#","bypass":{"key":"0123456789abcdef0123456789abcdef"}"#,
    );
    let (method, path) = call.split_once(' ').unwrap();
    let path = format!("/m{path}");
    let mut lines = vec![
        (":method", method),
        (":path", &path),
        ("authorization", BEARER),
    ];
    lines.extend_from_slice(headers);
    let mut request = TestRequest::new(&lines);
    request.ends_with_headers = ends_with_headers;
    let answer = filter.receive("192.0.2.1", request);
    let body = answer.reply.body.to_string();
    (answer.reply.status, body, filter.generation())
}

#[test]
fn a_change_that_announces_a_body_is_refused() {
    let length = |length: &'static str| ("content-length", length);
    let chunked = ("transfer-encoding", "chunked");
    for call in [
        "POST /on",
        "PUT /on?for=600",
        "POST /off",
        "POST /reset",
        "POST /bypass?name=qa",
        "POST /bypass/revoke",
    ] {
        for (headers, ends_with_headers, refused) in [
            (vec![length("7")], false, true),
            (vec![length("10")], true, true),
            (vec![chunked], false, true),
            (vec![chunked], true, true),
            (vec![], false, true),
            (vec![], true, false),
            (vec![length("0")], false, false),
            (vec![length("0")], true, false),
        ] {
            let (status, answer, generation) = body(&headers, call, ends_with_headers);
            let expected = if refused { 400 } else { 200 };
            assert_eq!(status, expected, "{call} {headers:?}");
            assert_eq!(answer.contains("travel in the query"), refused, "{answer}");
            assert!(!refused || generation == 0, "{call}");
        }
    }
    for (call, status) in [("GET ", 200), ("GET /on", 405), ("POST /x", 404)] {
        assert_eq!(body(&[length("7")], call, false).0, status, "{call}");
    }
}

#[test]
fn an_on_that_is_planned_never_ends_the_one_in_force() {
    const PLANNED: &str = "POST /on?start=2026-01-01T01:00:00Z&for=60";
    let filter = Filter::new("", "");
    assert_eq!(filter.call(PLANNED).reply.status, 200);
    assert_eq!(
        filter.call(PLANNED).reply.status,
        200,
        "nothing is in force"
    );
    for on in ["POST /on", "POST /on?for=60"] {
        assert_eq!(filter.call(on).reply.status, 200);
        let generation = filter.generation();
        let stale = [("if-match", "\"0\"")];
        for answer in [filter.call(PLANNED), filter.call_with(PLANNED, &stale)] {
            assert_eq!(answer.reply.status, 409, "{on}");
            assert!(answer.reply.body.contains("start"), "{}", answer.reply.body);
            assert!(answer.audit.unwrap().contains("refused with 409"));
        }
        let late = "POST /on?start=2025-12-31T00:00:00Z&for=10";
        assert_eq!(filter.call(late).reply.status, 400);
        assert_eq!(filter.generation(), generation);
    }
    filter.call("POST /off");
    assert_eq!(filter.call(PLANNED).reply.status, 200);
    assert_eq!(filter.call("POST /on").reply.status, 200, "on is on");
}

#[test]
fn the_status_tells_what_is_next_also_while_a_window_decides() {
    let windows = r#","windows":[
        {"start":"2025-12-31T00:00:00Z","end":"2026-01-01T12:00:00Z","message":"now"},
        {"name":"move","start":"2026-01-02T00:00:00Z","message":"boxes"}]"#;
    let mut filter = Filter::new("", windows);
    let window = json!({"start": "2026-01-02T00:00:00Z", "until": null, "name": "move",
        "message": "boxes"});
    let status = filter.status();
    assert_eq!(
        (&status["message"], &status["next"]),
        (&json!("now"), &window)
    );
    filter.call("POST /on?start=2026-01-01T15:00:00Z&for=60&message=m");
    let status = filter.status();
    assert_eq!(status["decided_by"], "window");
    let planned = json!({"start": "2026-01-01T15:00:00Z", "until": "2026-01-01T15:01:00Z",
        "name": null, "message": "m"});
    assert_eq!(status["next"], planned);
    filter.now = "2026-01-01T15:00:30Z";
    assert_eq!(filter.status()["next"], window);
    filter.call("POST /on");
    assert_eq!(filter.status()["next"], Value::Null);
    filter.now = "2026-01-03T00:00:00Z";
    filter.call("POST /reset");
    let status = filter.status();
    assert_eq!(
        (&status["decided_by"], &status["next"]),
        (&json!("window"), &Value::Null)
    );
}

#[test]
fn a_planned_on_leaves_silent_what_an_off_silenced() {
    let windows = r#","windows":[{"start":"2025-12-31T00:00:00Z","end":"2026-01-02T00:00:00Z"}]"#;
    let mut filter = Filter::new("", windows);
    filter.call("POST /on?start=2026-01-01T15:00:00Z&for=60");
    assert_eq!(filter.status()["decided_by"], "window");
    filter.call("POST /off");
    let status = filter
        .call("POST /on?start=2026-01-01T15:00:00Z&for=60")
        .json();
    assert_eq!(
        (&status["maintenance"], &status["decided_by"]),
        (&json!(false), &json!("state"))
    );
    assert!(status.get("off_at").is_none());
    filter.now = "2026-01-01T15:00:30Z";
    assert_eq!(filter.status()["maintenance"], true);
    filter.now = "2026-01-01T15:01:00Z";
    assert_eq!(filter.status()["maintenance"], false);
}

#[test]
fn a_revocation_does_not_change_who_set_the_flag() {
    let filter = Filter::new(
        r#","tokens":[{"name":"ops","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]"#,
        r#","bypass":{"key":"0123456789abcdef0123456789abcdef"}"#,
    );
    let mut before = filter.call("POST /on?message=m").json();
    let revoked = filter.call_with("POST /bypass/revoke", &[]);
    assert!(revoked.audit.as_ref().unwrap().contains("\"T\""));
    before["generation"] = 2.into();
    assert_eq!(revoked.json(), before);
    let by_another = filter.send(
        "192.0.2.1",
        &[
            (":method", b"POST"),
            (":path", b"/m/bypass/revoke"),
            ("authorization", b"Bearer abc"),
        ],
    );
    assert!(by_another.audit.as_ref().unwrap().contains("\"ops\""));
    before["generation"] = 3.into();
    assert_eq!(by_another.json(), before);
}
