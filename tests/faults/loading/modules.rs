//! Files that are no module of this filter.

use std::{fs, path::PathBuf};

use support::module;
use tempfile::TempDir;

/// A directory of such files, which goes with it.
pub struct BadModules(TempDir);

impl BadModules {
    pub fn write() -> Self {
        let directory = TempDir::new().unwrap();
        let shipped = fs::read(module()).unwrap();
        let no_plugin = wat::parse_str("(module)").unwrap();
        for (name, bytes) in [
            ("empty", &[][..]),
            ("truncated", &shipped[..shipped.len() / 2]),
            ("no-module", b"<html>Not found</html>"),
            ("no-plugin", &no_plugin),
        ] {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        Self(directory)
    }

    /// The files, one of which is missing, each with a part of what Envoy logs of it.
    pub fn all(&self) -> [(PathBuf, &'static str); 5] {
        [
            ("missing", "Invalid path"),
            ("empty", "Plugin maintenance_mode failed to load"),
            ("truncated", "Failed to parse corrupted Wasm module"),
            ("no-module", "Failed to parse corrupted Wasm module"),
            ("no-plugin", "Missing or unknown Proxy-Wasm ABI version"),
        ]
        .map(|(name, log)| (self.0.path().join(name), log))
    }
}
