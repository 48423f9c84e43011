//! Refuses to build a module that would load and do nothing.

use std::env;

fn main() {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let is_module = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    let linker = env::var("RUSTC_LINKER").unwrap_or_default();
    if is_module && !linker.ends_with("linker.py") {
        println!(
            "cargo::error=the module is linked by src/linker.py, which .cargo/config.toml names: \
             run Cargo in the directory of the project, for the target wasm32-wasip1"
        );
    }
}
