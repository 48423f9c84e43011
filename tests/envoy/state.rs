//! The contract, section 2: a change takes effect on the next request of every worker, also
//! on connections that are open; section 6: what the state survives.

use serde_json::{Value, json};
use support::{
    Connection, Delivery, Envoy, Host, Options, Request, admin, admin_request, eventually,
    in_parallel,
};

const WORKERS: usize = 4;
const CLIENTS: usize = 8;

fn start() -> Envoy {
    let mut options = Options::new(json!({"admin": admin()}));
    options.workers = WORKERS;
    Envoy::with(options)
}

fn status(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()
}

fn is_blocked(connection: &mut Connection) -> bool {
    connection.fetch(&Request::get("/")).is_blocked()
}

/// How many workers have had a connection.
fn workers_in_use(envoy: &Envoy) -> usize {
    let stats = envoy.envoy_admin("/stats?filter=^listener\\..*worker_.*downstream_cx_total$");
    stats.lines().filter(|line| !line.ends_with(": 0")).count()
}

/// Each of some changes is obeyed by the next request of every connection; `before` is
/// called before each change.
fn assert_obeyed_at_once(envoy: &Envoy, before: impl Fn()) {
    let mut connections: Vec<Connection> =
        (0..24).map(|_| Connection::open(envoy.address)).collect();
    assert!(!connections.iter_mut().any(is_blocked));
    let workers = workers_in_use(envoy);
    assert!(workers >= 3, "{workers} workers");
    for (toggle, call) in ["on", "off", "on?message=a", "reset", "on"]
        .into_iter()
        .enumerate()
    {
        before();
        // The change comes by another connection, so by another worker, each time.
        let answer = connections[toggle].fetch(&admin_request("POST", call));
        assert_eq!(answer.status, 200);
        for (index, connection) in connections.iter_mut().enumerate() {
            assert_eq!(
                is_blocked(connection),
                call.starts_with("on"),
                "{call} {index}"
            );
            let status = connection.fetch(&admin_request("GET", "")).json();
            assert_eq!(status["generation"], toggle + 1, "{call} {index}");
        }
    }
}

#[test]
fn a_change_is_seen_by_the_next_request_of_every_open_connection() {
    assert_obeyed_at_once(&start(), || {});
}

#[test]
fn a_change_is_seen_at_once_where_envoy_keeps_no_stats_of_the_filter() {
    let prefix = Host::under_test().stats_prefix();
    let refused = json!({"patterns": [{"prefix": prefix}]});
    let mut options = Options::new(json!({"admin": admin()}));
    options.workers = WORKERS;
    options.bootstrap = json!({"stats_config": {"stats_matcher": {"exclusion_list": refused}}});
    let envoy = Envoy::with(options);
    assert_eq!(envoy.envoy_admin(&format!("/stats?filter=^{prefix}")), "");
    assert_obeyed_at_once(&envoy, || {});
}

#[test]
fn a_change_is_seen_at_once_after_the_counters_are_reset() {
    let envoy = start();
    assert_obeyed_at_once(&envoy, || envoy.reset_counters());
}

#[test]
fn every_one_of_many_changes_at_once_gets_a_generation_of_its_own() {
    let envoy = start();
    let mut generations: Vec<u64> = in_parallel(CLIENTS, |number| {
        let mut connection = Connection::open(envoy.address);
        let call = if number % 2 == 0 { "on" } else { "off" };
        let change = |_| {
            let answer = connection.fetch(&admin_request("POST", call));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let status = answer.json();
            assert_eq!(status["maintenance"], call == "on");
            status["generation"].as_u64().unwrap()
        };
        let generations: Vec<u64> = (0..10).map(change).collect();
        assert!(generations.is_sorted(), "{generations:?}");
        generations
    })
    .concat();
    generations.sort_unstable();
    assert_eq!(generations, (1..=80).collect::<Vec<_>>());
    assert_eq!(status(&envoy)["generation"], 80);
    assert!(workers_in_use(&envoy) >= 2);
}

