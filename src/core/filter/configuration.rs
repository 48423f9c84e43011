//! A plugin configuration that was accepted.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use log::Level;

use crate::config::plugin::PluginConfig;
use crate::filter::host::Host;
use crate::policy::environment::Environment;
use crate::policy::faults::Faults;
use crate::policy::policy::Policy;
use crate::syntax::json::Json;

/// A plugin configuration that was accepted. The workers of a process may share one.
#[derive(Debug)]
pub struct Configuration {
    pub(crate) policy: Policy,
    /// Tells it from others.
    pub(crate) id: u64,
}

impl Configuration {
    /// The scope of a store that it follows, if it has one.
    pub fn followed(&self) -> Option<&str> {
        self.policy.store.as_ref().map(|_| &*self.policy.scope)
    }

    /// Reads the text of one; says what is wrong with it, and returns nothing.
    pub fn read<H: Host>(host: &H, text: &[u8]) -> Option<Self> {
        let policy = compile(host, text)
            .inspect_err(|error| host.log(Level::Error, format_args!("{error}")))
            .ok()?;
        let id = BuildHasherDefault::<DefaultHasher>::new().hash_one(text);
        Some(Self { policy, id })
    }
}

fn compile<H: Host>(host: &H, configuration: &[u8]) -> Result<Policy, Faults> {
    let configuration = PluginConfig::tree(configuration)?;
    if configuration == Json::Object(Vec::new()) {
        let line = format_args!("the plugin configuration is empty, so all traffic passes");
        host.log(Level::Warn, line);
    }
    let environment = Environment {
        owner: H::ENVIRONMENT,
        variable: &|name| host.variable(name),
        check_attribute: H::CHECK_ATTRIBUTE,
    };
    Policy::read(&configuration, environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_may_share_it() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Configuration>();
    }
}
