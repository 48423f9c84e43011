//! What a control plane refuses of a manifest, although it knows each word of it.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::{Carrier, Plugin};

const GATEWAY_API: &str = "gateway.networking.k8s.io";
/// What Istio takes in `targetRefs`: kinds, and whose they are; the first has no group of its own.
const ISTIO_TARGETS: [(&str, &str); 5] = [
    ("Service", ""),
    ("Service", "core"),
    ("ServiceEntry", "networking.istio.io"),
    ("Gateway", GATEWAY_API),
    ("GatewayClass", GATEWAY_API),
];
const SCHEMES: [&str; 4] = ["oci", "https", "http", "file"];

pub(super) fn check(plugin: &Plugin, findings: &mut Findings) {
    if plugin.carrier == Carrier::Wasm {
        failure_policies(&plugin.spot, findings);
        if let Some(vm) = plugin.spot.get("vm_config") {
            without_code(&vm, findings);
            variables(&vm, findings);
        }
    }
    if plugin.carrier == Carrier::DynamicModule {
        module(&plugin.spot, findings);
    }
    let Some(around) = &plugin.around else {
        return;
    };
    match (plugin.carrier, around.get("spec")) {
        (Carrier::Istio, Some(spec)) => {
            selector(&spec, findings);
            istio_targets(&spec, findings);
            scheme(&plugin.spot, findings);
        }
        (Carrier::EnvoyGateway, Some(spec)) => {
            gateway_targets(&spec, findings);
            code(&plugin.spot, findings);
        }
        _ => in_patch(around, findings),
    }
}

/// The `PluginConfig` of Envoy.
fn failure_policies(config: &Spot, findings: &mut Findings) {
    let policy = config.text_of("failure_policy");
    if policy.is_some_and(|policy| policy != "UNSPECIFIED")
        && config.bool_of("fail_open") == Some(true)
        && let Some(old) = config.get("fail_open")
    {
        findings.add(
            old.place(),
            "fail_open and failure_policy stand side by side: Envoy takes one of the two only, and \
             refuses the configuration",
            "Remove fail_open, which failure_policy has replaced.",
        );
    }
}

/// The `DynamicModuleFilter` of Envoy.
fn module(filter: &Spot, findings: &mut Findings) {
    if let Some(config) = filter.get("dynamic_module_config")
        && config.get_any(&["name", "module"]).is_none()
    {
        findings.add(
            config.place(),
            "dynamic_module_config has neither `name` nor `module`: Envoy has nothing to load, and \
             refuses the configuration",
            "Write name: maintenance_mode, for libmaintenance_mode.so in the directory that the \
             variable ENVOY_DYNAMIC_MODULES_SEARCH_PATH names.",
        );
    }
    if filter.bool_of("terminal_filter") == Some(true)
        && let Some(terminal) = filter.get("terminal_filter")
    {
        findings.add(
            terminal.place(),
            "the filter is said to answer every request: Envoy refuses what stands after it, and \
             without that nothing passes",
            "Remove terminal_filter.",
        );
    }
}

fn without_code(vm: &Spot, findings: &mut Findings) {
    if let (Some(runtime), None) = (vm.get("runtime"), vm.get("code")) {
        findings.add(
            runtime.place(),
            "vm_config has no `code`: Envoy has nothing to run, and refuses the configuration",
            "Write code: { local: { filename: /etc/envoy/maintenance_mode.wasm } } in vm_config.",
        );
    }
}

fn variables(vm: &Spot, findings: &mut Findings) {
    let Some(given) = vm.get("environment_variables") else {
        return;
    };
    let written = given.entries_at(&["key_values"]).into_iter();
    let mut names: Vec<&str> = written.map(|(name, _)| name).collect();
    for key in given.list("host_env_keys") {
        let name = key.text().unwrap_or_default();
        if names.contains(&name) {
            findings.add(
                key.place(),
                format!(
                    "the variable {name:?} is handed over twice: Envoy wants each name once in \
                     environment_variables, and refuses the configuration"
                ),
                "Remove it here, or its other entry.",
            );
        }
        names.push(name);
    }
}

