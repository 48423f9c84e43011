use proptest::prelude::*;

use super::*;

fn begins(schedule: &str, from: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(schedule).unwrap();
    let mut from = minute(&format!("{from}Z"));
    let mut begins = Vec::new();
    while begins.len() < count {
        let next = schedule.nearest(from, Toward::Later).unwrap();
        assert_eq!(schedule.nearest(next, Toward::Sooner), Some(next));
        let text = crate::syntax::timestamp::Timestamp::from_unix_millis(next * 60_000).to_string();
        begins.push(text.replace(":00Z", ""));
        from = next + 1;
    }
    begins
}

fn minute(text: &str) -> i64 {
    crate::syntax::calendar::DateTime::parse_rfc3339(text).unwrap() / 60_000
}

#[test]
fn fields_have_lists_ranges_steps_and_names_in_any_case() {
    for (schedule, from, expected) in [
        (
            "0 2 * * SUN",
            "2026-01-01T00:00:00",
            "2026-01-04T02:00 2026-01-11T02:00",
        ),
        (
            "  0\t2  * *  7 ",
            "2026-01-01T00:00:00",
            "2026-01-04T02:00 2026-01-11T02:00",
        ),
        (
            "5/15 23 * * *",
            "2026-01-31T23:30:00",
            "2026-01-31T23:35 2026-01-31T23:50 2026-02-01T23:05",
        ),
        (
            "59-59,0-10/5 1 * * *",
            "2026-01-01T00:00:00",
            "2026-01-01T01:00 2026-01-01T01:05 2026-01-01T01:10 2026-01-01T01:59",
        ),
        (
            "0 0 * feb-Mar,dec mon",
            "2026-03-30T00:00:01",
            "2026-03-30T00:00 2026-12-07T00:00",
        ),
        (
            "0 0 * * 5-7",
            "2026-01-01T00:00:00",
            "2026-01-02T00:00 2026-01-03T00:00 2026-01-04T00:00 2026-01-09T00:00",
        ),
        (
            "0 0 * * 0-7",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00 2026-01-02T00:00",
        ),
        (
            "0 0 * * 5/1",
            "2026-01-01T00:00:00",
            "2026-01-02T00:00 2026-01-03T00:00 2026-01-09T00:00",
        ),
        (
            "0 0 * * 7/2",
            "2026-01-01T00:00:00",
            "2026-01-04T00:00 2026-01-11T00:00",
        ),
        (
            "0 0 * * */3",
            "2026-01-01T00:00:00",
            "2026-01-03T00:00 2026-01-04T00:00 2026-01-07T00:00",
        ),
        (
            "0 0 29 2 *",
            "2096-03-01T00:00:00",
            "2104-02-29T00:00 2108-02-29T00:00",
        ),
        (
            "0 0 31 */2 *",
            "2026-01-31T00:01:00",
            "2026-03-31T00:00 2026-05-31T00:00 2026-07-31T00:00 2027-01-31T00:00",
        ),
        // Where both days are restricted either counts; `*/2` and `1-31` are restrictions.
        (
            "0 0 13 * FRI",
            "2026-02-07T00:00:00",
            "2026-02-13T00:00 2026-02-20T00:00 2026-02-27T00:00 2026-03-06T00:00 2026-03-13T00:00",
        ),
        (
            "0 0 */15 * MON",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00 2026-01-05T00:00 2026-01-12T00:00 2026-01-16T00:00",
        ),
        (
            "0 0 1-31 * MON",
            "2026-01-06T00:00:00",
            "2026-01-06T00:00 2026-01-07T00:00",
        ),
        ("0 0 30 2 MON", "2026-01-01T00:00:00", "2026-02-02T00:00"),
        (
            "*/40 */100 * * *",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00 2026-01-01T00:40 2026-01-02T00:00",
        ),
    ] {
        let expected: Vec<&str> = expected.split(' ').collect();
        assert_eq!(
            begins(schedule, from, expected.len()),
            expected,
            "{schedule}"
        );
    }
}

