//! Tokens of etcd that end before the Envoy does.

use std::{thread, time::Duration};

use support::{
    etcd::{Certificates, Etcd, EtcdOptions, PASSWORD, USER},
    fleet::{CATCH_UP, agree, change, logged_in, start_all},
    log_lines, within,
};

use super::three;

const TTL_SECONDS: u64 = 2;
/// etcd looks for tokens that have ended once a second.
const UNTIL_IT_ENDED: Duration = Duration::from_secs(TTL_SECONDS + 2);

/// Toggles on each of three Envoys, right away and when their tokens have ended.
fn outlives_tokens(options: EtcdOptions) {
    let mut etcd = Etcd::secured_with(options);
    let envoys = three(&etcd);
    for (round, envoy) in envoys.iter().enumerate() {
        let on = round % 2 == 0;
        envoy.toggle(on);
        agree(&envoys, on);
        thread::sleep(UNTIL_IT_ENDED);
    }
    for envoy in &envoys {
        envoy.toggle(false);
        assert_eq!(log_lines(envoy, "is not connected").len(), 0);
    }
    agree(&envoys, false);
    assert_eq!(etcd.metric("etcd_debugging_mvcc_watcher_total"), 3);

    etcd.kill();
    thread::sleep(UNTIL_IT_ENDED);
    etcd.restart();
    agree(&envoys, false);
    within(CATCH_UP, "a toggle", || {
        change(&envoys[0], "on").status == 200
    });
    agree(&envoys, true);
}

#[test]
fn a_toggle_after_the_token_has_ended_needs_no_second_try() {
    outlives_tokens(EtcdOptions {
        flags: vec![format!("--auth-token-ttl={TTL_SECONDS}")],
        ..EtcdOptions::default()
    });
}

#[test]
fn a_toggle_after_a_signed_token_has_ended_needs_no_second_try() {
    let keys = Certificates::make();
    keys.make_rsa_keys("jwt");
    let [public, private] = ["jwt.pub", "jwt.key"].map(|file| keys.path(file));
    outlives_tokens(EtcdOptions {
        flags: vec![format!(
            "--auth-token=jwt,pub-key={},priv-key={},sign-method=RS256,ttl={TTL_SECONDS}s",
            public.display(),
            private.display()
        )],
        ..EtcdOptions::default()
    });
}

#[test]
fn a_login_fits_into_a_short_timeout() {
    let mut etcd = Etcd::secured_with(EtcdOptions {
        // What etcd has where nobody sets it.
        flags: vec!["--bcrypt-cost=10".to_owned()],
        is_alone: true,
        ..EtcdOptions::default()
    });
    let envoys = start_all([()].map(|()| {
        let mut options = logged_in(&etcd, USER, PASSWORD);
        let long = "\"timeout_ms\":1000";
        assert!(options.configuration.contains(long));
        options.configuration = options.configuration.replace(long, "\"timeout_ms\":200");
        options
    }));
    for on in [true, false, true] {
        etcd.kill();
        etcd.restart();
        let call = if on { "on" } else { "off" };
        within(CATCH_UP, "a toggle", || {
            change(&envoys[0], call).status == 200
        });
        agree(&envoys, on);
    }
}
