//! A slow opening, at every Envoy of a fleet alike.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use support::{
    Connection, Envoy, Options, Request,
    etcd::{Etcd, KEY, Relay, envoy_cluster},
    fleet::{
        CATCH_UP, agree, configuration, disconnected, generation, options, options_on, start_all,
        status, store_connected,
    },
    log_lines, within,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const CLIENTS: u8 = 200;
const SECOND: i64 = 1000;
const RAMP_KEY: &str = "00112233445566778899aabbccddeeff";

/// Milliseconds since 1970.
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

fn written(millis: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap();
    time.format(&Rfc3339).unwrap()
}

fn read(time: &Value) -> i64 {
    let time = OffsetDateTime::parse(time.as_str().unwrap(), &Rfc3339).unwrap();
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap()
}

/// A proxy says who the client is; it is of this machine, whose own address Envoy would append.
fn behind_proxy(mut options: Options) -> Options {
    let mut plugin = configuration();
    plugin["client_address"] =
        json!({"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.0/8"]});
    options.configuration = plugin.to_string();
    options.connection_manager = json!({"use_remote_address": true, "skip_xff_append": true});
    options
}

fn three(etcd: &Etcd) -> Vec<Envoy> {
    start_all((0..3).map(|_| behind_proxy(options(etcd))))
}

