//! Long allow-lists.

use serde_json::{Value, json};

/// The number of blocks of addresses in [`large_lists`].
pub const BLOCKS: usize = 10_000;
/// The number of paths in [`large_lists`].
pub const PATHS: usize = 1_000;

/// An `allow` of many blocks, the last of which holds 127.0.0.2, and of many paths.
pub fn large_lists() -> Value {
    // Every other /25, so that no two blocks become one.
    let blocks: Vec<String> = (1..BLOCKS)
        .map(|n| format!("10.{}.{}.0/25", n >> 8, n & 0xff))
        .chain(["127.0.0.2/32".to_owned()])
        .collect();
    let paths: Vec<String> = (0..PATHS).map(|n| format!("/tenants/{n}/*")).collect();
    json!({"client_ips": blocks, "paths": paths})
}
