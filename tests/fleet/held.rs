//! Requests that wait at one Envoy, and a change that is made at another.

use std::time::{Duration, Instant};

use support::{
    Background, Connection, Request,
    etcd::Etcd,
    eventually,
    fleet::{options, start_all, status},
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
