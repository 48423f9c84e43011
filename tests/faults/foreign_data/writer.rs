//! A plugin that writes into shared data.

use std::fs;

use serde_json::Value;
use support::{Options, Request, another_filter};
use tempfile::TempDir;

/// Envoy's number of this kind of metric.
pub const COUNTER: u8 = 0;
/// Envoy's number of this kind of metric.
pub const GAUGE: u8 = 1;
/// Envoy's number of this kind of metric.
pub const HISTOGRAM: u8 = 2;

/// Another plugin in the VM id of the filter.
#[derive(Default)]
pub struct Writer<'a> {
    /// Under which key it writes.
    pub key: &'a str,
    /// What it writes: the first when it is configured, each when [`write`] asks for it. So
    /// many zeros follow.
    pub values: Vec<(&'a [u8], usize)>,
    /// Which metrics it defines, of which kind.
    pub metrics: Vec<(u8, &'a str)>,
    /// Under how many other keys it writes.
    pub others: usize,
}

/// A request at which the plugin writes the value of this number.
pub fn write(number: usize) -> Request {
    Request::get("/").header("x-foreign", number.to_string())
}

impl Writer<'_> {
    /// Puts the plugin before the filter; what is returned must live until Envoy has started.
    pub fn install(&self, options: &mut Options) -> TempDir {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("writer.wasm");
        fs::write(&path, wat::parse_str(self.text()).unwrap()).unwrap();
        let mut filter = another_filter(None);
        filter["typed_config"]["config"]["vm_config"]["code"]["local"]["filename"] =
            Value::from(path.display().to_string());
        options.filters_before.push(filter);
        directory
    }

    fn text(&self) -> String {
        let mut memory = Memory::default();
        let header = memory.place(b"x-foreign", 0);
        let key = memory.place(self.key.as_bytes(), 0);
        let mut writes = String::new();
        for (number, (value, padding)) in self.values.iter().enumerate() {
            let value = memory.place(value, *padding);
            writes += &format!(
                "(if (i32.eq (local.get $number) (i32.const {number})) (then \
                 (drop (call $set {key} {value} (local.get $cas)))))"
            );
        }
        let mut metrics = String::new();
        for (kind, name) in &self.metrics {
            let name = memory.place(name.as_bytes(), 0);
            metrics += &format!(
                "(drop (call $define (i32.const {kind}) {name} (i32.const 0x700)))\
                 (drop (call $increment (i32.load (i32.const 0x700)) (i64.const 1)))"
            );
        }
        include_str!("writer.wat")
            .replace("{{data}}", &memory.segments)
            .replace("{{header}}", &header)
            .replace("{{writes}}", &writes)
            .replace("{{metrics}}", &metrics)
            .replace("{{others}}", &self.others.to_string())
    }
}

/// The memory of the plugin, above what it uses itself.
#[derive(Default)]
struct Memory {
    segments: String,
    size: usize,
}

impl Memory {
    const BASE: usize = 0x1000;

    /// Where the bytes are, and how many.
    fn place(&mut self, bytes: &[u8], padding: usize) -> String {
        let begin = Self::BASE + self.size;
        let size = bytes.len() + padding;
        let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        self.segments += &format!("(data (i32.const {begin}) \"{escaped}\")");
        self.size += size;
        format!("(i32.const {begin}) (i32.const {size})")
    }
}