#[test]
fn what_cannot_be_read_or_never_comes_is_refused_with_what_to_write() {
    for (schedule, expected) in [
        ("", "has 0 fields: write five, minute, hour,"),
        (
            "0 2 * *",
            "has 4 fields: write five, minute, hour, day of month, month and day of week, such as \"0 2 * * SUN\"",
        ),
        ("0 0 2 * * MON", "such as \"0 2 * * MON\""),
        ("0 2 * * MON 2026", "such as \"0 2 * * MON\""),
        ("0 2 ? * MON", ": `?` is not known: write \"0 2 * * MON\""),
        ("@daily", "is not known: write \"0 0 * * *\""),
        ("@Weekly", "is not known: write \"0 0 * * 0\""),
        (
            "@every 1h",
            "is not known: write five fields, such as \"0 2 * * SUN\"",
        ),
        (
            "TZ=Europe/Berlin 0 2 * * *",
            "write \"0 2 * * *\", and the zone beside it, as `\"time_zone\": \"Europe/Berlin\"`",
        ),
        (
            "CRON_TZ=UTC 0 2 * * *",
            "write \"0 2 * * *\", and the zone beside it, as `\"time_zone\": \"UTC\"`",
        ),
        (
            "0 2 L * *",
            ": \"L\" is no day of the month: `L`, `W` and `#` are not known: write each day of the month, such as \"15,28\"",
        ),
        (
            "0 2 15W * *",
            "write each day of the month, such as \"15,28\"",
        ),
        ("0 2 L-3 * *", "write each day of the month"),
        ("0 2 LW * *", "write each day of the month"),
        (
            "0 2 * * 5L",
            "write each day of the week, such as \"MON,FRI\"",
        ),
        (
            "0 2 * * FRIL",
            "write each day of the week, such as \"MON,FRI\"",
        ),
        (
            "0 2 * * MON#1",
            "write each day of the week, such as \"MON,FRI\"",
        ),
        (
            "0 22-2 * * *",
            ": \"22-2\" runs backwards: write \"22,23,0,1,2\"",
        ),
        ("0 22-2/2 * * *", "write \"22,0,2\""),
        ("0 2 * * FRI-SUN", "write \"5,6,0\""),
        ("0 2 * * 5-1", "write \"5,6,0,1\""),
        ("0 2 * * 7-2", "write \"0,1,2\""),
        ("0 2 * * SAT-MON", "write \"6,0,1\""),
        ("0 2 * NOV-FEB *", "write \"11,12,1,2\""),
        (
            "0 2 MON * *",
            ": \"MON\" is no day of the month: write it in the fifth field, which is the day of the week",
        ),
        (
            "0 2 * * JAN",
            "write it in the fourth field, which is the month",
        ),
        ("0 2 * * SUNDAY", "write \"SUN\""),
        ("0 2 * SEPT *", "write \"SEP\""),
        ("60 2 * * *", ": \"60\" is no minute: write 0 to 59"),
        ("0 24 * * *", ": \"24\" is no hour: write 0 to 23"),
        ("0 2 0 * *", "is no day of the month: write 1 to 31"),
        ("0 2 * 13 *", "is no month: write 1 to 12, or JAN to DEC"),
        (
            "0 2 * * 8",
            "is no day of the week: write 0 to 7, or SUN to SAT",
        ),
        ("*/0 2 * * *", ": \"*/0\" has no step: write \"*/1\""),
        (
            "*/x 2 * * *",
            "is no step: write a number, such as \"*/15\"",
        ),
        ("*/ 2 * * *", "is no step: write a number"),
        ("1,,2 2 * * *", ": \"\" is no minute: write 0 to 59"),
        ("*-5 2 * * *", ": \"*\" is no minute: write 0 to 59"),
        ("-5 2 * * *", "is no minute"),
        ("5- 2 * * *", "is no minute"),
        ("+5 2 * * *", "is no minute"),
        ("H 2 * * *", "is no minute"),
        ("99999999999999999999 2 * * *", "is no minute"),
        ("0 0 30 2 *", "never comes: write \"0 0 28 2 *\""),
        (
            "0 0 31 4,6,9,11 *",
            "never comes: write \"0 0 30 4,6,9,11 *\"",
        ),
    ] {
        let refused = Schedule::parse(schedule).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{schedule:?}")), "{refused}");
        assert!(
            refused.ends_with(expected) || refused.contains(expected),
            "{refused}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "[-0-9*,/A-Za-z?#@= ]{0,40}") {
        let _ = Schedule::parse(&text);
    }

    /// One after the other is looked at in the other.
    #[test]
    fn the_nearest_is_the_first_that_fits(
        minutes in "(\\*|[0-9]|[0-5][0-9]|\\*/1[0-9]|[0-2][0-9]-[3-5][0-9]/7)",
        hours in "(\\*|[0-9],1[0-9]|\\*/[1-9])",
        days in "(\\*|[1-9]|1[0-9],3[01]|\\*/9)",
        months in "(\\*|[1-9]|1[0-2]|[1-4]-[5-9]/2)",
        weekdays in "(\\*|[0-7]|[0-3]-[4-7]|1,3)",
        from in 29_000_000i64..33_000_000,
    ) {
        let fields = [&minutes, &hours, &days, &months, &weekdays];
        let text = fields.map(String::as_str).join(" ");
        let Ok(schedule) = Schedule::parse(&text) else {
            return Ok(());
        };
        let sets = [&MINUTE, &HOUR, &DAY_OF_MONTH, &MONTH, &DAY_OF_WEEK];
        let sets: Vec<u64> = sets.iter().zip(fields).map(|(set, text)| set.read(text).unwrap()).collect();
        let fits = |minute: i64| {
            let has = |field: usize, value: i64| sets[field] >> value & 1 == 1;
            let date = Date::from_unix_days(minute.div_euclid(MINUTES));
            let of_month = has(2, date.day);
            let of_week = has(4, weekday(date.unix_days()));
            let day = if days == "*" || weekdays == "*" {
                of_month && of_week
            } else {
                of_month || of_week
            };
            let (hour, minute) = (minute.rem_euclid(MINUTES) / 60, minute.rem_euclid(60));
            day && has(3, date.month) && has(1, hour) && has(0, minute)
        };
        for (toward, step) in [(Toward::Later, 1), (Toward::Sooner, -1)] {
            let found = schedule.nearest(from, toward).unwrap();
            prop_assert!(fits(found), "{} {}", text, found);
            let mut minute = from;
            let mut left = 20_000;
            while minute != found && left > 0 {
                prop_assert!(!fits(minute), "{} {}", text, minute);
                minute += step;
                left -= 1;
            }
        }
    }
}
