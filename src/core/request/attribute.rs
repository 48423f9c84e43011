//! Attributes of a request or its connection.

use std::sync::OnceLock;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// There is none.
    Absent,
    /// A string; `true` and `false` for a boolean.
    Text(Vec<u8>),
    /// A number, a list or something else that has no text.
    Other,
}

/// The name of an attribute, which leads through objects.
#[derive(Clone, Debug)]
pub struct AttributePath {
    segments: Vec<Box<str>>,
    /// What a host makes of it once: its own encoding.
    encoded: OnceLock<Box<[u8]>>,
}

impl AttributePath {
    /// The path of these segments.
    pub fn new(segments: &[&str]) -> Self {
        Self {
            segments: segments.iter().map(|&segment| segment.into()).collect(),
            encoded: OnceLock::new(),
        }
    }

    /// Its segments, from the outermost object on.
    pub fn segments(&self) -> &[Box<str>] {
        &self.segments
    }

    /// What a host makes of the segments, made at the first call.
    pub fn encoded(&self, encode: impl FnOnce(&[Box<str>]) -> Vec<u8>) -> &[u8] {
        self.encoded.get_or_init(|| encode(&self.segments).into())
    }
}
