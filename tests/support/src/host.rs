//! The host under test.

use std::{env, ffi::OsStr, path::Path};

/// What runs the filter in Envoy: `MAINTENANCE_MODE_HOST`, as `make test HOST=native` sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Proxy-Wasm.
    Wasm,
    /// A dynamic module.
    Native,
}

impl Host {
    /// The one of this run.
    pub fn under_test() -> Self {
        match env::var("MAINTENANCE_MODE_HOST").as_deref() {
            Ok("native") => Self::Native,
            Ok("wasm") | Err(_) => Self::Wasm,
            Ok(other) => panic!("MAINTENANCE_MODE_HOST is {other}, not wasm or native"),
        }
    }

    /// The one that loads a module.
    pub fn of(module: &Path) -> Self {
        match module.extension().and_then(OsStr::to_str) {
            Some("so") => Self::Native,
            _ => Self::Wasm,
        }
    }

    /// The type of the filter's configuration.
    pub fn type_url(self) -> &'static str {
        match self {
            Self::Wasm => "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            Self::Native => {
                "type.googleapis.com/\
                 envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter"
            }
        }
    }

    /// The bootstrap of `make run`.
    pub fn sample(self) -> &'static str {
        match self {
            Self::Wasm => "envoy/envoy.yaml",
            Self::Native => "envoy/dynamic-module/envoy.yaml",
        }
    }

    /// What stands before the names of the filter's stats.
    pub fn stats_prefix(self) -> &'static str {
        match self {
            Self::Wasm => "wasmcustom",
            Self::Native => "dynamicmodulescustom",
        }
    }

    /// The logger of Envoy that the filter writes to.
    pub fn logger(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Native => "dynamic_modules",
        }
    }

    /// What stands before the names of the filter's stats in Prometheus: of those of Wasm Envoy
    /// takes its own prefix away.
    pub fn prometheus_prefix(self) -> &'static str {
        match self {
            Self::Wasm => "",
            Self::Native => "envoy_dynamicmodulescustom_",
        }
    }
}
