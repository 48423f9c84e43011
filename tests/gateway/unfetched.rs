//! A module that Envoy Gateway cannot fetch.

use serde_json::json;
use support::eventually;

use crate::policy::{machine_for, of_the_module};

/// What it has of the image before keeps nothing up: it answers in the place of each route.
#[test]
fn everything_is_answered_500_until_the_image_is_one_that_is_there() {
    let what = "an image that no registry has, behind Envoy Gateway";
    let Some(mut machine) = machine_for(what, &["skopeo", "docker-registry"]) else {
        return;
    };
    let policy = of_the_module(&mut machine);
    let gateway = &policy.gateway;
    assert_eq!(gateway.admin("POST", "on").status, 200);
    let image = policy.object()["spec"]["wasm"][0]["code"]["image"]["url"].clone();
    let url = "/spec/wasm/0/code/image/url";
    let (name, _) = image.as_str().unwrap().split_once('@').unwrap();
    let nowhere = format!("{name}@sha256:{}", "1".repeat(64));

    policy.patch(&json!([{"op": "replace", "path": url, "value": nowhere}]));
    eventually("the failure", || gateway.get("/").status == 500);
    for path in ["/healthz", "/maintenance-mode"] {
        assert_eq!(gateway.get(path).status, 500, "{path}");
    }

    policy.patch(&json!([{"op": "replace", "path": url, "value": image}]));
    eventually("the mended push", || gateway.get("/healthz").is_upstream());
}
