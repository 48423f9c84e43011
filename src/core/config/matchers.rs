//! `allow`, and `match` of a rule.

use std::fmt;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

#[cfg(feature = "schema")]
use crate::config::values::{
    AtLeastOne, Host, Method, Network, NonEmpty, PathBegin, PathEnd, PathPattern, Token,
    each_required,
};

/// Requests, by any of their kinds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct MatchersConfig {
    /// IP addresses and CIDR blocks of clients, such as `10.0.0.0/8` and `2001:db8::1`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Network>>"))]
    pub client_ips: Option<Vec<String>>,
    /// Paths, without their query: `/healthz` is just that, `/static/*` is `/static` and all below,
    /// `/*` is everything. Or an object with one of `exact`, `prefix`, `suffix`, `regex`.
    pub paths: Option<Vec<PathConfig>>,
    /// Hosts: `shop.example.com`, or `*.example.com` for one label or more before it. Case, port and
    /// a trailing dot do not matter.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Host>>"))]
    pub hosts: Option<Vec<String>>,
    /// Methods as they are sent, such as `GET`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Method>>"))]
    pub methods: Option<Vec<String>>,
    /// Request headers, each with one way to compare it. Repeated lines are one value, joined by `,`.
    pub headers: Option<Vec<FieldConfig>>,
    /// Request cookies, each with one way to compare it. Of several with one name any may match.
    pub cookies: Option<Vec<FieldConfig>>,
    /// Attributes of the request or its connection, each with one way to compare it, such as a claim
    /// of a verified JWT.
    pub attributes: Option<Vec<AttributeConfig>>,
}

/// A path: `/healthz`, `/static/*`, or an object that names how it is compared.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum PathConfig {
    /// An exact path, or a prefix that ends in `/*`.
    Pattern(#[cfg_attr(feature = "schema", schemars(with = "PathPattern"))] String),
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
    ($(
        $(#[doc = $doc:literal])+
        $entry:ident ($exact:literal, $prefix:literal, $suffix:literal, $ways:expr) {
            $($field:tt)*
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[cfg_attr(feature = "schema", derive(JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(extend("oneOf" = each_required(&$ways))))]
        pub struct $entry {
            $($field)*
            /// The whole text.
            #[cfg_attr(feature = "schema", schemars(with = $exact))]
            pub exact: Option<String>,
            /// How the text begins; of a path the first segments.
            #[cfg_attr(feature = "schema", schemars(with = $prefix))]
            pub prefix: Option<String>,
            /// How the text ends.
            #[cfg_attr(feature = "schema", schemars(with = $suffix))]
            pub suffix: Option<String>,
            /// A regular expression that matches the whole text.
            #[cfg_attr(feature = "schema", schemars(with = "Option<NonEmpty>"))]
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
    /// A path by how it is compared.
    PathKindConfig (
        "Option<PathBegin>", "Option<PathBegin>", "Option<PathEnd>",
        ["exact", "prefix", "suffix", "regex"]
    ) {}
    /// A header or a cookie, and one way to compare it.
    FieldConfig (
        "Option<NonEmpty>", "Option<NonEmpty>", "Option<NonEmpty>",
        ["exact", "prefix", "suffix", "regex", "present"]
    ) {
        /// The name of the header or cookie.
        #[cfg_attr(feature = "schema", schemars(with = "Token"))]
        pub name: String,
        /// Whether it is there at all.
        pub present: Option<bool>,
    }
    /// An attribute, and one way to compare it.
    AttributeConfig (
        "Option<NonEmpty>", "Option<NonEmpty>", "Option<NonEmpty>",
        ["exact", "prefix", "suffix", "regex", "present"]
    ) {
        /// The path of the attribute, a segment an element, such as
        /// `["connection", "uri_san_peer_certificate"]`.
        #[cfg_attr(feature = "schema", schemars(with = "AtLeastOne<NonEmpty>"))]
        pub path: Vec<String>,
        /// Whether it is there at all.
        pub present: Option<bool>,
    }
}
