//! Windows that recur.

use super::*;

#[test]
fn what_comes_again_is_open_as_long_as_it_lasts() {
    let windows = windows(
        r#"[{"schedule":"0 2 * * *","duration":"90m","message":"night"},
            {"schedule":"0 3 * * *","duration":3600,"message":"late",
             "start":"2026-01-01T03:00:00Z","end":"2026-01-02T03:00:00Z"}]"#,
    )
    .unwrap();
    expect(&windows, "01:59:59.999", None, None);
    expect(&windows, "02:00:00", None, Some(("night", "04")));
    expect(&windows, "03:00:00", None, Some(("late", "04")));
    expect(&windows, "03:59:59.999", None, Some(("late", "04")));
    expect(&windows, "04:00:00", None, None);
    expect(&windows, "03:15:00", Some("02:30:00"), Some(("late", "04")));
    expect(&windows, "03:15:00", Some("03:00:00"), None);
    let active = windows.active(at("03:15:00"), None).unwrap();
    assert_eq!((active.index, active.begin), (1, Some(at("03:00:00"))));
    let next_day = Timestamp::parse("2026-01-02T03:15:00Z").unwrap();
    let night = windows.active(next_day, Some(at("03:00:00"))).unwrap();
    assert_eq!((night.index, night.until), (0, next_day.plus_seconds(900)));
    let next = windows.windows.next(at("02:30:00"), None).unwrap();
    assert_eq!(
        (next.start, next.until),
        (at("03:00:00"), Some(at("04:00:00")))
    );
}

#[test]
fn what_is_planned_comes_in_order_and_what_is_open_first() {
    let windows = windows(
        r#"[{"name":"daily","schedule":"0 2 * * *","duration":"2d"},
            {"name":"once","start":"2026-01-03T02:00:00Z","end":"2026-01-03T03:00:00Z"},
            {"name":"ever","end":"2026-01-04T00:00:00Z"},
            {"name":"over","end":"2026-01-01T00:00:00Z"}]"#,
    )
    .unwrap();
    let now = Timestamp::parse("2026-01-02T12:00:00Z").unwrap();
    let planned = windows.windows.planned(now).take(6);
    let planned: Vec<String> = planned
        .map(|(window, occurrence)| {
            let begin = occurrence.begin.map(|begin| begin.to_string());
            let day = begin
                .as_deref()
                .map_or("ever", |begin| begin.get(8..10).unwrap());
            format!("{} {day}", window.name.as_deref().unwrap())
        })
        .collect();
    let expected = [
        "ever ever",
        "daily 01",
        "daily 02",
        "daily 03",
        "once 03",
        "daily 04",
    ];
    assert_eq!(planned, expected);
    let is_over = |index: usize| windows.windows.get(index).unwrap().is_over(now);
    assert_eq!([0, 1, 2, 3].map(is_over), [false, false, false, true]);
}

#[test]
fn what_never_ends_has_no_end_whatever_was_known_before() {
    let windows = windows(
        r#"[{"schedule":"0 0-22/2 * * *","duration":"1h","message":"even"},
            {"schedule":"0 1-23/2 * * *","duration":"1h","message":"odd",
             "end":"2026-02-10T00:00:00Z"}]"#,
    )
    .unwrap();
    let moment = |text: &str| Timestamp::parse(text).unwrap();
    let end = moment("2026-02-10T00:00:00Z").plus_seconds(3600);
    for (now, until) in [
        ("2026-01-01T00:30:00Z", None),
        ("2026-01-01T01:30:00Z", None),
        ("2026-01-10T00:59:59.999Z", None),
        ("2026-01-10T01:00:00Z", end),
        ("2026-02-10T00:30:00Z", end),
        ("2026-01-10T00:59:59.999Z", None),
    ] {
        let active = windows.active(moment(now), None).unwrap();
        assert_eq!(active.until, until, "{now}");
    }
    assert_eq!(windows.active(moment("2026-02-10T01:00:00Z"), None), None);
}

