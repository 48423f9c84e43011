//! `store-cluster`: the cluster of `store` is not there, or gRPC does not work over it.

use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::HTTP_PROTOCOL_OPTIONS;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        let Some(named) = plugin.settings().at(&["store", "etcd", "cluster"]) else {
            continue;
        };
        let name = named.text().unwrap_or_default();
        let clusters = setup.clusters.iter();
        let mut clusters = clusters.filter(|cluster| cluster.text_of("name") == Some(name));
        match clusters.next() {
            Some(cluster) => cluster_works(name, cluster, findings),
            None if setup.has_all_clusters => findings.add_as(
                Severity::Error,
                named.place(),
                format!(
                    "there is no cluster {name:?}: the store is never reached, and each change is \
                     answered with 503"
                ),
                "Write the name of a cluster that is there, or add one whose endpoints are the \
                 members of etcd.",
            ),
            None => {}
        }
    }
}

fn cluster_works(name: &str, cluster: &Spot, findings: &mut Findings) {
    let options = cluster.at(&["typed_extension_protocol_options", HTTP_PROTOCOL_OPTIONS]);
    let option = |key: &str| options.as_ref()?.get(key);
    let (explicit, automatic) = (option("explicit_http_config"), option("auto_config"));
    // By ALPN, which needs TLS.
    let automatic = automatic.filter(|_| cluster.get("transport_socket").is_some());
    let http2 = |config: &Spot| config.get("http2_protocol_options").is_some();
    let holders = [explicit, automatic.clone(), Some(cluster.clone())];
    let mut holders = holders.into_iter().flatten();
    let Some(holder) = holders.find(http2).or(automatic) else {
        findings.add_as(
            Severity::Error,
            cluster.place(),
            format!(
                "the cluster {name:?} has no HTTP/2, and etcd is asked by gRPC: every call fails"
            ),
            "Write typed_extension_protocol_options with \
             envoy.extensions.upstreams.http.v3.HttpProtocolOptions, and in it \
             explicit_http_config: { http2_protocol_options: { connection_keepalive: \
             { interval: 1s, timeout: 1s } } }.",
        );
        return;
    };
    let keepalive = holder.at(&["http2_protocol_options", "connection_keepalive"]);
    if keepalive.is_none() {
        findings.add(
            holder.get_or_self("http2_protocol_options").place(),
            format!(
                "the cluster {name:?} has no connection_keepalive: where a member of etcd goes \
                 without a word, this Envoy goes on with an old state and does not know it"
            ),
            "Write connection_keepalive: { interval: 1s, timeout: 1s } in http2_protocol_options.",
        );
    }
}
