//! The environment that a configuration refers to, where secrets are kept out of it.

use crate::syntax::invalid::{Compiled, refuse};

/// The variables that a filter has.
#[derive(Clone, Copy)]
pub struct Environment<'e> {
    /// Whose they are, for errors.
    pub owner: &'e str,
    /// Looks one up.
    pub variable: &'e dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    /// The value of a variable, without the space around it; refuses none and an empty one.
    pub fn secret(&self, variable: &str) -> Compiled<String> {
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
pub(crate) mod testing {
    //! An environment for unit tests.

    use super::Environment;

    /// The variables of a function.
    pub(crate) fn environment(variable: &dyn Fn(&str) -> Option<String>) -> Environment<'_> {
        let owner = "the process";
        Environment { owner, variable }
    }
}
