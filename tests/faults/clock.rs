//! The clock of the machine jumps.

mod recurring;
mod wall_clock;

use std::{thread, time::Duration};

use serde_json::{Value, json};
use support::{
    Envoy, Options, Request, Response, admin,
    etcd::{Etcd, KEY, value},
    fleet::{self, refused_by_store},
    within,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use self::wall_clock::WallClock;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
/// Forwards and backwards, to before 2000 and past 2038.
const JUMPS: [i64; 8] = [HOUR, -HOUR, DAY, -DAY, -30 * YEAR, 30 * YEAR, -DAY, 0];
/// Two ticks of the filter, on a machine that does much else.
const SOON: Duration = Duration::from_secs(4);

fn start(configuration: Value) -> (Envoy, WallClock) {
    with(Options::new(configuration))
}

fn with(mut options: Options) -> (Envoy, WallClock) {
    let clock = WallClock::new();
    options.environment.extend(clock.environment());
    options.is_alone = true;
    (Envoy::with(options), clock)
}

fn retry_after(response: &Response) -> u64 {
    response.header("retry-after").unwrap().parse().unwrap()
}

fn moment(value: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap()
}

#[test]
fn windows_open_and_close_as_the_clock_says() {
    let (envoy, clock) = start(json!({"windows": [
        {"start": "1999-12-31T23:00:00Z", "end": "2000-01-01T01:00:00Z"},
        {"start": "2038-01-19T03:00:00Z", "end": "2038-01-19T04:00:00Z"},
    ]}));
    for (now, seconds_left) in [
        ("1999-12-31T23:59:30Z", Some(3630)),
        ("2030-01-01T00:00:00Z", None),
        ("2038-01-19T03:14:00Z", Some(2760)),
        ("2038-01-19T03:14:30Z", Some(2730)),
        ("1970-01-01T00:01:00Z", None),
        ("2000-01-01T00:30:00Z", Some(1800)),
        ("2100-01-01T00:00:00Z", None),
    ] {
        clock.set(now);
        let response = envoy.get("/");
        assert_eq!(response.is_blocked(), seconds_left.is_some(), "{now}");
        if let Some(seconds) = seconds_left {
            assert!(
                (seconds - 20..=seconds + 1).contains(&retry_after(&response)),
                "{now}"
            );
        }
        within(SOON, "the gauge", || {
            envoy.metric("active") == u64::from(response.is_blocked())
        });
    }
}

#[test]
fn what_was_set_begins_and_ends_as_the_clock_says() {
    let (envoy, clock) = start(json!({"admin": admin()}));
    assert_eq!(envoy.admin("POST", "on?for=7200").status, 200);
    for (jump, is_on) in [
        (HOUR, true),
        (DAY, false),
        (-DAY, true),
        (3 * HOUR, false),
        (0, true),
    ] {
        clock.shift(jump);
        let response = envoy.get("/");
        assert_eq!(response.is_blocked(), is_on, "{jump}");
        if is_on {
            let left = retry_after(&response);
            assert!((1..=7200).contains(&left), "{left} s after {jump}");
        }
        let status = envoy.admin("GET", "").json();
        assert_eq!(
            (&status["maintenance"], &status["generation"]),
            (&is_on.into(), &1.into())
        );
    }
    clock.shift(DAY);
    let start = (OffsetDateTime::now_utc() + Duration::from_secs(3600))
        .format(&Rfc3339)
        .unwrap();
    let past = envoy.admin("POST", &format!("on?until={start}"));
    assert_eq!(past.status, 400, "{}", past.text());
    clock.shift(0);
    envoy.toggle(false);
    assert_eq!(
        envoy.admin("POST", &format!("on?start={start}")).status,
        200
    );
    for (jump, is_on) in [(0, false), (DAY, true), (-DAY, false)] {
        clock.shift(jump);
        assert_eq!(envoy.get("/").is_blocked(), is_on, "{jump}");
    }
}

#[test]
fn each_change_is_a_new_generation_and_has_the_time_of_the_clock() {
    let (envoy, clock) = start(json!({"admin": admin()}));
    for (generation, jump) in (1..).zip(JUMPS) {
        clock.shift(jump);
        let on = generation % 2 == 1;
        envoy.toggle(on);
        assert_eq!(envoy.get("/").is_blocked(), on, "{jump}");
        let status = envoy.admin("GET", "").json();
        assert_eq!(status["generation"], generation);
        let expected = OffsetDateTime::now_utc() + time::Duration::seconds(jump);
        let difference = (moment(&status["since"]) - expected).whole_seconds();
        assert!(difference.abs() <= 20, "{jump}: {status}");
    }
    let log = envoy.log();
    let audited = log
        .lines()
        .filter(|line| line.contains("admin call by \"ops\""));
    assert_eq!(audited.count(), JUMPS.len());
}

fn bypass() -> Value {
    json!({
        "initial": "on", "admin": admin(),
        "bypass": {"key": "0123456789abcdef0123456789abcdef"},
    })
}

fn mint(envoy: &Envoy) -> Value {
    let minted = envoy.admin("POST", "bypass?name=qa&ttl=3600");
    assert_eq!(minted.status, 200, "{}", minted.text());
    minted.json()
}

fn holds(envoy: &Envoy, minted: &Value) -> bool {
    let token = minted["token"].as_str().unwrap();
    envoy
        .fetch(&Request::get("/").header("x-maintenance-bypass", token))
        .is_upstream()
}

#[test]
fn a_bypass_token_expires_as_the_clock_says() {
    let (envoy, clock) = start(bypass());
    let token = mint(&envoy);
    for (jump, expected) in [
        (0, true),
        (2 * HOUR, false),
        (-HOUR, true),
        // It would live for longer than any token may.
        (-DAY, false),
        (0, true),
        (30 * YEAR, false),
    ] {
        clock.shift(jump);
        assert_eq!(holds(&envoy, &token), expected, "{jump}");
    }
}

#[test]
fn what_was_revoked_stays_so_and_what_is_minted_then_holds_for_its_time() {
    let (envoy, clock) = start(bypass());
    let mut revoked = Vec::new();
    for jump in JUMPS {
        revoked.push(mint(&envoy));
        assert_eq!(envoy.admin("POST", "bypass/revoke").status, 200);
        clock.shift(jump);
        let token = mint(&envoy);
        assert!(holds(&envoy, &token), "{jump}");
        assert!(!revoked.iter().any(|token| holds(&envoy, token)), "{jump}");
        let now = OffsetDateTime::now_utc() + time::Duration::seconds(jump);
        let lives = (moment(&token["expires"]) - now).whole_seconds();
        assert!(
            (HOUR - 20..=HOUR + 20).contains(&lives),
            "{lives} s after {jump}"
        );
    }
}

#[test]
fn a_store_is_followed_and_changed_as_before() {
    let mut etcd = Etcd::start();
    let (envoy, clock) = with(fleet::options(&etcd));
    for (jump, on) in JUMPS.into_iter().zip([true, false].repeat(4)) {
        clock.shift(jump);
        etcd.put(KEY, value(on));
        within(SOON, "the change", || envoy.get("/").is_blocked() == on);
        envoy.toggle(!on);
        assert_eq!(envoy.get("/").is_blocked(), !on);
        assert_eq!(fleet::store_connected(&envoy), (true, 1), "{jump}");
    }
    for jump in [DAY, -DAY] {
        clock.shift(0);
        etcd.stop();
        let refused = thread::scope(|scope| {
            let call = scope.spawn(|| fleet::change(&envoy, "on"));
            within(SOON, "the call of etcd", || {
                envoy.stat("cluster.etcd.upstream_rq_active") > 1
            });
            clock.shift(jump);
            call.join().unwrap()
        });
        refused_by_store(&refused);
        etcd.resume();
    }
}
