//! An Envoy in front that takes hosts out which answer 5xx.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, Response, admin, eventually};

use crate::{
    chain::{in_front, shop, with},
    document::{block, see},
    manifests::manifest,
};

/// After so many errors in a row Envoy takes a host out.
const ERRORS: usize = 5;

fn guarded(more: &Value) -> Envoy {
    let configuration = json!({"admin": admin(), "allow": {"paths": ["/open"]}});
    let envoy = Envoy::start(with(configuration, more));
    envoy.toggle(true);
    envoy
}

/// The cluster in front, of which every host may go.
fn detecting(inner: &Envoy) -> Value {
    with(
        shop(inner),
        &json!({"outlier_detection": {"max_ejection_percent": 100}}),
    )
}

fn ejected(front: &Envoy) -> u64 {
    front.stat("cluster.shop.outlier_detection.ejections_active")
}

/// Waits until the host is out: another thread takes it out than those that serve requests.
fn wait_for_ejection(front: &Envoy) {
    eventually("the ejection", || ejected(front) == 1);
    // Those threads have heard of it.
    eventually("the end of the host", || {
        front.get("/").text().contains("no healthy upstream")
    });
}

fn assert_no_host(response: &Response) {
    assert_eq!(response.status, 503, "{response:?}");
    assert!(!response.is_blocked(), "{response:?}");
    assert!(response.text().contains("no healthy upstream"));
}

#[test]
fn five_planned_503s_take_the_host_out_and_off_does_not_bring_it_back() {
    let inner = guarded(&json!({}));
    let front = in_front(detecting(&inner));
    assert!(front.get("/open").is_upstream());
    for _ in 0..ERRORS {
        assert!(front.get("/").is_blocked());
    }
    wait_for_ejection(&front);
    assert_no_host(&front.get("/"));
    assert_no_host(&front.get("/open"));
    inner.toggle(false);
    assert_no_host(&front.get("/"));

    let [ejections, hosts] = see("ejects", &front).try_into().unwrap();
    assert!(ejections.contains("ejections_active: 1\n"), "{ejections}");
    assert!(hosts.contains("failed_outlier_check"), "{hosts}");
}

/// By default a tenth of the hosts may go, and one of one is more.
#[test]
fn by_default_a_cluster_of_one_host_loses_none() {
    let inner = guarded(&json!({}));
    let front = in_front(with(shop(&inner), &json!({"outlier_detection": {}})));
    for _ in 0..2 * ERRORS {
        assert!(front.get("/").is_blocked());
    }
    assert!(front.get("/open").is_upstream());
    assert_eq!(ejected(&front), 0);
}

/// Through far more planned replies than take a host out, and through off.
fn assert_spared(inner: &Envoy, front: &Envoy, status: u16) {
    for _ in 0..2 * ERRORS {
        let response = front.get("/");
        assert!(response.is_blocked(), "{response:?}");
        assert_eq!(response.status, status);
    }
    assert_eq!(ejected(front), 0);
    assert!(front.get("/open").is_upstream());
    inner.toggle(false);
    assert!(front.get("/").is_upstream());
    let [ejections, hosts] = see("ejects", front).try_into().unwrap();
    assert!(ejections.contains("ejections_active: 0\n"), "{ejections}");
    assert!(!hosts.contains("failed_outlier_check"), "{hosts}");
}

#[test]
fn with_the_matcher_planned_503s_are_no_errors() {
    let inner = guarded(&json!({}));
    let mend = block("ejects", "On the cluster in front");
    let front = in_front(with(detecting(&inner), &mend));
    assert_spared(&inner, &front, 503);
}

/// A host that is really ill is still taken out.
#[test]
fn with_the_matcher_other_errors_still_count() {
    let ill = Envoy::with(Options {
        routes: vec![json!({"match": {"prefix": "/"}, "direct_response": {"status": 503}})],
        ..Options::new(json!({}))
    });
    let mend = block("ejects", "On the cluster in front");
    let front = in_front(with(detecting(&ill), &mend));
    for _ in 0..ERRORS {
        assert!(!front.get("/").text().contains("no healthy upstream"));
    }
    wait_for_ejection(&front);
    assert_no_host(&front.get("/"));
}

#[test]
fn an_envoy_may_count_and_take_nothing_out() {
    let inner = guarded(&json!({}));
    let mend = block(
        "ejects",
        "On the cluster in front, for gRPC or an older Envoy",
    );
    let front = in_front(with(detecting(&inner), &mend));
    assert_spared(&inner, &front, 503);
}

#[test]
fn another_status_is_no_error() {
    let inner = guarded(&block("ejects", "The plugin configuration, 429"));
    let front = in_front(detecting(&inner));
    assert_spared(&inner, &front, 429);
}

fn call() -> Request {
    let call = Request::new("POST", "/").header("content-type", "application/grpc");
    call.header("te", "trailers").body("")
}

/// To Envoy status 14 of gRPC is a 503, whatever the status of HTTP would be, and it asks no
/// matcher.
#[test]
fn planned_replies_to_grpc_count_whatever_the_matcher_and_the_status_say() {
    let inner = guarded(&block("ejects", "The plugin configuration, 429"));
    let mended = |place: &str| with(detecting(&inner), &block("ejects", place));
    for (cluster, is_spared) in [
        (detecting(&inner), false),
        (mended("On the cluster in front"), false),
        (
            mended("On the cluster in front, for gRPC or an older Envoy"),
            true,
        ),
    ] {
        let front = in_front(cluster);
        for _ in 0..ERRORS {
            let reply = front.fetch(&call());
            assert!(reply.is_blocked(), "{reply:?}");
            assert_eq!(reply.header("grpc-status"), Some("14"));
        }
        if is_spared {
            for _ in 0..ERRORS {
                assert!(front.fetch(&call()).is_blocked());
            }
            assert_eq!(ejected(&front), 0);
        } else {
            wait_for_ejection(&front);
            assert!(!front.fetch(&call()).is_blocked());
        }
    }
}

/// What Envoy Gateway makes of its manifest, as far as Envoy goes: an error counts up to a
/// number that it never has.
#[test]
fn a_number_of_errors_of_0_is_never_reached() {
    let manifest = manifest("ejects", "Envoy Gateway");
    let passive = &manifest["spec"]["healthCheck"]["passive"];
    let inner = guarded(&json!({}));
    let mend = json!({"outlier_detection": {
        "consecutive_5xx": passive["consecutive5XxErrors"],
        "consecutive_gateway_failure": passive["consecutiveGatewayErrors"],
        "split_external_local_origin_errors": passive["splitExternalLocalOriginErrors"],
        "consecutive_local_origin_failure": passive["consecutiveLocalOriginFailures"],
    }});
    let front = in_front(with(detecting(&inner), &mend));
    assert_spared(&inner, &front, 503);
}
