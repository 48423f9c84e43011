//! The Envoy cluster that reaches etcd, or does not.

use serde_json::{Value, json};
use support::{
    Delivery, Envoy, Options, Upstream,
    etcd::{Etcd, KEY, envoy_cluster},
    fleet::{agree, assert_never_connected, configuration, options, options_on},
};

/// As Envoy reads them, some of these are messages of protobuf.
fn short_names() -> Vec<String> {
    let names = [
        "e",
        "e1234",
        "r2345678901234567890",
        "(0",
        "etcd \"quoted\" \\ {} %s",
        "\u{e9}tcd",
        "a/b:c@d",
    ];
    let longest = [
        "n".repeat(125),
        "n".repeat(126),
        "e1234".repeat(25),
        "\u{e9}".repeat(62),
    ];
    names
        .map(str::to_owned)
        .into_iter()
        .chain(longest)
        .collect()
}

fn long_names() -> Vec<String> {
    [127, 128, 129, 130, 200, 300, 1024]
        .map(|length| "n".repeat(length))
        .into()
}

fn long_names_that_are_messages() -> Vec<String> {
    [26, 60, 200].map(|count| "e1234".repeat(count)).into()
}

/// The options of an Envoy whose store is a cluster of this name.
fn options_naming(name: &str, mut cluster: Option<Value>) -> Options {
    let mut plugin = configuration();
    plugin["store"]["etcd"]["cluster"] = name.into();
    if let Some(cluster) = &mut cluster {
        cluster["name"] = name.into();
        cluster["load_assignment"]["cluster_name"] = name.into();
    }
    let mut options = Options::new(plugin);
    options.clusters = cluster.into_iter().collect();
    options
}

fn reaches_etcd(names: &[String]) {
    let etcd = Etcd::start();
    for name in names {
        println!("{name:?}");
        let options = options_naming(name, Some(etcd.envoy_cluster()));
        let envoys = [Envoy::with(options)];
        agree(&envoys, false);
        envoys[0].toggle(true);
        agree(&envoys, true);
        etcd.delete(KEY);
        agree(&envoys, false);
    }
}

fn may_be_missing(names: &[String]) {
    for name in names {
        println!("{name:?}");
        let envoy = Envoy::with(options_naming(name, None));
        assert_never_connected(&envoy, "there is no cluster");
    }
}

#[test]
fn a_cluster_of_any_short_name_reaches_etcd() {
    reaches_etcd(&short_names());
}

#[test]
fn a_cluster_of_any_short_name_may_be_missing() {
    may_be_missing(&short_names());
}

#[test]
fn a_cluster_of_a_long_name_reaches_etcd() {
    reaches_etcd(&long_names());
}

#[test]
fn a_cluster_of_a_long_name_may_be_missing() {
    may_be_missing(&long_names());
}

#[test]
fn a_cluster_of_a_long_name_that_is_a_message_reaches_etcd() {
    reaches_etcd(&long_names_that_are_messages());
}

#[test]
fn a_cluster_of_a_long_name_that_is_a_message_may_be_missing() {
    may_be_missing(&long_names_that_are_messages());
}

#[test]
fn a_cluster_without_servers_or_without_an_etcd_is_a_store_that_is_down() {
    let upstream = Upstream::start();
    let mut etcd = Etcd::start();
    let etcd_address = etcd.members[0].address;
    let mut without_http2 = etcd.envoy_cluster();
    without_http2
        .as_object_mut()
        .unwrap()
        .remove("typed_extension_protocol_options");
    let nowhere = envoy_cluster([([127, 0, 0, 1], 1).into()]);
    for (cluster, reason) in [
        (envoy_cluster([]), "there is no cluster"),
        (envoy_cluster([upstream.address]), "gRPC status "),
        (without_http2, "gRPC status "),
        (nowhere, "gRPC status 14, \"upstream connect error"),
    ] {
        let envoy = Envoy::with(options_on(cluster));
        assert_never_connected(&envoy, reason);
    }
    etcd.kill();
    let envoys = [Envoy::with(options_on(envoy_cluster([etcd_address])))];
    assert_never_connected(&envoys[0], "gRPC status 14, \"upstream connect error");
    etcd.restart();
    agree(&envoys, false);
}

#[test]
fn an_update_may_name_another_cluster_or_key_and_come_back() {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    options.delivery = Delivery::Ecds;
    let mut another = etcd.envoy_cluster();
    another["name"] = "another".into();
    options.clusters.push(another);
    let mut envoys = [Envoy::with(options)];
    agree(&envoys, false);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let with = |cluster: &str, key: &str| {
        let mut plugin = configuration();
        plugin["store"]["etcd"] = json!({"cluster": cluster, "key": key});
        plugin
    };
    for (cluster, key, on) in [
        ("another", KEY, true),
        ("another", "another-key", false),
        ("etcd", "another-key", false),
        ("etcd", KEY, true),
    ] {
        envoys[0].update(with(cluster, key));
        agree(&envoys, on);
    }
    envoys[0].toggle(false);
    agree(&envoys, false);
    assert_eq!(etcd.get("another-key"), None);
}
