//! What LDS and ECDS bring.

use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Delivery, Host, Options, admin, module, project};

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

    /// One whose VMs die at each tick, and come back soon.
    pub fn deadly() -> Self {
        Self {
            module: Death::BY_TICK.module(),
            plugin: json!({"reload_config": {"backoff": {"base_interval": "0.1s"}}}),
            ..Self::good("deadly")
        }
    }

    /// Those that Envoy refuses, each with the line of its log that says why.
    pub fn bad(delivery: Delivery) -> Vec<(Self, &'static str)> {
        let misspelt = Self {
            configuration: json!({"mdoe": "on"}),
            ..Self::good("refused")
        };
        let complaint = "maintenance-mode: mdoe: unknown field `mdoe`, expected one of `mode`";
        let mut bad = vec![(misspelt, complaint)];
        bad.extend(match Host::under_test() {
            Host::Wasm => Self::bad_of_wasm(),
            Host::Native => vec![(Self::no_module(), "Failed to load dynamic module")],
        });
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

    fn bad_of_wasm() -> Vec<(Self, &'static str)> {
        let deadly = Self {
            module: Death::BY_CONFIGURATION.module(),
            ..Self::good(&"deadly".repeat(BYTES))
        };
        let two_policies = Self {
            plugin: json!({"fail_open": true}),
            ..Self::good("two policies")
        };
        vec![
            (Self::no_module(), "Failed to parse corrupted Wasm module"),
            (deadly, "Function: proxy_on_configure failed"),
            (
                two_policies,
                "only one of fail_open or failure_policy can be set",
            ),
        ]
    }

    fn no_module() -> Self {
        Self {
            module: project::file("Cargo.toml"),
            ..Self::good("not a module")
        }
    }

    /// For [`Envoy::change`](support::Envoy::change).
    pub fn apply(&self, options: &mut Options) {
        options.configuration = self.configuration.to_string();
        options.module.clone_from(&self.module);
        options.plugin.clone_from(&self.plugin);
        options.routes.clone_from(&self.routes);
    }
}
