//! `bypass`: mints a bypass token offline.

use std::path::Path;

use maintenance_mode_core::config::bypass::BypassConfig;
use maintenance_mode_core::policy::bypass::Bypass;
use maintenance_mode_core::policy::environment::{Environment, any_attribute};
use serde_json::json;

use crate::ctl::arguments::bypass::{BypassArgs, KeySource};
use crate::ctl::documents::load::load;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::say;
use crate::ctl::process::environment::variable;
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::process::input::read;
use crate::ctl::setup::survey::survey;

pub(crate) fn bypass(options: &BypassArgs) -> Result<Exit, Abort> {
    let config = config(&options.key)?;
    let environment = Environment {
        owner: "this process",
        variable: &variable,
        check_attribute: any_attribute,
    };
    let bypass =
        Bypass::compile(&config, environment).map_err(|error| format!("bypass: {error}"))?;
    let longest = bypass.max_ttl_seconds;
    if !(1..=longest).contains(&options.ttl) {
        return Err(format!("the ttl is not from 1 to {longest} seconds").into());
    }
    let minted = bypass
        .mint(&options.name, now(), options.ttl, None)
        .ok_or("the end is past the year 9999")?;
    let url = options.url.as_ref();
    let url = url.map(|url| format!("{url}/bypass?token={}", minted.token));
    say(&if options.json {
        json!({"token": minted.token, "expires": minted.expires, "url": url}).to_string()
    } else {
        url.unwrap_or(minted.token)
    });
    Ok(Exit::SUCCESS)
}

fn config(source: &KeySource) -> Result<BypassConfig, String> {
    if let Some(path) = &source.config {
        return config_in(path).map_err(|problem| format!("{}: {problem}", path.display()));
    }
    let mut config = BypassConfig {
        key_env: source.key_env.clone(),
        ..BypassConfig::default()
    };
    if let Some(path) = &source.key_file {
        let key = read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        config.key = Some(key.trim_ascii().to_owned());
    }
    Ok(config)
}

/// The first `bypass` in a file.
fn config_in(path: &Path) -> Result<BypassConfig, String> {
    let loaded = load(&[path.display().to_string()]);
    if let Some(problem) = loaded.problem() {
        return Err(problem);
    }
    for plugin in survey(&loaded.documents).plugins {
        if let Some(bypass) = plugin.compiled.accepted()?.0.bypass {
            return Ok(bypass);
        }
    }
    Err("there is no `bypass` in it".to_owned())
}
