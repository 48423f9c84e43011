use jiff::tz;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60;

fn of_jiff(name: &str) -> tz::TimeZone {
    tz::TimeZone::get(name).unwrap()
}

fn expect_offset(name: &str, zone: TimeZone, other: &tz::TimeZone, utc: Timestamp) {
    let minute = utc.as_second().div_euclid(MINUTE);
    let offset = i64::from(other.to_offset(utc).seconds());
    assert_eq!(zone.offset_at(minute) * MINUTE, offset, "{name} {utc}");
}

fn expect_utc(name: &str, zone: TimeZone, other: &tz::TimeZone, local: i64) {
    let shown = Timestamp::from_second(local * MINUTE).unwrap();
    let shown = tz::Offset::UTC.to_datetime(shown);
    let moment = other.to_ambiguous_timestamp(shown).compatible().unwrap();
    assert_eq!(
        zone.utc_of(local) * MINUTE,
        moment.as_second(),
        "{name} {shown}"
    );
}

fn year(year: i16) -> Timestamp {
    format!("{year}-01-01T00:00:00Z").parse().unwrap()
}

#[test]
fn each_zone_is_as_another_library_has_it_at_every_change_of_clocks_to_2037() {
    let mut changes = 0;
    let mut names: Vec<&str> = TimeZone::names().collect();
    names.sort_unstable();
    let mut all: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
    all.sort_unstable();
    assert_eq!(names, all);
    assert!(names.len() > 590);
    for name in names {
        let zone = TimeZone::named(name).unwrap();
        let other = of_jiff(name);
        expect_offset(name, zone, &other, year(2026));
        let end = year(2038);
        for change in other
            .following(year(2026))
            .take_while(|it| it.timestamp() < end)
        {
            changes += 1;
            let at = change.timestamp();
            for second in [-1, 0, 1] {
                expect_offset(name, zone, &other, at + SignedDuration::from_secs(second));
            }
            let utc = at.as_second() / MINUTE;
            let local = utc + zone.offset_at(utc);
            for minute in (-200..200).step_by(20) {
                for near in [-1, 0, 1] {
                    expect_utc(name, zone, &other, local + minute + near);
                }
            }
        }
    }
    assert!(changes > 3000, "{changes}");
}

#[test]
fn what_no_rule_says_is_held_for_all_the_years_of_the_database() {
    for name in ["Africa/Casablanca", "Asia/Gaza", "America/Vancouver"] {
        let (zone, other) = (TimeZone::named(name).unwrap(), of_jiff(name));
        let mut utc = year(2026);
        while utc < year(2100) {
            expect_offset(name, zone, &other, utc);
            utc += 50.hours();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn each_zone_is_as_another_library_has_it_at_random(
        which in any::<prop::sample::Index>(),
        // 2026 to 2037.
        second in 1_767_225_600i64..2_145_916_800,
    ) {
        let names: Vec<&str> = TimeZone::names().collect();
        let name = *which.get(&names);
        let (zone, other) = (TimeZone::named(name).unwrap(), of_jiff(name));
        expect_offset(name, zone, &other, Timestamp::from_second(second).unwrap());
        expect_utc(name, zone, &other, second / MINUTE);
    }
}

#[test]
fn a_name_that_no_zone_has_is_known_where_it_is_near_to_one() {
    for (name, meant) in [
        ("europe/berlin", Some("Europe/Berlin")),
        ("Europe/Berln", Some("Europe/Berlin")),
        ("Berlin", Some("Europe/Berlin")),
        ("new york", Some("America/New_York")),
        ("utc", Some("UTC")),
        ("Z", Some("UTC")),
        ("Local", Some("UTC")),
        ("CEST", Some("Europe/Berlin")),
        ("MESZ", Some("Europe/Berlin")),
        ("PST", Some("America/Los_Angeles")),
        ("+02:00", Some("Etc/GMT-2")),
        ("UTC+2", Some("Etc/GMT-2")),
        ("GMT-0500", Some("Etc/GMT+5")),
        ("UTC+0", Some("UTC")),
        ("+05:30", None),
        ("+99", None),
        ("Middle Earth Time", None),
        ("", None),
    ] {
        assert!(TimeZone::named(name).is_none(), "{name}");
        assert_eq!(TimeZone::meant_by(name).as_deref(), meant, "{name}");
    }
    assert!(TimeZone::named("CET").is_some() && TimeZone::named("Asia/Calcutta").is_some());
}
