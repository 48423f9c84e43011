//! Several filters in one Envoy.

use serde_json::{Value, json};
use support::{
    ADMIN, Connection, Delivery, Envoy, Host, Request, Response, admin_request, another_filter,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, agree, configuration, options, status},
    within,
};

const OTHER_KEY: &str = "maintenance-mode/other";

fn watches(etcd: &Etcd) -> u64 {
    etcd.metric("etcd_debugging_mvcc_watcher_total")
}

/// An Envoy with a listener for each of two plugin configurations.
fn two_listeners(etcd: &Etcd, first: &Value, other: &Value) -> Envoy {
    let mut options = options(etcd);
    options.delivery = Delivery::Lds;
    options.configuration = first.to_string();
    options.other_listener = Some(other.to_string());
    Envoy::with(options)
}

/// The listener that is not [`Envoy::address`].
struct Other<'a>(&'a Envoy);

impl Other<'_> {
    fn fetch(&self, request: &Request) -> Response {
        Connection::open(self.0.listener("other")).fetch(request)
    }

    fn is_blocked(&self) -> bool {
        let response = self.fetch(&Request::get("/"));
        assert_ne!(response.is_blocked(), response.is_upstream());
        response.is_blocked()
    }

    fn status(&self) -> Value {
        self.fetch(&admin_request("GET", "")).json()
    }

    fn toggle(&self, on: bool) {
        let call = if on { "on" } else { "off" };
        let response = self.fetch(&admin_request("POST", call));
        assert_eq!(response.status, 200, "{}", response.text());
    }

    fn gauge(&self, name: &str) -> u64 {
        let prefix = Host::under_test().stats_prefix();
        self.0
            .stat(&format!("{prefix}.maintenance_mode.other.{name}"))
    }
}

fn other_configuration(key: &str) -> Value {
    let mut plugin = configuration();
    plugin["scope"] = "other".into();
    plugin["store"]["etcd"]["key"] = key.into();
    plugin
}

#[test]
fn scopes_with_keys_of_their_own_do_not_touch_each_other() {
    let etcd = Etcd::start();
    let other = other_configuration(OTHER_KEY);
    let envoys = [(); 2].map(|()| two_listeners(&etcd, &configuration(), &other));
    let others = envoys.each_ref().map(Other);
    agree(&envoys, false);
    within(CATCH_UP, "the store", || {
        others
            .iter()
            .all(|other| other.gauge("store_connected") == 1)
    });
    assert_eq!(watches(&etcd), 4);
    for (first, second) in [
        (true, false),
        (true, true),
        (false, true),
        (false, false),
        (true, false),
    ] {
        envoys[0].toggle(first);
        others[1].toggle(second);
        agree(&envoys, first);
        within(CATCH_UP, "the other scope", || {
            others.iter().all(|other| other.is_blocked() == second)
        });
        for (envoy, other) in envoys.iter().zip(&others) {
            let [ours, theirs] = [status(envoy), other.status()];
            assert_eq!(
                (&ours["scope"], &theirs["scope"]),
                (&"default".into(), &"other".into())
            );
            assert_eq!(ours["generation"].as_u64(), etcd.mod_revision(KEY));
            assert_eq!(theirs["generation"].as_u64(), etcd.mod_revision(OTHER_KEY));
            within(CATCH_UP, "the gauges", || {
                other.gauge("active") == u64::from(second)
                    && Some(other.gauge("generation")) == etcd.mod_revision(OTHER_KEY)
            });
        }
    }
    etcd.put(OTHER_KEY, "garbage");
    within(CATCH_UP, "the error", || {
        others.iter().all(|other| other.gauge("errors") == 1)
    });
    assert!(envoys.iter().all(|envoy| envoy.metric("errors") == 0));
    etcd.delete(OTHER_KEY);
    within(CATCH_UP, "the deletion", || {
        others
            .iter()
            .all(|other| other.status()["decided_by"] == "initial")
    });
    agree(&envoys, true);
    assert_eq!(status(&envoys[0])["decided_by"], "state");
    assert_eq!(watches(&etcd), 4);
}

#[test]
fn the_key_of_a_scope_is_named_after_it_where_none_is_given() {
    let etcd = Etcd::start();
    let without_key = |mut plugin: Value| {
        plugin["store"]["etcd"]
            .as_object_mut()
            .unwrap()
            .remove("key");
        plugin
    };
    let plugin = without_key(configuration());
    let other = without_key(other_configuration(""));
    let envoys = [two_listeners(&etcd, &plugin, &other)];
    agree(&envoys, false);
    envoys[0].toggle(true);
    Other(&envoys[0]).toggle(false);
    for (key, on) in [(KEY, true), (OTHER_KEY, false)] {
        let value: Value = serde_json::from_str(&etcd.get(key).unwrap()).unwrap();
        assert_eq!(value["maintenance"], on, "{key}");
    }
}

