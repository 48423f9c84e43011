//! What LDS and ECDS bring.

use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Delivery, Options, admin, module};

use crate::crash::{BYTES, Death};

/// What an update sets; all else stays.
pub struct Update {
    configuration: Value,
    module: PathBuf,
    plugin: Value,
    routes: Vec<Value>,
}

impl Update {
    /// One whose replies have this message.
    pub fn good(message: &str) -> Self {
        Self {
            configuration: json!({"admin": admin(), "response": {"message": message}}),
            module: module(),
            plugin: json!({}),
            routes: Vec::new(),
        }
    }

    /// One whose VMs die at each tick.
    pub fn deadly() -> Self {
        Self {
            module: Death::BY_TICK.module(),
            ..Self::good("deadly")
        }
    }

    /// Those that Envoy refuses, each with the line of its log that says why.
    pub fn bad(delivery: Delivery) -> Vec<(Self, &'static str)> {
        let mut bad = vec![
            (
                Self {
                    configuration: json!({"mdoe": "on"}),
                    ..Self::good("refused")
                },
                "maintenance-mode: mdoe: unknown field `mdoe`, expected one of `mode`",
            ),
            (
                Self {
                    module: "Cargo.toml".into(),
                    ..Self::good("not a module")
                },
                "Failed to parse corrupted Wasm module",
            ),
            (
                Self {
                    module: Death::BY_CONFIGURATION.module(),
                    ..Self::good(&"deadly".repeat(BYTES))
                },
                "Function: proxy_on_configure failed",
            ),
            (
                Self {
                    plugin: json!({"fail_open": true}),
                    ..Self::good("two policies")
                },
                "only one of fail_open or failure_policy can be set",
            ),
        ];
        if delivery == Delivery::Lds {
            let route = json!({"match": {"prefix": "/"}, "route": {"cluster": "nowhere"}});
            let listener = Self {
                routes: vec![route],
                ..Self::good("not a listener")
            };
            bad.push((listener, "unknown cluster 'nowhere'"));
        }
        bad
    }

    /// For [`Envoy::change`](support::Envoy::change).
    pub fn apply(&self, options: &mut Options) {
        options.configuration = self.configuration.to_string();
        options.module.clone_from(&self.module);
        options.plugin.clone_from(&self.plugin);
        options.routes.clone_from(&self.routes);
    }
}
