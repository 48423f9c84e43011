use proptest::prelude::*;

use super::*;
use crate::policy::outlook::{Active, Outlook};
use crate::syntax::invalid::InvalidConfig;

/// The windows, as one worker looks at them.
struct Watched {
    windows: Windows,
    outlook: Outlook,
}

impl Watched {
    fn new(config: &[WindowConfig]) -> Result<Self, InvalidConfig> {
        Windows::compile(config).map(|windows| Self {
            windows,
            outlook: Outlook::default(),
        })
    }

    fn active(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Option<Active<'_>> {
        self.outlook.active(&self.windows, now, silenced_at)
    }
}

fn windows(json: &str) -> Result<Watched, InvalidConfig> {
    Watched::new(&crate::syntax::json_reader::read::<Vec<_>>(json))
}

/// `10` is ten o'clock.
fn of_one_day(json: &str) -> Watched {
    let date = |hour: u32| format!("\"2026-01-01T{hour:02}:00:00Z\"");
    let hours = (0..24).fold(json.to_owned(), |json, hour| {
        json.replace(&format!("#{hour:02}"), &date(hour))
    });
    windows(&hours).unwrap()
}

fn at(hour: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-01-01T{hour}Z")).unwrap()
}

/// The message of the one that decides, and the hour of the end.
fn active(windows: &Watched, now: &str, silenced: Option<&str>) -> Option<(String, String)> {
    let active = windows.active(at(now), silenced.map(at))?;
    let until = active.until.map(|until| until.to_string());
    let hour = until.map_or("never".to_owned(), |until| {
        until.split(['T', ':']).nth(1).unwrap().to_owned()
    });
    Some((active.setting.message.clone().unwrap_or_default(), hour))
}

fn expect(windows: &Watched, now: &str, silenced: Option<&str>, expected: Option<(&str, &str)>) {
    let expected = expected.map(|(message, until)| (message.to_owned(), until.to_owned()));
    assert_eq!(
        active(windows, now, silenced),
        expected,
        "{now} {silenced:?}"
    );
}

