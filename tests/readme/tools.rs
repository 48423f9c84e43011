//! What the tests need is fetched by `make tools`, once.

use support::machine::machine;

/// The machine has no network, so whatever were fetched again would fail.
#[test]
fn what_make_tools_has_fetched_is_all_that_the_tests_need() {
    let Some(machine) = machine("`make tools`", &[]) else {
        return;
    };
    let told = machine.shell("make tools");
    assert!(!told.contains("Getting"), "{told}");
    let wanted = machine.shell("make --dry-run test");
    let fetches = ["Getting", "pip install", "npm pack", "apt-get"];
    let fetched = wanted
        .lines()
        .filter(|line| fetches.iter().any(|fetch| line.contains(fetch)));
    assert_eq!(fetched.collect::<Vec<_>>(), [""; 0]);
}
