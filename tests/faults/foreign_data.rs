//! Shared data holds what another version or another plugin has written.

mod writer;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    Connection, Envoy, Options, Request, admin, admin_request,
    etcd::{Etcd, KEY, value},
    fleet, within,
};

use self::writer::{COUNTER, GAUGE, HISTOGRAM, Writer, write};

const STATE: &str = "maintenance_mode.default.state";
const FLEET_STATE: &str = "maintenance_mode.default.etcd.etcd.maintenance-mode/default.state";
const FLEET_LEASE: &str = "maintenance_mode.default.etcd.etcd.maintenance-mode/default.lease";
/// What cannot be read, and how many zeros follow it.
const JUNK: [(&[u8], usize); 8] = [
    (b"\xff\0garbage", 0),
    (b"1", 0),
    (b"1[]", 0),
    (br#"2{"generation":3,"setting":{"maintenance":false}}"#, 0),
    (br#"1{"generation":3,"setting":{"maintenance":fal"#, 0),
    (br#"1{"generation":"3","setting":null}"#, 0),
    (b"\x01\0\0\0\0\0\0\0", 0),
    (br#"1{"generation":3,"#, 1 << 20),
];
/// A few ticks of the filter.
const SOON: Duration = Duration::from_secs(3);
/// A lease that nobody renews ends, and another VM connects.
const TAKE_OVER: Duration = Duration::from_secs(6);

/// An Envoy and its clients, so many that no worker is without one.
struct Crowd {
    envoy: Envoy,
    clients: Vec<Connection>,
}

impl Crowd {
    fn start(writer: &Writer, configuration: Value) -> Self {
        Self::with(writer, Options::new(configuration))
    }

    fn with(writer: &Writer, mut options: Options) -> Self {
        let _module = writer.install(&mut options);
        let envoy = Envoy::with(options);
        let clients = (0..16).map(|_| Connection::open(envoy.address)).collect();
        Self { envoy, clients }
    }

    fn are_blocked(&mut self, expected: bool) -> bool {
        self.clients.iter_mut().all(|client| {
            let response = client.fetch(&Request::get("/"));
            assert_ne!(response.is_blocked(), response.is_upstream());
            response.is_blocked() == expected
        })
    }

    fn set(&mut self, on: bool) {
        let call = admin_request("POST", if on { "on" } else { "off" });
        assert_eq!(self.clients[0].fetch(&call).status, 200);
        assert!(self.are_blocked(on), "not all obey {on}");
    }

    fn write(&mut self, number: usize) {
        self.clients[1].fetch(&write(number));
    }

    /// Waits until it was counted and logged so often that the state cannot be read.
    fn reported(&self, times: usize) {
        within(SOON, "a report", || {
            self.envoy.metric("errors") >= times as u64
        });
        let log = self.envoy.log();
        let lines = log.matches("the stored state cannot be read").count();
        assert_eq!((self.envoy.metric("errors"), lines), (times as u64, times));
    }
}

#[test]
fn what_is_no_state_leaves_the_last_one_and_is_reported_once_and_replaced() {
    let writer = Writer {
        key: STATE,
        values: JUNK.to_vec(),
        ..Writer::default()
    };
    let mut crowd = Crowd::start(&writer, json!({"initial": "on", "admin": admin()}));
    assert!(crowd.are_blocked(true), "`initial` does not hold");
    crowd.reported(1);
    for number in 0..JUNK.len() {
        let on = number % 2 == 1;
        crowd.set(on);
        crowd.write(number);
        crowd.reported(number + 2);
        assert!(crowd.are_blocked(on), "the last state does not hold");
    }
    crowd.set(true);
    assert_eq!(crowd.envoy.metric("generation"), JUNK.len() as u64 + 1);
    crowd.reported(JUNK.len() + 1);
}

#[test]
fn a_state_that_another_wrote_is_followed_and_changed() {
    let states = [
        &br#"1{"generation":18446744073709551615,"setting":{"maintenance":true}}"#[..],
        br#"1{"generation":7,"setting":{"maintenance":true,"colour":"red"},"more":[1]}"#,
        b"",
    ];
    let writer = Writer {
        key: STATE,
        values: states.map(|state| (state, 0)).to_vec(),
        ..Writer::default()
    };
    let mut crowd = Crowd::start(&writer, json!({"initial": "on", "admin": admin()}));
    assert!(crowd.are_blocked(true));
    for number in 0..states.len() {
        crowd.set(false);
        crowd.write(number);
        within(SOON, "the state", || crowd.are_blocked(true));
    }
    crowd.reported(0);
}

#[test]
fn fifty_megabytes_of_another_slow_no_request_down() {
    let writer = Writer {
        key: STATE,
        values: vec![(b"", 0), (b"\xff", 50 << 20)],
        ..Writer::default()
    };
    let mut crowd = Crowd::start(&writer, json!({"admin": admin()}));
    crowd.set(true);
    let fastest_round = |crowd: &mut Crowd| {
        let rounds = (0..30).map(|_| {
            let begin = Instant::now();
            assert!(crowd.are_blocked(true));
            begin.elapsed()
        });
        rounds.min().unwrap()
    };
    let before = fastest_round(&mut crowd);
    crowd.write(1);
    crowd.reported(1);
    let with = fastest_round(&mut crowd);
    assert!(with < before * 10, "{before:?}, then {with:?}");
    crowd.set(false);
    crowd.reported(1);
}

#[test]
fn many_keys_and_metrics_of_another_kind_change_nothing() {
    let writer = Writer {
        key: "other",
        values: vec![(b"value", 0)],
        metrics: vec![
            (GAUGE, "maintenance_mode.default.blocked"),
            (HISTOGRAM, "maintenance_mode.default.blocked"),
            (COUNTER, "maintenance_mode.default.signals"),
            (HISTOGRAM, "maintenance_mode.default.signals"),
            (COUNTER, "maintenance_mode.default.generation"),
        ],
        others: 100_000,
    };
    let mut crowd = Crowd::start(&writer, json!({"admin": admin()}));
    for on in [true, false].repeat(5) {
        crowd.set(on);
    }
    crowd.reported(0);
    let counters = crowd.envoy.envoy_admin("/stats?type=Counters");
    assert!(
        counters.contains("maintenance_mode.default.blocked: 80\n"),
        "{counters}"
    );
    let gauges = crowd.envoy.envoy_admin("/stats?type=Gauges");
    assert!(
        gauges.contains("maintenance_mode.default.generation: 10\n"),
        "{gauges}"
    );
}

#[test]
fn a_store_is_followed_although_another_writes_over_what_is_known_of_it() {
    let etcd = Etcd::start();
    for key in [FLEET_STATE, FLEET_LEASE] {
        etcd.put(KEY, value(true));
        let writer = Writer {
            key,
            values: vec![(&[0xff; 17], 0)],
            ..Writer::default()
        };
        let mut crowd = Crowd::with(&writer, fleet::options(&etcd));
        within(TAKE_OVER, "the state", || crowd.are_blocked(true));
        for on in [false, true, false] {
            crowd.write(0);
            etcd.put(KEY, value(on));
            within(TAKE_OVER, "the change", || crowd.are_blocked(on));
        }
        within(TAKE_OVER, "the store", || {
            fleet::store_connected(&crowd.envoy) == (true, 1)
        });
        crowd.set(true);
    }
}
