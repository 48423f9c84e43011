//! The worker threads of an Envoy.

use crate::support::{Connection, Envoy, Options, admin_request, eventually};

/// An open connection to each worker, in their order; the filter has an `admin`.
pub fn connections(envoy: &Envoy, options: &Options) -> Vec<Connection> {
    let mut found: Vec<Option<Connection>> = Vec::new();
    found.resize_with(options.workers, || None);
    eventually("a connection to each worker", || {
        let before = accepted(envoy);
        let mut connection = Connection::open(envoy.address);
        connection.fetch(&admin_request("GET", ""));
        let after = accepted(envoy);
        let worker = (0..options.workers).find(|&worker| before[worker] < after[worker]);
        found[worker.unwrap()].get_or_insert(connection);
        found.iter().all(Option::is_some)
    });
    found.into_iter().flatten().collect()
}

/// How many connections each worker has accepted.
fn accepted(envoy: &Envoy) -> Vec<u64> {
    let stats = envoy.envoy_admin("/stats?filter=^listener\\..*worker_.*downstream_cx_total$");
    let mut lines: Vec<&str> = stats.lines().filter(|line| !line.contains("admin")).collect();
    lines.sort_unstable();
    lines
        .iter()
        .map(|line| line.rsplit_once(": ").unwrap().1.parse().unwrap())
        .collect()
}
