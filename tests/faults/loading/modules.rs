//! Files that are no module of this filter.

use std::{fs, path::PathBuf};

use support::{Host, module};
use tempfile::TempDir;

/// A directory of such files, which goes with it.
pub struct BadModules {
    directory: TempDir,
    /// The files, one of which is missing, each with a part of what Envoy logs of it.
    files: Vec<(&'static str, &'static str)>,
}

impl BadModules {
    pub fn write() -> Self {
        let shipped = fs::read(module()).unwrap();
        let files = match Host::under_test() {
            Host::Wasm => of_wasm(&shipped),
            Host::Native => dynamic(&shipped),
        };
        let directory = TempDir::new().unwrap();
        let files = files.into_iter().map(|(name, bytes, log)| {
            if let Some(bytes) = bytes {
                fs::write(directory.path().join(name), bytes).unwrap();
            }
            (name, log)
        });
        let files = files.collect();
        Self { directory, files }
    }

    /// The files, each with a part of what Envoy logs of it.
    pub fn all(&self) -> Vec<(PathBuf, &'static str)> {
        let files = self.files.iter();
        files
            .map(|(name, log)| (self.directory.path().join(name), *log))
            .collect()
    }
}

/// The name of a file, its bytes if there is one, and a part of what Envoy logs of it.
type BadModule = (&'static str, Option<Vec<u8>>, &'static str);

const PAGE: &[u8] =
    b"<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>";

fn of_wasm(shipped: &[u8]) -> Vec<BadModule> {
    let no_plugin = wat::parse_str("(module)").unwrap();
    let half = &shipped[..shipped.len() / 2];
    let corrupted = "Failed to parse corrupted Wasm module";
    vec![
        ("missing", None, "Invalid path"),
        (
            "empty",
            Some(Vec::new()),
            "Plugin maintenance_mode failed to load",
        ),
        ("truncated", Some(half.into()), corrupted),
        ("no-module", Some(PAGE.into()), corrupted),
        (
            "no-plugin",
            Some(no_plugin),
            "Missing or unknown Proxy-Wasm ABI version",
        ),
    ]
}

/// The last is what an Envoy says that lacks a function of the ABI: the guide quotes it.
fn dynamic(shipped: &[u8]) -> Vec<BadModule> {
    let no_plugin = renamed(shipped, "envoy_dynamic_module_on_program_init");
    let other_abi = renamed(shipped, "envoy_dynamic_module_callback_http_send_response");
    vec![
        (
            "missing",
            None,
            "cannot open shared object file: No such file or directory",
        ),
        ("empty", Some(Vec::new()), "file too short"),
        (
            "truncated",
            Some(shipped[..100].into()),
            "cannot read file data",
        ),
        ("no-module", Some(PAGE.into()), "invalid ELF header"),
        (
            "no-plugin",
            Some(no_plugin),
            "Failed to resolve symbol envoy_dynamic_module_on_program_init",
        ),
        (
            "other-abi",
            Some(other_abi),
            "undefined symbol: Envoy_dynamic_module_callback_http_send_response",
        ),
    ]
}

/// A module in which a symbol has another name: its first letter is a capital one.
fn renamed(module: &[u8], symbol: &str) -> Vec<u8> {
    let mut module = module.to_vec();
    let name = [b"\0", symbol.as_bytes(), b"\0"].concat();
    let at = module.windows(name.len()).position(|bytes| bytes == name);
    module[at.unwrap() + 1].make_ascii_uppercase();
    module
}
