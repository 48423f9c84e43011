//! What an update of the configuration does to those who wait.

use serde_json::{Value, json};
use support::{Delivery, Envoy, Options, Request};

use super::{Duration, Instant, Waiter, configuration, holds, on, wait};

fn envoy(delivery: Delivery) -> Envoy {
    let mut options = Options::new(configuration(60));
    options.delivery = delivery;
    // After an update by LDS, Envoy ends connections more and more often over this time.
    options.arguments = vec!["--drain-time-s", "31536000"];
    on(options)
}

fn one_that_waits(envoy: &Envoy) -> Waiter {
    wait(envoy, [Request::get("/")]).remove(0)
}

fn with(key: &str, value: Value) -> Value {
    let mut plugin = configuration(60);
    plugin[key] = value;
    plugin
}

#[test]
fn an_accepted_one_answers_them_or_lets_them_pass() {
    for delivery in [Delivery::Ecds, Delivery::Lds] {
        let mut envoy = envoy(delivery);
        for (number, (key, value)) in [
            ("upstream_header", json!("x-maintenance")),
            ("mode", json!("off")),
        ]
        .into_iter()
        .enumerate()
        {
            let waiter = one_that_waits(&envoy);
            envoy.update(with(key, value));
            let updated = Instant::now();
            let (response, came) = waiter.timed();
            let late = came.saturating_duration_since(updated);
            assert!(late < Duration::from_secs(1), "{late:?}");
            assert_eq!(response.is_blocked(), number == 0, "{response:?}");
            assert_eq!(response.is_upstream(), number == 1, "{response:?}");
            holds(&envoy, 0);
        }
    }
}

#[test]
fn others_change_nothing() {
    for delivery in [Delivery::Ecds, Delivery::Lds] {
        let mut envoy = envoy(delivery);
        let waiter = one_that_waits(&envoy);
        envoy.update(json!({"mdoe": "on"}));
        if delivery == Delivery::Ecds {
            // The very same by LDS is no update.
            envoy.update(configuration(60));
        }
        let mut elsewhere = with("scope", json!("elsewhere"));
        elsewhere["initial"] = json!("off");
        envoy.update(elsewhere);
        std::thread::sleep(Duration::from_millis(1500));
        holds(&envoy, 1);
        // Only one of the same scope can end it.
        envoy.update(with("mode", json!("off")));
        assert!(waiter.answer().is_upstream());
        holds(&envoy, 0);
    }
}

#[test]
fn where_the_filter_is_removed_they_wait_to_their_end() {
    let mut options = Options::new(configuration(4));
    options.delivery = Delivery::Lds;
    options.arguments = vec!["--drain-time-s", "31536000"];
    let mut envoy = on(options);
    let begin = Instant::now();
    let waiter = one_that_waits(&envoy);
    envoy.change(|options| options.is_bare = true);
    assert!(envoy.get("/").is_upstream());
    let (response, came) = waiter.timed();
    println!("{:?} {response:?}", came - begin);
    assert!(response.is_blocked(), "{response:?}");
    holds(&envoy, 0);
}
