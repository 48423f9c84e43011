//! The module that ships, made to trap when it is told to.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use support::module;
use tempfile::NamedTempFile;

use super::rewriter::rewrite;

/// When a VM dies.
pub struct Death {
    /// In this callback of Envoy's,
    pub(super) callback: &'static str,
    /// if the parameter of this number
    pub(super) parameter: u32,
    /// is at least so much:
    pub(super) limit: usize,
    /// when this call of Envoy has returned, or without, at once.
    pub(super) after: Option<&'static str>,
}

/// As many headers as no client sends.
pub const HEADERS: usize = 80;
/// As many bytes as neither a plugin configuration nor a message of etcd has.
pub const BYTES: usize = 10_000;

impl Death {
    /// As a request of so many [`HEADERS`] comes.
    pub const BY_REQUEST: Self = Self::new("proxy_on_request_headers", 1, HEADERS);
    /// As a message of so many [`BYTES`] comes from the store.
    pub const BY_MESSAGE: Self = Self::new("proxy_on_grpc_receive", 2, BYTES);
    /// As a plugin configuration of so many [`BYTES`] comes.
    pub const BY_CONFIGURATION: Self = Self::new("proxy_on_configure", 1, BYTES);
    /// At each tick.
    pub const BY_TICK: Self = Self::new("proxy_on_tick", 0, 0);

    const fn new(callback: &'static str, parameter: u32, limit: usize) -> Self {
        Self {
            callback,
            parameter,
            limit,
            after: None,
        }
    }

    /// In a request of so many [`HEADERS`], just after its first such call of Envoy.
    pub const fn in_request_after(call: &'static str) -> Self {
        Self {
            after: Some(call),
            ..Self::BY_REQUEST
        }
    }

    /// The module whose VMs die so.
    pub fn module(&self) -> PathBuf {
        let rewritten = rewrite(&fs::read(module()).unwrap(), self);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let name = format!("{}{}.wasm", self.callback, self.after.unwrap_or_default());
        let mut file = NamedTempFile::new_in(directory).unwrap();
        file.write_all(&rewritten).unwrap();
        file.persist(directory.join(&name)).unwrap();
        directory.join(name)
    }
}