fn selector(spec: &Spot, findings: &mut Findings) {
    let Some(selector) = spec.get("selector") else {
        return;
    };
    let targets = spec.get_any(&["targetRefs", "targetRef"]);
    if targets.is_some_and(|targets| !targets.is_null()) {
        findings.add(
            selector.place(),
            "a selector and targetRefs stand side by side: Istio takes one of the two only, and \
             refuses the manifest",
            "Write targetRefs for what the Gateway API made, such as a Gateway or a waypoint; \
             selector for pods with labels. Remove the other.",
        );
    }
    let labels = selector.entries();
    if let Some((label, spot)) = labels.iter().find(|(key, _)| *key != "matchLabels") {
        findings.add(
            spot.place(),
            format!(
                "unknown key `{label}` in spec.selector: labels stand in matchLabels. The API server \
                 refuses the manifest, or drops this, and then every pod of the namespace is \
                 selected"
            ),
            format!(
                "Write selector: {{ matchLabels: {{ {label}: {} }} }}.",
                spot.text().unwrap_or("…")
            ),
        );
    }
}

fn istio_targets(spec: &Spot, findings: &mut Findings) {
    for target in spec.list("targetRefs") {
        let kind = target.text_of("kind").unwrap_or_default();
        let group = target.text_of("group").unwrap_or_default();
        let mut groups = ISTIO_TARGETS.iter().filter(|(known, _)| *known == kind);
        let Some((_, wanted)) = groups.clone().next() else {
            continue;
        };
        if !groups.any(|(_, known)| *known == group) {
            findings.add(
                target.get_or_self("group").place(),
                format!(
                    "targetRefs cannot name a {kind} of the group {group:?}: Istio refuses the \
                     manifest"
                ),
                match kind {
                    "Gateway" => format!(
                        "Write group: {GATEWAY_API} if it is a Gateway of the Gateway API. One of \
                         networking.istio.io has no proxy of its own: write selector: \
                         {{ matchLabels: … }} with the labels of its pods, in the place of \
                         targetRefs."
                    ),
                    _ => format!("Write group: {wanted:?}."),
                },
            );
        }
        if let Some(namespace) = target.get("namespace").filter(|spot| !spot.is_null()) {
            findings.add(
                namespace.place(),
                "targetRefs name what is in the namespace of the manifest, and no other: Istio \
                 refuses the manifest",
                "Remove `namespace` here, and write it in metadata of the manifest.",
            );
        }
    }
}

fn scheme(filter: &Spot, findings: &mut Findings) {
    if let Some(url) = filter.get("url")
        && let Some((scheme, rest)) = url.text().and_then(|url| url.split_once("://"))
        && !SCHEMES.contains(&scheme)
    {
        findings.add(
            url.place(),
            format!("Istio fetches no module from {scheme}://, and refuses the manifest"),
            format!(
                "Write oci://{rest} for an image in a registry; https:// for a file of a server, \
                 file:// for one in the container of the proxy."
            ),
        );
    }
}

fn gateway_targets(spec: &Spot, findings: &mut Findings) {
    let targets = spec.list("targetRefs").into_iter();
    for target in targets.chain(spec.get("targetRef")) {
        if let Some(group) = target.get("group")
            && group.text().is_some_and(|text| text != GATEWAY_API)
        {
            findings.add(
                group.place(),
                format!(
                    "a policy of Envoy Gateway can only be for what is of {GATEWAY_API}: the API \
                     server refuses the manifest"
                ),
                format!("Write group: {GATEWAY_API}."),
            );
        }
    }
}

fn code(filter: &Spot, findings: &mut Findings) {
    let Some(code) = filter.get("code") else {
        return;
    };
    let wanted = match code.text_of("type") {
        Some("Image") => "image",
        Some("HTTP") => "http",
        _ => return,
    };
    if code.get(wanted).is_none() {
        findings.add(
            code.get_or_self("type").place(),
            format!("this says how the module is fetched, but there is no `{wanted}` here: the API \
                     server refuses the manifest"),
            format!("Write {wanted}: {{ url: … }} beside it, or the other type: Image with `image`, HTTP with `http`."),
        );
    }
}

/// An `EnvoyFilter` that has the filter.
fn in_patch(patch: &Spot, findings: &mut Findings) {
    let vm = patch.at(&["patch", "value", "typed_config", "config", "vm_config"]);
    if let (Some(place), Some(_)) = (patch.get("applyTo"), vm)
        && place.text() == Some("NETWORK_FILTER")
    {
        findings.add(
            place.place(),
            "an HTTP filter is put among the network filters: Envoy refuses the listener",
            "Write applyTo: HTTP_FILTER, operation: INSERT_BEFORE, and match the subFilter \
             envoy.filters.http.router.",
        );
    }
}
