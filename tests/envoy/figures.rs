//! What the module weighs and how long it takes to configure: `make figures` prints it.

use std::{fs, process::Command, time::Duration};

use serde_json::{Value, json};
use support::{
    BLOCKS, Connection, Envoy, Host, Options, PATHS, Request, large_lists, module, within,
};

const MAX_BYTES: u64 = 1_026_000;
const MAX_GZIPPED: usize = 395_000;
const LIMIT_MICROS: u64 = 200_000;
const MORE_WORKERS: usize = 8;
const MAX_VM_BYTES: u64 = 16_000_000;

#[test]
fn figures_of_the_module() {
    let module = module();
    let bytes = fs::metadata(&module).unwrap().len();
    let gzip = Command::new("gzip")
        .arg("-9c")
        .arg(&module)
        .output()
        .unwrap()
        .stdout
        .len();
    println!("module: {} KB, {} KB gzipped", bytes / 1000, gzip / 1000);
    assert!((1..MAX_BYTES).contains(&bytes), "{bytes}");
    assert!((1..MAX_GZIPPED).contains(&gzip), "{gzip}");
}

#[test]
fn figures_of_a_vm() {
    let of_worker = |configuration: &Value, is_bare: bool| {
        let memory = |workers| {
            let options = Options {
                workers,
                is_bare,
                is_alone: true,
                ..Options::new(configuration.clone())
            };
            Envoy::with(options).memory()
        };
        memory(1 + MORE_WORKERS).saturating_sub(memory(1)) / MORE_WORKERS as u64
    };
    let bare = of_worker(&json!({}), true);
    for (what, configuration) in [
        ("no", json!({})),
        ("the large", blocking_but_for_large_lists()),
    ] {
        let bytes = of_worker(&configuration, false).saturating_sub(bare);
        println!("memory of a VM with {what} lists: {} KB", bytes / 1000);
        assert!((1..MAX_VM_BYTES).contains(&bytes), "{bytes}");
    }
}

#[test]
fn figures_of_large_lists() {
    let envoy = Envoy::start(blocking_but_for_large_lists());
    let expected = match Host::under_test() {
        // A canary, the main thread and two workers.
        Host::Wasm => 4,
        Host::Native => 1,
    };
    let mut micros = Vec::new();
    within(Duration::from_secs(10), "the last VM", || {
        micros = configured_in(&envoy.log());
        micros.len() == expected
    });
    println!("on_configure with {BLOCKS} blocks and {PATHS} paths: {micros:?} us, a figure a VM");
    assert!(micros.iter().all(|&micros| micros < LIMIT_MICROS));

    assert!(envoy.get("/tenants/0/a").is_upstream());
    assert!(envoy.get("/tenants/999").is_upstream());
    assert!(envoy.get("/tenants/1000").is_blocked());
    let from = |client| Connection::from(client, envoy.address).fetch(&Request::get("/"));
    assert!(from("127.0.0.2").is_upstream());
    assert!(from("127.0.0.3").is_blocked());
}

/// How long each VM took, by its log.
fn configured_in(log: &str) -> Vec<u64> {
    let micros = |line: &str| {
        let (_, micros) = line.split_once("configured scope default in ")?;
        micros.strip_suffix(" us")?.parse().ok()
    };
    log.lines().filter_map(micros).collect()
}

fn blocking_but_for_large_lists() -> Value {
    json!({"mode": "on", "allow": large_lists()})
}
