//! `allow`, and `match` of a rule.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// `allow`
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct MatchersConfig {
    /// IP addresses and CIDR blocks.
    pub client_ips: Option<Vec<String>>,
    /// Paths, without their query.
    pub paths: Option<Vec<PathConfig>>,
    /// Host names, and `*.` with the domain that follows.
    pub hosts: Option<Vec<String>>,
    /// HTTP methods.
    pub methods: Option<Vec<String>>,
    /// Request headers.
    pub headers: Option<Vec<FieldConfig>>,
    /// Request cookies.
    pub cookies: Option<Vec<FieldConfig>>,
    /// Attributes of the request or its connection.
    pub attributes: Option<Vec<AttributeConfig>>,
}

/// An entry of `paths`.
#[derive(Debug, PartialEq)]
pub enum PathConfig {
    /// An exact path, or a prefix that ends in `/*`.
    Pattern(String),
    /// An object that names the kind.
    Kind(PathKindConfig),
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

/// Entries that name how a text compares; exactly one way is given.
macro_rules! entries {
    ($($(#[doc = $doc:literal])+ $entry:ident { $($field:tt)* })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, PartialEq, Deserialize)]
        pub struct $entry {
            $($field)*
            /// The whole text.
            pub exact: Option<String>,
            /// How the text begins; of a path the first segments.
            pub prefix: Option<String>,
            /// How the text ends.
            pub suffix: Option<String>,
            /// A regular expression that matches the whole text.
            pub regex: Option<String>,
        }

        impl $entry {
            /// `exact`, `prefix`, `suffix` and `regex`.
            pub fn texts(&self) -> [Option<&str>; 4] {
                [&self.exact, &self.prefix, &self.suffix, &self.regex].map(Option::as_deref)
            }
        }
    )+};
}

entries! {
    /// An entry of `paths` that names its kind.
    PathKindConfig {}
    /// An entry of `headers` or `cookies`.
    FieldConfig {
        /// The name of the header or cookie.
        pub name: String,
        /// Whether it is there at all.
        pub present: Option<bool>,
    }
    /// An entry of `attributes`.
    AttributeConfig {
        /// The path of the attribute, a segment an element.
        pub path: Vec<String>,
        /// Whether it is there at all.
        pub present: Option<bool>,
    }
}
