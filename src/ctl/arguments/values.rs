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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_one_line() {
        assert_eq!(name("night shift").as_deref(), Ok("night shift"));
        for text in ["", "a\nb", &"a".repeat(65)] {
            assert!(name(text).is_err(), "{text:?}");
        }
    }
}
