//! Randomness.

use std::hash::{BuildHasher, RandomState};

/// Any number, another one at each call.
pub(super) fn random() -> u64 {
    // Each hasher of the standard library has keys of its own, random ones.
    RandomState::new().hash_one(0)
}
