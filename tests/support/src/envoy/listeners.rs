//! Where an Envoy listens.

use std::{fs, net::SocketAddr};

use tempfile::TempDir;

use crate::{Connection, Request};

/// The addresses of Envoy's admin interface and of the filter, once all is up.
pub(super) fn ready(directory: &TempDir) -> Option<(SocketAddr, SocketAddr)> {
    let admin: SocketAddr = fs::read_to_string(directory.path().join("admin"))
        .ok()?
        .trim()
        .parse()
        .ok()?;
    let ready = Connection::try_open(admin)?.try_fetch(&Request::get("/ready"))?;
    if ready.status != 200 {
        return None;
    }
    Some((admin, listener(admin, "filtered")?))
}

/// The address of a listener, by Envoy's admin interface.
pub(super) fn listener(admin: SocketAddr, name: &str) -> Option<SocketAddr> {
    let request = Request::get("/listeners?format=json");
    let listeners = Connection::try_open(admin)?.try_fetch(&request)?.json();
    let listener = listeners["listener_statuses"]
        .as_array()?
        .iter()
        .rfind(|listener| listener["name"] == name)?;
    let socket = &listener["local_address"]["socket_address"];
    let port = u16::try_from(socket["port_value"].as_u64()?).ok()?;
    Some(SocketAddr::new(
        socket["address"].as_str()?.parse().ok()?,
        port,
    ))
}
