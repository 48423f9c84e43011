mod again;

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
