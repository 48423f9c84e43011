//! `allow`, and `match` of a rule.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// `allow`
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct MatchersConfig {
    /// IP addresses and CIDR blocks.
    #[serde(default)]
    pub client_ips: Vec<String>,
    /// Paths, without their query.
    #[serde(default)]
    pub paths: Vec<PathConfig>,
    /// Host names, and `*.` with the domain that follows.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// HTTP methods.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Request headers.
    #[serde(default)]
    pub headers: Vec<FieldConfig>,
    /// Request cookies.
    #[serde(default)]
    pub cookies: Vec<FieldConfig>,
    /// Attributes of the request or its connection.
    #[serde(default)]
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
pub struct PathKindConfig {
    /// The whole path.
    pub exact: Option<String>,
    /// The first segments of the path.
    pub prefix: Option<String>,
    /// The last characters of the path.
    pub suffix: Option<String>,
    /// A regular expression that matches the whole path.
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

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                object: D,
            ) -> Result<PathConfig, D::Error> {
                PathKindConfig::deserialize(object).map(PathConfig::Kind)
            }
        }

        deserializer.deserialize_newtype_struct("PathConfig", Visitor)
    }
}

/// An entry of `headers` or `cookies`; exactly one kind is given.
#[derive(Debug, PartialEq, Deserialize)]
pub struct FieldConfig {
    /// The name of the header or cookie.
    pub name: String,
    /// The whole value.
    pub exact: Option<String>,
    /// How the value begins.
    pub prefix: Option<String>,
    /// How the value ends.
    pub suffix: Option<String>,
    /// A regular expression that matches the whole value.
    pub regex: Option<String>,
    /// Whether it is there at all.
    pub present: Option<bool>,
}

/// An entry of `attributes`; exactly one kind is given.
#[derive(Debug, PartialEq, Deserialize)]
pub struct AttributeConfig {
    /// The path of the attribute, a segment an element.
    pub path: Vec<String>,
    /// The whole value.
    pub exact: Option<String>,
    /// How the value begins.
    pub prefix: Option<String>,
    /// How the value ends.
    pub suffix: Option<String>,
    /// A regular expression that matches the whole value.
    pub regex: Option<String>,
    /// Whether it is there at all.
    pub present: Option<bool>,
}
