//! What a blocked request gets.

use crate::config::number::Number;
use crate::config::response::{Entries, Format, LanguageConfig, ResponseConfig, RetryAfterConfig};
use crate::config::seconds::Seconds;
use crate::policy::json_body;
use crate::policy::page;
use crate::policy::page::page;
use crate::policy::response::cors::Cors;
use crate::policy::response::draft::{Body, Drafts, Outline};
use crate::policy::response::facts::Facts;
use crate::policy::response::headers;
use crate::policy::response::headers::Header;
use crate::policy::response::languages::{Language, Languages, Own, OwnDrafts};
use crate::policy::response::redirect::Redirect;
use crate::policy::response::retry_after::RetryAfter;
use crate::policy::template::{Escape, Template};
use crate::policy::values::Values;
use crate::state::given::Given;
use crate::state::hold::Hold;
use crate::syntax::calendar::DateTime;
use crate::syntax::field::cookie_name;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, each, optional, refuse};
use crate::syntax::json_reader::unknown;

/// The compiled `response`.
#[derive(Clone, Debug)]
pub struct Response {
    /// The most seconds that are added to each `Retry-After` and `Refresh` in seconds.
    pub retry_after_jitter: u64,
    /// How long a request waits for the end of maintenance before it gets the reply.
    pub hold: Hold,
    /// The `Refresh` header of HTML replies, in seconds.
    pub refresh: Option<u64>,
    /// The representation of the body.
    pub format: Format,
    facts: Facts,
    /// What it says in which language.
    pub languages: Languages,
    /// Whether it says to some what it says to others in another language.
    pub is_multilingual: bool,
    /// Where browsers are sent.
    pub redirect: Option<Redirect>,
    /// The `Set-Cookie` headers that end cookies, without `Secure`.
    pub expired_cookies: Vec<Box<str>>,
    /// The origins that may read the reply.
    pub cors: Option<Cors>,
    /// More headers, each in the place of ours of that name. Names are lower-case.
    headers: Vec<Header>,
    /// The replies, as far as nothing else is known.
    pub drafts: Drafts,
}

const DEFAULT_STATUS: u64 = 503;
const DEFAULT_RETRY_AFTER: RetryAfter = RetryAfter::Seconds(3600);

impl Response {
    /// Compiles `response`, for the replies of a scope; refuses a key whose value is out of range.
    pub fn compile(config: &ResponseConfig, scope: &str) -> Compiled<Self> {
        let format = config.format.unwrap_or_default();
        let facts = Facts {
            status: compile_status(config.status).at("status")?,
            title: config.title.as_deref().map(Into::into),
            message: config.message.as_deref().map(Into::into),
            retry_after: compile_retry_after(config.retry_after.as_ref()).at("retry_after")?,
        };
        let mut languages = Languages::compile(config.languages.as_ref()).at("languages")?;
        let hold = optional(config.hold_seconds, compile_hold).at("hold_seconds")?;
        let refresh = optional(config.refresh, |refresh| refresh.of_a_wait(1)).at("refresh")?;
        let english = facts.values(languages.english());
        let is_worded = facts.title.is_none() || facts.message.is_none();
        let (html, page_policy) = match &config.html {
            Some(html) => (own_html(html).at("html")?, None),
            None => (Body::html(page()?).known(), Some(page::POLICY)),
        };
        let json = |text| json_body::compile(text, &english);
        let json = Body::json(optional(config.json.as_deref(), json).at("json")?);
        let text = own_text(config.text.as_deref().unwrap_or(page::TEXT)).at("text")?;
        let worded = |body: Body, own: &Option<String>| match own {
            None if is_worded => body.known(),
            _ => body,
        };
        let redirect = optional(config.redirect.as_deref(), Redirect::compile).at("redirect")?;
        let headers = headers::compile(config.headers.as_ref()).at("headers")?;
        let clear_site_data = config.clear_site_data.as_deref().unwrap_or_default();
        let clear_site_data = compile_clear_site_data(clear_site_data).at("clear_site_data")?;
        let cors = optional(config.cors.as_ref(), Cors::compile).at("cors")?;
        let expired = config.expire_cookies.as_deref().unwrap_or_default();
        let retry_after_jitter = config.retry_after_jitter.unwrap_or(Seconds(0));
        let retry_after_jitter = retry_after_jitter.of_a_wait(0).at("retry_after_jitter")?;
        let is_multilingual = is_worded
            || !languages.own().is_empty()
            || config.html.is_none() && matches!(format, Format::Auto | Format::Html);
        let vary = vary(format, is_multilingual, cors.as_ref());
        let outline = Outline {
            scope,
            vary: vary.as_deref(),
            clear_site_data: clear_site_data.as_deref(),
            no_retry: config.no_retry.unwrap_or(true),
            headers: &headers,
            values: english,
        };
        let elsewhere = |outline: &Outline, html: &Body| {
            let redirect = redirect.as_ref();
            redirect.map(|redirect| outline.redirect(&redirect.url, html.clone()))
        };
        let of_language = |own: &Own, config: &LanguageConfig| {
            let outline = outline.speaking(facts.values(Language::Own(own)));
            let html = optional(config.html.as_deref(), own_html).at("html")?;
            let text = optional(config.text.as_deref(), own_text).at("text")?;
            Ok(OwnDrafts {
                redirect: html.as_ref().and_then(|html| elsewhere(&outline, html)),
                html: html.map(|html| outline.html(html.known(), None, refresh)),
                text: text.map(|text| outline.plain(text.known())),
            })
        };
        let configured = config.languages.iter().flat_map(|Entries(entries)| entries);
        let own_drafts = languages.own().iter().zip(configured);
        let own_drafts = own_drafts.map(|(own, (tag, config))| of_language(own, config).at(tag));
        let own_drafts: Vec<OwnDrafts> = own_drafts.collect::<Compiled<_>>().at("languages")?;
        let drafts = Drafts {
            redirect: elsewhere(&outline, &html),
            html: outline.html(html, page_policy, refresh),
            json: outline.plain(worded(json, &config.json)),
            text: outline.plain(worded(text, &config.text)),
            grpc: outline.grpc(),
            preflight: outline.preflight(),
        };
        languages.set_drafts(own_drafts);
        Ok(Self {
            facts,
            languages,
            is_multilingual,
            retry_after_jitter,
            hold: hold.unwrap_or_default(),
            refresh,
            format,
            redirect,
            expired_cookies: each(expired, |name| expired_cookie(name)).at("expire_cookies")?,
            cors,
            headers,
            drafts,
        })
    }

