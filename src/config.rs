//! The plugin configuration: a mirror of its JSON, which checks nothing but shape.
//!
//! [`Policy`](crate::policy::Policy) is what it is compiled to. An absent key is a
//! default or `None`; an explicit `null` is a wrong type, but for `response.retry_after`.

mod protobuf_struct;

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer, value::MapAccessDeserializer},
};

use crate::policy::InvalidConfig;

/// The whole plugin configuration.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct PluginConfig {
    /// Whether the flag is fixed, or the state decides.
    pub mode: Mode,
    /// The flag in [`Mode::Auto`] until somebody sets it.
    pub initial: Switch,
    /// Filters of one VM id with the same scope share one state.
    #[serde(deserialize_with = "present")]
    pub scope: Option<String>,
    /// The requests that pass while maintenance is on.
    pub allow: MatchersConfig,
    /// What the others get.
    pub response: ResponseConfig,
    /// The admin endpoint.
    #[serde(deserialize_with = "present")]
    pub admin: Option<AdminConfig>,
}

impl PluginConfig {
    /// Reads a plugin configuration: JSON text (Envoy's `StringValue`, Istio's
    /// `pluginConfig`) or an encoded `google.protobuf.Struct`; nothing is the default.
    ///
    /// # Errors
    /// A syntax error with line and column, or the path of the first key that is unknown
    /// or has a wrong type.
    pub fn parse(configuration: &[u8]) -> Result<Self, InvalidConfig> {
        if configuration.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice::<de::IgnoredAny>(configuration) {
            Ok(_) => Self::from_json(configuration),
            Err(error) => match protobuf_struct::decode(configuration) {
                Some(json) => Self::from_json(json.to_string().as_bytes()),
                None => Err(InvalidConfig::syntax(&error)),
            },
        }
    }

    fn from_json(text: &[u8]) -> Result<Self, InvalidConfig> {
        let mut json = serde_json::Deserializer::from_slice(text);
        serde_path_to_error::deserialize(&mut json).map_err(InvalidConfig::from)
    }
}

/// `mode`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", remote = "Self")]
pub enum Mode {
    /// The state decides.
    #[default]
    Auto,
    /// Maintenance is on, and the admin endpoint locked.
    On,
    /// Maintenance is off, and the admin endpoint locked.
    Off,
}

impl Mode {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// `"on"` or `"off"`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", remote = "Self")]
pub enum Switch {
    /// Maintenance is on.
    On,
    /// Maintenance is off.
    #[default]
    Off,
}

/// `allow`
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct MatchersConfig {
    /// IP addresses and CIDR blocks.
    pub client_ips: Vec<String>,
    /// Paths, without their query.
    pub paths: Vec<PathConfig>,
    /// Host names, and `*.` with the domain that follows.
    pub hosts: Vec<String>,
    /// HTTP methods.
    pub methods: Vec<String>,
    /// Request headers.
    pub headers: Vec<FieldConfig>,
    /// Request cookies.
    pub cookies: Vec<FieldConfig>,
    /// Envoy attributes.
    pub attributes: Vec<AttributeConfig>,
}

/// An entry of `paths`.
#[derive(Debug, PartialEq)]
pub enum PathConfig {
    /// An exact path, or a prefix that ends in `/*`.
    Pattern(String),
    /// An object that names the kind.
    Kind(PathKindConfig),
}

/// An entry of `paths` that names its kind; exactly one is given.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathKindConfig {
    /// The whole path.
    #[serde(deserialize_with = "present")]
    pub exact: Option<String>,
    /// The first segments of the path.
    #[serde(deserialize_with = "present")]
    pub prefix: Option<String>,
    /// The last characters of the path.
    #[serde(deserialize_with = "present")]
    pub suffix: Option<String>,
    /// A regular expression that matches the whole path.
    #[serde(deserialize_with = "present")]
    pub regex: Option<String>,
}

