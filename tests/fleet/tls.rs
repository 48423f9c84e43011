//! An etcd that wants client certificates.

use support::{
    Envoy,
    etcd::{Certificates, Etcd, KEY, USER},
    fleet::{agree, assert_detail, assert_never_connected, change, options_on, status},
};

const AT_HOME: &str = "127.0.0.1";

fn envoy(
    etcd: &Etcd,
    certificates: &Certificates,
    authority: &str,
    server: &str,
    client: Option<&str>,
) -> Envoy {
    let mut cluster = etcd.envoy_cluster();
    cluster["transport_socket"] = certificates.transport_socket(authority, server, client);
    Envoy::with(options_on(cluster))
}

fn with_certificate(etcd: &Etcd, certificates: &Certificates, client: &str) -> Envoy {
    envoy(etcd, certificates, "authority", AT_HOME, Some(client))
}

#[test]
fn a_toggle_over_tls_is_obeyed_by_every_envoy_with_a_certificate() {
    let certificates = Certificates::make();
    let mut etcd = Etcd::with(certificates.etcd_options());
    let envoys =
        ["maintenance", "guest"].map(|client| with_certificate(&etcd, &certificates, client));
    agree(&envoys, false);
    for (toggle, here) in [0, 1, 0, 1].into_iter().enumerate() {
        let on = toggle % 2 == 0;
        envoys[here].toggle(on);
        agree(&envoys, on);
    }
    etcd.kill();
    etcd.restart();
    agree(&envoys, false);
    envoys[1].toggle(true);
    agree(&envoys, true);
}

#[test]
fn an_envoy_that_etcd_does_not_trust_or_that_does_not_trust_etcd_stays_unconnected() {
    let certificates = Certificates::make();
    let etcd = Etcd::with(certificates.etcd_options());
    let trusted = [with_certificate(&etcd, &certificates, "maintenance")];
    agree(&trusted, false);
    trusted[0].toggle(true);
    for (authority, server, client) in [
        ("authority", AT_HOME, None),
        ("authority", AT_HOME, Some("impostor")),
        ("stranger", AT_HOME, Some("maintenance")),
        ("authority", "127.0.0.2", Some("maintenance")),
    ] {
        let untrusted = envoy(&etcd, &certificates, authority, server, client);
        assert_never_connected(&untrusted, "gRPC status 14, \"upstream connect error");
    }
    agree(&trusted, true);
}

#[test]
fn an_envoy_that_does_not_speak_tls_to_an_etcd_that_does_stays_unconnected() {
    let certificates = Certificates::make();
    let etcd = Etcd::with(certificates.etcd_options());
    let envoy = Envoy::with(options_on(etcd.envoy_cluster()));
    assert_never_connected(&envoy, "gRPC status 14, \"upstream connect error");
}

#[test]
fn the_name_in_a_certificate_is_a_user_of_etcd() {
    let certificates = Certificates::make();
    let mut etcd = Etcd::secured_with(certificates.etcd_options());
    let mut envoys = vec![with_certificate(&etcd, &certificates, USER)];
    agree(&envoys, false);
    for on in [true, false, true] {
        envoys[0].toggle(on);
        agree(&envoys, on);
    }
    envoys.push(with_certificate(&etcd, &certificates, USER));
    agree(&envoys, true);

    // There is no user of this name, then one without permission, then one who may read.
    let guest = with_certificate(&etcd, &certificates, "guest");
    let denied = "gRPC status 7, \"etcdserver: permission denied";
    assert_never_connected(&guest, denied);
    etcd.ctl(&["user", "add", "guest", "--no-password"]);
    let powerless = with_certificate(&etcd, &certificates, "guest");
    assert_never_connected(&powerless, denied);
    drop(powerless);
    etcd.add_role("readers", "read");
    etcd.grant("guest", "readers");
    envoys.push(guest);
    agree(&envoys, true);
    let before = etcd.mod_revision(KEY);
    assert_detail(&change(&envoys[2], "off"), "permission denied");
    assert_eq!(etcd.mod_revision(KEY), before);
    assert_eq!(status(&envoys[2])["store_connected"], true);

    etcd.kill();
    etcd.restart();
    agree(&envoys, true);
    envoys[1].toggle(false);
    agree(&envoys, false);
}
