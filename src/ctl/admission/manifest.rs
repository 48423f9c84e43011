//! The manifest of the policy and its binding, as YAML.

use std::iter;

use serde_json::Value;

use crate::ctl::admission::cel::indented;
use crate::ctl::admission::fault_writer::MOST;
use crate::ctl::admission::part::{Part, parts};
use crate::ctl::admission::plugins::plugins;
use crate::ctl::admission::schema::Schema;

const HEAD: &str = "\
# What `maintenancectl schema --admission-policy` prints: with it, an API server (1.30 or newer) refuses a
# WasmPlugin, TrafficExtension or EnvoyExtensionPolicy of this filter whose configuration has a typo, and
# says where. Other plugins are not its business.
#
#   kubectl apply -f envoy/kubernetes/admission-policy.yaml
#
# An expression that the server's budget does not allow refuses nothing: see `failurePolicy`.
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: maintenance-mode
spec:
  failurePolicy: Ignore
  matchConstraints:
    resourceRules:
      - apiGroups: [extensions.istio.io]
        apiVersions: [\"*\"]
        operations: [CREATE, UPDATE]
        resources: [wasmplugins, trafficextensions]
      - apiGroups: [gateway.envoyproxy.io]
        apiVersions: [\"*\"]
        operations: [CREATE, UPDATE]
        resources: [envoyextensionpolicies]
  matchConditions:
    # What is being deleted may go.
    - name: stays
      expression: \"!has(object.metadata.deletionTimestamp)\"
";

const BINDING: &str = "\
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: maintenance-mode
spec:
  policyName: maintenance-mode
  validationActions: [Deny]
";

/// The manifest for configurations of a schema.
pub(crate) fn manifest(schema: &Value) -> String {
    let parts = parts(Schema::whole(schema));
    let indices: Vec<String> = (0..MOST).map(|index| index.to_string()).collect();
    let given = [
        ("indices", format!("[{}]", indices.join(", "))),
        ("spec", "dyn(object.spec)".to_owned()),
        ("plugins", plugins()),
    ];
    let given = given.map(|(name, expression)| variable(name, &expression));
    let of_parts = parts.iter().map(|part| variable(&part.name, &part.faults));
    let variables: String = given.into_iter().chain(of_parts).collect();
    let validations: String = parts.iter().map(validation).collect();
    iter::once(HEAD)
        .chain([
            "  variables:\n",
            &variables,
            "  validations:\n",
            &validations,
            BINDING,
        ])
        .collect()
}

fn variable(name: &str, expression: &str) -> String {
    let block = indented(&indented(&indented(&indented(expression))));
    format!("    - name: {name}\n      expression: |-\n{block}\n")
}

fn validation(Part { name, .. }: &Part) -> String {
    let faults = format!("variables.{name}");
    format!(
        "    - expression: {faults}.all(f, f == '')\n      \
         message: the configuration of maintenance-mode is not valid\n      \
         messageExpression: {faults}.filter(f, f != '').join('; ')\n"
    )
}
