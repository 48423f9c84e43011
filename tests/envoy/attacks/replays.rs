//! Calls and links that are sent again.

use support::{Delivery, Envoy, Options, Request, admin_request};

use super::{configuration, generation, start};

#[test]
fn a_change_that_names_its_generation_is_made_once() {
    let envoy = start();
    let recorded = admin_request("POST", "on?message=a").header("if-match", "\"0\"");
    assert_eq!(envoy.fetch(&recorded).status, 200);
    for _ in 0..3 {
        assert_eq!(envoy.fetch(&recorded).status, 412);
    }
    envoy.toggle(false);
    assert_eq!(envoy.fetch(&recorded).status, 412);
    envoy.admin("POST", "reset");
    assert_eq!(envoy.fetch(&recorded).status, 412, "a reset goes not back");
    assert_eq!(generation(&envoy), 3);
}

#[test]
fn a_link_and_its_cookie_end_with_the_key_that_signed_them() {
    let mut options = Options::new(configuration());
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    let minted = envoy.admin("POST", "bypass?name=qa").json();
    let token = minted["token"].as_str().unwrap();
    let (_, path) = minted["url"]
        .as_str()
        .unwrap()
        .split_once("test.example")
        .unwrap();
    let link = Request::get(path);
    let cookie = Request::get("/").header("cookie", format!("maintenance_bypass={token}"));
    assert!(envoy.fetch(&link).header("set-cookie").is_some());
    assert!(envoy.fetch(&cookie).is_upstream());

    let mut rotated = configuration();
    rotated["bypass"]["key"] = "another-key-of-the-tests-of-32-bytes".into();
    envoy.update(rotated);
    assert_eq!(envoy.fetch(&link).header("set-cookie"), None);
    assert!(envoy.fetch(&cookie).is_blocked());
}
