//! Windows, whose moments meet those of the requests.

use serde_json::{Map, Value, json};

use super::{configuration::moment, reading::time, source::Source};

/// With an offset now and then.
fn written(millis: i64, source: &mut Source) -> String {
    if source.one_in(3) {
        let local = time::format(millis + 90 * 60_000);
        return local.replace('Z', "+01:30");
    }
    time::format(millis)
}

/// The moments of a case are in November; what lasts for weeks has begun when clocks were changed.
fn recur(window: &mut Map<String, Value>, source: &mut Source) {
    let schedules = [
        "0 * * * *",
        "*/20 2-5 * * *",
        "0 9 * * Mon-Fri",
        "30 2 * * 7",
        "5/25 12 * 11 *",
        "0 22 21,23 * 0",
        "0 2 1 * *",
        "0,30 1,2,3 25 10 *",
        "0-59/7 1 1 NOV *",
        "15 23 * * 5-7",
    ];
    let durations = [
        json!(60),
        json!("1h"),
        json!("90m"),
        json!(86_400),
        json!("30d"),
        json!("31d"),
    ];
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Calcutta"];
    window.insert("schedule".to_owned(), source.pick(&schedules).into());
    window.insert("duration".to_owned(), source.pick(&durations));
    if !source.one_in(3) {
        window.insert("time_zone".to_owned(), source.pick(&zones).into());
    }
}

pub fn windows(source: &mut Source) -> Value {
    let windows = (0..=source.below(3)).map(|number| {
        let (one, other) = (moment(source), moment(source));
        let (start, end) = (one.min(other), one.max(other));
        let mut window = Map::new();
        let ends = if start == end {
            1 + source.below(2)
        } else {
            source.below(6)
        };
        let recurs = source.one_in(3);
        if recurs {
            recur(&mut window, source);
        }
        // Between both nothing might ever begin.
        let ends = if recurs { 1 + ends % 2 } else { ends };
        if ends != 1 {
            window.insert("start".to_owned(), written(start, source).into());
        }
        if ends != 2 {
            window.insert("end".to_owned(), written(end, source).into());
        }
        if source.one_in(2) {
            window.insert("message".to_owned(), format!("window {number}").into());
            window.insert("name".to_owned(), format!("w{number}").into());
        }
        Value::from(window)
    });
    windows.collect()
}
