//! The floors, from the ground up.

use crate::arrows::Arrow;

/// A file on one imports from its own and from those before.
const FLOORS: [&str; 36] = [
    "src/core/syntax/",
    "src/core/config/",
    "src/core/request/",
    "src/core/state/",
    "src/core/policy/",
    "src/core/store/",
    "src/core/reply/",
    "src/core/decision/",
    "src/core/admin/",
    "src/core/filter/",
    "src/hosts/abi/",
    "src/hosts/wasm/hostcalls.rs",
    "src/hosts/wasm/",
    "src/hosts/wasm/contexts.rs",
    "src/hosts/wasm/exports.rs",
    "src/hosts/native/abi.rs",
    "src/hosts/native/callbacks.rs",
    "src/hosts/native/",
    "src/hosts/native/contexts.rs",
    "src/hosts/native/config_hooks.rs",
    "src/hosts/native/request_hooks.rs",
    "src/ctl/process/",
    "src/ctl/documents/",
    "src/ctl/requests/",
    "src/ctl/setup/",
    "src/ctl/doctor/",
    "src/ctl/admission/",
    "src/ctl/arguments/",
    "src/ctl/endpoints/",
    "src/ctl/cluster/",
    "src/ctl/commands/",
    "src/ctl/main.rs",
    "src/ctl.rs",
    "src/bin/",
    "src/build.rs",
    "src/lib.rs",
];

/// The floor of a file: of all that it lies on, the one that says most.
pub fn floor(file: &str) -> usize {
    let floors = FLOORS.iter().enumerate();
    let (floor, _) = floors
        .filter(|(_, floor)| file.starts_with(**floor))
        .max_by_key(|(_, floor)| floor.len())
        .unwrap_or_else(|| panic!("{file} is on no floor"));
    floor
}

pub fn goes_up(arrow: &Arrow) -> bool {
    floor(&arrow.to) > floor(&arrow.from)
}

#[test]
fn the_core_is_below_its_hosts_and_a_floor_below_itself_is_none() {
    let goes_up = |from: &str, to: &str| {
        goes_up(&Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            name: String::new(),
        })
    };
    assert!(goes_up(
        "src/core/policy/kind.rs",
        "src/core/decision/reason.rs"
    ));
    assert!(goes_up(
        "src/core/filter/filter.rs",
        "src/hosts/wasm/host.rs"
    ));
    assert!(goes_up(
        "src/hosts/wasm/hostcalls.rs",
        "src/hosts/wasm/host.rs"
    ));
    assert!(!goes_up(
        "src/hosts/wasm/exports.rs",
        "src/hosts/wasm/contexts.rs"
    ));
    assert!(!goes_up(
        "src/core/admin/link.rs",
        "src/core/admin/query.rs"
    ));
}
