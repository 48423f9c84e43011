//! Keys and words around the plugin configuration that nobody knows. A key that is like none, and
//! known nowhere else, may be of a newer version; the words of a key are all that there are.

use maintenance_mode_core::syntax::nearest::misspelt;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::shapes::{Form, MANIFEST, Shape};
use crate::ctl::documents::node::Content;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::{Carrier, Plugin};

/// What one thing is called in Envoy, in Istio and in Envoy Gateway.
const NAMES: [&[&str]; 14] = [
    &["config", "configuration", "pluginConfig"],
    &["failOpen", "failStrategy", "fail_open", "failure_policy"],
    &["code", "url"],
    &["vmConfig", "vm_config"],
    &["env", "environment_variables"],
    &["hostKeys", "host_env_keys"],
    &["selector", "targetSelectors", "workloadSelector"],
    &["targetRef", "targetRefs"],
    &["rootID", "root_id"],
    &["imagePullPolicy", "pullPolicy"],
    &["imagePullSecret", "pullSecretRef"],
    &["match"],
    &["phase"],
    &["wasm"],
];

pub(super) fn check(plugin: &Plugin, findings: &mut Findings) {
    let Some(form) = Form::of(plugin) else {
        return;
    };
    let manifest = plugin.manifest();
    let spec = plugin.around.as_ref().and_then(|around| around.get("spec"));
    for (shape, base) in shapes(&form) {
        let root = match base {
            MANIFEST_PLACE => manifest.as_ref(),
            SPEC => spec.as_ref(),
            _ => Some(&plugin.spot),
        };
        let objects = root.map(|root| shape.objects(root)).unwrap_or_default();
        for (key, spot) in objects.iter().flat_map(Spot::entries) {
            of_key(plugin, &form, (shape, base), (key, &spot), findings);
            if let Some(words) = shape.words_of(&named(plugin, key)) {
                of_word(plugin, &form, &words, &spot, findings);
            }
        }
    }
}

const SPEC: &str = "spec";
const MANIFEST_PLACE: &str = "the manifest";

/// The shapes of a form, each with what its way begins at.
fn shapes(form: &Form) -> impl Iterator<Item = (&'static Shape, &'static str)> {
    let own_place = form.own_place;
    let around = form.around.iter().map(|shape| (shape, SPEC));
    let own = form.own.iter().map(move |shape| (shape, own_place));
    around.chain(own).chain([(&MANIFEST, MANIFEST_PLACE)])
}

/// A key as it stands in the tables: Envoy takes it in snake and in camel case.
fn named(plugin: &Plugin, key: &str) -> String {
    if !matches!(plugin.carrier, Carrier::Wasm | Carrier::DynamicModule) {
        return key.to_owned();
    }
    let letters = key.chars().flat_map(|letter| {
        let joint = letter.is_ascii_uppercase().then_some('_');
        joint.into_iter().chain([letter.to_ascii_lowercase()])
    });
    letters.collect()
}

fn of_key(
    plugin: &Plugin,
    form: &Form,
    (shape, base): (&Shape, &str),
    (written, spot): (&str, &Spot),
    findings: &mut Findings,
) {
    let key = &*named(plugin, written);
    let keys = shape.keys();
    if keys.contains(&key) {
        return;
    }
    let refusal = form.refusal;
    let place = shape.place(base);
    let (meant, fix) = if let Some(meant) = misspelt(key, &keys) {
        (
            format!("`{written}`; did you mean `{meant}`?"),
            format!("Write {meant} in the place of {written}."),
        )
    } else if let Some((name, there)) = known(form, shape, &place, written) {
        match there == place {
            true => (
                format!("`{written}`: here it is called `{name}`."),
                format!("Write {name} in the place of {written}."),
            ),
            false => (
                format!("`{written}` in {place}: it belongs in {there}."),
                format!("Move it to {there}, as {name}."),
            ),
        }
    } else if (spot.entries().iter()).any(|(inner, _)| keys.contains(inner)) {
        (
            format!("`{written}`: what is in it belongs in {place} itself."),
            format!("Remove `{written}:`, and indent what is in it less."),
        )
    } else {
        return;
    };
    findings.add(spot.place(), format!("unknown key {meant} {refusal}"), fix);
}

/// What a key is called in a form, and where: here, if it may be.
fn known(form: &Form, shape: &Shape, place: &str, written: &str) -> Option<(&'static str, String)> {
    let names = NAMES.iter().filter(|names| names.contains(&written));
    let mut names = names.flat_map(|names| names.iter().copied());
    let here = names.clone().find(|name| shape.keys().contains(name));
    let elsewhere = || {
        names.find_map(|name| {
            let mut all = shapes(form);
            let (shape, base) = all.find(|(shape, _)| shape.keys().contains(&name))?;
            Some((name, shape.place(base)))
        })
    };
    here.map(|name| (name, place.to_owned())).or_else(elsewhere)
}

fn of_word(plugin: &Plugin, form: &Form, known: &[&str], spot: &Spot, findings: &mut Findings) {
    let word = match &spot.node().content {
        Content::Text(word, _) => format!("unknown value `{word}`"),
        Content::Null => return,
        // The number of a word of Protobuf.
        Content::Number(_) if plugin.carrier == Carrier::Wasm => return,
        Content::Map(_) => "an object is no value here".to_owned(),
        Content::List(_) => "a list is no value here".to_owned(),
        _ => format!("unknown value {}", spot.node().to_json()),
    };
    let text = spot.text().unwrap_or_default();
    if known.contains(&text) {
        return;
    }
    let refusal = form.refusal;
    let all = known.join(", ");
    let (meant, fix) = match misspelt(text, known) {
        Some(meant) => (
            format!("; did you mean `{meant}`?"),
            format!("Write {meant} in the place of {text}."),
        ),
        None => (
            format!(", expected one of {all}."),
            format!("Write one of {all}; or remove the key."),
        ),
    };
    findings.add(spot.place(), format!("{word}{meant} {refusal}"), fix);
}
