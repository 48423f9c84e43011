//! The headers of a reply.

use std::sync::OnceLock;

/// Header lines, names in lower case and each there once.
#[derive(Clone, Debug, Default)]
pub struct HeaderLines {
    lines: Vec<(Box<str>, Box<str>)>,
    /// What a host makes of it once: its own encoding.
    encoded: OnceLock<Box<[u8]>>,
}

impl HeaderLines {
    /// Sets a header that has a value, in the place of the one that has its name.
    pub fn set<'v>(&mut self, name: &str, value: impl Into<Option<&'v str>>) {
        if let Some(value) = value.into() {
            self.lines.retain(|(other, _)| **other != *name);
            self.lines.push((name.into(), value.into()));
            self.encoded = OnceLock::new();
        }
    }

    /// The value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(other, value)| (other == name).then_some(value))
    }

    /// The names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|(name, value)| (&**name, &**value))
    }

    /// What a host makes of the lines, made at the first call.
    pub fn encoded(&self, encode: impl FnOnce(&[(&str, &str)]) -> Vec<u8>) -> &[u8] {
        self.encoded
            .get_or_init(|| encode(&self.iter().collect::<Vec<_>>()).into())
    }
}
