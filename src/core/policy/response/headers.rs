//! `response.headers`

use crate::config::response::Entries;
use crate::syntax::field::header_name;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::line::is_line;
use crate::syntax::wire;

/// The name and the value of a header.
pub type Header = (Box<str>, Box<str>);

/// Compiles `response.headers`; refuses a name that is no header name, reserved or there twice, and
/// a value of more than one line.
pub(crate) fn compile(config: Option<&Entries<String>>) -> Compiled<Vec<Header>> {
    let mut headers: Vec<Header> = Vec::new();
    for (key, value) in config.map_or(&[][..], |Entries(headers)| headers) {
        let (name, value) = compile_header(key, value).at(key)?;
        if headers.iter().any(|(other, _)| *other == name) {
            return refuse("is there twice: expected one value, or several joined by `,`").at(key);
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn compile_header(name: &str, value: &str) -> Compiled<Header> {
    let name = header_name(name)?;
    if wire::RESERVED.contains(&&*name) {
        let instead = match &*name {
            "content-type" => "write `format`, `html`, `json` or `text`",
            "set-cookie" => "write `expire_cookies` to end a cookie",
            _ => "leave it out",
        };
        return refuse(format!(
            "cannot be set: the reply makes it itself: {instead}"
        ));
    }
    if !is_line(value) {
        return refuse("the value has a control character: expected one line");
    }
    Ok((name, value.into()))
}
