//! `hash-token`, `bypass` and `--help`.

use serde_json::json;
use support::{Envoy, Request, TOKEN, admin, sha256};

use crate::command::{ctl, ctl_with, url};
use crate::manual::commands;

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn the_entry_of_a_token_admits_it() {
    let hashed = ctl_with(
        &format!("{TOKEN}\n"),
        &["hash-token", "--name", "night shift"],
    );
    assert_eq!(hashed.code, Some(0));
    assert_eq!(
        hashed.json(),
        json!({"name": "night shift", "sha256": sha256(TOKEN)})
    );
    assert_eq!(hashed.stderr, "");
    assert_eq!(ctl_with("short", &["hash-token"]).json()["name"], "ops");
    assert!(
        ctl_with("short", &["hash-token"])
            .stderr
            .contains("16 bytes")
    );
    assert_eq!(ctl_with("\n", &["hash-token"]).code, Some(2));
}

#[test]
fn a_token_minted_offline_passes() {
    let configuration = json!({"admin": admin(), "initial": "on", "bypass": {"key": KEY}});
    let envoy = Envoy::start(configuration.clone());
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let key_file = write("key", &format!("{KEY}\n"));
    let config = write("config.json", &configuration.to_string());
    for key in [["--key-file", &key_file], ["--config", &config]] {
        let name = ["bypass", "--name", "qa", "--json", "--url"];
        let url = url(&envoy);
        let minted = ctl(&[&name[..], &[&url], &key].concat());
        let token = minted.json()["token"].as_str().unwrap().to_owned();
        let passed = envoy.fetch(&Request::get("/").header("x-maintenance-bypass", &token));
        assert!(passed.is_upstream(), "{key:?}");
        let link = minted.json()["url"].as_str().unwrap().to_owned();
        let link = link.replace(&format!("http://{}", envoy.address), "");
        let linked = envoy.get(&link);
        assert_eq!(linked.status, 303);
        assert!(linked.header("set-cookie").unwrap().contains(&token));
    }
    let name = ["bypass", "--name", "qa", "--key-file", &key_file];
    for (more, code) in [
        (&[][..], 0),
        (&["--ttl", "43200"], 0),
        (&["--ttl", "43201"], 2),
        (&["--ttl", "0"], 2),
        (&["--key-env", "NOT_SET"], 2),
    ] {
        assert_eq!(
            ctl(&[&name[..], more].concat()).code,
            Some(code),
            "{more:?}"
        );
    }
}

#[test]
fn help_has_an_example_for_every_command() {
    let help = ctl(&["--help"]).stdout;
    assert!(help.contains("Exit codes:"));
    for command in commands() {
        let help = ctl(&[&command, "--help"]).stdout;
        assert!(
            help.contains(&format!("maintenancectl {command}")),
            "{command}"
        );
        assert!(ends_with_an_example(&help), "{help}");
    }
    assert!(ends_with_an_example(&help), "{help}");
}

fn ends_with_an_example(help: &str) -> bool {
    let (_, example) = help.rsplit_once("Example:\n").unwrap_or_default();
    let is_part = |line: &str| line.is_empty() || line.starts_with("  ");
    example.contains("maintenancectl") && example.lines().all(is_part)
}
