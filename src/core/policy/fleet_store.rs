//! The store of a fleet: where it is and how it is asked.

use crate::config::number::Number;
use crate::config::store::{EtcdConfig, StoreConfig};
use crate::policy::environment::Environment;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::line;

/// The compiled `store`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FleetStore {
    /// etcd, version 3.
    Etcd(EtcdSettings),
}

/// Where etcd is and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EtcdSettings {
    /// The cluster that reaches it.
    pub cluster: Box<str>,
    /// The key that holds the state.
    pub key: Box<str>,
    /// How long a change may take, in milliseconds.
    pub timeout_ms: u64,
    /// Who logs in, if anybody does.
    pub login: Option<Login>,
}

/// A user of etcd.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The name of the user.
    pub username: Box<str>,
    /// The password.
    pub password: Box<str>,
}

/// Without the password.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Login").field(&self.username).finish()
    }
}

const DEFAULT_TIMEOUT_MS: u64 = 1000;
const MAX_TIMEOUT_MS: u64 = 60_000;
const MAX_KEY_BYTES: usize = 1024;

impl FleetStore {
    /// Its name in the status and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Etcd(_) => "etcd",
        }
    }

    /// Compiles `store` of a scope; refuses values out of range, and a password without a user.
    pub fn compile(
        config: &StoreConfig,
        scope: &str,
        environment: Environment<'_>,
    ) -> Compiled<Self> {
        let StoreConfig { etcd } = config;
        let settings = EtcdSettings::compile(etcd, scope, environment).at("etcd")?;
        Ok(Self::Etcd(settings))
    }
}

impl EtcdSettings {
    fn compile(config: &EtcdConfig, scope: &str, environment: Environment<'_>) -> Compiled<Self> {
        let default_key = format!("maintenance-mode/{scope}");
        let key = config.key.as_deref().unwrap_or(&default_key);
        Ok(Self {
            cluster: line::name::<MAX_KEY_BYTES>(&config.cluster).at("cluster")?,
            key: line::name::<MAX_KEY_BYTES>(key).at("key")?,
            timeout_ms: config
                .timeout_ms
                .unwrap_or(Number(DEFAULT_TIMEOUT_MS))
                .within(1..=MAX_TIMEOUT_MS, "a number of milliseconds")
                .at("timeout_ms")?,
            login: compile_login(config, environment)?,
        })
    }
}

fn compile_login(config: &EtcdConfig, environment: Environment<'_>) -> Compiled<Option<Login>> {
    match (&config.username, &config.password_env) {
        (None, None) => Ok(None),
        (Some(username), Some(variable)) => Ok(Some(Login {
            password: environment.secret(variable).at("password_env")?.into(),
            username: line::name::<MAX_KEY_BYTES>(username).at("username")?,
        })),
        _ => refuse("expected both `username` and `password_env`, or neither"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::plugin::PluginConfig;
    use crate::policy::environment::testing::environment;

    fn compile(etcd: &str) -> Result<EtcdSettings, String> {
        let json = format!(r#"{{"store":{{"etcd":{etcd}}}}}"#);
        let store = PluginConfig::parse(json.as_bytes())
            .map_err(|error| error.to_string())?
            .store
            .unwrap();
        let variable = |name: &str| (name == "PASSWORD").then(|| "secret".to_owned());
        FleetStore::compile(&store, "shop", environment(&variable))
            .map(|FleetStore::Etcd(settings)| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_cluster_is_enough() {
        let store = compile(r#"{"cluster":"etcd"}"#).unwrap();
        assert_eq!(
            (&*store.cluster, &*store.key),
            ("etcd", "maintenance-mode/shop")
        );
        assert_eq!((store.timeout_ms, store.login), (1000, None));
    }

    #[test]
    fn what_cannot_work_is_refused_with_its_path() {
        for (etcd, error) in [
            ("{}", "store.etcd: missing field `cluster`"),
            (r#"{"cluster":""}"#, "etcd.cluster: expected 1 to 1024"),
            (
                r#"{"cluster":"c","key":""}"#,
                "etcd.key: expected 1 to 1024",
            ),
            (
                r#"{"cluster":"c","timeout_ms":0}"#,
                "etcd.timeout_ms: 0 is not a number",
            ),
            (
                r#"{"cluster":"c","timeout_ms":60001}"#,
                "etcd.timeout_ms: 60001 is",
            ),
            (
                r#"{"cluster":"c","timeout_ms":1.5}"#,
                "store.etcd.timeout_ms: ",
            ),
            (
                r#"{"cluster":"c","endpoints":[]}"#,
                "store.etcd.endpoints: unknown field",
            ),
            (
                r#"{"cluster":"c","username":"u"}"#,
                "etcd: expected both `username`",
            ),
            (
                r#"{"cluster":"c","password_env":"PASSWORD"}"#,
                "etcd: expected both",
            ),
            (
                r#"{"cluster":"c","username":"u","password_env":"NONE"}"#,
                "etcd.password_env: the process has no environment variable \"NONE\"",
            ),
        ] {
            let found = compile(etcd).unwrap_err();
            assert!(found.starts_with(error), "{etcd}: {found}");
        }
    }

    #[test]
    fn the_password_comes_from_the_environment_and_is_not_shown() {
        let store = compile(r#"{"cluster":"c","username":"u","password_env":"PASSWORD"}"#).unwrap();
        assert_eq!(&*store.login.as_ref().unwrap().password, "secret");
        assert!(!format!("{store:?}").contains("secret"));
    }
}
