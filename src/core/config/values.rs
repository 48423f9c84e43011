//! What values are in the JSON Schema, where the types that hold them say less: a type that
//! nobody makes for each. A pattern is one of ECMAScript and of RE2 alike. What is refused here,
//! the policy refuses.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::syntax::wire::RESERVED;

macro_rules! values {
    ($($(#[doc = $doc:literal])+ $name:ident { $($schema:tt)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": concat!($($doc),+).trim_start(), $($schema)+ })
            }
        }
    )+};
}

const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

const UNITS: &str = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$";

const IMF_FIXDATE: &str = "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|\
                           Oct|Nov|Dec) [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT$";

/// Without control characters.
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";

values! {
    /// A name of 1 to 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`.
    Scope {
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{1,64}$",
    }
    /// The name of a header or cookie, of letters, digits and `-`.
    Token {
        "type": "string",
        "pattern": TOKEN,
    }
    /// The name of a cookie.
    ExpiredCookie {
        "type": "string",
        "pattern": TOKEN,
        "not": {"const": "*"},
    }
    /// A text that is not empty.
    NonEmpty {
        "type": "string",
        "minLength": 1,
    }
    /// The name of a header that the reply does not make itself.
    ReplyHeader {
        "type": "string",
        "pattern": TOKEN,
        "not": {"pattern": format!("^({})$", RESERVED.map(in_any_case).join("|"))},
    }
    /// A text on one line.
    Line {
        "type": "string",
        "pattern": LINE,
    }
    /// An IP address or CIDR block.
    Network {
        "type": "string",
        "anyOf": [
            {"pattern": ipv4()},
            {"pattern": ipv6()},
        ],
    }
    /// A method as it is sent, such as `GET`.
    Method {
        "type": "string",
        "pattern": "^[!#$%&'*+.^_`~0-9A-Za-z-]+$",
        "not": {"enum": [
            "*", "ALL", "ANY", "all", "any", "connect", "delete", "get", "head", "options", "patch",
            "post", "put", "trace",
        ]},
    }
    /// A host name, `*.` and one, or an IP address; IPv6 in brackets.
    Host {
        "type": "string",
        "anyOf": [
            {"pattern": r"^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?(:[0-9]+)?$"},
            {"pattern": r"^\[[0-9A-Fa-f:.]+\]\.?(:[0-9]+)?$"},
        ],
    }
    /// A path such as `/healthz`, or `/static/*` for all below, or an object with one of `exact`, `prefix`, `suffix` and `regex`.
    PathPattern {
        "type": "string",
        "pattern": format!(r"^/({SEGMENT}(/{SEGMENT})*(/\*?)?|\*)?$", SEGMENT = segment("*")),
    }
    /// A path that begins with `/`, without query.
    PathBegin {
        "type": "string",
        "pattern": format!("^/({SEGMENT}(/{SEGMENT})*/?)?$", SEGMENT = segment("")),
    }
    /// The end of a path, without query.
    PathEnd {
        "type": "string",
        "pattern": format!("^/?{SEGMENT}(/{SEGMENT})*/?$|^/$", SEGMENT = segment("")),
    }
    /// A path of its own such as `/maintenance-mode`, without a slash at its end.
    Root {
        "type": "string",
        "pattern": format!("^(/{SEGMENT})+$", SEGMENT = segment("")),
        "not": {"pattern": r"\*$"},
    }
    /// An RFC 3339 date-time with offset, such as `2026-01-31T22:00:00Z`, in quotes.
    Moment {
        "type": "string",
        "format": "date-time",
        "pattern": r"^[0-9]{4}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]+)?([Zz]|[+-][0-2][0-9]:[0-5][0-9])$",
    }
    /// Five fields, such as `0 2 * * SUN`: minute, hour, day of month, month, day of week.
    Cron {
        "type": "string",
        "pattern": r"^[ \t\n\f\r]*[0-9A-Za-z*,/-]+([ \t\n\f\r]+[0-9A-Za-z*,/-]+){4}[ \t\n\f\r]*$",
    }
    /// A name of the IANA database, such as `Europe/Berlin`.
    TimeZoneName {
        "type": "string",
        "pattern": "^[A-Za-z0-9_+/-]+$",
    }
    /// A duration such as `90s`, `45m`, `1h30m` or `2d`.
    Units {
        "type": "string",
        "minLength": 2,
        "pattern": UNITS,
    }
    /// Seconds, or a duration such as `90s`, `45m`, `1h30m` or `2d`.
    AnyDuration {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "minLength": 2, "pattern": UNITS},
        ],
    }
    /// Seconds up to a year, a duration such as `1h30m`, an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`, or `none`.
    RetryAfter {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": 31_536_000},
            {"type": "string", "minLength": 2, "pattern": UNITS},
            {"type": "string", "pattern": IMF_FIXDATE},
            {"enum": ["none", null]},
        ],
    }
    /// An absolute URL such as `https://status.example.com/`.
    Url {
        "type": "string",
        "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[!-z|~]+$",
    }
    /// A language by its BCP 47 tag, such as `de` or `pt-BR`, in quotes.
    LanguageTag {
        "type": "string",
        "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        "not": {"enum": ["false", "true"]},
    }
    /// A type of `Clear-Site-Data`.
    SiteData {
        "type": "string",
        "enum": [
            "*", "cache", "clientHints", "cookies", "executionContexts", "prefetchCache",
            "prerenderCache", "storage",
        ],
    }
    /// An origin such as `https://app.example.com` or `https://*.example.com`, or `*`.
    OriginPattern {
        "type": "string",
        "pattern": r"^(\*|null|[A-Za-z][0-9A-Za-z+.-]*://[0-9A-Za-z*._:\[\]-]+)$",
    }
    /// 64 hexadecimal digits.
    Sha256 {
        "type": "string",
        "pattern": "^[0-9A-Fa-f]{64}$",
    }
    /// 32 bytes or more.
    Key {
        "type": "string",
        "minLength": 8,
        "not": {"pattern": r"^[\x00-\x7f]{0,31}$"},
    }
    /// The name of an environment variable.
    Variable {
        "type": "string",
        "pattern": r"^[^$=\x00][^=\x00]*$",
    }
    /// A domain such as `example.com`.
    Domain {
        "type": "string",
        "pattern": r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$",
    }
}

