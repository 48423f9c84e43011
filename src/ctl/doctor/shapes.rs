//! The objects around the plugin configuration, as those who read them know them.

use crate::ctl::setup::plugin::{Carrier, Plugin};

/// All that is around a plugin configuration, in one kind of file.
pub(super) struct Form {
    /// What becomes of what it does not know.
    pub(super) refusal: &'static str,
    /// Of the `spec` of a manifest.
    pub(super) around: &'static [Shape],
    /// Of what says how the filter is loaded.
    pub(super) own: &'static [Shape],
    /// Where that is, for people.
    pub(super) own_place: &'static str,
}

/// One object.
pub(super) struct Shape {
    /// The way to it; a list is all of its items.
    pub(super) way: &'static [&'static str],
    pub(super) keys: &'static [&'static str],
    /// Keys whose values are words, and these.
    pub(super) words: &'static [(&'static str, &'static [&'static str])],
}

const API_SERVER: &str = "The API server refuses the manifest, or drops this without a word";

const FAIL_STRATEGY: (&str, &[&str]) =
    ("failStrategy", &["FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"]);
const IMAGE_PULL_POLICY: (&str, &[&str]) = (
    "imagePullPolicy",
    &["IfNotPresent", "Always", "UNSPECIFIED_POLICY"],
);
const TYPE: (&str, &[&str]) = ("type", &["HTTP", "NETWORK", "UNSPECIFIED_PLUGIN_TYPE"]);
const VM: Shape = Shape {
    way: &["vmConfig"],
    keys: &["env"],
    words: &[],
};
const VARIABLES: Shape = Shape {
    way: &["vmConfig", "env"],
    keys: &["name", "value", "valueFrom"],
    words: &[("valueFrom", &["HOST", "INLINE"])],
};
const MATCH: Shape = Shape {
    way: &["match"],
    keys: &["mode", "ports"],
    words: &[(
        "mode",
        &["CLIENT", "SERVER", "CLIENT_AND_SERVER", "UNDEFINED"],
    )],
};
const ISTIO_TARGETS: Shape = Shape {
    way: &["targetRefs"],
    keys: &["group", "kind", "name", "namespace"],
    words: &[(
        "kind",
        &["Gateway", "GatewayClass", "Service", "ServiceEntry"],
    )],
};

/// What is around a `spec`.
pub(super) const MANIFEST: Shape = Shape {
    way: &[],
    keys: &["apiVersion", "kind", "metadata", "spec", "status"],
    words: &[],
};

/// The filter is all of the `spec`.
pub(super) const WASM_PLUGIN: Form = Form {
    refusal: API_SERVER,
    around: &[],
    own_place: "spec",
    own: &[
        MATCH,
        ISTIO_TARGETS,
        Shape {
            way: &[],
            keys: &[
                "failStrategy",
                "imagePullPolicy",
                "imagePullSecret",
                "match",
                "phase",
                "pluginConfig",
                "pluginName",
                "priority",
                "selector",
                "sha256",
                "targetRef",
                "targetRefs",
                "type",
                "url",
                "verificationKey",
                "vmConfig",
            ],
            words: &[
                FAIL_STRATEGY,
                IMAGE_PULL_POLICY,
                TYPE,
                ("phase", &["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED_PHASE"]),
            ],
        },
        VM,
        VARIABLES,
    ],
};

pub(super) const TRAFFIC_EXTENSION: Form = Form {
    refusal: API_SERVER,
    around: &[
        Shape {
            way: &[],
            keys: &[
                "lua",
                "match",
                "phase",
                "priority",
                "selector",
                "targetRefs",
                "wasm",
            ],
            words: &[("phase", &["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"])],
        },
        MATCH,
        ISTIO_TARGETS,
    ],
    own_place: "spec.wasm",
    own: &[
        Shape {
            way: &[],
            keys: &[
                "failStrategy",
                "imagePullPolicy",
                "imagePullSecret",
                "pluginConfig",
                "pluginName",
                "sha256",
                "type",
                "url",
                "verificationKey",
                "vmConfig",
            ],
            words: &[FAIL_STRATEGY, IMAGE_PULL_POLICY, TYPE],
        },
        VM,
        VARIABLES,
    ],
};

const GATEWAY_KINDS: (&str, &[&str]) = (
    "kind",
    &[
        "Gateway",
        "HTTPRoute",
        "GRPCRoute",
        "UDPRoute",
        "TCPRoute",
        "TLSRoute",
    ],
);

