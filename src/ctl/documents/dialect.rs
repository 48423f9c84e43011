//! What a plain scalar of YAML is, which differs by who reads it.
//!
//! Both take `on`, `off`, `yes`, `no`, `y` and `n` for booleans, as YAML 1.1 did, and a number
//! that begins with 0 for an octal one.

use serde_json::Number;

use crate::ctl::documents::node::Content;

/// Who reads a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// yaml-cpp, and what Envoy makes of it: fractions, and numbers beyond 32 bits, stay texts
    /// unless the field is known to be a number. No merge keys.
    Envoy,
    /// sigs.k8s.io/yaml, which `kubectl` and the control planes read with: go-yaml 2.
    Kubernetes,
}

impl Dialect {
    /// What a scalar without quotes is.
    pub(super) fn plain(self, text: String) -> Content {
        match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => return Content::Null,
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
                return Content::Bool(true);
            }
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off"
            | "OFF" => return Content::Bool(false),
            _ => {}
        }
        match self {
            Self::Envoy => envoy_number(text),
            Self::Kubernetes => {
                kubernetes_number(&text).map_or_else(|| Content::Text(text, None), Content::Number)
            }
        }
    }

    /// What a scalar without quotes is that has the tag `!!str`, which Envoy does not look at.
    pub(super) fn tagged(self, text: String) -> Content {
        match self {
            Self::Envoy => self.plain(text),
            Self::Kubernetes => Content::Text(text, None),
        }
    }
}

fn envoy_number(text: String) -> Content {
    match integer(&text, &[("0x", 16), ("0X", 16), ("0", 8)]) {
        Some(number) if i32::try_from(number).is_ok() => Content::Number(number.into()),
        Some(number) => Content::Text(number.to_string(), None),
        None => Content::Text(text, None),
    }
}

fn kubernetes_number(text: &str) -> Option<Number> {
    const PREFIXES: [(&str, u32); 8] = [
        ("0x", 16),
        ("0X", 16),
        ("0b", 2),
        ("0B", 2),
        ("0o", 8),
        ("0O", 8),
        ("0_", 8),
        ("0", 8),
    ];
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    let plain = text.replace('_', "");
    if let Some(whole) = integer(&plain, &PREFIXES) {
        return Some(whole.into());
    }
    if let Ok(whole) = plain.parse::<u64>()
        && !plain.starts_with('0')
    {
        return Some(whole.into());
    }
    is_float(&plain)
        .then(|| plain.trim_start_matches('+').parse().ok())?
        .and_then(Number::from_f64)
}

/// A whole number with a sign, in the base of the first prefix that it has.
fn integer(text: &str, prefixes: &[(&str, u32)]) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let based = (prefixes.iter()).find_map(|(prefix, base)| {
        let digits = digits.strip_prefix(prefix)?;
        (!digits.is_empty()).then_some((digits, *base))
    });
    let (digits, base) = based.unwrap_or((digits, 10));
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    has_digits
        && are_digits(whole)
        && are_digits(fraction)
        && !exponent.is_empty()
        && are_digits(exponent)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ctl::documents::node::Node;

    fn read(dialect: Dialect, text: &str) -> Value {
        let content = dialect.plain(text.to_owned());
        let position = None;
        Node { position, content }.to_json()
    }

    #[test]
    fn words_of_yaml_1_1_are_booleans_to_both() {
        for dialect in [Dialect::Envoy, Dialect::Kubernetes] {
            for (text, value) in [
                ("on", json!(true)),
                ("Off", json!(false)),
                ("y", json!(true)),
                ("NO", json!(false)),
                ("oN", json!("oN")),
                ("~", json!(null)),
                ("Null", json!(null)),
                ("nULL", json!("nULL")),
                ("10.0.0.1", json!("10.0.0.1")),
                ("2026-01-01T00:00:00Z", json!("2026-01-01T00:00:00Z")),
                ("-5", json!(-5)),
                ("+5", json!(5)),
                ("-", json!("-")),
            ] {
                assert_eq!(read(dialect, text), value, "{dialect:?} {text}");
            }
        }
    }

    #[test]
    fn numbers_differ() {
        for (text, envoy, kubernetes) in [
            ("007", json!(7), json!(7)),
            ("010", json!(8), json!(8)),
            ("08", json!("08"), json!(8.0)),
            ("0x1F", json!(31), json!(31)),
            ("0b11", json!("0b11"), json!(3)),
            ("0o17", json!("0o17"), json!(15)),
            ("1_000", json!("1_000"), json!(1000)),
            ("1.5", json!("1.5"), json!(1.5)),
            ("1e3", json!("1e3"), json!(1000.0)),
            ("3153600000", json!("3153600000"), json!(3_153_600_000_u64)),
            (
                "18446744073709551615",
                json!("18446744073709551615"),
                json!(u64::MAX),
            ),
        ] {
            assert_eq!(read(Dialect::Envoy, text), envoy, "{text}");
            assert_eq!(read(Dialect::Kubernetes, text), kubernetes, "{text}");
        }
    }
}
