//! A new module, in the place of the one that runs.

use std::fs;

use serde_json::Value;
use support::{
    binary,
    machine::{PATIENCE, machine},
    pages::OPERATIONS,
    project::read,
    within,
};

/// As the document has it, on a machine whose `/etc/envoy` is a folder of this test.
#[test]
fn the_new_file_is_taken_and_the_state_stays() {
    let Some(machine) = machine("the upgrade of the module", &[]) else {
        return;
    };
    let folder = machine.path("envoy");
    let place = folder.display().to_string();
    fs::create_dir_all(folder.join("ecds")).unwrap();
    let filter = read("envoy/ecds/maintenance_mode.yaml");
    fs::write(folder.join("ecds/maintenance_mode.yaml"), filter).unwrap();
    let bootstrap = read("envoy/ecds/envoy.yaml").replace("envoy/ecds", &format!("{place}/ecds"));
    fs::write(folder.join("envoy.yaml"), bootstrap).unwrap();

    let shell = |script: &str| {
        let script = script
            .replace("/etc/envoy", &place)
            .replace("check envoy.yaml", &format!("check {place}/envoy.yaml"));
        machine.shell(&format!(". target/sample.env\n{script}"))
    };
    let envoy = binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
    let running = machine.spawn(
        "envoy.log",
        &format!(
            ". target/sample.env\nexport MAINTENANCE_TOKEN\n\
             exec {} --config-path {place}/envoy.yaml --use-dynamic-base-id",
            envoy.display()
        ),
    );
    machine.wait_for("Envoy", &[8080], 200);
    let [on, _] = OPERATIONS.blocks_of("On, now", "sh");
    assert!(shell(on).starts_with("{\"maintenance\":true"));

    let [check, bring, name, see] = OPERATIONS.blocks_of("Upgrade the filter", "sh");
    shell(check);
    shell(bring);
    shell(name);
    within(PATIENCE, "the new module", || {
        shell(see).contains("config_reload: 2\n")
    });
    let seen = shell(see);
    assert!(seen.contains("config_fail: 0\n"), "{seen}");
    let (_, status) = seen.split_once('{').unwrap();
    let status: Value = serde_json::from_str(&format!("{{{status}")).unwrap();
    assert_eq!(status["maintenance"], true);
    assert!(status["version"].is_string());
    running.interrupt();
}
