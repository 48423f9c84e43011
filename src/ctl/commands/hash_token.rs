//! `hash-token`: the entry of `admin.tokens` for a token.

use maintenance_mode_core::policy::endpoint::MIN_TOKEN_BYTES;
use maintenance_mode_core::syntax::hex;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ctl::arguments::bypass::HashTokenArgs;
use crate::ctl::arguments::token::can_be_sent;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::process::input::read_standard_input;

pub(crate) fn hash_token(options: &HashTokenArgs) -> Result<Exit, Abort> {
    let token = read_standard_input().map_err(|error| format!("standard input: {error}"))?;
    let (entry, warning) = entry(&options.name, &token)?;
    warning.into_iter().for_each(complain);
    say(&entry);
    Ok(Exit::SUCCESS)
}

/// The entry, and what is doubtful about the token.
fn entry(name: &str, token: &[u8]) -> Result<(String, Option<&'static str>), &'static str> {
    let token = token.strip_suffix(b"\n").unwrap_or(token);
    let token = token.strip_suffix(b"\r").unwrap_or(token);
    if token.is_empty() {
        return Err("the token is empty");
    }
    if token.trim_ascii() != token || !can_be_sent(token) {
        return Err(
            "the token cannot be sent in a header: expected one line of printable ASCII \
             without space around it",
        );
    }
    let short = token.len() < MIN_TOKEN_BYTES;
    let warning = short.then_some("warning: a token under 16 bytes is easily guessed");
    let sha256 = hex::encode(&Sha256::digest(token));
    Ok((json!({"name": name, "sha256": sha256}).to_string(), warning))
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
    }
}
