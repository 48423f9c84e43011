//! The store of a fleet: where it is and how it is asked.

use super::{InvalidConfig, Located};
use crate::config::{EtcdConfig, Number, StoreConfig};

/// The compiled `store`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetStore {
    /// The cluster of Envoy that reaches etcd.
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
    /// Compiles `store` of a scope; `environment` looks up a variable of the VM.
    ///
    /// # Errors
    /// The first value that is out of range, or a password without a user.
    pub fn compile(
        config: &StoreConfig,
        scope: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        Self::compile_etcd(&config.etcd, scope, environment).at("etcd")
    }

    fn compile_etcd(
        config: &EtcdConfig,
        scope: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        let default_key = format!("maintenance-mode/{scope}");
        let key = config.key.as_deref().unwrap_or(&default_key);
        Ok(Self {
            cluster: compile_name(&config.cluster).at("cluster")?,
            key: compile_name(key).at("key")?,
            timeout_ms: compile_timeout(config.timeout_ms).at("timeout_ms")?,
            login: compile_login(config, environment)?,
        })
    }
}

fn compile_name(name: &str) -> Result<Box<str>, InvalidConfig> {
    if name.is_empty() || name.len() > MAX_KEY_BYTES || name.chars().any(char::is_control) {
        return Err(InvalidConfig::new(format!(
            "expected 1 to {MAX_KEY_BYTES} bytes without control characters"
        )));
    }
    Ok(name.into())
}

fn compile_timeout(timeout_ms: Option<Number>) -> Result<u64, InvalidConfig> {
    let timeout_ms = timeout_ms.map_or(DEFAULT_TIMEOUT_MS, |Number(timeout_ms)| timeout_ms);
    if !(1..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        return Err(InvalidConfig::new(format!(
            "{timeout_ms} is not from 1 to {MAX_TIMEOUT_MS} milliseconds"
        )));
    }
    Ok(timeout_ms)
}

fn compile_login(
    config: &EtcdConfig,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Login>, InvalidConfig> {
    let (username, variable) = match (&config.username, &config.password_env) {
        (None, None) => return Ok(None),
        (Some(username), Some(variable)) => (username, variable),
        _ => {
            return Err(InvalidConfig::new(
                "expected both `username` and `password_env`, or neither",
            ));
        }
    };
    let password = environment(variable)
        .map(|password| password.trim_ascii().to_owned())
        .filter(|password| !password.is_empty())
        .ok_or_else(|| {
            InvalidConfig::new(format!(
                "the VM has no environment variable {variable:?}, or it is empty"
            ))
        })
        .at("password_env")?;
    Ok(Some(Login {
        username: compile_name(username).at("username")?,
        password: password.into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PluginConfig;

    fn compile(etcd: &str) -> Result<FleetStore, String> {
        let json = format!(r#"{{"store":{{"etcd":{etcd}}}}}"#);
        let store = PluginConfig::parse(json.as_bytes())
            .map_err(|error| error.to_string())?
            .store
            .unwrap();
        FleetStore::compile(&store, "shop", |variable| {
            (variable == "PASSWORD").then(|| "secret".to_owned())
        })
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
                "etcd.timeout_ms: 0 is not from 1",
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
                "etcd.password_env: the VM has no environment variable \"NONE\"",
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
