//! Clients and filters that go away while a change waits.

use std::{thread, time::Duration};

use serde_json::Value;
use support::{
    ADMIN, Connection, Delivery, Envoy, TOKEN,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, agree, generation, start_all, three},
    within,
};

use super::with_timeout;

const OFTEN: usize = 100;

fn call(name: &str) -> String {
    format!(
        "POST {ADMIN}/{name} HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    )
}

fn downstream_requests(envoy: &Envoy) -> u64 {
    envoy.stat("http.test.downstream_rq_active")
}

#[test]
fn clients_that_leave_while_etcd_stands_still_harm_nobody() {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    for round in 0..3 {
        etcd.stop();
        for client in 0..OFTEN {
            let mut connection = Connection::open(envoys[client % 3].address);
            assert!(connection.write(call(["off", "reset", "on"][client % 3])));
            if client % 2 == 0 {
                // Later than Envoy has read the call.
                thread::sleep(Duration::from_millis(2));
            }
        }
        within(CATCH_UP, "the end of the requests", || {
            envoys.iter().all(|envoy| downstream_requests(envoy) == 0)
        });
        etcd.resume();
        let on = round % 2 == 0;
        let call = if on { "on" } else { "off" };
        within(CATCH_UP, "a toggle", || {
            envoys[round].admin("POST", call).status == 200
        });
        agree(&envoys, on);
        assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
    }
}

#[test]
fn clients_that_leave_at_any_moment_of_a_change_leave_one_state_everywhere() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for client in 0..4 * OFTEN {
        let mut connection = Connection::open(envoys[client % 3].address);
        assert!(connection.write(call(if client % 2 == 0 { "on" } else { "off" })));
        thread::sleep(Duration::from_micros(50 * (client as u64 % 100)));
    }
    within(CATCH_UP, "the end of the requests", || {
        envoys.iter().all(|envoy| downstream_requests(envoy) == 0)
    });
    for on in [true, false] {
        for envoy in &envoys {
            envoy.toggle(on);
            agree(&envoys, on);
        }
    }
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
}

#[test]
fn an_update_of_the_configuration_while_a_change_waits_leaves_it_one_answer() {
    for delivery in [Delivery::Ecds, Delivery::Lds] {
        let mut etcd = Etcd::start();
        let mut options = with_timeout(&etcd, 3000);
        options.delivery = delivery;
        options.arguments = vec!["--drain-time-s", "1"];
        let mut plugin: Value = serde_json::from_str(&options.configuration).unwrap();
        let mut envoys = start_all([options]);
        etcd.stop();
        let mut waiting: Vec<Connection> = (0..8)
            .map(|_| {
                let mut connection = Connection::open(envoys[0].address);
                assert!(connection.write(call("on")));
                connection
            })
            .collect();
        plugin["response"]["message"] = "updated".into();
        envoys[0].update(plugin);
        etcd.resume();
        for connection in &mut waiting {
            let answer = connection.read().expect("no answer");
            assert!(matches!(answer.status, 200 | 503), "{}", answer.text());
        }
        within(CATCH_UP, "a toggle", || {
            envoys[0].admin("POST", "on").status == 200
        });
        agree(&envoys, true);
        assert!(envoys[0].get("/").text().contains("updated"));
    }
}
