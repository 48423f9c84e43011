//! Requests that wait at one Envoy, and a change that is made at another.

use std::time::{Duration, Instant};

use support::{
    Background, Connection, Delivery, Request,
    etcd::Etcd,
    eventually,
    fleet::{agree, configuration, options, start_all, status},
};

/// The tick of those who wait, and the way of the change.
const PROMPTLY: Duration = Duration::from_millis(450);

#[test]
fn they_pass_when_maintenance_ends_at_another() {
    let etcd = Etcd::start();
    let envoys = start_all([options(&etcd), options(&etcd)]);
    assert_eq!(envoys[0].admin("POST", "on?hold=30s").json()["hold"], 30);
    eventually("the change", || status(&envoys[1])["hold"] == 30);
    let address = envoys[1].address;
    let waiters: Vec<_> = (0..8)
        .map(|_| {
            Background::start(move |_| {
                let response = Connection::open(address).fetch(&Request::get("/"));
                (response, Instant::now())
            })
        })
        .collect();
    eventually("requests that wait", || envoys[1].metric("held") == 8);
    let off = Instant::now();
    envoys[0].toggle(false);
    for (response, came) in waiters.into_iter().map(Background::end) {
        assert!(response.is_upstream(), "{response:?}");
        assert!(came - off < PROMPTLY, "{:?}", came - off);
    }
    assert_eq!(envoys[1].metric("allowed.released"), 8);
}

/// The last of them may end the old configuration, on its worker.
#[test]
fn they_outlive_their_configuration_and_the_store_is_followed_on() {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    options.delivery = Delivery::Ecds;
    let mut envoys = start_all([options]);
    for round in 0..3 {
        envoys[0].admin("POST", "on?hold=30s");
        let mut waiters: Vec<Connection> = (0..4)
            .map(|_| {
                let mut waiter = Connection::open(envoys[0].address);
                waiter.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
                waiter
            })
            .collect();
        eventually("requests that wait", || envoys[0].metric("held") == 4);
        let mut plugin = configuration();
        plugin["response"]["message"] = format!("round {round}").into();
        envoys[0].update(plugin);
        let off = envoys[0].admin("POST", "off");
        assert_eq!(off.status, 200, "{}", off.text());
        for waiter in &mut waiters {
            let response = waiter.read().unwrap();
            // Another configuration ends their wait, if nothing else has.
            let is_answered = response.is_upstream() || response.is_blocked();
            assert!(is_answered, "{response:?}");
        }
        agree(&envoys, false);
    }
}
