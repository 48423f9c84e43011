//! `response`, of all requests or of a rule.

use std::marker::PhantomData;
use std::{fmt, iter};

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::config::number::Number;
use crate::config::seconds::{Seconds, in_units};
#[cfg(feature = "schema")]
use crate::config::values::{
    AtLeastOne, Duration, ExpiredCookie, LanguageTag, Line, Named, OriginPattern, ReplyHeader,
    RetryAfter, SiteData, Url, Whole,
};
use crate::syntax::json::Json;

/// The keys of `response`, which a rule may have instead of the global ones.
macro_rules! response {
    ($($(#[doc = $doc:literal])+ $($as:literal)? $key:ident: $value:ty,)+) => {
        /// What those get who do not pass.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[cfg_attr(feature = "schema", derive(JsonSchema))]
        pub struct ResponseConfig {
            $(
                $(#[doc = $doc])+
                $(#[cfg_attr(feature = "schema", schemars(with = $as))])?
                pub $key: Option<$value>,
            )+
        }

        impl ResponseConfig {
            /// These keys, and those of `global` where one is absent.
            pub fn or(&self, global: &Self) -> Self {
                Self { $($key: self.$key.as_ref().or(global.$key.as_ref()).cloned(),)+ }
            }
        }
    };
}

response! {
    /// The HTTP status, 200 to 599; 503 without.
    "Option<Whole<200, 599>>"
    status: Number,
    /// The `Retry-After` of a reply for which no end is known: seconds, or like `1h30m`, an
    /// IMF-fixdate, or `none`; 3600 without.
    "Option<RetryAfter>"
    retry_after: RetryAfterConfig,
    /// The most seconds that are added, at random, to each `Retry-After` in seconds, so that clients
    /// do not all return at once; 0 without.
    "Option<Duration<0, 31_536_000>>"
    retry_after_jitter: Seconds,
    /// How long a request waits for the end of maintenance before it gets the reply: up to 240
    /// seconds, or like `20s`; 0 without.
    "Option<Duration<0, 240>>"
    hold_seconds: Seconds,
    /// Seconds for the `Refresh` header of HTML replies, or like `5m`.
    "Option<Duration<1, 31_536_000>>"
    refresh: Seconds,
    /// The representation of the body: `auto` by `Accept`, or always `html`, `json`, `text`.
    format: Format,
    /// The title in the bodies; short, and in the language of the client, without.
    title: String,
    /// The message in the bodies; short, and in the language of the client, without.
    message: String,
    /// A whole HTML body, with the placeholders `{{title}} {{message}} {{status}} {{retry_after}}
    /// {{until}} {{request_id}}`; built in without.
    html: String,
    /// A whole JSON body, with the same placeholders as `html`; built in without.
    json: String,
    /// A whole plain text body, with the same placeholders as `html`; built in without.
    text: String,
    /// What the bodies say in a language, by its BCP 47 tag, such as `de` or `pt-BR`.
    "Option<Named<LanguageTag, LanguageConfig>>"
    languages: Entries<LanguageConfig>,
    /// Where browsers are sent: an absolute http or https URL.
    "Option<Url>"
    redirect: String,
    /// More headers of the reply, each in the place of ours of that name.
    "Option<Named<ReplyHeader, Line>>"
    headers: Entries<String>,
    /// The types of `Clear-Site-Data`: with `cookies` browsers are logged out.
    "Option<Vec<SiteData>>"
    clear_site_data: Vec<String>,
    /// The names of cookies that the reply ends.
    "Option<Vec<ExpiredCookie>>"
    expire_cookies: Vec<String>,
    /// The origins whose scripts may read the reply; none without.
    cors: CorsConfig,
    /// Whether proxies in front, and gRPC clients, are told not to try again; true without.
    no_retry: bool,
}

/// The origins whose scripts may read the reply.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct CorsConfig {
    /// Origins such as `https://app.example.com`, `https://*.example.com` for one label or more, or
    /// `*`.
    #[cfg_attr(feature = "schema", schemars(with = "AtLeastOne<OriginPattern>"))]
    pub allow_origins: Vec<String>,
    /// Whether they may send credentials; not with the origins `*` and `null`.
    #[serde(default)]
    pub allow_credentials: bool,
}

/// `response.format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
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
    /// `"none"` or `null`: no header.
    None,
}

impl<'de> Deserialize<'de> for RetryAfterConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Unsigned(seconds) => Ok(Self::Seconds(seconds)),
            Json::String(none) if none == "none" => Ok(Self::None),
            Json::String(text) => Ok(match in_units(&text) {
                Some(seconds) => Self::Seconds(seconds),
                None => Self::Date(text),
            }),
            Json::Null => Ok(Self::None),
            other => {
                Err(other.unexpected(&"seconds, a duration like 1h30m, an IMF-fixdate or \"none\""))
            }
        }
    }
}

/// What the bodies say in a language.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct LanguageConfig {
    /// The title in the bodies.
    pub title: Option<String>,
    /// The message in the bodies.
    pub message: Option<String>,
    /// A whole HTML body, with the placeholders of `response.html`.
    pub html: Option<String>,
    /// A whole plain text body, with the placeholders of `response.text`.
    pub text: Option<String>,
}

/// An object of keys that the user names, in the order they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let entries = iter::from_fn(|| map.next_entry().transpose());
                entries.collect::<Result<_, _>>().map(Entries)
            }
        }

        deserializer.deserialize_map(Visitor(PhantomData))
    }
}
