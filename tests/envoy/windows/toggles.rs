//! What a toggle does to a window, and a window to a toggle.

use std::{thread, time::Duration};

use serde_json::json;
use time::{OffsetDateTime, UtcOffset};

use super::{Planned, after, now, sleep_until, text, window};

/// In a query: RFC 3339 in UTC has nothing to escape.
fn query(time: OffsetDateTime) -> String {
    text(time.to_offset(UtcOffset::UTC))
}

#[test]
fn off_holds_until_its_window_ends_and_does_not_silence_the_next() {
    let mut planned = Planned::start();
    let (end, next) = (after(3000), after(3500));
    planned.plan(json!([
        window("this", after(-60_000), end),
        window("next", next, after(600_000)),
    ]));
    planned.expect(Some("this"), "window");
    planned.call("POST", "off");
    assert!(now() < end, "too slow");
    let mut passed_after_end = false;
    loop {
        let before = now();
        let passes = planned.get().is_upstream();
        if now() >= next {
            break;
        }
        assert!(passes, "{before}");
        passed_after_end |= before > end;
        thread::sleep(Duration::from_millis(10));
    }
    assert!(passed_after_end);
    sleep_until(next);
    planned.expect(Some("next"), "window");
    planned.call("POST", "off");
    planned.expect(None, "state");
}

#[test]
fn an_off_of_before_the_window_does_not_silence_it() {
    let mut planned = Planned::start();
    planned.call("POST", "off");
    sleep_until(after(10));
    let start = now();
    planned.plan(json!([window("m", start, after(600_000))]));
    planned.expect(Some("m"), "window");
    planned.plan(json!([window(
        "m",
        start - time::Duration::hours(1),
        after(600_000)
    )]));
    planned.expect(None, "state");
}

#[test]
fn reset_brings_the_window_back() {
    let mut planned = Planned::start();
    planned.plan(json!([window("m", after(-60_000), after(600_000))]));
    for change in ["off", "on?message=toggle"] {
        planned.call("POST", change);
        let toggled = (change != "off").then_some("toggle");
        planned.expect(toggled, "state");
        planned.call("POST", "reset");
        planned.expect(Some("m"), "window");
    }
}

#[test]
fn an_on_that_does_not_count_silences_no_window() {
    let mut planned = Planned::start();
    let (before, later) = (query(after(-1000)), query(after(300_000)));
    planned.plan(json!([window("m", after(-60_000), after(600_000))]));
    planned.call("POST", &format!("on?start={later}&message=toggle"));
    planned.expect(Some("m"), "window");
    // What an `off` silenced stays so.
    planned.call("POST", "off");
    planned.expect(None, "state");
    planned.call("POST", &format!("on?start={later}&message=toggle"));
    planned.expect(None, "state");
    planned.call("POST", "reset");
    planned.expect(Some("m"), "window");

    let until = after(1000);
    let on = format!("on?start={before}&until={}&message=toggle", query(until));
    planned.call("POST", &on);
    planned.expect(Some("toggle"), "state");
    sleep_until(until);
    planned.expect(Some("m"), "window");
    planned.plan(json!([]));
    planned.expect(None, "state");
}
