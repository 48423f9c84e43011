//! Who waits, and how many.

use serde_json::json;
use support::{Envoy, Options, Request, admin, eventually};

use super::{Duration, Instant, configuration, holds, on, wait};

#[test]
fn no_more_wait_than_a_worker_may_hold() {
    let mut plugin = configuration(60);
    plugin["max_held_requests"] = json!(2);
    let mut options = Options::new(plugin);
    options.workers = 1;
    let envoy = on(options);
    let waiters = wait(&envoy, [Request::get("/"), Request::get("/")]);
    let third = envoy.get("/");
    assert!(third.is_blocked() && third.status == 503, "{third:?}");
    envoy.toggle(false);
    for waiter in waiters {
        assert!(waiter.answer().is_upstream());
    }
}

#[test]
fn what_has_no_end_to_wait_for_is_answered_at_once() {
    let envoy = on(Options::new(json!({
        "admin": admin(),
        "allow": {"paths": ["/healthz"]},
        "response": {"hold_seconds": 20, "cors": {"allow_origins": ["https://app.example"]}},
        "rules": [
            {"match": {"paths": ["/blocked"]}, "action": "block"},
            {"match": {"paths": ["/on"]}, "action": "on"},
            {"match": {"paths": ["/none"]}, "response": {"hold_seconds": 0}},
            {"match": {"paths": ["/short"]}, "response": {"hold_seconds": 1}},
        ],
    })));
    for path in ["/blocked", "/on", "/none"] {
        let begin = Instant::now();
        assert!(envoy.get(path).is_blocked(), "{path}");
        assert!(begin.elapsed() < Duration::from_secs(1), "{path}");
    }
    assert!(envoy.get("/healthz").is_upstream());
    let preflight = Request::new("OPTIONS", "/")
        .header("origin", "https://app.example")
        .header("access-control-request-method", "PUT");
    assert_eq!(envoy.fetch(&preflight).status, 204);
    let begin = Instant::now();
    assert!(envoy.get("/short").is_blocked());
    let waited = begin.elapsed();
    assert!(waited > Duration::from_millis(990), "{waited:?}");
    assert!(waited < Duration::from_secs(3), "{waited:?}");
}

#[test]
fn what_the_toggle_says_goes_before_the_configuration() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    for hold in ["241", "4m1s", "-1", "1.5", ""] {
        let answer = envoy.admin("POST", &format!("on?hold={hold}"));
        assert_eq!(answer.status, 400, "{hold}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("hold"));
    }
    let status = envoy.admin("POST", "on?hold=4m").json();
    assert_eq!(status["hold"], 240);
    let waiters = wait(&envoy, [Request::get("/")]);
    let status = envoy.admin("POST", "on?hold=0").json();
    assert_eq!(status["hold"], 0);
    assert!(envoy.get("/").is_blocked());
    holds(&envoy, 1);
    assert_eq!(envoy.admin("POST", "off").json()["hold"], json!(null));
    for waiter in waiters {
        assert!(waiter.answer().is_upstream());
    }
}

#[test]
fn ticks_are_fast_only_while_somebody_waits() {
    let mut options = Options::new(configuration(60));
    options.workers = 1;
    options.log_level = "trace";
    let envoy = on(options);
    let ticks = || envoy.log().matches("[host->vm] proxy_on_tick(").count();
    // The main thread has a VM as well, which ticks as the workers do.
    let a_second = || {
        let before = ticks();
        std::thread::sleep(Duration::from_secs(1));
        ticks() - before
    };
    assert!(a_second() <= 5);
    let waiters = wait(&envoy, [Request::get("/")]);
    eventually("fast ticks", || (9..=14).contains(&a_second()));
    envoy.toggle(false);
    waiters.into_iter().for_each(|waiter| drop(waiter.answer()));
    eventually("slow ticks", || a_second() <= 5);
}
