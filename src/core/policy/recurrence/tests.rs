use std::collections::BTreeSet;

use jiff::tz;
use proptest::prelude::*;

use super::*;

fn recurrence(schedule: &str, zone: &str) -> Recurrence {
    Recurrence {
        schedule: Schedule::parse(schedule).unwrap(),
        zone: TimeZone::named(zone).unwrap(),
        duration: 60_000,
        start: None,
        end: None,
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn begins(recurrence: &Recurrence, after: &str, count: usize) -> Vec<String> {
    let mut begins = Vec::new();
    let mut after = at(after);
    while begins.len() < count {
        let next = recurrence.next(after).unwrap().begin.unwrap();
        assert_eq!(recurrence.last(next).unwrap().begin, Some(next));
        begins.push(next.to_string().replace(":00Z", ""));
        after = next;
    }
    begins
}

#[test]
fn what_the_clocks_skip_is_read_as_before_and_what_comes_twice_is_the_first() {
    for (zone, schedule, after, expected) in [
        // 29 March 2026, 2:00 to 3:00 in Berlin.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-03-28T00:00:00Z",
            "2026-03-28T01:30 2026-03-29T01:30 2026-03-30T00:30",
        ),
        (
            "Europe/Berlin",
            "0 2 * * SUN",
            "2026-03-23T00:00:00Z",
            "2026-03-29T01:00 2026-04-05T00:00",
        ),
        // 2:30 and 3:30 are one, and 3:00 is before 2:15.
        (
            "Europe/Berlin",
            "0,15,30 2,3 29 3 *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T01:00 2026-03-29T01:15 2026-03-29T01:30 2027-03-29T00:00",
        ),
        (
            "Europe/Berlin",
            "15 2 29 3 *",
            "2026-01-01T00:00:00Z",
            "2026-03-29T01:15 2027-03-29T00:15",
        ),
        // 25 October 2026, 3:00 to 2:00.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-24T00:00:00Z",
            "2026-10-24T00:30 2026-10-25T00:30 2026-10-26T01:30",
        ),
        (
            "Europe/Berlin",
            "*/30 2-3 25 10 *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30 2026-10-25T02:00 2026-10-25T02:30 2027-10-25T00:00",
        ),
        // Half an hour.
        (
            "Australia/Lord_Howe",
            "*/20 1,2 4 10 *",
            "2026-10-03T00:00:00Z",
            "2026-10-03T14:30 2026-10-03T14:50 2026-10-03T15:10 2026-10-03T15:30 2026-10-03T15:40 2026-10-03T15:50",
        ),
        (
            "UTC",
            "0 2 * * SUN",
            "2026-11-22T02:00:00Z",
            "2026-11-29T02:00 2026-12-06T02:00",
        ),
    ] {
        let expected: Vec<&str> = expected.split(' ').collect();
        let found = begins(&recurrence(schedule, zone), after, expected.len());
        assert_eq!(found, expected, "{schedule} in {zone}");
    }
}

#[test]
fn start_and_end_bound_when_one_may_begin() {
    let nightly = Recurrence {
        start: Some(at("2026-01-02T02:00:00Z")),
        end: Some(at("2026-01-04T02:00:00Z")),
        ..recurrence("0 2 * * *", "UTC")
    };
    let day = |occurrence: Option<Occurrence>| {
        Some(occurrence?.begin?.to_string().get(9..10)?.to_owned())
    };
    for (now, last, next) in [
        ("2026-01-01T03:00:00Z", None, Some("2")),
        ("2026-01-02T01:59:59.999Z", None, Some("2")),
        ("2026-01-02T02:00:00Z", Some("2"), Some("3")),
        ("2026-01-03T01:59:59.999Z", Some("2"), Some("3")),
        ("2026-01-03T02:00:00Z", Some("3"), None),
        ("2026-02-03T02:00:00Z", Some("3"), None),
    ] {
        assert_eq!(day(nightly.last(at(now))).as_deref(), last, "{now}");
        assert_eq!(day(nightly.next(at(now))).as_deref(), next, "{now}");
    }
    let late = Recurrence {
        start: Some(at("2026-01-02T02:00:00.001Z")),
        ..nightly
    };
    assert_eq!(
        day(late.next(at("2026-01-01T00:00:00Z"))).as_deref(),
        Some("3")
    );
}

#[test]
fn years_that_cannot_be_written_have_none() {
    let yearly = recurrence("0 0 1 1 *", "Asia/Kathmandu");
    let [first, last] = [i64::MIN, i64::MAX].map(Timestamp::from_unix_millis);
    assert_eq!(yearly.next(last), None);
    assert_eq!(yearly.last(first), None);
    assert!(yearly.last(last).is_some() && yearly.next(first).is_some());
}

