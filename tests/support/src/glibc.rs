//! The C library that what is released needs.

use crate::project::read;

/// The oldest one that is promised: `oldest-glibc` in Cargo.toml.
pub fn oldest() -> Vec<u32> {
    let manifest = read("Cargo.toml");
    let mut lines = manifest.lines();
    let oldest = lines.find_map(|line| line.strip_prefix("oldest-glibc = "));
    numbers(oldest.unwrap().trim_matches('"'))
}

/// `1.2.3`, of which each part is a number.
pub fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.');
    parts.map(|part| part.parse().unwrap()).collect()
}
