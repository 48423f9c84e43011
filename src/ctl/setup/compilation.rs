//! What the filter makes of a plugin configuration.

use std::cell::RefCell;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::environment::{Environment, VARIABLES};
use maintenance_mode_core::policy::faults::Faults;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::syntax::invalid::Step;

use crate::ctl::documents::node::{Content, Node, Position};
use crate::ctl::setup::environment::Variables;
use crate::ctl::setup::fix::fix;

/// A plugin configuration that was compiled with the filter's own code.
#[derive(Debug, Default)]
pub(crate) struct Compilation {
    /// What the filter refuses, or would not find.
    pub(crate) faults: Vec<Fault>,
    /// None where the filter refuses it.
    pub(crate) accepted: Option<(PluginConfig, Policy)>,
    /// Variables that are not set here, for which something else stood in.
    pub(crate) placeholders: Vec<String>,
}

/// What is wrong, and where in the plugin configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) steps: Vec<Step>,
    /// Where that is no value: of a text that cannot be read.
    pub(crate) position: Option<Position>,
    /// As the filter logs it.
    pub(crate) problem: String,
    pub(crate) fix: String,
}

/// Long enough for a token and a key.
const PLACEHOLDER: &str = "a placeholder that is long enough";

impl Compilation {
    /// Does what the filter does with a configuration.
    pub(crate) fn of(configuration: &Node, variables: &Variables) -> Self {
        let placeholders = RefCell::new(Vec::new());
        let variable = |name: &str| {
            variables.value(name).or_else(|| {
                placeholders.borrow_mut().push(name.to_owned());
                Some(PLACEHOLDER.to_owned())
            })
        };
        let environment = Environment {
            owner: variables.owner(),
            variable: &variable,
            check_attribute: variables.check_attribute(),
        };
        let (mut faults, accepted) = match compile(configuration, environment) {
            Ok(accepted) => (Vec::new(), Some(accepted)),
            Err(faults) => (located(&faults, configuration), None),
        };
        faults.extend(not_handed(configuration, variables));
        Self {
            faults,
            accepted,
            placeholders: placeholders.into_inner(),
        }
    }

    /// Of what the filter does not get.
    pub(super) fn refused(fault: Fault) -> Self {
        Self {
            faults: vec![fault],
            ..Self::default()
        }
    }

    /// # Errors
    /// The first fault of what the filter refuses.
    pub(crate) fn accepted(self) -> Result<(PluginConfig, Policy), String> {
        let problem = self.problem();
        self.accepted.ok_or(problem)
    }

    /// The first fault.
    pub(crate) fn problem(&self) -> String {
        let problem = self.faults.first().map(|fault| fault.problem.clone());
        problem.unwrap_or_default()
    }
}

/// Reads and compiles; what is wrong is all that the filter would refuse.
fn compile(
    configuration: &Node,
    environment: Environment<'_>,
) -> Result<(PluginConfig, Policy), Faults> {
    let text = configuration.to_json().to_string();
    let tree = PluginConfig::tree(text.as_bytes())?;
    let policy = Policy::read(&tree, environment)?;
    Ok((tree.read()?, policy))
}

fn located(faults: &Faults, configuration: &Node) -> Vec<Fault> {
    let faults = faults.all().iter().map(|fault| {
        let steps: Vec<Step> = fault.path().cloned().collect();
        let problem = fault.to_string();
        Fault {
            position: None,
            fix: fix(&problem, &steps, configuration.at(&steps)),
            steps,
            problem,
        }
    });
    faults.collect()
}

/// Variables that the configuration names, and the VM does not get.
fn not_handed(configuration: &Node, variables: &Variables) -> Vec<Fault> {
    let named = VARIABLES.iter().filter_map(|keys| {
        let steps: Vec<Step> = keys.iter().map(|key| Step::Key((*key).into())).collect();
        let Content::Text(name, _) = &configuration.at(&steps)?.content else {
            return None;
        };
        (!variables.has(name)).then(|| Fault {
            steps,
            position: None,
            problem: format!(
                "{}: the VM has no environment variable {name:?}, because nothing hands it over: \
                 the filter refuses the configuration",
                keys.join(".")
            ),
            fix: format!(
                "Add {name} to vm_config.environment_variables.host_env_keys (Istio: \
                 vmConfig.env with valueFrom: HOST; Envoy Gateway: env.hostKeys)."
            ),
        })
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::documents::document::documents;
    use crate::ctl::documents::node::path;

    fn compiled(text: &str, variables: &Variables) -> Compilation {
        Compilation::of(&documents("f", text).unwrap()[0].root, variables)
    }

    #[test]
    fn a_fault_has_the_steps_to_its_place() {
        for (text, place) in [
            (
                r#"{"allow": {"client_ips": ["::1", "10.0.0.300"]}}"#,
                "allow.client_ips[1]",
            ),
            (r#"{"mod": "on"}"#, "mod"),
            (r#"{"admin": {"path": "/m"}}"#, "admin"),
            (
                r#"{"response": {"headers": {":status": "1"}}}"#,
                "response.headers.:status",
            ),
            (r#"{"mode": 1}"#, "mode"),
        ] {
            let faults = compiled(text, &Variables::All).faults;
            assert_eq!(path(&faults[0].steps), place, "{faults:?}");
        }
    }

    #[test]
    fn every_variable_must_be_handed_over() {
        let text =
            r#"{"admin":{"path":"/m","token_env":"NOT_SET_A"},"bypass":{"key_env":"NOT_SET_B"}}"#;
        let all = compiled(text, &Variables::All);
        assert!(all.faults.is_empty() && all.accepted.is_some());
        assert_eq!(all.placeholders, ["NOT_SET_A", "NOT_SET_B"]);
        let handed = vec![("NOT_SET_B".to_owned(), Some("too short".to_owned()))];
        let faults = compiled(text, &Variables::Handed(handed)).faults;
        let problems: Vec<&str> = faults.iter().map(|fault| &*fault.problem).collect();
        assert!(problems[0].starts_with("bypass.key_env: "), "{problems:?}");
        assert!(
            problems[1].starts_with("admin.token_env: the VM has no"),
            "{problems:?}"
        );
    }
}
