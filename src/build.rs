//! Refuses to build a module that would load and do nothing, and warns of a release that says
//! where it was built. Says how a dynamic module is linked.

use std::path::Path;
use std::{env, fs};

fn main() {
    if env::var_os("CARGO_FEATURE_DYNAMIC_MODULE").is_some() {
        link_dynamic_module();
    }
    for variable in ["RUSTC_LINKER", "RUSTC_WRAPPER"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    // What they write is in what is built, but Cargo does not know that it depends on them.
    for script in ["src/linker.py", "src/rustc.sh"] {
        println!("cargo::rerun-if-changed={script}");
    }
    let is_module = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_module && !ends_with("RUSTC_LINKER", "linker.py") {
        println!(
            "cargo::error=the module is linked by src/linker.py, which .cargo/config.toml names: \
             run Cargo in the directory of the project, for the target wasm32-wasip1"
        );
    } else if is_release && !ends_with("RUSTC_WRAPPER", "rustc.sh") {
        println!(
            "cargo::warning=what is built holds paths of this machine, because another wrapper of \
             the compiler is in the place of src/rustc.sh, which .cargo/config.toml names"
        );
    }
}

fn ends_with(variable: &str, script: &str) -> bool {
    env::var(variable).is_ok_and(|path| path.ends_with(script))
}

/// Whatever loads it need not have the library that unwinds: what the compiler asks for by that
/// name is the same, as a part of the module. Its clock never ends, so it is never unloaded.
fn link_dynamic_module() {
    let directory = env::var("OUT_DIR").unwrap_or_default();
    let library = Path::new(&directory).join("libgcc_s.so");
    if let Err(error) = fs::write(&library, "INPUT(-lgcc_eh)\n") {
        println!("cargo::error={}: {error}", library.display());
    }
    println!("cargo::rustc-link-search=native={directory}");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
