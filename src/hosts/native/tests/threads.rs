//! What threads share.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use maintenance_mode_core::store::shared_map::SharedMap;

use crate::hosts::native::shared_data::SharedData;
use crate::hosts::native::tests::envoy::{Configured, Request};
use crate::hosts::native::tests::requests::{call, configuration, get};

const WORKERS: usize = 4;
const ROUNDS: usize = if cfg!(miri) { 2 } else { 200 };

#[test]
fn workers_switch_and_serve_while_others_are_configured() {
    let more = r#", "response": {"hold_seconds": 60}"#;
    let text = configuration("threads", more);
    let configured = Configured::new(&text).unwrap();
    configured.run();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let configured = &configured;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let on = (worker + round).is_multiple_of(2);
                    let switch = call(configured, if on { "/m/on" } else { "/m/off" });
                    assert!([Some(200), Some(409)].contains(&switch.status()));
                    let request = get(configured);
                    request.come();
                    request.run();
                }
            });
        }
        for _ in 0..ROUNDS {
            let other = Configured::new(&text).unwrap();
            other.run();
            configured.run();
            assert_eq!(get(&other).status(), None);
        }
    });
    assert_eq!(call(&configured, "/m/off").status(), Some(200));
    let last = get(&configured);
    assert!(last.come());
    Request::run(&last);
}

#[test]
fn no_request_ends_on_the_thread_that_wakes_it() {
    const PERIOD: Duration = Duration::from_millis(100);

    let more = r#", "response": {"hold_seconds": 60}"#;
    let configured = Configured::new(&configuration("stray", more)).unwrap();
    configured.run();
    assert_eq!(call(&configured, "/m/on").status(), Some(200));
    for _ in 0..10 {
        let request = get(&configured);
        assert!(!request.come());
        thread::sleep(PERIOD);
        // It is being woken, or about to be.
        thread::sleep(PERIOD / 50);
        drop(request);
    }
    thread::sleep(PERIOD);
    drop(get(&configured));
}

#[test]
fn what_ends_on_the_clocks_thread_takes_no_clock_from_others() {
    let ending = Configured::new(&configuration("ending", "")).unwrap();
    let other = Configured::new(&configuration("other", "")).unwrap();
    let events = ending.forget();
    until(|| !events.is_forgotten());
    for _ in 0..2 {
        other.run();
        until(|| other.envoy.events.count.load(Ordering::Relaxed) > 0);
    }
}

/// Waits for what is to come within some seconds.
fn until(has_come: impl Fn() -> bool) {
    let begin = Instant::now();
    while !has_come() {
        assert!(begin.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_value_is_set_by_its_version_alone() {
    let key = "a value of this test";
    assert_eq!(SharedData.get(key), None);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    increment(key);
                }
            });
        }
    });
    let (value, _) = SharedData.get(key).unwrap();
    assert_eq!(value.len(), WORKERS * ROUNDS);
}

/// Adds a byte, again where another was faster.
fn increment(key: &str) {
    loop {
        let (mut value, version) = SharedData.read(key);
        value.push(0);
        if SharedData.set(key, &value, version) {
            return;
        }
    }
}