#[test]
fn of_many_changes_for_the_same_generation_exactly_one_is_made() {
    let envoy = start();
    for generation in 0..20 {
        let mut statuses = in_parallel(CLIENTS, |number| {
            let mut connection = Connection::open(envoy.address);
            let call = if number % 2 == 0 { "on" } else { "off" };
            let if_match = format!("\"{generation}\"");
            let request = admin_request("POST", call).header("if-match", if_match);
            connection.fetch(&request).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
        assert_eq!(status(&envoy)["generation"], generation + 1);
    }
}

#[test]
fn filters_of_another_scope_have_another_state() {
    let mut options = Options::new(json!({"scope": "a", "admin": admin()}));
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    envoy.toggle(true);
    for (generation, (scope, blocked)) in [("b", false), ("a", true)].into_iter().enumerate() {
        envoy.update(json!({"scope": scope, "admin": admin()}));
        eventually("the scope", || status(&envoy)["scope"] == scope);
        assert_eq!(status(&envoy)["generation"], generation);
        assert_eq!(envoy.get("/").is_blocked(), blocked);
    }
}

#[test]
fn an_update_of_the_configuration_keeps_the_state() {
    for delivery in [Delivery::Lds, Delivery::Ecds] {
        let mut options = Options::new(json!({"admin": admin()}));
        options.delivery = delivery;
        options.workers = WORKERS;
        let mut envoy = Envoy::with(options);
        let mut connections: Vec<Connection> =
            (0..24).map(|_| Connection::open(envoy.address)).collect();
        assert!(!connections.iter_mut().any(is_blocked));
        envoy.admin("POST", "on?message=a-message&retry_after=7");
        let before = status(&envoy);

        envoy.update(json!({"allow": {"paths": ["/new"]}, "admin": admin()}));
        eventually("the new configuration", || envoy.get("/new").is_upstream());
        assert_eq!(status(&envoy), before);
        let blocked = envoy.get("/");
        assert!(blocked.is_blocked() && blocked.text().contains("a-message"));
        assert_eq!(blocked.header("retry-after"), Some("7"));

        // With LDS, connections from before the update keep the old configuration.
        assert!(connections.iter_mut().all(is_blocked));
        envoy.toggle(false);
        assert_eq!(status(&envoy)["generation"], 2);
        assert!(!connections.iter_mut().any(is_blocked));
    }
}

#[test]
fn a_refused_update_keeps_the_old_configuration_and_the_state() {
    for delivery in [Delivery::Lds, Delivery::Ecds] {
        let mut options = Options::new(json!({"allow": {"paths": ["/old"]}, "admin": admin()}));
        options.delivery = delivery;
        let mut envoy = Envoy::with(options);
        envoy.toggle(true);
        let before = status(&envoy);
        envoy.update(json!({"allow": {"client_ips": ["10.0.0.300"]}, "admin": admin()}));
        let log = envoy.log();
        assert!(
            log.contains(r#"maintenance-mode: allow.client_ips[0]: "10.0.0.300" is not"#),
            "{log}"
        );
        for _ in 0..10 {
            assert!(envoy.get("/old").is_upstream());
            assert!(envoy.get("/").is_blocked());
            assert_eq!(status(&envoy), before);
        }
        envoy.toggle(false);
        assert_eq!(status(&envoy)["generation"], 2);
        assert!(envoy.get("/").is_upstream());

        envoy.update(json!({"mode": "on", "admin": admin()}));
        eventually("a good update after the bad one", || {
            envoy.get("/old").is_blocked()
        });
    }
}

#[test]
fn a_mode_that_comes_and_goes_with_updates_leaves_the_state_as_it_was() {
    let mut options = Options::new(json!({"admin": admin()}));
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    let mut connection = Connection::open(envoy.address);
    envoy.admin("POST", "off");
    let auto = status(&envoy);
    for (mode, blocked) in [("on", true), ("off", false), ("on", true)] {
        envoy.update(json!({"mode": mode, "admin": admin()}));
        eventually("the mode", || {
            connection.fetch(&admin_request("GET", "")).json()["mode"] == mode
        });
        assert_eq!(is_blocked(&mut connection), blocked, "{mode}");
        assert_eq!(connection.fetch(&admin_request("POST", "on")).status, 409);
    }
    envoy.update(json!({"admin": admin()}));
    eventually("the mode", || !is_blocked(&mut connection));
    eventually("the status", || status(&envoy) == auto);
}

#[test]
fn a_restart_forgets_the_state() {
    for (initial, call) in [("on", "off"), ("off", "on")] {
        let configuration = json!({"initial": initial, "admin": admin()});
        let first = Envoy::start(configuration.clone());
        assert_eq!(first.admin("POST", call).json()["generation"], 1);
        assert_eq!(first.get("/").is_blocked(), call == "on");
        drop(first);
        let second = Envoy::start(configuration);
        assert_eq!(second.get("/").is_blocked(), initial == "on");
        let status = status(&second);
        assert_eq!(status["generation"], 0);
        assert_eq!(status["decided_by"], "initial");
    }
}
