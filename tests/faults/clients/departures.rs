//! Clients that leave.

use std::{thread, time::Duration};

use serde_json::json;
use support::{
    ADMIN, Connection, Envoy, Observer, Options, TOKEN, admin,
    etcd::{Etcd, KEY},
    fleet::{agree, generation, three},
};

use super::{assert_grows_no_more, assert_undisturbed, let_pass, one_worker};

const OFTEN: usize = 300;

fn head(method: &str, path: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: test.example\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    )
}

/// Which of the two is Envoy's doing: it takes the end of what is sent for the end of all.
#[test]
fn a_client_that_closes_its_half_gets_the_reply_or_nothing() {
    let envoy = Envoy::with(one_worker(json!({})));
    let user = Observer::start(envoy.address);
    let mut replies = 0;
    for _ in 0..OFTEN {
        let mut client = Connection::open(envoy.address);
        assert!(client.write(head("GET", "/")));
        client.finish();
        if let Some(response) = client.read() {
            assert!(response.is_blocked(), "{response:?}");
            replies += 1;
        }
    }
    println!("{replies} of {OFTEN} got the reply");
    assert_eq!(envoy.upstream.requests(), 0);
    assert_undisturbed(&envoy, user);
}

#[test]
fn half_a_head_is_no_request() {
    let envoy = Envoy::with(one_worker(json!({})));
    let whole = head("POST", &format!("{ADMIN}/off"));
    for length in 1..whole.len() {
        let mut client = Connection::open(envoy.address);
        assert!(client.write(&whole[..length]));
        if length % 2 == 0 {
            client.finish();
            let answer = client.read();
            assert!(answer.is_none_or(|answer| answer.status == 400), "{length}");
        } else {
            client.reset();
        }
    }
    assert_eq!(generation_of(&envoy), 0);
    assert_eq!(envoy.metric("blocked"), 0);
    assert!(envoy.get("/").is_blocked());
}

fn generation_of(envoy: &Envoy) -> u64 {
    envoy.admin("GET", "").json()["generation"]
        .as_u64()
        .unwrap()
}

#[test]
fn a_reset_in_the_midst_of_a_change_leaves_it_made_or_not_made() {
    let envoy = Envoy::with(Options::new(json!({"admin": admin()})));
    let users = [0; 4].map(|_| Observer::start(envoy.address));
    let_pass(&[&envoy], OFTEN, |client, mut connection| {
        let call = if client % 2 == 0 { "on" } else { "off" };
        assert!(connection.write(head("POST", &format!("{ADMIN}/{call}"))));
        thread::sleep(Duration::from_micros(5 * client as u64));
        connection.reset();
    });
    let made = generation_of(&envoy);
    println!("{made} of {OFTEN} changes were made");
    let lines = |flag| {
        envoy
            .log()
            .matches(&format!(" is {flag}, generation "))
            .count()
    };
    assert_eq!((lines("on") + lines("off")) as u64, made);
    for on in [true, false] {
        envoy.toggle(on);
        for user in &users {
            user.turn(on);
        }
    }
    assert_eq!(generation_of(&envoy), made + 2);
}

#[test]
fn a_reset_in_the_midst_of_a_change_in_etcd_leaves_one_state_everywhere() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let each: Vec<&Envoy> = envoys.iter().collect();
    let_pass(&each, OFTEN, |client, mut connection| {
        let call = if client % 2 == 0 { "on" } else { "off" };
        assert!(connection.write(head("POST", &format!("{ADMIN}/{call}"))));
        thread::sleep(Duration::from_micros(20 * client as u64));
        connection.reset();
    });
    for on in [true, false] {
        envoys[0].toggle(on);
        agree(&envoys, on);
    }
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
}

#[test]
fn clients_that_leave_before_the_reply_leave_nothing_behind() {
    let envoy = Envoy::with(one_worker(json!({})));
    let user = Observer::start(envoy.address);
    assert_grows_no_more(4, || {
        let_pass(&[&envoy], OFTEN, |client, mut connection| {
            assert!(connection.write(head("GET", "/")));
            if client % 2 == 0 {
                connection.reset();
            }
        });
        envoy.memory()
    });
    assert_undisturbed(&envoy, user);
}
