//! `forgeable-address`: `client_ips` are compared with what anybody may write into a header.

use std::net::IpAddr;

use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::doctor::network::Network;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::typed::message;

/// Envoy's extensions that find out where a request comes from.
const XFF: &str = "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig";
const CUSTOM_HEADER: &str =
    "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig";

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (index, plugin) in setup.plugins.iter().enumerate() {
        every_proxy_is_trusted(plugin, findings);
        let settings = plugin.settings();
        let all = settings.all().into_iter();
        let mut lists = all.filter_map(|spot| spot.get("client_ips"));
        let Some(used) = lists.find(|used| !used.items().is_empty()) else {
            continue;
        };
        for (manager, _) in setup.managers_of(index) {
            of_manager(&used, &settings, manager, findings);
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

/// What a connection manager makes of the addresses that are used in the settings of a filter.
fn of_manager(used: &Spot, settings: &Spot, manager: &Manager, findings: &mut Findings) {
    let (path, part) = (used.place().path, settings.place().path);
    let name = path
        .strip_prefix(&*part)
        .map_or(&*path, |rest| rest.trim_start_matches([':', ' ']));
    let extensions = manager.spot.list("original_ip_detection_extensions");
    let unguarded = extensions.first().filter(|_| !is_guarded(manager));
    if let Some(extension) = unguarded {
        findings.add(
            extension.place(),
            format!(
                "{name} compares an address that anybody can forge: without xff_trusted_cidrs an \
                 XffConfig believes the last entry of x-forwarded-for, whoever sends it"
            ),
            "Write xff_trusted_cidrs in the XffConfig, the addresses of your own proxies, such as \
             { cidrs: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] }; or use_remote_address: true \
             in the place of the extension.",
        );
        return;
    }
    if !is_guarded(manager) {
        findings.add(
            manager.spot.get_or_self("use_remote_address").place(),
            format!(
                "{name} compares an address that anybody can forge: without use_remote_address \
                 Envoy takes it from x-forwarded-for, which every client may write, and neither \
                 client_address nor xff_num_trusted_hops mends that"
            ),
            "Write use_remote_address: true, with xff_num_trusted_hops for the proxies in front; \
             or list an XffConfig with xff_trusted_cidrs, the addresses of your own proxies, in \
             original_ip_detection_extensions.",
        );
        return;
    }
    if manager.spot.bool_of("use_remote_address") == Some(true) {
        return;
    }
    for extension in extensions {
        let typed = extension.get("typed_config");
        match typed.as_ref().and_then(message) {
            Some((XFF, config)) if trusted(&config).is_empty() && !is_local(manager) => {
                findings.add_as(
                    Severity::Note,
                    extension.place(),
                    format!(
                        "{name} compares an entry of x-forwarded-for, which xff_num_trusted_hops \
                         counts from its end: whoever gets here past the proxies that write it may \
                         write any address"
                    ),
                    "If only those proxies can connect to this Envoy, leave it. Else list their \
                     addresses in xff_trusted_cidrs of the XffConfig.",
                );
            }
            Some((XFF, config)) => of_xff(name, &config, findings),
            Some((CUSTOM_HEADER, config)) if !is_local(manager) => {
                let header = config.text_of("header_name").unwrap_or_default();
                findings.add_as(
                    Severity::Note,
                    extension.place(),
                    format!(
                        "{name} compares what the header {header:?} says: whoever gets here past \
                         the proxy that writes it may write any address"
                    ),
                    "If only that proxy can connect to this Envoy, and it overwrites what clients \
                     send, leave it. Else list an XffConfig with xff_trusted_cidrs, the addresses \
                     of your own proxies.",
                );
            }
            _ => {}
        }
    }
}

fn of_xff(name: &str, config: &Spot, findings: &mut Findings) {
    for cidr in trusted(config) {
        let address = cidr.text_of("address_prefix").unwrap_or_default();
        // As Envoy reads it where it is absent.
        let length = cidr.number_of("prefix_len").unwrap_or(0.0);
        if Network::parse(&format!("{address}/{length}")).is_some_and(Network::is_whole) {
            findings.add(
                cidr.place(),
                format!(
                    "{name} compares an address that anybody can forge: {address}/{length} takes \
                     every client for a proxy of yours, whose x-forwarded-for is believed"
                ),
                "List the addresses of your own proxies only in xff_trusted_cidrs of the \
                 XffConfig, such as { address_prefix: 10.0.0.0, prefix_len: 8 }.",
            );
        }
    }
}

/// The proxies whose `x-forwarded-for` an `XffConfig` believes.
fn trusted<'d>(config: &Spot<'d>) -> Vec<Spot<'d>> {
    config.list_at(&["xff_trusted_cidrs", "cidrs"])
}

/// Whether only what runs on the same machine can connect.
fn is_local(manager: &Manager) -> bool {
    let listener = manager.listener.as_ref();
    let Some(address) = listener.and_then(|listener| listener.get("address")) else {
        return false;
    };
    let socket = address.text_at(&["socket_address", "address"]);
    let ip = socket.and_then(|socket| socket.parse::<IpAddr>().ok());
    address.get("pipe").is_some() || ip.is_some_and(|ip| ip.is_loopback())
}

fn is_guarded(manager: &Manager) -> bool {
    let extensions = manager.spot.list("original_ip_detection_extensions");
    let is_remote = manager.spot.bool_of("use_remote_address") == Some(true);
    is_remote || extensions.iter().any(guards)
}

/// Whether an extension asks who sends an address, or how many proxies have passed it on.
fn guards(extension: &Spot) -> bool {
    let typed = extension.get("typed_config");
    let Some((XFF, config)) = typed.as_ref().and_then(message) else {
        return true;
    };
    let hops = config.number_of("xff_num_trusted_hops");
    !trusted(&config).is_empty() || hops.is_some_and(|hops| hops > 0.0)
}

/// Whether it stands in front of a workload, where Istio trusts `x-forwarded-for`.
fn is_sidecar(plugin: &Plugin) -> bool {
    let Some(around) = &plugin.around else {
        return false;
    };
    let matches = around.list_at(&["spec", "match"]);
    let is_server =
        |spot: &Spot| matches!(spot.text_of("mode"), Some("SERVER" | "CLIENT_AND_SERVER"));
    let is_inbound = around.text_at(&["match", "context"]) == Some("SIDECAR_INBOUND");
    plugin.carrier == Carrier::Istio && matches.iter().any(is_server) || is_inbound
}

fn every_proxy_is_trusted(plugin: &Plugin, findings: &mut Findings) {
    let settings = plugin.settings();
    for proxy in settings.list_at(&["client_address", "trusted_proxies"]) {
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
