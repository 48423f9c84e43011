//! Windows that recur. `tests/faults/clock` sets the clock to when clocks are changed.

use serde_json::{Value, json};
use support::Envoy;
use time::{Duration, OffsetDateTime};

use super::{Planned, now, text};

/// A schedule that names the minute of a moment, each day.
fn daily(begin: OffsetDateTime) -> String {
    format!("{} {} * * *", begin.minute(), begin.hour())
}

/// The last whole minute.
fn this_minute() -> OffsetDateTime {
    now()
        .replace_second(0)
        .unwrap()
        .replace_nanosecond(0)
        .unwrap()
}

#[test]
fn the_status_and_the_reply_say_what_is_known_of_this_time_and_of_the_next() {
    let mut planned = Planned::start();
    let begin = this_minute() - Duration::minutes(3);
    planned.plan(json!([
        {"name": "daily", "schedule": daily(begin), "duration": "1h30m", "message": "m"},
        {"name": "far", "schedule": "0 0 29 2 *", "duration": 60, "start": "2999-01-01T00:00:00Z"},
    ]));
    let (end, next) = (begin + Duration::minutes(90), begin + Duration::days(1));
    let status = planned.call("GET", "");
    assert_eq!(status["decided_by"], "window");
    for (key, expected) in [("since", begin), ("start", begin), ("until", end)] {
        assert_eq!(status[key], text(expected), "{status}");
    }
    let next_end = next + Duration::minutes(90);
    let expected =
        json!({"start": text(next), "until": text(next_end), "name": "daily", "message": "m"});
    assert_eq!(status["next"], expected);
    let response = planned.get();
    assert_eq!(response.json()["until"], text(end));
    let left: i64 = response.header("retry-after").unwrap().parse().unwrap();
    let expected = (end - now()).whole_seconds();
    assert!((expected..expected + 5).contains(&left), "{left}");

    // An `off` silences what had begun, and nothing else.
    planned.call("POST", "off");
    planned.expect(None, "state");
    assert_eq!(planned.call("GET", "")["next"]["start"], text(next));
    planned.call("POST", "reset");
    planned.expect(Some("m"), "window");
    planned.call("POST", "on?message=toggled");
    planned.expect(Some("toggled"), "state");
    assert_eq!(planned.call("GET", "")["next"], Value::Null);
}

#[test]
fn start_and_end_bound_when_one_begins_and_not_when_it_ends() {
    let mut planned = Planned::start();
    let begin = this_minute() - Duration::minutes(3);
    let minutes = |minutes: i64| text(begin + Duration::minutes(minutes));
    for (bounds, is_open) in [
        (json!({"start": minutes(0)}), true),
        (json!({"start": minutes(1)}), false),
        (json!({"end": minutes(1)}), true),
        (json!({"end": minutes(0)}), false),
        (json!({"start": minutes(-1), "end": minutes(2)}), true),
    ] {
        let mut window = bounds.clone();
        window["schedule"] = daily(begin).into();
        window["duration"] = json!(3600);
        window["message"] = "m".into();
        planned.plan(json!([window]));
        let decided_by = if is_open { "window" } else { "initial" };
        planned.expect(is_open.then_some("m"), decided_by);
        let status = planned.call("GET", "");
        assert_eq!(
            status["next"].is_null(),
            bounds["end"].is_string(),
            "{bounds}"
        );
    }
}

#[test]
fn of_several_the_one_that_ends_last_decides_and_what_joins_puts_off_the_end() {
    let mut planned = Planned::start();
    let begin = this_minute() - Duration::minutes(3);
    let window = |minutes: i64, duration: &str, message: &str| {
        let begin = begin + Duration::minutes(minutes);
        json!({"schedule": daily(begin), "duration": duration, "message": message})
    };
    planned.plan(json!([
        window(0, "20m", "short"),
        window(1, "30m", "long"),
        window(-9, "40m", "as long"),
        window(31, "10m", "joins"),
        {"start": text(begin + Duration::minutes(41)), "end": text(begin + Duration::minutes(60))},
        window(61, "10m", "apart"),
    ]));
    planned.expect(Some("long"), "window");
    let status = planned.call("GET", "");
    assert_eq!(status["until"], text(begin + Duration::minutes(60)));
    // One that comes every hour and lasts as long has no end; every two hours, it has.
    for (schedule, is_known) in [("0 * * * *", false), ("0 */2 * * *", true)] {
        planned.plan(json!([
            {"schedule": schedule, "duration": "1h", "message": "hourly"},
            window(0, "10m", "now"),
        ]));
        let status = planned.call("GET", "");
        assert_eq!(status["until"].is_string(), is_known, "{status}");
    }
}

