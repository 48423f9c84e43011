//! What a configuration refers to, and its host has: secrets in variables, attributes of requests.

use crate::syntax::invalid::{Compiled, refuse};

/// The keys that name a variable.
pub const VARIABLES: [&[&str]; 3] = [
    &["admin", "token_env"],
    &["bypass", "key_env"],
    &["store", "etcd", "password_env"],
];

/// Refuses the path of an attribute that cannot be read, with what to do instead.
pub type CheckAttribute = fn(&[&str]) -> Compiled<()>;

/// What a filter has of its host.
#[derive(Clone, Copy)]
pub struct Environment<'e> {
    /// Whose the variables are, for errors.
    pub owner: &'e str,
    /// Looks one up.
    pub variable: &'e dyn Fn(&str) -> Option<String>,
    /// Which attributes can be read.
    pub check_attribute: CheckAttribute,
}

/// All attributes can be read.
pub fn any_attribute(_: &[&str]) -> Compiled<()> {
    Ok(())
}

impl Environment<'_> {
    /// The value of a variable, without the space around it; refuses none and an empty one.
    pub fn secret(&self, variable: &str) -> Compiled<String> {
        if let Some(meant) = variable.strip_prefix('$') {
            let meant = meant.trim_matches(['{', '}']);
            return refuse(format!("{variable:?} is no name: write {meant:?}"));
        }
        if variable.is_empty() || variable.contains(['=', '\0']) {
            return refuse(
                "expected the name of an environment variable, such as \"MAINTENANCE_TOKEN\"",
            );
        }
        let value = (self.variable)(variable).unwrap_or_default();
        match value.trim_ascii() {
            "" => refuse(format!(
                "{} has no environment variable {variable:?}, or it is empty",
                self.owner
            )),
            secret => Ok(secret.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::environment;

    #[test]
    fn what_names_no_variable_is_refused_with_what_to_write() {
        let every = |_: &str| Some("a secret".to_owned());
        let refused = |name: &str| environment(&every).secret(name).unwrap_err().to_string();
        assert!(refused("$TOKEN").ends_with("write \"TOKEN\""));
        assert!(refused("${TOKEN}").ends_with("write \"TOKEN\""));
        for name in ["", "TOKEN=secret"] {
            assert!(refused(name).starts_with("expected the name"), "{name}");
        }
        assert!(environment(&every).secret("TOKEN").is_ok());
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! An environment for unit tests.

    use super::{Environment, any_attribute};

    /// The variables of a function, and all attributes.
    pub(crate) fn environment(variable: &dyn Fn(&str) -> Option<String>) -> Environment<'_> {
        Environment {
            owner: "the process",
            variable,
            check_attribute: any_attribute,
        }
    }
}