fn open(envoy: &Envoy, call: &str) -> Value {
    let answer = envoy.admin("POST", call);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Waits until the Envoys have what the key has.
fn settle(etcd: &Etcd, envoys: &[Envoy]) {
    let revision = etcd.mod_revision(KEY);
    within(CATCH_UP, "the value", || {
        let mut envoys = envoys.iter();
        envoys.all(|envoy| Some(generation(envoy)) == revision && store_connected(envoy).0)
    });
}

/// What the answers to clients say of their turns: each lies after one moment, and no later than
/// another.
struct Turns(Vec<(i64, i64)>);

impl Turns {
    /// Before anybody was asked.
    fn unknown() -> Self {
        Self(vec![(i64::MIN, i64::MAX); usize::from(CLIENTS)])
    }

    /// Asks all Envoys for all clients, each of which has one turn, whichever Envoy is asked and
    /// whenever; how many passed everywhere.
    fn ask(&mut self, envoys: &[Envoy]) -> usize {
        let open = |envoy: &Envoy| Connection::open(envoy.address);
        let mut connections: Vec<Connection> = envoys.iter().map(open).collect();
        let mut passed = 0;
        for (client, turn) in (0..CLIENTS).zip(&mut self.0) {
            let request = Request::get("/");
            let request = request.header("x-forwarded-for", format!("203.0.113.{client}"));
            let mut is_blocked = false;
            for connection in &mut connections {
                let begin = now();
                let response = connection.fetch(&request);
                let end = now();
                let (after, at_most) = match response.header("retry-after") {
                    None => {
                        assert!(response.is_upstream(), "{response:?}");
                        (i64::MIN, end)
                    }
                    Some(seconds) => {
                        assert!(response.is_blocked(), "{response:?}");
                        is_blocked = true;
                        let millis = seconds.parse::<i64>().unwrap() * SECOND;
                        (begin + millis - SECOND, end + millis)
                    }
                };
                *turn = (turn.0.max(after), turn.1.min(at_most));
                assert!(turn.0 <= turn.1, "{client}: {turn:?}");
            }
            passed += usize::from(!is_blocked);
        }
        passed
    }

    fn last(&self) -> i64 {
        self.0.iter().map(|turn| turn.0).max().unwrap()
    }
}

/// How far a share of the clients may be from what is expected: six standard deviations.
const DEVIATION: usize = 43;

/// Fails unless so many passed, between a moment and now, as their evenly growing share says.
fn assert_share(passed: usize, begin: i64, start: i64, until: i64) {
    let [least, most] = [begin, now()].map(|moment| {
        let share = i64::from(CLIENTS) * (moment - start).clamp(0, until - start) / (until - start);
        usize::try_from(share).unwrap()
    });
    assert!(
        passed + DEVIATION >= least && passed <= most + DEVIATION,
        "{passed}, {least} to {most} expected"
    );
}

fn sleep_until(moment: i64) {
    let millis = u64::try_from(moment - now()).unwrap_or_default();
    thread::sleep(Duration::from_millis(millis));
}

#[test]
fn the_same_clients_pass_at_every_envoy_also_at_one_that_comes_later() {
    let etcd = Etcd::start();
    let options = || {
        let mut options = behind_proxy(options(&etcd));
        options.log_level = "debug";
        options
    };
    let mut envoys = start_all([options(), options()]);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let answer = open(&envoys[0], "off?ramp=20s");
    let (start, until) = (read(&answer["since"]), read(&answer["ramp_until"]));
    assert_eq!(until - start, 20 * SECOND);
    settle(&etcd, &envoys);

    let mut turns = Turns::unknown();
    let mut shares = Vec::new();
    for second in [0, 5, 10, 15] {
        sleep_until(start + second * SECOND);
        for envoy in &envoys {
            assert_eq!(status(envoy), answer);
            assert_eq!(envoy.metric("active"), 0);
        }
        let begin = now();
        shares.push(turns.ask(&envoys));
        assert_share(shares[shares.len() - 1], begin, start, until);
        if second == 0 {
            envoys.push(Envoy::with(options()));
            settle(&etcd, &envoys);
        }
    }
    assert!(shares.is_sorted() && turns.last() <= until, "{shares:?}");
    sleep_until(until);
    assert_eq!(turns.ask(&envoys), usize::from(CLIENTS));

    let value: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
    let key = value["ramp_key"].as_str().unwrap();
    assert_eq!(key.len(), 32);
    for envoy in &envoys {
        let seen = status(envoy);
        assert_eq!(
            (&seen["ramp_until"], &seen["decided_by"]),
            (&Value::Null, &json!("state"))
        );
        let counters = envoy.admin("GET", "counters").text();
        for told in [seen.to_string(), counters, answer.to_string()] {
            assert!(!told.contains(key) && !told.contains("ramp_key"), "{told}");
        }
        assert_eq!(log_lines(envoy, key), Vec::<String>::new());
    }
}

#[test]
fn an_envoy_that_was_cut_off_joins_in_and_an_outage_changes_nothing() {
    let mut etcd = Etcd::start();
    let relay = Relay::start(etcd.members[0].address);
    let cut_off = options_on(envoy_cluster([relay.address]));
    let envoys = start_all([options(&etcd), cut_off].map(behind_proxy));
    envoys[0].toggle(true);
    agree(&envoys, true);
    relay.cut();
    disconnected(&envoys[1..]);
    let answer = open(&envoys[0], "off?ramp=1m");
    let (start, until) = (read(&answer["since"]), read(&answer["ramp_until"]));
    sleep_until(start + 5 * SECOND);
    assert_eq!(Turns::unknown().ask(&envoys[1..]), 0, "it is on, as it was");

    relay.mend();
    settle(&etcd, &envoys);
    let mut turns = Turns::unknown();
    let first = turns.ask(&envoys);
    assert!(first > 0);
    etcd.kill();
    disconnected(&envoys);
    sleep_until(start + 20 * SECOND);
    let begin = now();
    let second = turns.ask(&envoys);
    assert!(second > first);
    assert_share(second, begin, start, until);
    etcd.restart();
    settle(&etcd, &envoys);
    assert!(turns.ask(&envoys) >= second);
    assert!(turns.last() <= until);
}

#[test]
fn any_envoy_may_hasten_it() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let slow = open(&envoys[0], "off?ramp=1m");
    let start = read(&slow["since"]);
    settle(&etcd, &envoys);
    sleep_until(start + 20 * SECOND);
    let begin = now();
    let mut before = Turns::unknown();
    let passed = before.ask(&envoys);
    assert_share(passed, begin, start, start + 60 * SECOND);

    let begin = now();
    let fast = open(&envoys[1], "off?ramp=10s");
    let until = read(&fast["ramp_until"]);
    assert_eq!(until, read(&fast["since"]) + 10 * SECOND);
    settle(&etcd, &envoys);
    let mut turns = Turns::unknown();
    assert!(turns.ask(&envoys) >= passed);
    for (before, after) in before.0.iter().zip(&turns.0) {
        assert!(after.0 <= before.1.max(begin), "{before:?} {after:?}");
    }
    let later = open(&envoys[2], "off?ramp=1m");
    settle(&etcd, &envoys);
    assert_eq!(later["ramp_until"], fast["ramp_until"]);
    assert_eq!(later["since"], fast["since"]);
    turns.ask(&envoys);
    assert!(turns.last() <= until);
    sleep_until(until);
    assert_eq!(turns.ask(&envoys), usize::from(CLIENTS));

    // Off as it is, there is nothing to open; and `off` alone opens at once.
    assert_eq!(open(&envoys[0], "off?ramp=1h")["ramp_until"], Value::Null);
    envoys[0].toggle(true);
    assert!(open(&envoys[1], "off?ramp=1h")["ramp_until"].is_string());
    settle(&etcd, &envoys);
    assert!(Turns::unknown().ask(&envoys) < DEVIATION);
    envoys[2].toggle(false);
    settle(&etcd, &envoys);
    assert_eq!(Turns::unknown().ask(&envoys), usize::from(CLIENTS));
}

