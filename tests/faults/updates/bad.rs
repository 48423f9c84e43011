//! An update that Envoy refuses.

use support::{Delivery, eventually};

use super::{start, traffic::Traffic, update::Update};

/// Makes each bad update while traffic flows, and then a good one.
fn changes_no_answer(delivery: Delivery, rejections: &str, maintenance: bool) {
    let mut envoy = start(delivery, maintenance);
    let status = envoy.admin("GET", "").json();
    let before = envoy.upstream.requests();
    let traffic = Traffic::start(envoy.address);
    eventually("the traffic", || {
        envoy.stat("http.test.downstream_rq_completed") > 200
    });
    let bad = Update::bad(delivery);
    for (rejected, (update, complaint)) in bad.iter().enumerate() {
        assert_eq!(envoy.stat(rejections), rejected as u64);
        envoy.change(|options| update.apply(options));
        assert_eq!(envoy.stat(rejections), rejected as u64 + 1, "{complaint}");
        assert_eq!(envoy.admin("GET", "").json(), status);
    }
    let answers = traffic.end_right(maintenance, &["old".to_owned()]);
    let passed = envoy.upstream.requests() - before;
    assert_eq!(passed, if maintenance { 0 } else { answers });
    assert!(answers > 100, "{answers}");
    let log = envoy.log();
    for (_, complaint) in bad {
        // Envoy says of a listener twice why it refuses it.
        let lines = log.lines().filter(|line| !line.contains("lds: listener"));
        let named = lines.filter(|line| line.contains(complaint)).count();
        assert_eq!(named, 1, "{complaint} in\n{log}");
    }

    envoy.change(|options| Update::good("new").apply(options));
    envoy.toggle(true);
    eventually("a good update after the bad ones", || {
        envoy.get("/").text().contains("new")
    });
}

const LDS: &str = "listener_manager.lds.update_rejected";
const ECDS: &str = "extension_config_discovery.http_filter.maintenance_mode.config_fail";

#[test]
fn changes_no_answer_by_lds_under_maintenance() {
    changes_no_answer(Delivery::Lds, LDS, true);
}

#[test]
fn changes_no_answer_by_lds_without_maintenance() {
    changes_no_answer(Delivery::Lds, LDS, false);
}

#[test]
fn changes_no_answer_by_ecds_under_maintenance() {
    changes_no_answer(Delivery::Ecds, ECDS, true);
}

#[test]
fn changes_no_answer_by_ecds_without_maintenance() {
    changes_no_answer(Delivery::Ecds, ECDS, false);
}