/// As a Wasm extension or as a dynamic module.
pub(super) const EXTENSION_POLICY: Form = Form {
    refusal: API_SERVER,
    around: &[
        Shape {
            way: &[],
            keys: &[
                "backends",
                "dynamicModule",
                "extProc",
                "lua",
                "mergeType",
                "targetRef",
                "targetRefs",
                "targetSelectors",
                "wasm",
            ],
            words: &[],
        },
        Shape {
            way: &["targetRefs"],
            keys: &["group", "kind", "name", "sectionName"],
            words: &[GATEWAY_KINDS],
        },
        Shape {
            way: &["targetRef"],
            keys: &["group", "kind", "name", "sectionName"],
            words: &[GATEWAY_KINDS],
        },
    ],
    own_place: "spec.wasm[]",
    own: &[
        Shape {
            way: &[],
            keys: &[
                "code",
                "config",
                "env",
                "failOpen",
                "filterName",
                "name",
                "rootID",
                "terminalFilter",
            ],
            words: &[],
        },
        Shape {
            way: &["env"],
            keys: &["hostKeys"],
            words: &[],
        },
        Shape {
            way: &["code"],
            keys: &["http", "image", "pullPolicy", "sha256", "type"],
            words: &[
                ("pullPolicy", &["IfNotPresent", "Always"]),
                ("type", &["HTTP", "Image"]),
            ],
        },
        Shape {
            way: &["code", "http"],
            keys: &["sha256", "tls", "url"],
            words: &[],
        },
        Shape {
            way: &["code", "image"],
            keys: &["pullSecretRef", "sha256", "tls", "url"],
            words: &[],
        },
    ],
};

/// A `PluginConfig` of Envoy.
const PLUGIN_CONFIG: Form = Form {
    refusal: "Envoy refuses the configuration",
    around: &[],
    own_place: "config",
    own: &[
        Shape {
            way: &[],
            keys: &[
                "allow_on_headers_stop_iteration",
                "capability_restriction_config",
                "configuration",
                "fail_open",
                "failure_policy",
                "name",
                "reload_config",
                "root_id",
                "vm_config",
            ],
            words: &[(
                "failure_policy",
                &["FAIL_RELOAD", "FAIL_CLOSED", "FAIL_OPEN", "UNSPECIFIED"],
            )],
        },
        Shape {
            way: &["vm_config"],
            keys: &[
                "allow_precompiled",
                "code",
                "configuration",
                "environment_variables",
                "nack_on_code_cache_miss",
                "runtime",
                "vm_id",
            ],
            words: &[(
                "runtime",
                &[
                    "envoy.wasm.runtime.v8",
                    "envoy.wasm.runtime.wamr",
                    "envoy.wasm.runtime.wasmtime",
                ],
            )],
        },
        Shape {
            way: &["vm_config", "environment_variables"],
            keys: &["host_env_keys", "key_values"],
            words: &[],
        },
    ],
};

/// A `DynamicModuleFilter` of Envoy.
const MODULE_FILTER: Form = Form {
    refusal: "Envoy refuses the configuration",
    around: &[],
    own_place: "typed_config",
    own: &[
        Shape {
            way: &[],
            keys: &[
                "@type",
                "dynamic_module_config",
                "filter_config",
                "filter_name",
                "terminal_filter",
            ],
            words: &[],
        },
        Shape {
            way: &["dynamic_module_config"],
            keys: &[
                "do_not_close",
                "load_globally",
                "metrics_namespace",
                "module",
                "nack_on_cache_miss",
                "name",
            ],
            words: &[],
        },
    ],
};

impl Form {
    /// The one of the file that a filter is in.
    pub(super) fn of(plugin: &Plugin) -> Option<Self> {
        let kind = plugin
            .around
            .as_ref()
            .and_then(|around| around.text_of("kind"));
        match (plugin.carrier, kind) {
            (Carrier::Wasm, _) => Some(PLUGIN_CONFIG),
            (Carrier::DynamicModule, _) => Some(MODULE_FILTER),
            (Carrier::Istio, Some("WasmPlugin")) => Some(WASM_PLUGIN),
            (Carrier::Istio, _) => Some(TRAFFIC_EXTENSION),
            (Carrier::EnvoyGateway, _) => Some(EXTENSION_POLICY),
            _ => None,
        }
    }
}

impl Shape {
    /// What its reader calls a key, and where it is, for people: `base` is where its way begins.
    pub(super) fn place(&self, base: &str) -> String {
        let way = self.way.iter().map(|key| format!(".{key}"));
        format!("{base}{}", way.collect::<String>())
    }
}