fn opening(start: i64, until: i64) -> Value {
    json!({
        "maintenance": false,
        "ramp_start": written(start),
        "ramp_until": written(until),
        "ramp_key": RAMP_KEY,
    })
}

#[test]
fn people_may_write_one() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let (start, until) = (now() + 8 * SECOND, now() + 18 * SECOND);
    etcd.put(KEY, &opening(start, until).to_string());
    settle(&etcd, &envoys);
    let mut turns = Turns::unknown();
    assert_eq!(turns.ask(&envoys), 0, "before its start nobody");
    assert!(now() < start, "the machine is too slow");
    assert!(turns.0.iter().all(|turn| turn.1 > start));
    for moment in [start + 5 * SECOND, until] {
        sleep_until(moment);
        let begin = now();
        assert_share(turns.ask(&envoys), begin, start, until);
    }
    assert!(turns.last() <= until);

    // Who passes first is the same each time, as the key is.
    let start = now() - 30 * SECOND;
    etcd.put(KEY, &opening(start, start + 3600 * SECOND).to_string());
    settle(&etcd, &envoys);
    let mut slow = Turns::unknown();
    slow.ask(&envoys);
    let mut pairs: Vec<_> = turns.0.iter().zip(&slow.0).collect();
    pairs.sort_by_key(|(_, slow)| slow.0);
    for two in pairs.windows(2) {
        assert!(two[0].0.0 <= two[1].0.1, "{two:?}");
    }
}

#[test]
fn what_is_no_opening_is_a_plain_off_or_changes_nothing() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let whole = opening(now(), now() + 3600 * SECOND);
    let without = |missing: &[&str]| {
        let mut value = whole.clone();
        for key in missing {
            value.as_object_mut().unwrap().remove(*key);
        }
        value
    };
    let errors = || {
        let errors = envoys.iter().map(|envoy| envoy.metric("errors"));
        errors.collect::<Vec<_>>()
    };
    let mut expected = 0;
    for (missing, count) in [
        (&["ramp_start"][..], 1),
        (&["ramp_key"], 1),
        (&["ramp_start", "ramp_key"], 1),
        (&["ramp_until"], 0),
    ] {
        envoys[0].toggle(true);
        agree(&envoys, true);
        etcd.put(KEY, &without(missing).to_string());
        expected += count;
        agree(&envoys, false);
        assert_eq!(errors(), [expected; 3], "{missing:?}");
        assert_eq!(status(&envoys[0])["ramp_until"], Value::Null);
        assert_eq!(Turns::unknown().ask(&envoys), usize::from(CLIENTS));
    }

    envoys[0].toggle(true);
    agree(&envoys, true);
    let before = status(&envoys[0]);
    for (key, bad) in [
        ("ramp_key", json!("00")),
        ("ramp_key", json!(RAMP_KEY.replace('a', "g"))),
        ("ramp_key", json!([0, 1])),
        ("ramp_until", json!("tomorrow")),
        ("ramp_start", json!(0)),
    ] {
        let mut value = whole.clone();
        value[key] = bad;
        etcd.put(KEY, &value.to_string());
        expected += 1;
        within(CATCH_UP, "the error", || errors() == [expected; 3]);
        for envoy in &envoys {
            assert_eq!(status(envoy), before, "{value}");
        }
        assert_eq!(Turns::unknown().ask(&envoys), 0);
    }
    let digits = &RAMP_KEY[..20];
    for envoy in &envoys {
        assert_eq!(log_lines(envoy, digits), Vec::<String>::new());
    }
}
