//! `response.headers`

use crate::config::response::HeadersConfig;
use crate::syntax::field::header_name;
use crate::syntax::invalid::{InvalidConfig, Located};
use crate::syntax::line::is_line;
use crate::syntax::wire;

/// The name and the value of a header.
pub type Header = (Box<str>, Box<str>);

/// Headers that the reply makes itself, or that would break it.
pub(crate) const RESERVED: [&str; 6] = [
    "connection",
    "content-length",
    "content-type",
    "set-cookie",
    "transfer-encoding",
    wire::MODE,
];

/// Compiles `response.headers`.
///
/// # Errors
/// A name that is no header name, is reserved or there twice, or a value of more than one line.
pub(crate) fn compile(config: Option<&HeadersConfig>) -> Result<Vec<Header>, InvalidConfig> {
    let mut headers: Vec<Header> = Vec::new();
    for (key, value) in config.map_or(&[][..], |HeadersConfig(headers)| headers) {
        let header = compile_header(key, value).and_then(|(name, value)| {
            if headers.iter().any(|(other, _)| *other == name) {
                return Err(InvalidConfig::new("is there twice"));
            }
            Ok((name, value))
        });
        headers.push(header.at(key)?);
    }
    Ok(headers)
}

fn compile_header(name: &str, value: &str) -> Result<Header, InvalidConfig> {
    let name = header_name(name)?;
    if RESERVED.contains(&&*name) {
        return Err(InvalidConfig::new(
            "cannot be set: the reply makes it itself",
        ));
    }
    if !is_line(value) {
        return Err(InvalidConfig::new("the value has a control character"));
    }
    Ok((name, value.into()))
}
