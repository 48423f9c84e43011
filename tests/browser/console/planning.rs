//! What is planned, and when.

use serde_json::{Value, json};
use support::Envoy;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{configuration, signed_in, start, status, switch_on};

#[test]
fn a_start_that_is_to_come_is_a_plan() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.travel("Etc/UTC");
    browser.reload();
    browser.wait_for_text("#zone", "UTC");
    browser.wait_until_shown("#switch");
    browser.pick("#start", "2998-06-01T10:00");
    browser.pick("#lasts", "900");
    switch_on(&browser, "Planned for ");
    let planned = status(&envoy);
    assert_eq!(planned["maintenance"], false);
    assert_eq!(planned["until"], "2998-06-01T10:15:00Z");
    assert_eq!(browser.text("#state h2"), "Maintenance is off");
    let planned = browser.text("#next");
    assert!(
        planned.starts_with("Planned\nBegins\nJun 1, 2998, 10:00 AM UTC (in "),
        "{planned}"
    );
    assert!(
        planned.contains("Ends\nJun 1, 2998, 10:15 AM UTC"),
        "{planned}"
    );
    assert!(envoy.get("/").is_upstream());
}

#[test]
fn what_is_next_is_told_beside_what_is_now() {
    let mut configuration = configuration();
    configuration["windows"] = json!([
        {"start": "2020-01-01T00:00:00Z", "end": "2997-01-01T00:00:00Z", "message": "Moving house"},
        {"name": "<b>boxes</b>", "start": "2998-06-01T10:00:00Z", "message": "Unpacking"},
    ]);
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    assert!(browser.text("#told").contains("Moving house"));
    let next = browser.text("#next");
    assert!(
        next.starts_with("<b>boxes</b>\nBegins\n") && next.ends_with("Unpacking"),
        "{next}"
    );
    browser.pick("#start", "2996-06-01T10:00");
    switch_on(&browser, "Planned for ");
    let next = browser.text("#next");
    assert!(
        next.starts_with("Maintenance\nBegins\n") && next.contains("10:00"),
        "{next}"
    );
    // What is told as planned is not told twice.
    browser.click("#off");
    browser.wait_for_text("#done", "Switched off.");
    browser.pick("#start", "2996-06-01T10:00");
    switch_on(&browser, "Planned for ");
    assert_eq!(browser.text("#told"), "");
    let next = browser.text("#next");
    assert!(
        next.starts_with("Planned\nBegins\n") && next.matches("Begins").count() == 1,
        "{next}"
    );
}

/// How far away a moment is, in words.
fn away(moment: &Value) -> String {
    let moment = OffsetDateTime::parse(moment.as_str().unwrap(), &Rfc3339).unwrap();
    let left = (moment - OffsetDateTime::now_utc()).as_seconds_f64() / 60.0;
    let (count, unit) = match left {
        2880.0.. => ((left / 1440.0).round(), "day"),
        120.0.. => ((left / 60.0).round(), "hour"),
        _ => (left.round().max(1.0), "minute"),
    };
    let plural = if count == 1.0 { "" } else { "s" };
    format!("(in {count} {unit}{plural})")
}

#[test]
fn a_window_that_recurs_is_told_with_its_next_time_in_the_zone_of_the_one_who_reads() {
    let mut configuration = configuration();
    configuration["windows"] = json!([{
        "name": "backup", "schedule": "30 4 * * *", "duration": "90m", "time_zone": "Asia/Kolkata",
        "message": "Backups run.",
    }]);
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    for (zone, begin, end) in [
        ("Asia/Kolkata", "4:30", "6:00"),
        ("Asia/Kathmandu", "4:45", "6:15"),
    ] {
        browser.travel(zone);
        browser.reload();
        browser.wait_for_text("#next", "backup");
        let before = away(&status(&envoy)["next"]["start"]);
        let next = browser.text("#next");
        let after = away(&status(&envoy)["next"]["start"]);
        assert!(next.starts_with("backup\nBegins\n"), "{next}");
        assert!(next.ends_with("\nBackups run."), "{next}");
        assert!(next.contains(begin) && next.contains(end), "{next}");
        assert!(next.contains(&before) || next.contains(&after), "{next}");
    }
}

#[test]
fn the_words_for_how_far_it_is_away_are_right() {
    let envoy = start();
    let browser = signed_in(&envoy);
    let now = OffsetDateTime::now_utc();
    for (minutes, words) in [
        (0.5, "in 1 minute"),
        (1.9, "in 2 minutes"),
        (100.2, "in 100 minutes"),
        (121.0, "in 2 hours"),
        (47.2 * 60.0, "in 47 hours"),
        (2.2 * 1440.0, "in 2 days"),
    ] {
        let start = now + Duration::seconds_f64(minutes * 60.0);
        let start = start.format(&Rfc3339).unwrap();
        let words_of = "return away(arguments[0])";
        let told = browser.run_with(words_of, vec![start.into()]);
        assert_eq!(told, words, "{minutes}");
    }
}
