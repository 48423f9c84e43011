//! Keys and words of a manifest around the plugin configuration that are misspelt. Those that are
//! like none that is known may be of a newer version.

use maintenance_mode_core::syntax::nearest::misspelt;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::{Carrier, Plugin};

/// An object of a manifest.
struct Shape {
    /// The way to it; a list is all of its items.
    way: &'static [&'static str],
    keys: &'static [&'static str],
    /// Keys whose values are words, and these.
    words: &'static [(&'static str, &'static [&'static str])],
}

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

/// Of the filter itself in a `WasmPlugin`, which is all of its `spec`.
const WASM_PLUGIN: &[Shape] = &[
    MATCH,
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
];

/// Of the `spec` around it.
const TRAFFIC_EXTENSION: &[Shape] = &[
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
];

/// Of the filter itself.
const TRAFFIC_EXTENSION_WASM: &[Shape] = &[
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
];

/// Of the `spec` around it.
const EXTENSION_POLICY: &[Shape] = &[Shape {
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
}];

/// Of the filter itself, as a Wasm extension or as a dynamic module.
const EXTENSION_POLICY_ITEM: &[Shape] = &[
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
];

pub(super) fn check(plugin: &Plugin, findings: &mut Findings) {
    let is_manifest = matches!(plugin.carrier, Carrier::Istio | Carrier::EnvoyGateway);
    let Some(manifest) = plugin.around.as_ref().filter(|_| is_manifest) else {
        return;
    };
    let Some(spec) = manifest.get("spec") else {
        return;
    };
    let (around, own): (&[Shape], &[Shape]) = match manifest.text_of("kind") {
        Some("WasmPlugin") => (&[], WASM_PLUGIN),
        Some("TrafficExtension") => (TRAFFIC_EXTENSION, TRAFFIC_EXTENSION_WASM),
        Some("EnvoyExtensionPolicy") => (EXTENSION_POLICY, EXTENSION_POLICY_ITEM),
        _ => return,
    };
    let around = around.iter().map(|shape| (&spec, shape));
    for (root, shape) in around.chain(own.iter().map(|shape| (&plugin.spot, shape))) {
        for object in objects(root, shape.way) {
            for (key, spot) in object.entries() {
                add("key", key, shape.keys, &spot, findings);
                let words = shape.words.iter().find(|(name, _)| *name == key);
                if let (Some((_, words)), Some(word)) = (words, spot.text()) {
                    add("value", word, words, &spot, findings);
                }
            }
        }
    }
}

fn add(what: &str, found: &str, known: &[&str], spot: &Spot, findings: &mut Findings) {
    if known.contains(&found) {
        return;
    }
    if let Some(meant) = misspelt(found, known) {
        findings.add(
            spot.place(),
            format!(
                "unknown {what} `{found}`; did you mean `{meant}`? The API server refuses the \
                 manifest, or drops this without a word"
            ),
            format!("Write {meant} in the place of {found}."),
        );
    }
}

/// What a way leads to, through each item of a list.
fn objects<'d>(root: &Spot<'d>, way: &[&str]) -> Vec<Spot<'d>> {
    way.iter().fold(vec![root.clone()], |objects, key| {
        let values = objects.iter().filter_map(|object| object.get(key));
        let flat = values.flat_map(|value| match value.items() {
            items if items.is_empty() => vec![value],
            items => items,
        });
        flat.collect()
    })
}