/// What a schedule names, read once more.
struct Fields([Vec<i64>; 5], [bool; 2]);

impl Fields {
    fn names(&self, time: jiff::civil::DateTime) -> bool {
        let Self([minutes, hours, days, months, weekdays], [any_day, any_weekday]) = self;
        let day = days.contains(&time.day().into());
        let weekday = weekdays.contains(&time.weekday().to_sunday_zero_offset().into());
        let is_day = match (any_day, any_weekday) {
            (true, true) => true,
            (true, false) => weekday,
            (false, true) => day,
            (false, false) => day || weekday,
        };
        is_day
            && minutes.contains(&time.minute().into())
            && hours.contains(&time.hour().into())
            && months.contains(&time.month().into())
    }
}

fn numbers(range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = (Vec<i64>, String)> {
    let all: Vec<i64> = range.collect();
    let star = Just((all.clone(), "*".to_owned()));
    let some = prop::sample::subsequence(all.clone(), 1..=all.len().min(4)).prop_map(|some| {
        let text: Vec<String> = some.iter().map(ToString::to_string).collect();
        (some, text.join(","))
    });
    let stepped = (Just(all), 2..9_usize)
        .prop_map(|(all, step)| (all.into_iter().step_by(step).collect(), format!("*/{step}")));
    prop_oneof![3 => some, 2 => star, 1 => stepped]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Minute by minute, around a change of clocks or at random.
    #[test]
    fn each_begin_is_where_another_library_puts_it(
        minutes in numbers(0..=59),
        hours in numbers(0..=23),
        days in numbers(1..=31),
        months in numbers(1..=12),
        weekdays in numbers(0..=6),
        zone in any::<prop::sample::Index>(),
        // 2026 to 2037.
        second in 1_767_225_600i64..2_145_916_800,
        at_a_change in prop::bool::weighted(0.8),
    ) {
        const SPAN: i64 = 3 * DAY;
        let names: Vec<&str> = TimeZone::names().collect();
        let changing = |name: &&&str| tz::TimeZone::get(name).unwrap().following(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(second)).next().is_some();
        let changing: Vec<&&str> = names.iter().filter(changing).collect();
        let name = if at_a_change { **zone.get(&changing) } else { *zone.get(&names) };
        let other = tz::TimeZone::get(name).unwrap();
        let second = jiff::Timestamp::from_second(second).unwrap();
        let second = match other.following(second).next() {
            Some(change) if at_a_change => change.timestamp(),
            _ => second,
        };
        let begin = second.as_second().div_euclid(60);
        let parts = [minutes, hours, days, months, weekdays];
        let schedule = parts.each_ref().map(|(_, text)| text.as_str()).join(" ");
        let stars = [2, 4].map(|at| parts[at].1 == "*");
        let fields = Fields(parts.map(|(numbers, _)| numbers), stars);
        prop_assume!(Schedule::parse(&schedule).is_ok());
        let mut expected = BTreeSet::new();
        for local in begin - SPAN..begin + SPAN {
            let shown = jiff::Timestamp::from_second(local * 60).unwrap();
            let shown = tz::Offset::UTC.to_datetime(shown);
            if fields.names(shown) {
                let moment = other.to_ambiguous_timestamp(shown).compatible().unwrap();
                expected.insert(moment.as_second() / 60);
            }
        }
        let ours = recurrence(&schedule, name);
        let is_sure = begin - SPAN + DAY..begin + SPAN - DAY;
        let moment = |minute: i64| Timestamp::from_unix_millis(minute * MINUTE);
        let minute = |occurrence: Occurrence| occurrence.begin.unwrap().unix_millis() / MINUTE;
        let mut found = BTreeSet::new();
        let mut after = is_sure.start - 1;
        while let Some(next) = ours.next(moment(after)).map(minute).filter(|it| is_sure.contains(it)) {
            found.insert(next);
            after = next;
        }
        expected.retain(|begin| is_sure.contains(begin));
        prop_assert_eq!(&found, &expected, "{} in {}", schedule, name);
        for now in is_sure.clone().step_by(7) {
            let last = ours.last(moment(now)).map(minute).filter(|it| is_sure.contains(it));
            let expected = expected.range(..=now).next_back().copied();
            prop_assert_eq!(last, expected, "{} in {} before {}", schedule, name, now);
        }
    }
}
