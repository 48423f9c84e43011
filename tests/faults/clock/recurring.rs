//! Windows that recur, by clocks that are changed.

use serde_json::json;
use support::{admin, within};

use super::{SOON, start};

#[test]
fn they_open_as_the_clocks_of_their_zones_say_and_last_as_long_as_ever() {
    let (envoy, clock) = start(json!({"admin": admin(), "windows": [
        {"message": "Berlin", "schedule": "30 2 * * SUN", "duration": "90m", "time_zone": "Europe/Berlin"},
        {"message": "New York", "schedule": "15,30 1 * 11 7", "duration": 3600, "time_zone": "America/New_York"},
        {"message": "Lord Howe", "schedule": "10 2 * 10 *", "duration": "1h", "time_zone": "Australia/Lord_Howe"},
    ]}));
    for (now, open) in [
        // Winter, UTC+1.
        ("2027-01-03T01:29:30Z", None),
        (
            "2027-01-03T01:30:05Z",
            Some(("Berlin", "2027-01-03T03:00:00Z")),
        ),
        // Half past two does not come: at half past three of summer.
        ("2027-03-28T00:35:05Z", None),
        ("2027-03-28T01:29:30Z", None),
        (
            "2027-03-28T01:30:05Z",
            Some(("Berlin", "2027-03-28T03:00:00Z")),
        ),
        ("2027-03-28T03:00:05Z", None),
        // Summer, UTC+2.
        (
            "2027-04-04T00:30:05Z",
            Some(("Berlin", "2027-04-04T02:00:00Z")),
        ),
        ("2027-04-04T02:00:05Z", None),
        // It comes twice: the first counts, and lasts into the second.
        ("2027-10-31T00:29:30Z", None),
        (
            "2027-10-31T00:30:05Z",
            Some(("Berlin", "2027-10-31T02:00:00Z")),
        ),
        (
            "2027-10-31T01:30:30Z",
            Some(("Berlin", "2027-10-31T02:00:00Z")),
        ),
        ("2027-10-31T02:00:05Z", None),
        // 7 November, 2:00 to 1:00. The two that overlap are one.
        (
            "2027-11-07T05:20:05Z",
            Some(("New York", "2027-11-07T06:30:00Z")),
        ),
        (
            "2027-11-07T06:15:05Z",
            Some(("New York", "2027-11-07T06:30:00Z")),
        ),
        ("2027-11-07T06:30:05Z", None),
        // Half an hour is skipped: 2:10 is 2:40, 13 h 40 min before which it is in UTC.
        ("2027-10-02T15:39:30Z", None),
        (
            "2027-10-02T15:40:05Z",
            Some(("Lord Howe", "2027-10-02T16:40:00Z")),
        ),
        ("2027-10-02T16:40:05Z", None),
        // The clock is set back.
        (
            "2027-01-03T02:00:05Z",
            Some(("Berlin", "2027-01-03T03:00:00Z")),
        ),
    ] {
        clock.set(now);
        let response = envoy.get("/");
        let status = envoy.admin("GET", "").json();
        let got = response.is_blocked().then(|| response.json());
        let got = got.as_ref().map(|reply| {
            (
                reply["detail"].as_str().unwrap(),
                reply["until"].as_str().unwrap(),
            )
        });
        assert_eq!(got, open, "{now}");
        assert_eq!(status["maintenance"], open.is_some(), "{status} at {now}");
        within(SOON, "the gauge", || {
            envoy.metric("active") == u64::from(open.is_some())
        });
    }
}

#[test]
fn an_off_silences_this_time_and_the_next_comes() {
    let (envoy, clock) = start(json!({"admin": admin(), "windows": [
        {"name": "daily", "schedule": "0 2 * * *", "duration": "2h", "time_zone": "Asia/Kolkata"},
    ]}));
    clock.set("2027-05-01T21:00:00Z");
    assert!(envoy.get("/").is_blocked());
    assert_eq!(envoy.admin("POST", "off").status, 200);
    assert!(envoy.get("/").is_upstream());
    for (now, is_open) in [
        ("2027-05-01T22:29:05Z", false),
        ("2027-05-02T20:29:30Z", false),
        ("2027-05-02T20:30:05Z", true),
        ("2027-05-02T22:30:05Z", false),
        ("2027-05-03T20:30:05Z", true),
        // Before somebody said so.
        ("2027-05-01T20:45:05Z", false),
    ] {
        clock.set(now);
        assert_eq!(envoy.get("/").is_blocked(), is_open, "{now}");
    }
    clock.set("2027-05-04T00:00:00Z");
    let next = &envoy.admin("GET", "").json()["next"];
    assert_eq!(next["start"], "2027-05-04T20:30:00Z");
    assert_eq!(next["until"], "2027-05-04T22:30:00Z");
    assert_eq!(next["name"], "daily");
}