#[test]
fn a_window_is_open_from_its_start_to_before_its_end() {
    let windows = of_one_day(
        r#"[{"start":#10,"end":"2026-01-01T13:00:00+01:00","message":"a"},
            {"start":#14,"message":"b"}]"#,
    );
    expect(&windows, "09:59:59.999", None, None);
    expect(&windows, "10:00:00", None, Some(("a", "12")));
    expect(&windows, "11:59:59.999", None, Some(("a", "12")));
    expect(&windows, "12:00:00", None, None);
    expect(&windows, "14:00:00", None, Some(("b", "never")));
}

#[test]
fn the_one_that_ends_last_decides_until_none_is_under_way() {
    let windows = of_one_day(
        r#"[{"start":#10,"end":#14,"message":"short"}, {"start":#11,"end":#16,"message":"long"},
            {"start":#12,"end":#16,"message":"as long"}, {"start":#16,"end":#17,"message":"after"},
            {"start":#18,"end":#19,"message":"apart"}]"#,
    );
    expect(&windows, "10:30:00", None, Some(("short", "17")));
    expect(&windows, "12:30:00", None, Some(("long", "17")));
    expect(&windows, "16:30:00", None, Some(("after", "17")));
    expect(&windows, "17:00:00", None, None);
    expect(&windows, "18:30:00", None, Some(("apart", "19")));
    let open = of_one_day(
        r#"[{"start":#10,"end":#14,"message":"a"},{"end":#11,"message":"before"},
            {"start":#14,"message":"open"}]"#,
    );
    expect(&open, "10:30:00", None, Some(("a", "never")));
    expect(&open, "09:00:00", None, Some(("before", "never")));
    expect(&open, "15:00:00", None, Some(("open", "never")));
}

#[test]
fn silence_holds_for_windows_that_had_begun() {
    let windows = of_one_day(
        r#"[{"end":#12,"message":"a"},{"start":#11,"end":#13,"message":"b"},
            {"start":#10,"end":#15,"message":"c"}]"#,
    );
    expect(&windows, "11:30:00", None, Some(("c", "15")));
    expect(&windows, "11:30:00", Some("10:59:59"), Some(("b", "13")));
    expect(&windows, "11:30:00", Some("09:59:59"), Some(("c", "15")));
    expect(&windows, "11:30:00", Some("11:00:00"), None);
    expect(&windows, "11:30:00", None, Some(("c", "15")));
}

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

#[test]
fn an_end_is_looked_for_31_days_ahead() {
    let windows = windows(r#"[{"end":"2026-02-01T00:00:00.001Z"}]"#).unwrap();
    let until = |now| windows.active(at(now), None).unwrap().until;
    assert_eq!(until("00:00:00"), None);
    assert!(until("00:00:00.001").is_some());
    assert_eq!(until("00:00:00"), None);
}

#[test]
fn what_comes_next_is_the_first_to_begin() {
    let windows = of_one_day(
        r#"[{"end":#09},{"start":#12,"end":#13,"name":"b"},{"start":#10,"end":#14,"name":"a"},
            {"start":#12,"end":#15,"name":"c","message":"m"}]"#,
    );
    let next = |now, silenced: Option<&str>| {
        let next = windows.windows.next(at(now), silenced.map(at))?;
        next.name.map(str::to_owned)
    };
    assert_eq!(next("08:00:00", None).as_deref(), Some("a"));
    assert_eq!(next("10:00:00", None).as_deref(), Some("c"));
    assert_eq!(next("09:00:00", Some("10:00:00")).as_deref(), Some("c"));
    assert_eq!(next("12:00:00", None), None);
    let next = windows.windows.next(at("11:00:00"), None).unwrap();
    assert_eq!(
        (next.start, next.until),
        (at("12:00:00"), Some(at("15:00:00")))
    );
    assert_eq!(next.message, Some("m"));
}

#[test]
fn faults_are_named_with_their_path() {
    for (json, error) in [
        (r#"[{}]"#, "[0]: expected `start`, `end` or both"),
        (
            r#"[{"start":"tomorrow"}]"#,
            "[0].start: \"tomorrow\" is not",
        ),
        (
            r#"[{"end":"2026-01-01T10:00:00"}]"#,
            "[0].end: \"2026-01-01T10:00:00\" is not",
        ),
        (
            r#"[{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T10:00:00Z"}]"#,
            "[0]: the end, 2026-01-01T10:00:00Z, is not after",
        ),
        (
            r#"[{"name":"","end":"2026-01-01T10:00:00Z"}]"#,
            "[0].name: is empty",
        ),
        (
            r#"[{"name":"a","end":"2026-01-01T10:00:00Z"},{"end":"2026-01-01T10:00:00Z"},
                {"name":"a","start":"2026-01-01T10:00:00Z"}]"#,
            "[2].name: \"a\" is there twice",
        ),
        (
            r#"[{"schedule":"0 2 * * SUN"}]"#,
            "[0]: expected `duration` beside `schedule`",
        ),
        (
            r#"[{"duration":"90m","start":"2026-01-01T10:00:00Z"}]"#,
            "[0]: `duration` is only for what has a `schedule`",
        ),
        (
            r#"[{"time_zone":"UTC","start":"2026-01-01T10:00:00Z"}]"#,
            "[0]: `time_zone` is only for what has a `schedule`",
        ),
        (
            r#"[{"schedule":"0 2 * *","duration":"90m"}]"#,
            "[0].schedule: \"0 2 * *\" has 4 fields: write five",
        ),
        (
            r#"[{"schedule":"0 2 * * *","duration":"59s"}]"#,
            "[0].duration: 59 is not a number of seconds from 60 to 2678400",
        ),
        (
            r#"[{"schedule":"0 2 * * *","duration":"31d1s"}]"#,
            "[0].duration: 2678401 is not a number of seconds from 60 to 2678400",
        ),
        (
            r#"[{"schedule":"0 2 * * *","duration":"1h","time_zone":"CEST"}]"#,
            "[0].time_zone: \"CEST\" is not an IANA time zone: write \"Europe/Berlin\"",
        ),
        (
            r#"[{"schedule":"0 2 * * *","duration":"1h","time_zone":"Mars"}]"#,
            "[0].time_zone: \"Mars\" is not an IANA time zone",
        ),
        (
            r#"[{"schedule":"0 2 * * SUN","duration":"1h",
                "start":"2026-01-05T00:00:00Z","end":"2026-01-11T02:00:00Z"}]"#,
            "[0]: none begins between `start` and `end`",
        ),
    ] {
        let refused = windows(json).err().unwrap().to_string();
        assert!(refused.starts_with(error), "{json} gave {refused}");
    }
}

proptest! {
    /// Asked one after the other, so that what was found out before is there.
    #[test]
    fn no_memory_makes_another_answer(
        spans in prop::collection::vec((0..40u8, 0..10u8, 0..8u8), 0..6),
        asked in prop::collection::vec((0..60u8, prop::option::of(0..60u8)), 1..20),
    ) {
        let moment = |hours: u8| Timestamp::from_unix_millis(i64::from(hours) * 3_600_000);
        let config = |(start, hours, open): &(u8, u8, u8)| WindowConfig {
            name: None,
            schedule: None,
            duration: None,
            time_zone: None,
            start: (*open != 0).then(|| moment(*start).to_string()),
            end: (*open > 1 || *open == 0).then(|| moment(start + hours + 1).to_string()),
            message: None,
        };
        let config: Vec<_> = spans.iter().map(config).collect();
        let windows = Watched::new(&config).unwrap();
        let bounds = |(start, hours, open): &(u8, u8, u8)| {
            let begin = if *open == 0 { -1 } else { i32::from(*start) };
            let end = if *open == 1 { i32::MAX } else { i32::from(start + hours + 1) };
            (begin, end)
        };
        for (now, silenced) in asked {
            let active = windows.active(moment(now), silenced.map(moment));
            let audible: Vec<_> = spans
                .iter()
                .map(bounds)
                .enumerate()
                .filter(|(_, (begin, _))| silenced.is_none_or(|at| *begin > i32::from(at)))
                .collect();
            let covers = |hour: i32| {
                audible.iter().filter(move |(_, (begin, end))| (*begin..*end).contains(&hour))
            };
            let mut decisive = None;
            for (index, (_, end)) in covers(i32::from(now)) {
                if decisive.is_none_or(|(_, last)| *end > last) {
                    decisive = Some((*index, *end));
                }
            }
            prop_assert_eq!(active.map(|it| it.index), decisive.map(|it| it.0));
            let free = (i32::from(now)..100).find(|hour| covers(*hour).next().is_none());
            let until = active.and_then(|it| it.until);
            let free = decisive.and(free).map(|hour| moment(hour as u8));
            prop_assert_eq!(until, free);
        }
    }
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
#[cfg(test)]
fn hundred() -> Watched {
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Gaza"];
    let windows: Vec<_> = (0..100)
        .map(|n| {
            let (minute, hour, day, zone) = (n % 60, n % 24, n % 7, zones[n % 4]);
            format!(
                r#"{{"schedule":"{minute} {hour} * * {day}","duration":"90m","time_zone":"{zone}"}}"#
            )
        })
        .collect();
    windows_of(&format!("[{}]", windows.join(",")))
}

fn windows_of(json: &str) -> Watched {
    windows(json).unwrap()
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

#[test]
fn zz() {
    for json in [
        r#"[{"schedule":"* * * * *","duration":"1m"}]"#,
        r#"[{"schedule":"*/2 * * * *","duration":"1m","time_zone":"Europe/Berlin"},{"schedule":"1-59/2 * * * *","duration":"1m","time_zone":"Europe/Berlin"}]"#,
    ] {
        let windows = windows_of(json);
        let begin = std::time::Instant::now();
        let s = windows.windows.look(spring(53), None, None);
        println!("{:?} {:?}", begin.elapsed(), s);
    }
}
