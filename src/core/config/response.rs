//! `response`, of all requests or of a rule.

use std::marker::PhantomData;
use std::{fmt, iter};

use serde::{Deserialize, Deserializer, de};

use crate::config::number::Number;
use crate::config::seconds::{Seconds, in_units};
use crate::syntax::json::Json;

/// The keys of `response`, which a rule may have instead of the global ones.
macro_rules! response {
    ($($(#[doc = $doc:literal])+ $key:ident: $value:ty,)+) => {
        /// `response`
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        pub struct ResponseConfig {
            $($(#[doc = $doc])+ pub $key: Option<$value>,)+
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
    /// HTTP status code, 200 to 599.
    status: Number,
    /// The `Retry-After` of a reply for which no end is known.
    retry_after: RetryAfterConfig,
    /// The most seconds that are added to each `Retry-After` in seconds.
    retry_after_jitter: Seconds,
    /// How long a request waits for the end of maintenance.
    hold_seconds: Seconds,
    /// Seconds for the `Refresh` header of HTML replies.
    refresh: Seconds,
    /// The representation of the body.
    format: Format,
    /// `{{title}}` of the bodies.
    title: String,
    /// `{{message}}` of the bodies.
    message: String,
    /// Template of the HTML body.
    html: String,
    /// Template of the JSON body.
    json: String,
    /// Template of the plain text body.
    text: String,
    /// What the bodies say in a language, by its tag.
    languages: Entries<LanguageConfig>,
    /// Where browsers are sent.
    redirect: String,
    /// More headers of the reply.
    headers: Entries<String>,
    /// The types of `Clear-Site-Data`.
    clear_site_data: Vec<String>,
    /// The cookies that the reply ends.
    expire_cookies: Vec<String>,
    /// The origins that may read the reply.
    cors: CorsConfig,
    /// Whether proxies in front are told not to retry.
    no_retry: bool,
}

/// `response.cors`
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CorsConfig {
    /// Origins, or `*`.
    pub allow_origins: Vec<String>,
    /// Whether they may send credentials.
    #[serde(default)]
    pub allow_credentials: bool,
}

/// `response.format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
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

/// What `response.languages` has for a language.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct LanguageConfig {
    /// `{{title}}` of the bodies.
    pub title: Option<String>,
    /// `{{message}}` of the bodies.
    pub message: Option<String>,
    /// Template of the HTML body.
    pub html: Option<String>,
    /// Template of the plain text body.
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
