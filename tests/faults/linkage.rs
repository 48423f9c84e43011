//! What the dynamic module asks of the machine and of Envoy that load it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use support::{binary, glibc, programs, project};

const CALLBACK: &str = "envoy_dynamic_module_callback_";
const HOOK: &str = "envoy_dynamic_module_on_";
/// Parts of the C library.
const LIBRARIES: [&str; 2] = ["libc.so.", "ld-linux-"];

/// A dynamic symbol, as `readelf` has it.
struct Symbol {
    name: String,
    version: Option<String>,
    is_weak: bool,
    is_defined: bool,
}

fn module() -> PathBuf {
    let module = project::file("target/dynamic-module/libmaintenance_mode.so");
    assert!(module.is_file(), "run `make dynamic-module`");
    module
}

fn readelf(what: &str, file: &Path) -> String {
    programs::output(Command::new("readelf").args(["--wide", what]).arg(file))
}

fn symbols(file: &Path) -> Vec<Symbol> {
    let text = readelf("--dyn-syms", file);
    let symbol = |line: &str| {
        let [_, _, _, _, binding, _, index, name, ..] =
            line.split_whitespace().collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let (name, version) = match name.split_once('@') {
            Some((name, version)) => (name, Some(version.trim_start_matches('@').to_owned())),
            None => (name, None),
        };
        ["GLOBAL", "WEAK"].contains(&binding).then(|| Symbol {
            name: name.to_owned(),
            version,
            is_weak: binding == "WEAK",
            is_defined: index != "UND",
        })
    };
    text.lines().filter_map(symbol).collect()
}

#[test]
fn all_that_is_undefined_is_of_envoy_or_of_the_c_library_that_is_promised() {
    let oldest = glibc::oldest();
    let envoy = symbols(&binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"));
    let undefined = symbols(&module())
        .into_iter()
        .filter(|symbol| !symbol.is_defined);
    let (callbacks, others): (Vec<Symbol>, Vec<Symbol>) =
        undefined.partition(|symbol| symbol.name.starts_with(CALLBACK));
    assert!(callbacks.len() > 20, "only {}", callbacks.len());
    for Symbol { name, .. } in callbacks {
        let is_there = |other: &Symbol| other.is_defined && other.name == name;
        assert!(envoy.iter().any(is_there), "Envoy has no {name}");
    }
    for Symbol {
        name,
        version,
        is_weak,
        ..
    } in others
    {
        let Some(version) = version else {
            assert!(is_weak, "{name} is of nobody");
            continue;
        };
        let version = version.strip_prefix("GLIBC_");
        let version = glibc::numbers(version.unwrap_or_else(|| panic!("{name} is not of glibc")));
        assert!(version <= oldest, "{name} came with glibc {version:?}");
    }
    let needed = readelf("--dynamic", &module());
    let needed = needed.lines().filter(|line| line.contains("(NEEDED)"));
    for line in needed {
        let (_, library) = line.split_once('[').unwrap();
        let is_of_it = LIBRARIES.iter().any(|known| library.starts_with(known));
        assert!(is_of_it, "{line}");
    }
}

#[test]
fn only_hooks_are_defined_and_envoy_knows_each() {
    let envoy = fs::read(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy")).unwrap();
    let mut hooks = 0;
    for symbol in symbols(&module()).iter().filter(|symbol| symbol.is_defined) {
        let name = &symbol.name;
        assert!(name.starts_with(HOOK), "{name}");
        let text = [name.as_bytes(), b"\0"].concat();
        let is_known = envoy.windows(text.len()).any(|part| part == text);
        assert!(is_known, "Envoy never calls {name}");
        hooks += 1;
    }
    assert!(hooks > 20, "only {hooks}");
}

#[test]
fn what_panics_in_tests_is_not_in_it() {
    let module = fs::read(module()).unwrap();
    let variable = b"MAINTENANCE_MODE_PANIC";
    assert!(!module.windows(variable.len()).any(|part| part == variable));
}
