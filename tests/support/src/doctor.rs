//! What the command line finds wrong with a proxy of a control plane.

use serde_json::Value;

use crate::machine::Machine;

/// The codes of what `check` finds at the admin interface of an Envoy, each once.
pub fn findings(machine: &Machine, admin: &str) -> Vec<String> {
    let output = machine.try_shell(&format!("maintenancectl check --json http://{admin}"));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    let mut codes: Vec<String> = findings.map(code).collect();
    codes.dedup();
    codes
}

/// Fails if `check` finds more there than what is to be noted.
pub fn check(machine: &Machine, admin: &str) {
    machine.shell(&format!("maintenancectl check --strict http://{admin}"));
}
