//! `forgeable-address`: `client_ips` are compared with what anybody may write into a header.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::network::Network;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (index, plugin) in setup.plugins.iter().enumerate() {
        every_proxy_is_trusted(plugin, findings);
        let settings = plugin.settings();
        let Some(used) = settings.all().iter().find_map(|spot| {
            let used = spot.get("client_ips")?;
            (!used.items().is_empty()).then_some(used)
        }) else {
            continue;
        };
        for (manager, _) in setup.managers_of(index) {
            if !is_guarded(manager) {
                warn(&used, &manager.spot, findings);
            }
        }
        let is_guarded = setup.managers.iter().any(is_guarded);
        if is_sidecar(plugin) && !is_guarded {
            findings.add(
                used.place(),
                "a sidecar takes the client's address from x-forwarded-for, which anybody may \
                 write who reaches the workload: with an allowed address there they pass \
                 maintenance, or get to the admin endpoint",
                "Match who calls instead: allow.attributes with [connection, \
                 uri_san_peer_certificate], which mutual TLS proves; or set use_remote_address: \
                 true by an EnvoyFilter, and check both files together.",
            );
        }
    }
}

fn warn(used: &Spot, manager: &Spot, findings: &mut Findings) {
    findings.add(
        manager.place(),
        format!(
            "{} compares an address that anybody can forge: without use_remote_address Envoy \
             takes it from x-forwarded-for, which every client may write, and neither \
             client_address nor xff_num_trusted_hops mends that",
            used.place().path
        ),
        "Write use_remote_address: true here, with xff_num_trusted_hops for the proxies in front; \
         or list an extension in original_ip_detection_extensions.",
    );
}

fn is_guarded(manager: &Manager) -> bool {
    let extensions = manager.spot.list("original_ip_detection_extensions");
    manager.spot.bool_of("use_remote_address") == Some(true) || !extensions.is_empty()
}

/// Whether it stands in front of a workload, where Istio trusts `x-forwarded-for`.
fn is_sidecar(plugin: &Plugin) -> bool {
    let Some(around) = &plugin.around else {
        return false;
    };
    let matches = around
        .get("spec")
        .map(|spec| spec.list("match"))
        .unwrap_or_default();
    let is_server = |spot: &Spot| spot.text_of("mode") == Some("SERVER");
    let context = around.at(&["match", "context"]);
    let is_inbound = context.and_then(|spot| spot.text()) == Some("SIDECAR_INBOUND");
    plugin.carrier == Carrier::Istio && matches.iter().any(is_server) || is_inbound
}

fn every_proxy_is_trusted(plugin: &Plugin, findings: &mut Findings) {
    let trusted = plugin.settings().at(&["client_address", "trusted_proxies"]);
    for proxy in trusted.map(|spot| spot.items()).unwrap_or_default() {
        let network = proxy.text().and_then(Network::parse);
        if network.is_some_and(Network::is_whole) {
            findings.add(
                proxy.place(),
                "every address is a trusted proxy, so every client may write its own address \
                 into the header",
                "List the addresses of your own proxies only, such as 10.0.0.0/8.",
            );
        }
    }
}