/// An hour or so, again and again.
fn again() -> impl Strategy<Value = WindowConfig> {
    let schedules = [
        "0 * * * *",
        "30 */2 * * *",
        "0 0-22/2 * * *",
        "0 1-23/2 * * *",
        "15 2 * * *",
        "0 3 1 * *",
        "*/20 2 * * 0,3",
        "0 0 * * 1-5",
        "30 2 28-31 * *",
    ];
    let durations = [60, 1200, 3600, 5400, 7200, 43_200, 86_400, 100_000];
    let zones = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
    ];
    (
        prop::sample::select(schedules.to_vec()),
        prop::sample::select(durations.to_vec()),
        prop::sample::select(zones.to_vec()),
        prop::option::of(0..80i64),
        prop::option::of(0..80i64),
    )
        .prop_map(|(schedule, duration, zone, start, end)| WindowConfig {
            name: None,
            schedule: Some(schedule.to_owned()),
            duration: Some(crate::config::seconds::Seconds(duration)),
            time_zone: Some(zone.to_owned()),
            start: start.map(|days| spring(days * 24 * 60).to_string()),
            end: end.map(|days| spring(days * 24 * 60 + 90).to_string()),
            message: None,
        })
}

/// So many minutes after 1 March 2026; the clocks change within it.
fn spring(minutes: i64) -> Timestamp {
    let begin = Timestamp::parse("2026-03-01T00:00:00Z").unwrap();
    Timestamp::from_unix_millis(begin.unix_millis() + minutes * 60_000)
}

proptest! {
    #[test]
    fn what_comes_again_decides_as_if_each_time_were_looked_at(
        config in prop::collection::vec(again(), 1..4),
        asked in prop::collection::vec((0..40_000i64, prop::option::of(-2000..200i64)), 1..12),
        in_order: bool,
    ) {
        const HORIZON_MINUTES: i64 = 31 * 24 * 60;
        let Ok(windows) = Watched::new(&config) else {
            return Ok(());
        };
        let mut asked = asked;
        if in_order {
            asked.sort_unstable();
        }
        let mut times: Vec<(usize, Timestamp, Timestamp)> = Vec::new();
        for (index, window) in windows.windows.0.iter().enumerate() {
            let mut after = spring(-5000);
            while let Some(next) = window.next(after).filter(|it| it.begin < Some(spring(200_000))) {
                after = next.begin.unwrap();
                times.push((index, after, next.end.at().unwrap()));
            }
        }
        for (minute, silenced) in asked {
            let now = spring(minute);
            let silenced = silenced.map(|before| spring(minute + before));
            let audible: Vec<_> = times
                .iter()
                .filter(|(_, begin, _)| silenced.is_none_or(|silenced| *begin > silenced))
                .collect();
            let covers = |now: Timestamp| {
                audible.iter().filter(move |(_, begin, end)| *begin <= now && now < *end)
            };
            let decisive = covers(now).max_by_key(|(index, _, end)| (*end, Reverse(*index)));
            let mut free = now;
            while let Some((_, _, end)) = covers(free).next() {
                free = *end;
            }
            let until = decisive.map(|_| free).filter(|free| *free <= spring(minute + HORIZON_MINUTES));
            let active = windows.active(now, silenced);
            prop_assert_eq!(active.map(|it| it.index), decisive.map(|it| it.0));
            prop_assert_eq!(active.map(|it| it.begin), decisive.map(|it| Some(it.1)));
            prop_assert_eq!(active.and_then(|it| it.until), until);
            let after = silenced.map_or(now, |silenced| now.max(silenced));
            let next = times.iter().map(|it| it.1).filter(|begin| *begin > after).min();
            prop_assert_eq!(windows.windows.next(now, silenced).map(|it| it.start), next);
        }
    }
}

/// A hundred that recur, of which each night one or more are open.
fn hundred() -> Watched {
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Gaza"];
    let hundred: Vec<_> = (0..100)
        .map(|n| {
            let (minute, hour, day, zone) = (n % 60, n % 24, n % 7, zones[n % 4]);
            format!(
                r#"{{"schedule":"{minute} {hour} * * {day}","duration":"90m","time_zone":"{zone}"}}"#
            )
        })
        .collect();
    windows(&format!("[{}]", hundred.join(","))).unwrap()
}

/// Not optimized, and beside other tests: there it may take ten times as long as in life.
#[test]
fn to_look_at_a_hundred_takes_no_time_to_speak_of() {
    let windows = hundred();
    let begin = std::time::Instant::now();
    let looks: u32 = 200;
    for minute in 0..i64::from(looks) {
        windows.windows.look(spring(minute * 53), None, None);
    }
    let each = begin.elapsed() / looks;
    println!("{each:?}");
    assert!(each < std::time::Duration::from_millis(10), "{each:?}");
}
