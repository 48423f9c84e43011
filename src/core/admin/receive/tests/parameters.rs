use super::*;

#[test]
fn parameters_that_are_good_are_taken() {
    for (query, key, value) in [
        ("for=60", "until", json!("2026-01-01T00:01:00Z")),
        ("%66or=%36%30", "until", json!("2026-01-01T00:01:00Z")),
        (
            "for=60&start=2026-02-01T00:00:00Z",
            "until",
            json!("2026-02-01T00:01:00Z"),
        ),
        (
            "until=2026-01-01T02:00:00+01:00",
            "until",
            json!("2026-01-01T01:00:00Z"),
        ),
        (
            "until=2026-01-01t00:00:00.001z",
            "until",
            json!("2026-01-01T00:00:00.001Z"),
        ),
        (
            "start=2025-12-31T00:00:00Z&for=86401",
            "until",
            json!("2026-01-01T00:00:01Z"),
        ),
        ("for=1h30m", "until", json!("2026-01-01T01:30:00Z")),
        ("retry_after=0", "retry_after", json!(0)),
        ("retry_after=2m", "retry_after", json!(120)),
        ("hold=0", "hold", json!(0)),
        ("hold=240", "hold", json!(240)),
        ("hold=4m", "hold", json!(240)),
        (
            "message=a+b%20c%26d%C3%A9%3D=",
            "message",
            json!("a+b c&d\u{e9}=="),
        ),
        ("", "until", Value::Null),
    ] {
        let answer = Filter::new("", "").call(&format!("POST /on?{query}"));
        assert_eq!(answer.reply.status, 200, "{query}: {}", answer.reply.body);
        assert_eq!(answer.json()[key], value, "{query}");
    }
    for (length, status) in [(500, 200), (501, 400)] {
        let call = format!("POST /on?message={}", "%C3%A9".repeat(length));
        assert_eq!(Filter::new("", "").call(&call).reply.status, status);
    }
}

#[test]
fn parameters_that_are_bad_are_refused_by_name() {
    let filter = Filter::new("", "");
    for (query, culprit) in [
        ("on?until=tomorrow", "until"),
        ("on?until=2027-01-01T00:00:00", "until"),
        ("on?until=2026-01-01T00:00:00Z", "until"),
        ("on?until=2025-01-01T00:00:00Z", "until"),
        (
            "on?start=2026-02-01T00:00:00Z&until=2026-02-01T00:00:00Z",
            "until",
        ),
        (
            "on?start=2025-12-31T00:00:00Z&until=2025-12-31T12:00:00Z",
            "until",
        ),
        ("on?start=2025-12-31T00:00:00Z&for=60", "for"),
        ("on?start=2027", "start"),
        ("on?for=0", "for"),
        ("on?for=-1", "for"),
        ("on?for=1.5", "for"),
        ("on?for=+1", "for"),
        ("on?for=1m1h", "for"),
        ("on?for=1M", "for"),
        ("on?for", "for"),
        ("on?for=9999999999999", "for"),
        ("on?for=99999999999999999999", "for"),
        ("on?for=1&for=1", "for"),
        ("on?for=1&%66or=1", "for"),
        ("on?for=60&until=2027-01-01T00:00:00Z", "until and for"),
        ("on?retry_after=-1", "retry_after"),
        ("on?retry_after=", "retry_after"),
        ("on?hold=241", "hold"),
        ("on?hold=4m1s", "hold"),
        ("on?hold=-1", "hold"),
        ("on?hold=", "hold"),
        ("off?hold=1", "hold"),
        ("on?message=a%0ab", "message"),
        ("on?message=a%00", "message"),
        ("on?message=%ff", "message"),
        ("on?message=%zz", "message"),
        ("on?nessage=a", "nessage"),
        ("off?for=1", "for"),
        ("reset?message=a", "message"),
    ] {
        let answer = filter.call(&format!("POST /{query}"));
        assert_eq!(answer.reply.status, 400, "{query}");
        let problem = answer.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(culprit), "{query}: {detail}");
    }
    assert_eq!(filter.call("GET ?x=1").reply.status, 400);
    assert_eq!(filter.generation(), 0);
}

#[test]
fn no_on_is_longer_than_max_on_seconds() {
    let filter = Filter::new(r#","max_on_seconds":60"#, "");
    for (query, until) in [
        ("", Some("2026-01-01T00:01:00Z")),
        ("for=60", Some("2026-01-01T00:01:00Z")),
        ("for=1", Some("2026-01-01T00:00:01Z")),
        ("for=61", None),
        ("until=2026-01-01T00:01:00Z", Some("2026-01-01T00:01:00Z")),
        ("until=2026-01-01T00:01:00.001Z", None),
        ("start=2026-02-01T00:00:00Z", Some("2026-02-01T00:01:00Z")),
        (
            "start=2026-02-01T00:00:00Z&until=2026-02-01T00:01:00Z",
            Some("2026-02-01T00:01:00Z"),
        ),
        (
            "start=2026-02-01T00:00:00Z&until=2026-02-01T00:01:01Z",
            None,
        ),
        ("start=2025-12-31T23:59:30Z", Some("2026-01-01T00:00:30Z")),
        ("start=2025-12-31T23:59:30Z&for=61", None),
    ] {
        filter.call("POST /off");
        let answer = filter.call(&format!("POST /on?{query}"));
        match until {
            Some(until) => assert_eq!(answer.json()["until"], until, "{query}"),
            None => assert_eq!(answer.reply.status, 400, "{query}"),
        }
    }
}