impl<'de> Deserialize<'de> for PathConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = PathConfig;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a path or an object with exact, prefix, suffix or regex")
            }

            fn visit_str<E: de::Error>(self, pattern: &str) -> Result<PathConfig, E> {
                Ok(PathConfig::Pattern(pattern.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<PathConfig, A::Error> {
                PathKindConfig::deserialize(MapAccessDeserializer::new(map)).map(PathConfig::Kind)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// An entry of `headers` or `cookies`; exactly one kind is given.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct FieldConfig {
    /// The name of the header or cookie.
    pub name: String,
    /// The whole value.
    #[serde(default, deserialize_with = "present")]
    pub exact: Option<String>,
    /// How the value begins.
    #[serde(default, deserialize_with = "present")]
    pub prefix: Option<String>,
    /// How the value ends.
    #[serde(default, deserialize_with = "present")]
    pub suffix: Option<String>,
    /// A regular expression that matches the whole value.
    #[serde(default, deserialize_with = "present")]
    pub regex: Option<String>,
    /// Whether it is there at all.
    #[serde(default, deserialize_with = "present")]
    pub present: Option<bool>,
}

/// An entry of `attributes`; exactly one kind is given.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AttributeConfig {
    /// The path of the attribute, a segment an element.
    pub path: Vec<String>,
    /// The whole value.
    #[serde(default, deserialize_with = "present")]
    pub exact: Option<String>,
    /// How the value begins.
    #[serde(default, deserialize_with = "present")]
    pub prefix: Option<String>,
    /// How the value ends.
    #[serde(default, deserialize_with = "present")]
    pub suffix: Option<String>,
    /// A regular expression that matches the whole value.
    #[serde(default, deserialize_with = "present")]
    pub regex: Option<String>,
    /// Whether it is there at all.
    #[serde(default, deserialize_with = "present")]
    pub present: Option<bool>,
}

/// `response`
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct ResponseConfig {
    /// HTTP status code, 200 to 599.
    #[serde(deserialize_with = "present")]
    pub status: Option<Number>,
    /// The `Retry-After` of a reply for which no end is known.
    #[serde(deserialize_with = "present")]
    pub retry_after: Option<RetryAfterConfig>,
    /// The representation of the body.
    #[serde(deserialize_with = "present")]
    pub format: Option<Format>,
    /// `{{title}}` of the bodies.
    #[serde(deserialize_with = "present")]
    pub title: Option<String>,
    /// `{{message}}` of the bodies.
    #[serde(deserialize_with = "present")]
    pub message: Option<String>,
    /// Template of the HTML body.
    #[serde(deserialize_with = "present")]
    pub html: Option<String>,
    /// Template of the JSON body.
    #[serde(deserialize_with = "present")]
    pub json: Option<String>,
    /// Template of the plain text body.
    #[serde(deserialize_with = "present")]
    pub text: Option<String>,
    /// More headers of the reply.
    pub headers: HeadersConfig,
}

/// `response.format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", remote = "Self")]
pub enum Format {
    /// What the client asks for.
    #[default]
    Auto,
    /// Always HTML.
    Html,
    /// Always JSON.
    Json,
    /// Always plain text.
    Text,
}

/// `response.retry_after`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryAfterConfig {
    /// Delay in seconds.
    Seconds(u64),
    /// An IMF-fixdate, RFC 9110 section 5.6.7.
    Date(String),
    /// `null`: no header.
    None,
}

impl<'de> Deserialize<'de> for RetryAfterConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = RetryAfterConfig;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("seconds, an IMF-fixdate or null")
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<RetryAfterConfig, E> {
                Ok(RetryAfterConfig::Seconds(seconds))
            }

            fn visit_str<E>(self, date: &str) -> Result<RetryAfterConfig, E> {
                Ok(RetryAfterConfig::Date(date.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<RetryAfterConfig, E> {
                Ok(RetryAfterConfig::None)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// `response.headers`: names and values in the order they are written.
#[derive(Debug, Default, PartialEq)]
pub struct HeadersConfig(pub Vec<(String, String)>);

impl<'de> Deserialize<'de> for HeadersConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = HeadersConfig;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of header names and values")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut headers = Vec::new();
                while let Some(header) = map.next_entry()? {
                    headers.push(header);
                }
                Ok(HeadersConfig(headers))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

/// `admin`
#[derive(Debug, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AdminConfig {
    /// Where the endpoint lies.
    pub path: String,
    /// Who may call it.
    #[serde(default)]
    pub tokens: Vec<TokenConfig>,
    /// The environment variable of the VM that holds one more token.
    #[serde(default, deserialize_with = "present")]
    pub token_env: Option<String>,
    /// From where it may be called.
    #[serde(default, deserialize_with = "present")]
    pub client_ips: Option<Vec<String>>,
    /// How long an `on` may last, in seconds.
    #[serde(default, deserialize_with = "present")]
    pub max_on_seconds: Option<Number>,
}

/// An entry of `admin.tokens`.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TokenConfig {
    /// Whose token it is; written to the log and to the state.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub sha256: String,
}

/// Reads a keyword as a string first, so that any other type is a wrong type at its path
/// and not, as `serde_json` has it for enums, a syntax error.
macro_rules! keyword {
    ($($keyword:ident),+) => {$(
        impl<'de> Deserialize<'de> for $keyword {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $keyword::deserialize(text.as_str().into_deserializer())
            }
        }
    )+};
}

keyword!(Mode, Switch, Format);

/// Reads an object, and nothing else: serde on its own takes a list for a struct, too.
macro_rules! object {
    ($($object:ident),+) => {$(
        impl<'de> Deserialize<'de> for $object {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl<'de> de::Visitor<'de> for Visitor {
                    type Value = $object;

                    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<$object, A::Error> {
                        $object::deserialize(MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_map(Visitor)
            }
        }
    )+};
}

object!(
    PluginConfig,
    MatchersConfig,
    FieldConfig,
    AttributeConfig,
    ResponseConfig,
    AdminConfig,
    TokenConfig
);

/// An integer that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number))
            }
        }

        deserializer.deserialize_u64(Visitor)
    }
}

/// A key that is there has a value: unlike [`Option`]'s own reading, `null` is refused
/// by types that do not expect it.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
