//! A VM of an Envoy that follows etcd dies.

use std::{thread, time::Duration};

use support::{
    Connection, Options, Request, admin_request,
    etcd::{Etcd, KEY, value},
    eventually,
    fleet::{CATCH_UP, agree, options, start_all},
    within,
};

use super::{BYTES, Death, assert_failed, deadly, kill, mortal, workers};

const TAKE_OVER: Duration = Duration::from_secs(5);

fn mortal_on(etcd: &Etcd, death: &Death) -> Options {
    let fleet = options(etcd);
    Options {
        configuration: fleet.configuration,
        clusters: fleet.clusters,
        ..mortal(death)
    }
}

#[test]
fn another_vm_takes_over_when_the_one_that_watches_dies() {
    let etcd = Etcd::start();
    let envoys = start_all([mortal_on(&etcd, &Death::BY_MESSAGE)]);
    for on in [true, false, true] {
        let deaths = || {
            envoys[0]
                .log()
                .matches("Function: proxy_on_grpc_receive")
                .count()
        };
        let before = deaths();
        etcd.put(KEY, &" ".repeat(BYTES));
        within(TAKE_OVER, "a death", || deaths() > before);
        etcd.put(KEY, value(on));
        within(TAKE_OVER, "another watch", || {
            envoys[0].get("/").is_blocked() == on
        });
        agree(&envoys, on);
    }
}

#[test]
fn a_change_that_was_sent_is_made_or_not_on_every_envoy() {
    let etcd = Etcd::start();
    let death = Death::in_request_after("proxy_grpc_call");
    let envoys = start_all([mortal_on(&etcd, &death), options(&etcd)]);
    for on in [true, false] {
        let mut connections = workers::connections(&envoys[0]);
        let before = etcd.mod_revision(KEY);
        let call = if on { "on" } else { "off" };
        let answer = connections[0].fetch(&deadly(admin_request("POST", call)));
        assert_failed(&answer);
        // What was asked for goes its way, or is called back with the VM.
        let is_made = etcd.mod_revision(KEY) != before;
        agree(&envoys, on == is_made);
        envoys[0].toggle(on);
        agree(&envoys, on);
    }
}

#[test]
fn a_call_that_waits_for_the_store_when_its_vm_dies_ends_with_its_stream() {
    let mut etcd = Etcd::start();
    let mut options = mortal_on(&etcd, &Death::BY_REQUEST);
    options.workers = 1;
    // Five minutes by default.
    options.connection_manager["stream_idle_timeout"] = "1s".into();
    let envoys = start_all([options]);
    let [mut one, mut two] = [(); 2].map(|()| Connection::open(envoys[0].address));
    etcd.stop();
    thread::scope(|scope| {
        let call = scope.spawn(|| one.fetch(&admin_request("POST", "on")));
        eventually("the call", || {
            envoys[0].stat("http.test.downstream_rq_active") == 1
        });
        kill(&mut two);
        assert_failed(&call.join().unwrap());
    });
    etcd.resume();
    within(CATCH_UP, "the state of the store", || {
        let is_made = etcd.mod_revision(KEY).is_some();
        two.fetch(&Request::get("/")).is_blocked() == is_made
    });
}