#[test]
fn a_hundred_windows_open_as_one_does() {
    let mut planned = Planned::start();
    let begin = this_minute() - Duration::minutes(3);
    let mut windows: Vec<Value> = (0..100)
        .map(|n| {
            let begin = begin + Duration::minutes(300 + 7 * n);
            json!({"name": format!("w{n}"), "schedule": daily(begin), "duration": "2h"})
        })
        .collect();
    planned.plan(json!(windows));
    planned.expect(None, "initial");
    windows.push(json!({"schedule": daily(begin), "duration": "1h", "message": "now"}));
    planned.plan(json!(windows));
    planned.expect(Some("now"), "window");
    assert_eq!(planned.call("GET", "")["next"]["name"], "w0");
}

#[test]
fn what_is_wrong_is_refused_with_what_to_write() {
    let with = |key: &str, value: Value| {
        let mut window = json!({"schedule": "0 2 * * SUN", "duration": "90m"});
        window[key] = value;
        window
    };
    let schedule = |schedule: &str| with("schedule", schedule.into());
    let cases = [
        (
            schedule("0 2 ? * SUN"),
            ".schedule: ",
            "write \"0 2 * * SUN\"",
        ),
        (schedule("@daily"), ".schedule: ", "write \"0 0 * * *\""),
        (
            schedule("CRON_TZ=Europe/Berlin 0 2 * * *"),
            ".schedule: ",
            "\"time_zone\": \"Europe/Berlin\"",
        ),
        (
            schedule("0 2 L * *"),
            ".schedule: ",
            "write each day of the month",
        ),
        (
            schedule("0 2 15W * *"),
            ".schedule: ",
            "write each day of the month",
        ),
        (
            schedule("0 2 * * MON#1"),
            ".schedule: ",
            "write each day of the week",
        ),
        (
            schedule("0 22-2 * * *"),
            ".schedule: ",
            "write \"22,23,0,1,2\"",
        ),
        (
            schedule("0 0 30 2 *"),
            ".schedule: ",
            "never comes: write \"0 0 28 2 *\"",
        ),
        (
            schedule("0 0 2 * * SUN"),
            ".schedule: ",
            "such as \"0 2 * * SUN\"",
        ),
        (
            schedule("0 2 SUN * *"),
            ".schedule: ",
            "write it in the fifth field",
        ),
        (schedule("*/0 2 * * *"), ".schedule: ", "write \"*/1\""),
        (
            with("schedule", json!(5)),
            ".schedule: ",
            "expected a string",
        ),
        (
            with("time_zone", json!("Europe/Berln")),
            ".time_zone: ",
            "write \"Europe/Berlin\"",
        ),
        (
            with("time_zone", json!("CEST")),
            ".time_zone: ",
            "write \"Europe/Berlin\"",
        ),
        (
            with("duration", json!(59)),
            ".duration: ",
            "from 60 to 2678400",
        ),
        (
            with("duration", json!("32d")),
            ".duration: ",
            "from 60 to 2678400",
        ),
        (
            with("duration", json!("an hour")),
            ".duration: ",
            "like 90 (seconds), 90s, 45m, 1h30m or 2d",
        ),
        (
            json!({"schedule": "0 2 * * *"}),
            ": ",
            "expected `duration`",
        ),
        (
            json!({"duration": "1h", "end": "2030-01-01T00:00:00Z"}),
            ": ",
            "only for what has a `schedule`",
        ),
        (
            json!({"time_zone": "UTC", "end": "2030-01-01T00:00:00Z"}),
            ": ",
            "only for what has a `schedule`",
        ),
        (
            json!({"schedule": "0 2 1 1 *", "duration": "1h",
                "start": "2030-02-01T00:00:00Z", "end": "2030-12-01T00:00:00Z"}),
            ": ",
            "none begins between `start` and `end`",
        ),
    ];
    let configurations: Vec<String> = cases
        .iter()
        .map(|(window, ..)| json!({"windows": [window]}).to_string())
        .collect();
    let logs = Envoy::refusals(configurations.iter().map(String::as_str));
    for ((window, key, expected), log) in cases.iter().zip(logs) {
        let place = format!("maintenance-mode: windows[0]{key}");
        let line = log.lines().find(|line| line.contains(&place));
        assert!(
            line.is_some_and(|line| line.contains(expected)),
            "{window}: {log}"
        );
    }
}
