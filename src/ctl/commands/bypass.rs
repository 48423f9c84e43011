//! `hash-token` and `bypass`: secrets in, entries and tokens out.

use std::{io::Read, path::Path};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    Exit,
    arguments::{self, HashToken},
    check::NONE_FOUND,
    complain,
    documents::find,
    now, read, say,
};
use crate::{
    bypass::{Bypass, MAX_NAME_BYTES},
    config::BypassConfig,
};

/// The filter refuses a shorter token in `token_env`.
const GOOD_TOKEN_BYTES: usize = 16;

/// Prints the entry of `tokens` for the token on standard input.
pub(super) fn hash_token(options: &HashToken) -> Exit {
    let mut token = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut token) {
        complain(&format!("standard input: {error}"));
        return Exit::Usage;
    }
    match entry(&options.name, &token) {
        Ok((entry, warning)) => {
            warning.into_iter().for_each(complain);
            say(&entry);
            Exit::Success
        }
        Err(problem) => {
            complain(problem);
            Exit::Usage
        }
    }
}

/// The entry, and what is doubtful about the token.
fn entry(name: &str, token: &[u8]) -> Result<(String, Option<&'static str>), &'static str> {
    let token = token.strip_suffix(b"\n").unwrap_or(token);
    let token = token.strip_suffix(b"\r").unwrap_or(token);
    if token.is_empty() {
        return Err("the token is empty");
    }
    if token.trim_ascii() != token || !token.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(
            "the token cannot be sent in a header: expected one line of printable ASCII \
             without space around it",
        );
    }
    if !is_name(name) {
        return Err("the name is not 1 to 64 bytes without control characters");
    }
    let short = token.len() < GOOD_TOKEN_BYTES;
    let warning = short.then_some("warning: a token under 16 bytes is easily guessed");
    let sha256: String = Sha256::digest(token)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((json!({"name": name, "sha256": sha256}).to_string(), warning))
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// Mints a bypass token.
pub(super) fn bypass(options: &arguments::Bypass) -> Exit {
    match mint(options) {
        Ok(text) => {
            say(&text);
            Exit::Success
        }
        Err(problem) => {
            complain(&problem);
            Exit::Usage
        }
    }
}

fn mint(options: &arguments::Bypass) -> Result<String, String> {
    let config = config(options)?;
    let bypass = Bypass::compile(&config, |variable| std::env::var(variable).ok())
        .map_err(|error| format!("bypass: {error}"))?;
    if !is_name(&options.name) {
        return Err("the name is not 1 to 64 bytes without control characters".to_owned());
    }
    let longest = bypass.max_ttl_seconds;
    if !(1..=longest).contains(&options.ttl) {
        return Err(format!("the ttl is not from 1 to {longest} seconds"));
    }
    let minted = bypass
        .mint(&options.name, now(), options.ttl, None)
        .ok_or("the end is past the year 9999")?;
    let url = options.url.as_ref();
    let url = url.map(|url| format!("{url}/bypass?token={}", minted.token));
    if options.json {
        let document = json!({"token": minted.token, "expires": minted.expires, "url": url});
        return Ok(document.to_string());
    }
    Ok(url.unwrap_or(minted.token))
}

fn config(options: &arguments::Bypass) -> Result<BypassConfig, String> {
    if let Some(path) = &options.key.config {
        return config_in(path).map_err(|problem| format!("{}: {problem}", path.display()));
    }
    let key = options.key.key_file.as_ref().map(|path| {
        let key = read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok::<_, String>(key.trim_ascii().to_owned())
    });
    Ok(BypassConfig {
        key: key.transpose()?,
        key_env: options.key.key_env.clone(),
        ..BypassConfig::default()
    })
}

/// The first `bypass` in a file.
fn config_in(path: &Path) -> Result<BypassConfig, String> {
    let text = read(path).map_err(|error| error.to_string())?;
    let found = find(&text)?;
    if found.is_empty() {
        return Err(NONE_FOUND.to_owned());
    }
    for found in found {
        if let Some(bypass) = found.parse()?.bypass {
            return Ok(bypass);
        }
    }
    Err("there is no `bypass` in it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_is_dropped() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for token in ["abc", "abc\n", "abc\r\n"] {
            let (entry, warning) = entry("ops", token.as_bytes()).unwrap();
            assert_eq!(entry, format!(r#"{{"name":"ops","sha256":"{abc}"}}"#));
            assert!(warning.is_some());
        }
        assert_eq!(entry("ops", b"sixteen bytes ok").unwrap().1, None);
        for token in ["", "\n", "abc\n\n", " abc", "a\tb", "\u{e9}"] {
            assert!(entry("ops", token.as_bytes()).is_err(), "{token:?}");
        }
        assert!(entry("", b"abc").is_err() && entry("a\nb", b"abc").is_err());
    }
}
