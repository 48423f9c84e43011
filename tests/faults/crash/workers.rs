//! The worker threads of an Envoy.

use std::collections::BTreeMap;

use support::{Connection, Envoy, admin_request, eventually};

/// An open connection to each worker; the filter has an `admin`.
pub fn connections(envoy: &Envoy) -> Vec<Connection> {
    let mut found = BTreeMap::new();
    eventually("a connection to each worker", || {
        let before = accepted(envoy);
        let mut connection = Connection::open(envoy.address);
        connection.fetch(&admin_request("GET", ""));
        let after = accepted(envoy);
        let worker = (0..before.len()).find(|&worker| before[worker] < after[worker]);
        found.entry(worker.unwrap()).or_insert(connection);
        found.len() == before.len()
    });
    found.into_values().collect()
}

/// How many connections each worker has accepted.
fn accepted(envoy: &Envoy) -> Vec<u64> {
    const COUNTERS: &str = "^listener\\..*worker_.*downstream_cx_total$";
    let stats = envoy.envoy_admin(&format!("/stats?filter={COUNTERS}"));
    let counters = stats.lines().map(|line| line.rsplit_once(": ").unwrap());
    counters.map(|(_, count)| count.parse().unwrap()).collect()
}
