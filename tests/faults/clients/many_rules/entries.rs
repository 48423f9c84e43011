//! Entries of each kind, of which the requests match none.

use maintenance_mode_core::policy::kind::Kind;
use serde_json::{Value, json};

pub const RULES: usize = 100;

pub fn entries(kind: Kind) -> Vec<Value> {
    (0..RULES).map(|number| entry(kind, number)).collect()
}

fn entry(kind: Kind, number: usize) -> Value {
    let one_of = |names: &[&str]| match names.get(number % (names.len() + 1)) {
        Some(name) => (*name).to_owned(),
        None => format!("x{number}"),
    };
    match kind {
        Kind::ClientIp => json!(format!("2001:db8:{number}::/48")),
        Kind::Path => match number % 4 {
            0 => json!(format!("/admin/{number}")),
            1 => json!(format!("/a/a/a/a/{number}/*")),
            2 => json!({"suffix": format!(".php{number}")}),
            _ => json!(format!("/caf\u{e9}/{number}/*")),
        },
        Kind::Host => match number % 3 {
            0 => json!(format!("h{number}.example")),
            1 => json!(format!("*.d{number}.example")),
            _ => json!(format!("[2001:db8::{number}]")),
        },
        Kind::Method => json!(format!("M{number}")),
        Kind::Header => with("name", json!(one_of(&["x-role"])), "", number),
        Kind::Cookie => with("name", json!(one_of(&["role", "a"])), "", number),
        Kind::Attribute => {
            let name = one_of(&["cookie", "x-role"]);
            let path = json!(["request", "headers", name]);
            match number % 4 {
                3 => with("path", json!(["request", "path"]), "/", number),
                _ => with("path", path, "", number),
            }
        }
    }
}

/// Each third is compared in another way, with values that begin as they must.
fn with(key: &str, value: Value, begin: &str, number: usize) -> Value {
    match number / 3 % 3 {
        0 => json!({key: value, "exact": format!("{begin}staff{number}")}),
        1 => json!({key: value, "prefix": format!("{begin}qa{number}")}),
        _ => json!({key: value, "suffix": format!("dev{number}")}),
    }
}
