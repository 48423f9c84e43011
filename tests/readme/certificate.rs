//! What proves that a server of a machine has the names that the guide gives it.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use support::machine::Machine;

pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl Certificate {
    /// Signed by itself, so whoever is to trust it takes it for an authority.
    pub fn make(machine: &Machine) -> Self {
        let certificate = Self {
            chain: machine.path("server.pem"),
            key: machine.path("server.key"),
        };
        machine.shell(&format!(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
             -keyout {} -out {} -subj /CN=server \
             -addext subjectAltName=DNS:shop.example.com,DNS:registry.example.com",
            certificate.key.display(),
            certificate.chain.display(),
        ));
        certificate
    }

    /// How a listener wraps its connections.
    pub fn transport_socket(&self) -> Value {
        let read = |path| json!({"inline_string": fs::read_to_string(path).unwrap()});
        json!({
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                "common_tls_context": {"tls_certificates": [{
                    "certificate_chain": read(&self.chain),
                    "private_key": read(&self.key),
                }]},
            },
        })
    }
}