    /// What replies tell in a language where nothing else is known.
    pub fn values<'a>(&'a self, language: Language<'a>) -> Values<'a> {
        self.facts.values(language)
    }

    /// The `Retry-After` of a reply for which no end is known.
    pub fn retry_after(&self) -> Option<&RetryAfter> {
        self.facts.retry_after.as_ref()
    }

    /// Whether a header of this name is configured, and so none of ours.
    pub fn sets(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(configured, _)| **configured == *name)
    }
}

fn own_html(text: &str) -> Compiled<Body> {
    Ok(Body::html(Template::compile(text, Escape::Html)?))
}

fn own_text(text: &str) -> Compiled<Body> {
    Ok(Body::text(Template::compile(text, Escape::None)?))
}

/// What `reply` reads of a request to choose a representation and a language, and to allow its
/// origin: the same for each reply, so that a cache knows by any of them what the next depends on.
fn vary(format: Format, is_multilingual: bool, cors: Option<&Cors>) -> Option<String> {
    let is_negotiated = format == Format::Auto;
    let names = [
        ("accept", is_negotiated),
        ("accept-language", is_multilingual),
        ("content-type", is_negotiated),
        ("origin", cors.is_some()),
        ("sec-fetch-dest", is_negotiated),
        ("user-agent", is_negotiated),
        ("x-requested-with", is_negotiated),
    ];
    let names = names.iter().filter(|(_, decides)| *decides);
    let names: Vec<&str> = names.map(|(name, _)| *name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn compile_status(status: Option<Number>) -> Compiled<u16> {
    let status = status.unwrap_or(Number(DEFAULT_STATUS));
    let status = status.within(200..=599, "a status")?;
    Ok(u16::try_from(status).unwrap_or(u16::MAX))
}

fn compile_hold(Seconds(seconds): Seconds) -> Compiled<Hold> {
    let expected = || InvalidConfig::is_not(&seconds.to_string(), Hold::EXPECTED);
    Hold::new(seconds).ok_or_else(expected)
}

fn compile_retry_after(config: Option<&RetryAfterConfig>) -> Compiled<Option<RetryAfter>> {
    Ok(match config {
        None => Some(DEFAULT_RETRY_AFTER),
        Some(RetryAfterConfig::None) => None,
        Some(RetryAfterConfig::Seconds(seconds)) => {
            Some(RetryAfter::Seconds(Seconds(*seconds).of_a_wait(0)?))
        }
        Some(RetryAfterConfig::Date(date)) if DateTime::is_imf_fixdate(date) => {
            Some(RetryAfter::Date(date.as_str().into()))
        }
        Some(RetryAfterConfig::Date(date)) => {
            let expected = "an IMF-fixdate like \"Sun, 06 Nov 1994 08:49:37 GMT\", a duration like 1h30m, or \"none\"";
            return Err(InvalidConfig::is_not(date, expected));
        }
    })
}

/// The types of [Clear-Site-Data](https://www.w3.org/TR/clear-site-data/), and those that
/// browsers have added.
const SITE_DATA: [&str; 8] = [
    "*",
    "cache",
    "clientHints",
    "cookies",
    "executionContexts",
    "prefetchCache",
    "prerenderCache",
    "storage",
];

fn compile_clear_site_data(types: &[String]) -> Compiled<Option<Box<str>>> {
    let types = each(types, |kind| match SITE_DATA.contains(&kind.as_str()) {
        true => Ok(kind.as_str()),
        false => Err(unknown("type", kind, &SITE_DATA)),
    })?;
    Ok((!types.is_empty()).then(|| format!("\"{}\"", types.join("\", \"")).into()))
}

fn expired_cookie(name: &str) -> Compiled<Box<str>> {
    let name = cookie_name(name)?;
    if name == "*" {
        return refuse(
            "\"*\" is the name of one cookie: write `clear_site_data: [\"cookies\"]` for all",
        );
    }
    Ok(format!("{name}=; Path=/; Max-Age=0").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(json: &str) -> Result<Response, InvalidConfig> {
        Response::compile(&crate::syntax::json_reader::read(json), "s")
    }

    #[test]
    fn defaults() {
        let response = response("{}").unwrap();
        assert_eq!(response.drafts.json.status, 503);
        assert_eq!(response.retry_after(), Some(&RetryAfter::Seconds(3600)));
        assert_eq!(response.format, Format::Auto);
        assert!(response.headers.is_empty());
    }

    #[test]
    fn a_page_of_ones_own_has_no_policy_of_ours() {
        let policy = |json| {
            let drafts = response(json).unwrap().drafts;
            let header = drafts.html.headers.get("content-security-policy");
            header.map(str::to_owned)
        };
        assert_eq!(policy("{}").as_deref(), Some(page::POLICY));
        assert_eq!(policy(r#"{"html":"<p>"}"#), None);
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"{"status":199}"#,
                "status: 199 is not a status from 200 to 599",
            ),
            (
                r#"{"status":600}"#,
                "status: 600 is not a status from 200 to 599",
            ),
            (
                r#"{"status":65736}"#,
                "status: 65736 is not a status from 200 to 599",
            ),
            (r#"{"html":"{{x}}"}"#, "html: unknown placeholder {{x}}"),
            (r#"{"json":"{{x"}"#, "json: a `{{` has no `}}`"),
            (r#"{"text":"{{y}}"}"#, "text: unknown placeholder {{y}}"),
            (
                r#"{"retry_after":"soon"}"#,
                "retry_after: \"soon\" is not an IMF-fixdate",
            ),
            (
                r#"{"retry_after":"366d"}"#,
                "retry_after: 31622400 is not a number of seconds from 0 to 31536000",
            ),
            (
                r#"{"retry_after_jitter":31536001}"#,
                "retry_after_jitter: 31536001 is not a number of seconds from 0 to",
            ),
            (
                r#"{"refresh":31536001}"#,
                "refresh: 31536001 is not a number of seconds from 1 to",
            ),
            (
                r#"{"headers":{":status":"200"}}"#,
                "headers.:status: \":status\" is not a header name",
            ),
            (
                r#"{"headers":{"Content-Type":"a"}}"#,
                "headers.Content-Type: cannot be set: the reply makes it itself: write `format`",
            ),
            (
                r#"{"headers":{"Set-Cookie":"a"}}"#,
                "headers.Set-Cookie: cannot be set: the reply makes it itself: write `expire_cookies`",
            ),
            (
                r#"{"headers":{"x-a":"b\r\nc: d"}}"#,
                "headers.x-a: the value has a control character",
            ),
            (
                r#"{"headers":{"x-a":"b","X-A":"c"}}"#,
                "headers.X-A: is there twice",
            ),
        ] {
            let refused = response(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
        for name in crate::syntax::wire::RESERVED {
            assert!(
                response(&format!(r#"{{"headers":{{"{name}":"a"}}}}"#)).is_err(),
                "{name}"
            );
        }
    }

    #[test]
    fn site_data_and_cookies_are_encoded_once() {
        let response = response(
            r#"{"clear_site_data":["cookies","storage"],"expire_cookies":["session"],"refresh":30}"#,
        )
        .unwrap();
        assert_eq!(
            response.drafts.html.headers.get("clear-site-data"),
            Some("\"cookies\", \"storage\"")
        );
        assert_eq!(&*response.expired_cookies[0], "session=; Path=/; Max-Age=0");
        assert_eq!(response.refresh, Some(30));
        for (json, error) in [
            (
                r#"{"clear_site_data":["cookies","cookie"]}"#,
                "clear_site_data[1]: unknown type `cookie`, expected one of",
            ),
            (
                r#"{"expire_cookies":["a b"]}"#,
                "expire_cookies[0]: \"a b\" is not",
            ),
            (
                r#"{"expire_cookies":["*"]}"#,
                "expire_cookies[0]: \"*\" is the name of one cookie: write `clear_site_data",
            ),
            (r#"{"redirect":"/status"}"#, "redirect: \"/status\" is not"),
            (
                r#"{"cors":{"allow_origins":[]}}"#,
                "cors.allow_origins: is empty",
            ),
        ] {
            let refused = self::response(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
