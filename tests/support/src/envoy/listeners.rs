//! Where an Envoy listens.

use std::net::SocketAddr;

use crate::{Connection, Request};

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
