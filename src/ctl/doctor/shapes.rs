//! The objects around the plugin configuration, as those who read them know them.

use crate::ctl::documents::spot::Spot;
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
    /// The way to it, by dots; a list is all of its items.
    way: &'static str,
    /// By spaces.
    keys: &'static str,
    /// Keys whose values are words, and these, by spaces.
    words: &'static [(&'static str, &'static str)],
}

const fn shape(
    way: &'static str,
    keys: &'static str,
    words: &'static [(&'static str, &'static str)],
) -> Shape {
    Shape { way, keys, words }
}

const API_SERVER: &str = "The API server refuses the manifest, or drops this without a word";

const FAIL_STRATEGY: (&str, &str) = ("failStrategy", "FAIL_CLOSE FAIL_OPEN FAIL_RELOAD");
const IMAGE_PULL_POLICY: (&str, &str) =
    ("imagePullPolicy", "IfNotPresent Always UNSPECIFIED_POLICY");
const TYPE: (&str, &str) = ("type", "HTTP NETWORK UNSPECIFIED_PLUGIN_TYPE");
const VM: Shape = shape("vmConfig", "env", &[]);
const VARIABLES: Shape = shape(
    "vmConfig.env",
    "name value valueFrom",
    &[("valueFrom", "HOST INLINE")],
);
const MATCH: Shape = shape(
    "match",
    "mode ports",
    &[("mode", "CLIENT SERVER CLIENT_AND_SERVER UNDEFINED")],
);
const ISTIO_TARGETS: Shape = shape(
    "targetRefs",
    "group kind name namespace",
    &[("kind", "Gateway GatewayClass Service ServiceEntry")],
);

/// What is around a `spec`.
pub(super) const MANIFEST: Shape = shape("", "apiVersion kind metadata spec status", &[]);

/// The filter is all of the `spec`.
const WASM_PLUGIN: Form = Form {
    refusal: API_SERVER,
    around: &[],
    own_place: "spec",
    own: &[
        MATCH,
        ISTIO_TARGETS,
        shape(
            "",
            "failStrategy imagePullPolicy imagePullSecret match phase pluginConfig pluginName priority \
             selector sha256 targetRef targetRefs type url verificationKey vmConfig",
            &[
                FAIL_STRATEGY,
                IMAGE_PULL_POLICY,
                TYPE,
                ("phase", "AUTHN AUTHZ STATS UNSPECIFIED_PHASE"),
            ],
        ),
        VM,
        VARIABLES,
    ],
};

const TRAFFIC_EXTENSION: Form = Form {
    refusal: API_SERVER,
    around: &[
        shape(
            "",
            "lua match phase priority selector targetRefs wasm",
            &[("phase", "AUTHN AUTHZ STATS UNSPECIFIED")],
        ),
        MATCH,
        ISTIO_TARGETS,
    ],
    own_place: "spec.wasm",
    own: &[
        shape(
            "",
            "failStrategy imagePullPolicy imagePullSecret pluginConfig pluginName sha256 type url \
             verificationKey vmConfig",
            &[FAIL_STRATEGY, IMAGE_PULL_POLICY, TYPE],
        ),
        VM,
        VARIABLES,
    ],
};

const GATEWAY_TARGET: &str = "group kind name sectionName";
const GATEWAY_KINDS: (&str, &str) = (
    "kind",
    "Gateway HTTPRoute GRPCRoute UDPRoute TCPRoute TLSRoute",
);

/// As a Wasm extension or as a dynamic module.
const EXTENSION_POLICY: Form = Form {
    refusal: API_SERVER,
    around: &[
        shape(
            "",
            "backends dynamicModule extProc lua mergeType targetRef targetRefs targetSelectors wasm",
            &[],
        ),
        shape("targetRefs", GATEWAY_TARGET, &[GATEWAY_KINDS]),
        shape("targetRef", GATEWAY_TARGET, &[GATEWAY_KINDS]),
    ],
    own_place: "spec.wasm[]",
    own: &[
        shape(
            "",
            "code config env failOpen filterName name rootID terminalFilter",
            &[],
        ),
        shape("env", "hostKeys", &[]),
        shape(
            "code",
            "http image pullPolicy sha256 type",
            &[
                ("pullPolicy", "IfNotPresent Always"),
                ("type", "HTTP Image"),
            ],
        ),
        shape("code.http", "sha256 tls url", &[]),
        shape("code.image", "pullSecretRef sha256 tls url", &[]),
    ],
};

/// A `PluginConfig` of Envoy.
const PLUGIN_CONFIG: Form = Form {
    refusal: "Envoy refuses the configuration",
    around: &[],
    own_place: "config",
    own: &[
        shape(
            "",
            "allow_on_headers_stop_iteration capability_restriction_config configuration fail_open \
             failure_policy name reload_config root_id vm_config",
            &[(
                "failure_policy",
                "FAIL_RELOAD FAIL_CLOSED FAIL_OPEN UNSPECIFIED",
            )],
        ),
        shape(
            "vm_config",
            "allow_precompiled code configuration environment_variables nack_on_code_cache_miss \
             runtime vm_id",
            &[(
                "runtime",
                "envoy.wasm.runtime.v8 envoy.wasm.runtime.wamr envoy.wasm.runtime.wasmtime",
            )],
        ),
        shape(
            "vm_config.environment_variables",
            "host_env_keys key_values",
            &[],
        ),
    ],
};

/// A `DynamicModuleFilter` of Envoy.
const MODULE_FILTER: Form = Form {
    refusal: "Envoy refuses the configuration",
    around: &[],
    own_place: "typed_config",
    own: &[
        shape(
            "",
            "@type dynamic_module_config filter_config filter_name terminal_filter",
            &[],
        ),
        shape(
            "dynamic_module_config",
            "do_not_close load_globally metrics_namespace module nack_on_cache_miss name",
            &[],
        ),
    ],
};

impl Form {
    /// The one of the file that a filter is in.
    pub(super) fn of(plugin: &Plugin) -> Option<Self> {
        let around = plugin.around.as_ref();
        let kind = around.and_then(|around| around.text_of("kind"));
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
    /// The words of a key.
    pub(super) fn words_of(&self, key: &str) -> Option<Vec<&'static str>> {
        let (_, words) = self.words.iter().find(|(name, _)| *name == key)?;
        Some(words.split(' ').collect())
    }

    pub(super) fn keys(&self) -> Vec<&'static str> {
        self.keys.split(' ').collect()
    }

    /// Where it is, for people: `base` is where its way begins.
    pub(super) fn place(&self, base: &str) -> String {
        let joint = if self.way.is_empty() { "" } else { "." };
        format!("{base}{joint}{}", self.way)
    }

    /// All that its way leads to, through each item of a list.
    pub(super) fn objects<'d>(&self, root: &Spot<'d>) -> Vec<Spot<'d>> {
        let keys = self.way.split('.').filter(|key| !key.is_empty());
        keys.fold(vec![root.clone()], |objects, key| {
            let values = objects.iter().filter_map(|object| object.get(key));
            let flat = values.flat_map(|value| match value.items() {
                items if items.is_empty() => vec![value],
                items => items,
            });
            flat.collect()
        })
    }
}