/// A pattern for a word of letters and `-` in any case.
fn in_any_case(word: &str) -> String {
    let letter = |letter: char| match letter {
        '-' => letter.to_string(),
        _ => format!("[{letter}{}]", letter.to_ascii_uppercase()),
    };
    word.chars().map(letter).collect()
}

/// A segment of a path, without some more characters.
fn segment(without: &str) -> String {
    format!(r"([^/?#;\\%\x00-\x1f\x7f{without}]|%[0-9A-Fa-f]{{2}})+")
}

/// An IPv4 address or block.
fn ipv4() -> String {
    const BYTE: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    format!(r"^{BYTE}(\.{BYTE}){{3}}(/(3[0-2]|[12]?[0-9]))?$")
}

/// An IPv6 address or block, [RFC 4291 section 2.2](https://www.rfc-editor.org/rfc/rfc4291#section-2.2).
fn ipv6() -> String {
    const GROUP: &str = "[0-9A-Fa-f]{1,4}";
    const BYTE: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    let v4 = format!(r"{BYTE}(\.{BYTE}){{3}}");
    let whole = format!("({GROUP}:){{7}}{GROUP}|({GROUP}:){{6}}{v4}");
    // So many groups before the `::`, and at most so many behind it.
    let cut = (0..8_usize).map(|before| {
        let begin = match before {
            0 => ":".to_owned(),
            _ => format!("({GROUP}:){{{before}}}"),
        };
        let groups = 7 - before;
        let mut ends = Vec::new();
        if groups > 0 {
            let more = groups - 1;
            ends.push(format!("{GROUP}(:{GROUP}){{0,{more}}}"));
        }
        if groups > 1 {
            let more = groups - 2;
            ends.push(format!("({GROUP}:){{0,{more}}}{v4}"));
        }
        match ends.is_empty() {
            true => format!("{begin}:"),
            false => format!("{begin}:({})?", ends.join("|")),
        }
    });
    let cut: Vec<String> = cut.collect();
    format!(
        "^({whole}|{})(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?$",
        cut.join("|")
    )
}

/// For `anyOf` and `oneOf`: each of these keys is there.
pub fn each_required(keys: &[&str]) -> Vec<Value> {
    keys.iter().map(|key| json!({"required": [key]})).collect()
}

/// A whole number of a range.
#[derive(Debug)]
pub enum Whole<const MIN: u64, const MAX: u64> {}

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Whole_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

/// A duration of a range, in seconds, as their number or in units.
#[derive(Debug)]
pub enum Duration<const MIN: u64, const MAX: u64> {}

impl<const MIN: u64, const MAX: u64> JsonSchema for Duration<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Duration_{MIN}_{MAX}").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let seconds = Whole::<MIN, MAX>::json_schema(generator);
        json_schema!({"anyOf": [seconds, generator.subschema_for::<Units>()]})
    }
}

/// A name on one line, of so many bytes at most.
#[derive(Debug)]
pub enum Name<const MAX: usize> {}

impl<const MAX: usize> JsonSchema for Name<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Name_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "maxLength": MAX, "pattern": LINE})
    }
}

/// A list of one entry or more.
#[derive(Debug)]
pub enum AtLeastOne<T> {
    /// Never made.
    #[doc(hidden)]
    _Of(std::convert::Infallible, std::marker::PhantomData<T>),
}

impl<T: JsonSchema> JsonSchema for AtLeastOne<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("AtLeastOne_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({"type": "array", "minItems": 1, "items": items})
    }
}

/// An object of keys that the user names.
#[derive(Debug)]
pub enum Named<K, T> {
    /// Never made.
    #[doc(hidden)]
    _Of(std::convert::Infallible, std::marker::PhantomData<(K, T)>),
}

impl<K: JsonSchema, T: JsonSchema> JsonSchema for Named<K, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}_{}", K::schema_name(), T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names = generator.subschema_for::<K>();
        let values = generator.subschema_for::<T>();
        json_schema!({"type": "object", "propertyNames": names, "additionalProperties": values})
    }
}