#[test]
fn scopes_with_one_key_are_switched_together() {
    let etcd = Etcd::start();
    let envoys = [two_listeners(
        &etcd,
        &configuration(),
        &other_configuration(KEY),
    )];
    let other = Other(&envoys[0]);
    agree(&envoys, false);
    for on in [true, false, true] {
        if on {
            envoys[0].toggle(on);
        } else {
            other.toggle(on);
        }
        agree(&envoys, on);
        within(CATCH_UP, "the other scope", || other.is_blocked() == on);
        assert_eq!(
            other.status()["generation"],
            status(&envoys[0])["generation"]
        );
    }
}

#[test]
fn filters_of_one_scope_and_key_share_a_watch() {
    let etcd = Etcd::start();
    let mut plugin = configuration();
    plugin["response"] = json!({"message": "from the other"});
    let mut shared = options(&etcd);
    shared.delivery = Delivery::Lds;
    shared.workers = 4;
    shared.other_listener = Some(plugin.to_string());
    plugin["observe"] = true.into();
    shared.filters_before = vec![another_filter(Some(&plugin))];
    let envoys = [Envoy::with(shared)];
    agree(&envoys, false);
    let other = Other(&envoys[0]);
    for on in [true, false, true] {
        envoys[0].toggle(on);
        agree(&envoys, on);
        within(CATCH_UP, "the other listener", || other.is_blocked() == on);
        assert_eq!(other.status(), status(&envoys[0]));
        other.toggle(!on);
        agree(&envoys, !on);
        assert_eq!(other.is_blocked(), !on);
    }
    within(CATCH_UP, "one watch", || watches(&etcd) == 1);
    let begun = "grpc_server_started_total{grpc_method=\"Watch\",\
                 grpc_service=\"etcdserverpb.Watch\",grpc_type=\"bidi_stream\"}";
    assert_eq!(etcd.metric(begun), 1);
}

#[test]
fn a_filter_without_an_admin_endpoint_follows_the_others() {
    let etcd = Etcd::start();
    let mut follower = configuration();
    follower.as_object_mut().unwrap().remove("admin");
    let envoys: Vec<Envoy> = (0..2)
        .map(|_| {
            let mut options = options(&etcd);
            options.configuration = follower.to_string();
            Envoy::with(options)
        })
        .collect();
    let with_admin = [Envoy::with(options(&etcd))];
    agree(&with_admin, false);
    for on in [true, false, true] {
        with_admin[0].toggle(on);
        for envoy in &envoys {
            within(CATCH_UP, "the toggle", || envoy.get("/").is_blocked() == on);
            let revision = etcd.mod_revision(KEY);
            within(CATCH_UP, "the gauges", || {
                (envoy.metric("active"), Some(envoy.metric("generation")))
                    == (u64::from(on), revision)
            });
            assert_eq!(envoy.metric("store_connected"), 1);
        }
    }
    let call = envoys[0].fetch(&admin_request("POST", "off"));
    assert!(call.is_blocked(), "{call:?}");
    etcd.put(KEY, r#"{"maintenance":false}"#);
    within(CATCH_UP, "the value", || envoys[0].get(ADMIN).is_upstream());
    assert!(envoys[0].fetch(&admin_request("POST", "on")).is_upstream());
    agree(&with_admin, false);
}

#[test]
fn a_fixed_mode_locks_the_flag_of_its_envoy_and_no_other() {
    let etcd = Etcd::start();
    let with_mode = |mode: &str| {
        let mut plugin = configuration();
        plugin["mode"] = mode.into();
        plugin["bypass"] = json!({"key": "a-key-of-the-tests-and-of-nobody-else"});
        plugin
    };
    let free = [Envoy::with(options(&etcd))];
    agree(&free, false);
    let mut fixed = options(&etcd);
    fixed.delivery = Delivery::Ecds;
    fixed.configuration = with_mode("auto").to_string();
    let mut fixed = Envoy::with(fixed);
    for (mode, blocked) in [("on", true), ("off", false)] {
        fixed.update(with_mode(mode));
        within(CATCH_UP, "the mode", || status(&fixed)["mode"] == mode);
        within(CATCH_UP, "the store", || {
            status(&fixed)["store_connected"] == true
        });
        for on in [true, false] {
            free[0].toggle(on);
            agree(&free, on);
            assert_eq!(fixed.get("/").is_blocked(), blocked);
            let before = etcd.mod_revision(KEY);
            for call in ["on", "off", "reset"] {
                let refused = fixed.admin("POST", call);
                assert_eq!(refused.status, 409, "{}", refused.text());
            }
            assert_eq!(etcd.mod_revision(KEY), before);
            let status = status(&fixed);
            assert_eq!(status["decided_by"], "mode");
            assert_eq!(status["maintenance"], blocked);
        }
        // Tokens are not locked.
        assert_eq!(fixed.admin("POST", "bypass/revoke").status, 200);
        agree(&free, false);
    }
    free[0].toggle(true);
    fixed.update(with_mode("auto"));
    within(CATCH_UP, "the state", || fixed.get("/").is_blocked());
    let envoys = [fixed, free.into_iter().next().unwrap()];
    agree(&envoys, true);
    envoys[0].toggle(false);
    agree(&envoys, false);
}
