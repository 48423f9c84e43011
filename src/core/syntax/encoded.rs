//! What a host makes of a value.

use std::sync::OnceLock;

/// A place beside a value for what a host makes of it once: its own encoding.
#[derive(Clone, Debug, Default)]
pub struct Encoded(OnceLock<Box<[u8]>>);

impl Encoded {
    /// The encoding, made at the first call.
    pub fn get(&self, encode: impl FnOnce() -> Vec<u8>) -> &[u8] {
        self.0.get_or_init(|| encode().into_boxed_slice())
    }
}
