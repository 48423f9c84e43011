//! Values that several arguments share.

use std::net::IpAddr;

use maintenance_mode_core::policy::bypass::MAX_NAME_BYTES;
use maintenance_mode_core::policy::client_address::parse_hop;
use maintenance_mode_core::state::given::Given;
use maintenance_mode_core::syntax::line;

/// What the admin endpoint would take as well.
pub(super) fn given<T: Given>(text: &str) -> Result<T, String> {
    T::parse(text).ok_or_else(|| format!("expected {}", T::EXPECTED))
}

/// Seconds, at most so many.
pub(super) fn seconds<const MOST: u64>(text: &str) -> Result<u64, String> {
    let seconds = given::<u64>(text)?;
    let error = || format!("expected at most {MOST} seconds");
    (seconds <= MOST).then_some(seconds).ok_or_else(error)
}

/// The name of a token.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = line::name::<MAX_NAME_BYTES>(text).map_err(|error| error.to_string())?;
    Ok(name.into())
}

pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("expected `name: value`")?;
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() {
        return Err("expected the name of a header before the colon".to_owned());
    }
    Ok((name, value.trim().to_owned()))
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected `name=value`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// An address of a client, as the filter reads those that proxies write.
pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    parse_hop(text.as_bytes()).ok_or_else(|| "expected an IP address, such as 192.0.2.1".to_owned())
}

/// The whole address of an admin endpoint, without a slash at its end.
pub(super) fn endpoint_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let is_http = ["http", "https"].contains(&scheme);
    let (authority, path) = rest.split_once('/').unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['?', '#']);
    if !is_http || authority.is_empty() || authority.contains('@') || path.is_empty() || !is_plain {
        return Err("expected http(s)://HOST[:PORT] and the path of the endpoint".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_whole_address() {
        for url in ["http://a/m", "https://[::1]:8080/a/m", "http://a/m/"] {
            assert_eq!(endpoint_url(url).unwrap(), url.trim_end_matches('/'));
        }
        for url in [
            "",
            "a/m",
            "http://a",
            "http://a/",
            "ftp://a/m",
            "http://u:p@a/m",
            "http://a/m?x",
        ] {
            assert!(endpoint_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_name_is_short_and_one_line() {
        assert_eq!(name("night shift").as_deref(), Ok("night shift"));
        for text in ["", "a\nb", &"a".repeat(65)] {
            assert!(name(text).is_err(), "{text:?}");
        }
    }
}
