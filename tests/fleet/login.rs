//! An etcd that wants a user and a password.

use support::{
    Envoy, Options,
    etcd::{Certificates, Etcd, EtcdOptions, KEY, PASSWORD, USER, value},
    fleet::{CATCH_UP, agree, change, logged_in, start_all},
    within,
};

mod configuration;
mod refusals;
mod tokens;

fn envoy(etcd: &Etcd) -> Envoy {
    Envoy::with(logged_in(etcd, USER, PASSWORD))
}

/// The options of an Envoy that logs in with a password that is nowhere but in its environment.
fn discreet(etcd: &Etcd, password: &str) -> Options {
    Options {
        is_alone: true,
        ..logged_in(etcd, USER, password)
    }
}

fn three(etcd: &Etcd) -> Vec<Envoy> {
    start_all((0..3).map(|_| logged_in(etcd, USER, PASSWORD)))
}

fn toggle_everywhere(envoys: &[Envoy]) {
    for (here, envoy) in envoys.iter().enumerate() {
        for on in [true, false] {
            envoy.toggle(on);
            agree(envoys, on);
            envoys[(here + 1) % envoys.len()].toggle(!on);
            agree(envoys, !on);
        }
    }
}

#[test]
fn a_toggle_is_obeyed_by_every_envoy_that_logs_in() {
    let etcd = Etcd::secured();
    let envoys = start_all((0..3).map(|_| discreet(&etcd, PASSWORD)));
    toggle_everywhere(&envoys);
    etcd.put(KEY, value(true));
    agree(&envoys, true);
    etcd.delete(KEY);
    agree(&envoys, false);
    assert_eq!(etcd.metric("etcd_debugging_mvcc_watcher_total"), 3);
    for envoy in &envoys {
        assert_secret(envoy, PASSWORD);
    }
}

/// Expects that a password is nowhere but in the environment.
fn assert_secret(envoy: &Envoy, password: &str) {
    let escaped = serde_json::to_string(password).unwrap();
    let secrets = [password, escaped.trim_matches('"'), "p\u{e4}ss", "s3cret"];
    for (place, text) in [
        ("the log", envoy.log()),
        ("the status", envoy.admin("GET", "").text()),
        ("a refusal", envoy.admin("POST", "onx").text()),
        ("the configuration", envoy.envoy_admin("/config_dump")),
        ("the stats", envoy.envoy_admin("/stats")),
    ] {
        for secret in secrets {
            assert!(!text.contains(secret), "{place} has the password: {text}");
        }
    }
}

#[test]
fn a_login_outlives_a_restart_of_etcd_which_forgets_its_tokens() {
    let mut etcd = Etcd::secured();
    let envoys = three(&etcd);
    for round in 0..3 {
        let on = round % 2 == 0;
        etcd.kill();
        etcd.restart();
        // The first call finds a token that is void.
        let call = if on { "on" } else { "off" };
        within(CATCH_UP, "a toggle", || {
            change(&envoys[round], call).status == 200
        });
        agree(&envoys, on);
        etcd.kill();
        etcd.restart();
        agree(&envoys, on);
    }
}

#[test]
fn a_login_outlives_the_leader_of_three() {
    let mut etcd = Etcd::secured_with(EtcdOptions {
        members: 3,
        ..EtcdOptions::default()
    });
    let envoys = three(&etcd);
    envoys[0].toggle(true);
    for round in 0..2 {
        let leader = etcd.leader();
        etcd.members[leader].kill();
        for envoy in &envoys {
            let call = if round % 2 == 0 { "off" } else { "on" };
            within(CATCH_UP, "a toggle", || change(envoy, call).status == 200);
        }
        agree(&envoys, round % 2 == 1);
        etcd.restart();
        agree(&envoys, round % 2 == 1);
    }
}

#[test]
fn authentication_may_be_switched_off_and_on_while_envoys_run() {
    let mut etcd = Etcd::secured();
    let mut envoys = start_all([logged_in(&etcd, USER, PASSWORD)]);
    envoys[0].toggle(true);

    etcd.ctl(&["auth", "disable"]);
    envoys[0].toggle(false);
    agree(&envoys, false);
    etcd.kill();
    etcd.restart();
    agree(&envoys, false);
    envoys[0].toggle(true);
    // Passwords go out before authentication is switched on.
    envoys.push(envoy(&etcd));
    agree(&envoys, true);
    envoys[1].toggle(false);
    agree(&envoys, false);

    etcd.ctl(&["auth", "enable"]);
    for on in [true, false] {
        for envoy in &envoys {
            envoy.toggle(on);
            agree(&envoys, on);
        }
    }
    etcd.kill();
    etcd.restart();
    agree(&envoys, false);
}

#[test]
fn a_login_over_tls_counts_before_the_name_in_the_certificate() {
    let certificates = Certificates::make();
    let etcd = Etcd::secured_with(certificates.etcd_options());
    etcd.ctl(&["user", "add", "guest", "--no-password"]);
    let envoys = start_all(["maintenance", "guest"].map(|client| {
        let mut options = logged_in(&etcd, USER, PASSWORD);
        options.clusters[0]["transport_socket"] =
            certificates.transport_socket("authority", "127.0.0.1", Some(client));
        options
    }));
    toggle_everywhere(&envoys);
}
