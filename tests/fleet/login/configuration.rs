//! Logins that cannot work and are refused.

use serde_json::{Value, json};
use support::{
    Envoy,
    etcd::{Etcd, KEY, PASSWORD, PASSWORD_ENV, USER},
    fleet::{logged_in, start_all},
};

#[test]
fn a_login_without_a_user_or_a_password_is_refused_by_name() {
    let etcd = Etcd::start();
    let variable = json!(PASSWORD_ENV);
    let user = json!(USER);
    for (username, password_env, password, expected) in [
        (
            Some(&user),
            None,
            "x",
            "store.etcd: expected both `username` and `password_env`",
        ),
        (
            None,
            Some(&variable),
            "x",
            "store.etcd: expected both `username` and `password_env`",
        ),
        (
            Some(&user),
            Some(&json!("NO_SUCH_VARIABLE")),
            "x",
            "store.etcd.password_env: ",
        ),
        (
            Some(&user),
            Some(&variable),
            "",
            "store.etcd.password_env: ",
        ),
        (
            Some(&user),
            Some(&variable),
            " ",
            "store.etcd.password_env: ",
        ),
        (
            Some(&json!("")),
            Some(&variable),
            "x",
            "store.etcd.username: ",
        ),
        (
            Some(&json!(1)),
            Some(&variable),
            "x",
            "store.etcd.username: ",
        ),
        (
            Some(&user),
            Some(&json!(1)),
            "x",
            "store.etcd.password_env: ",
        ),
    ] {
        let mut options = logged_in(&etcd, USER, password);
        let mut plugin: Value = serde_json::from_str(&options.configuration).unwrap();
        let settings = plugin["store"]["etcd"].as_object_mut().unwrap();
        for (key, value) in [("username", username), ("password_env", password_env)] {
            match value {
                Some(value) => settings.insert(key.to_owned(), value.clone()),
                None => settings.remove(key),
            };
        }
        options.configuration = plugin.to_string();
        let log = Envoy::refusal(options);
        let errors: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("[error]") && line.contains("maintenance-mode: "))
            .collect();
        assert!(
            errors.iter().all(|error| error.contains(expected)) && !errors.is_empty(),
            "{plugin}: {log}"
        );
    }
}

#[test]
fn a_password_in_the_plugin_configuration_is_refused() {
    let etcd = Etcd::start();
    let mut options = logged_in(&etcd, USER, "x");
    options.configuration = options
        .configuration
        .replace("\"password_env\"", "\"password\"");
    let log = Envoy::refusal(options);
    assert!(log.contains("store.etcd.password: unknown field"), "{log}");
}

#[test]
fn a_password_may_come_with_the_end_of_its_line() {
    let etcd = Etcd::secured();
    for end in ["\n", "\r\n"] {
        let password = format!("{PASSWORD}{end}");
        start_all([logged_in(&etcd, USER, &password)])[0].toggle(false);
        etcd.delete(KEY);
    }
}
