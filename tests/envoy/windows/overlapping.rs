//! Windows that overlap, and what is next.

use serde_json::{Value, json};

use super::{Planned, after, now, sleep_until, text, window};

fn seconds(time: &Value) -> i64 {
    let time = time.as_str().unwrap();
    let format = &time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(time, format)
        .unwrap()
        .unix_timestamp()
}

#[test]
fn the_window_that_ends_last_decides_and_the_end_is_that_of_all() {
    let mut planned = Planned::start();
    let (end, last) = (after(600_000), after(900_000));
    planned.plan(json!([
        window("short", after(-60_000), after(300_000)),
        window("long", after(-30_000), end),
        window("joins", after(500_000), last),
        window("apart", after(2_000_000), after(3_000_000)),
    ]));
    planned.expect(Some("long"), "window");
    let status = planned.call("GET", "");
    assert_eq!(seconds(&status["until"]), last.unix_timestamp());
    assert_eq!(status["next"]["message"], "joins");
    assert_eq!(status["next"]["name"], Value::Null);
    let reply = planned.get();
    let retry_after: i64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((880..=900).contains(&retry_after), "{retry_after}");
    assert_eq!(seconds(&reply.json()["until"]), last.unix_timestamp());
    // It silences what had begun.
    planned.call("POST", "off");
    planned.expect(None, "state");
    assert_eq!(planned.call("GET", "")["next"]["message"], "joins");
}

#[test]
fn an_end_further_off_than_31_days_is_not_looked_for() {
    let mut planned = Planned::start();
    const DAY: i64 = 24 * 3600 * 1000;
    for (days, known) in [(30, true), (32, false)] {
        planned.plan(json!([window("m", after(-60_000), after(days * DAY))]));
        planned.expect(Some("m"), "window");
        let status = planned.call("GET", "");
        assert_eq!(status["until"].is_string(), known, "{status}");
        let is_default = planned.get().header("retry-after") == Some("3600");
        assert_eq!(is_default, !known);
    }
}

#[test]
fn what_is_next_is_told_also_while_a_window_decides() {
    let mut planned = Planned::start();
    let (start, end) = (after(600_000), after(700_000));
    let mut move_house = window("boxes", start, end);
    move_house["name"] = "move house".into();
    planned.plan(json!([
        window("now", after(-60_000), after(300_000)),
        move_house
    ]));
    planned.expect(Some("now"), "window");
    let status = planned.call("GET", "");
    let next = &status["next"];
    assert_eq!(
        (&next["name"], &next["message"]),
        (&json!("move house"), &json!("boxes"))
    );
    assert_eq!(seconds(&next["start"]), start.unix_timestamp());
    assert_eq!(seconds(&next["until"]), end.unix_timestamp());
    let utc = |time: time::OffsetDateTime| text(time.to_offset(time::UtcOffset::UTC));
    let on = format!("on?start={}&for=60&message=first", utc(after(400_000)));
    planned.call("POST", &on);
    planned.expect(Some("now"), "window");
    assert_eq!(planned.call("GET", "")["next"]["message"], "first");
    planned.call("POST", "on");
    assert_eq!(planned.call("GET", "")["next"], Value::Null);
    planned.call("POST", "on?for=60");
    assert_eq!(planned.call("GET", "")["next"]["name"], "move house");
}

/// What was found out of the windows must not be kept beyond the moment at which it changes.
#[test]
fn a_chain_of_windows_is_followed_to_its_end() {
    let mut planned = Planned::start();
    let edges = [after(1500), after(2500), after(3500), after(4500)];
    planned.plan(json!([
        window("c", edges[1], edges[3]),
        window("a", after(-60_000), edges[0]),
        window("b", edges[0], edges[2]),
    ]));
    for (message, until) in [("a", edges[0]), ("b", edges[1]), ("c", edges[3])] {
        assert!(now() < until, "too slow");
        planned.expect(Some(message), "window");
        sleep_until(until);
    }
    planned.expect(None, "initial");
}
