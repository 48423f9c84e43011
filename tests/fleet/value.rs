//! The value of the key, as people and tools write it, and as the filter does.

mod deletion;
mod keys;
mod messages;
mod unreadable;
mod written;

use serde_json::Value;
use support::{
    Envoy,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, generation, status},
    within,
};

/// Puts a value, and waits until all Envoys have it; their status.
fn put(etcd: &Etcd, envoys: &[Envoy], value: &str) -> Value {
    etcd.put_bytes(KEY, value.as_bytes());
    settle(etcd, envoys)
}

/// Waits until all Envoys are of the key's revision; their status.
fn settle(etcd: &Etcd, envoys: &[Envoy]) -> Value {
    let revision = etcd.mod_revision(KEY).unwrap();
    within(CATCH_UP, "the value", || {
        envoys.iter().all(|envoy| generation(envoy) == revision)
    });
    let first = status(&envoys[0]);
    for envoy in &envoys[1..] {
        assert_eq!(status(envoy), first);
    }
    first
}
