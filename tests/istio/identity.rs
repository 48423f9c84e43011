//! Who workloads are: their certificates, made by `openssl` in the place of Istio's authority.

use std::path::Path;

use support::machine::Machine;

/// The authority of the mesh, in a folder of the machine.
const AUTHORITY: &str = "authority";

/// Makes the authority.
pub fn found(machine: &Machine) {
    let script = format!(
        "mkdir {folder}\n{KEY} -subj /O=mesh -keyout {folder}/key.pem -out {folder}/root-cert.pem",
        folder = machine.path(AUTHORITY).display(),
    );
    machine.shell(&script);
}

/// Makes the certificate of a service account of `shop`, where an agent in this folder looks for
/// it.
pub fn certify(machine: &Machine, folder: &Path, account: &str) {
    let script = format!(
        "mkdir -p {folder}/etc/certs\n\
         cd {folder}/etc/certs\n\
         cp {authority}/root-cert.pem .\n\
         {KEY} -subj /O=mesh -keyout key.pem -out cert-chain.pem -addext basicConstraints=CA:FALSE \
         -addext subjectAltName=URI:spiffe://cluster.local/ns/shop/sa/{account} \
         -CA root-cert.pem -CAkey {authority}/key.pem",
        folder = folder.display(),
        authority = machine.path(AUTHORITY).display(),
    );
    machine.shell(&script);
}

const KEY: &str = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
