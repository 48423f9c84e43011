//! What a blocked request gets.

use crate::{
    config::{
        number::Number,
        response::{Format, HeadersConfig, ResponseConfig, RetryAfterConfig},
    },
    policy::{
        response::{
            cors::Cors,
            draft::{Drafts, Outline},
            redirect::Redirect,
            retry_after::RetryAfter,
        },
        template::{Escape, Template},
        values::Values,
    },
    syntax::{
        calendar::DateTime,
        field::{header_name, is_token},
        html_document::{HtmlDocument, html_document},
        invalid::{InvalidConfig, Located, each},
        line::is_line,
        wire,
    },
};

/// The compiled `response`.
#[derive(Clone, Debug)]
pub struct Response {
    /// The most seconds that are added to each `Retry-After` and `Refresh` in seconds.
    pub retry_after_jitter: u64,
    /// The `Refresh` header of HTML replies, in seconds.
    pub refresh: Option<u64>,
    /// The representation of the body.
    pub format: Format,
    facts: Facts,
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

/// What replies tell where nothing else is known.
#[derive(Clone, Debug)]
struct Facts {
    /// HTTP status code, 200 to 599.
    status: u16,
    /// `{{title}}` of the bodies.
    title: Box<str>,
    /// `{{message}}` of the bodies where neither toggle nor window has one.
    message: Box<str>,
    /// The `Retry-After` of a reply for which no end is known.
    retry_after: Option<RetryAfter>,
}

/// The name and the value of a header.
pub type Header = (Box<str>, Box<str>);
const DEFAULT_STATUS: u64 = 503;
const DEFAULT_RETRY_AFTER: RetryAfter = RetryAfter::Seconds(3600);
const DEFAULT_TITLE: &str = "Down for maintenance";

const DEFAULT_MESSAGE: &str =
    "We are carrying out planned maintenance and will be back soon. Please try again later.";
const PAGE: HtmlDocument = html_document!(
    "page.html",
    style: "2DQN4rzXGeijNBljWvd84IEgeeqIF+R9wAbEjdXffCM=",
    script: "rha0T2IbEQy9BX5fzVYap5iaQ06IzSub5ELcwGUe+rA=",
    "frame-ancestors 'self'"
);

const DEFAULT_TEXT: &str = "{{title}}\n\n{{message}}\n";

/// Headers that the reply makes itself, or that would break it.
const RESERVED: [&str; 6] = [
    "connection",
    "content-length",
    "content-type",
    "set-cookie",
    "transfer-encoding",
    wire::MODE,
];

impl Response {
    /// Compiles `response`, for the replies of a scope.
    ///
    /// # Errors
    /// The first key whose value is out of range.
    pub fn compile(config: &ResponseConfig, scope: &str) -> Result<Self, InvalidConfig> {
        let template = |text: &Option<String>, default: &str, escape| {
            Template::compile(text.as_deref().unwrap_or(default), escape)
        };
        let format = config.format.unwrap_or_default();
        let facts = Facts {
            status: compile_status(config.status).at("status")?,
            title: config.title.as_deref().unwrap_or(DEFAULT_TITLE).into(),
            message: config.message.as_deref().unwrap_or(DEFAULT_MESSAGE).into(),
            retry_after: compile_retry_after(config.retry_after.as_ref()).at("retry_after")?,
        };
        let refresh = config.refresh.map(|Number(seconds)| seconds);
        let page_policy = config.html.is_none().then_some(PAGE.policy);
        let html = template(&config.html, PAGE.html, Escape::Html).at("html")?;
        let json = config
            .json
            .as_deref()
            .map(|text| Template::compile(text, Escape::Json))
            .transpose()
            .at("json")?;
        let text = template(&config.text, DEFAULT_TEXT, Escape::None).at("text")?;
        let redirect = config
            .redirect
            .as_deref()
            .map(Redirect::compile)
            .transpose()
            .at("redirect")?;
        let headers = compile_headers(config.headers.as_ref()).at("headers")?;
        let clear_site_data =
            compile_clear_site_data(config.clear_site_data.as_deref().unwrap_or_default())
                .at("clear_site_data")?;
        let outline = Outline {
            scope,
            negotiated: format == Format::Auto,
            clear_site_data: clear_site_data.as_deref(),
            no_retry: config.no_retry.unwrap_or(true),
            headers: &headers,
            values: facts.values(),
        };
        let drafts = Drafts {
            redirect: redirect
                .as_ref()
                .map(|redirect| outline.redirect(&redirect.url, &html)),
            html: outline.html(html, page_policy, refresh),
            json: outline.json(json),
            text: outline.text(text),
            grpc: outline.grpc(),
            preflight: outline.preflight(),
        };
        Ok(Self {
            facts,
            retry_after_jitter: config
                .retry_after_jitter
                .map_or(0, |Number(seconds)| seconds),
            refresh,
            format,
            redirect,
            expired_cookies: each(
                config.expire_cookies.as_deref().unwrap_or_default(),
                |name| expired_cookie(name),
            )
            .at("expire_cookies")?,
            cors: config
                .cors
                .as_ref()
                .map(Cors::compile)
                .transpose()
                .at("cors")?,
            headers,
            drafts,
        })
    }

    /// What replies tell where nothing else is known.
    pub fn values(&self) -> Values<'_> {
        self.facts.values()
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

impl Facts {
    fn values(&self) -> Values<'_> {
        Values {
            title: &self.title,
            message: &self.message,
            status: self.status,
            retry_after: self.retry_after.clone(),
            until: None,
            request_id: b"",
        }
    }
}

fn compile_status(status: Option<Number>) -> Result<u16, InvalidConfig> {
    let status = status.unwrap_or(Number(DEFAULT_STATUS));
    let status = status.within(200..=599, "a status")?;
    Ok(u16::try_from(status).unwrap_or(u16::MAX))
}

fn compile_retry_after(
    config: Option<&RetryAfterConfig>,
) -> Result<Option<RetryAfter>, InvalidConfig> {
    match config {
        None => Ok(Some(DEFAULT_RETRY_AFTER)),
        Some(RetryAfterConfig::None) => Ok(None),
        Some(RetryAfterConfig::Seconds(seconds)) => Ok(Some(RetryAfter::Seconds(*seconds))),
        Some(RetryAfterConfig::Date(date)) if DateTime::is_imf_fixdate(date) => {
            Ok(Some(RetryAfter::Date(date.as_str().into())))
        }
        Some(RetryAfterConfig::Date(date)) => Err(InvalidConfig::new(format!(
            "{date:?} is not an IMF-fixdate like \"Sun, 06 Nov 1994 08:49:37 GMT\""
        ))),
    }
}

fn compile_headers(config: Option<&HeadersConfig>) -> Result<Vec<Header>, InvalidConfig> {
    let mut headers: Vec<Header> = Vec::new();
    for (key, value) in config.map_or(&[][..], |HeadersConfig(headers)| headers) {
        let header = compile_header(key, value).and_then(|(name, value)| {
            if headers.iter().any(|(other, _)| *other == name) {
                return Err(InvalidConfig::new("is there twice"));
            }
            Ok((name, value))
        });
        headers.push(header.at(key)?);
    }
    Ok(headers)
}

fn compile_header(name: &str, value: &str) -> Result<Header, InvalidConfig> {
    let name = header_name(name)?;
    if RESERVED.contains(&&*name) {
        return Err(InvalidConfig::new(
            "cannot be set: the reply makes it itself",
        ));
    }
    if !is_line(value) {
        return Err(InvalidConfig::new("the value has a control character"));
    }
    Ok((name, value.into()))
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

fn compile_clear_site_data(types: &[String]) -> Result<Option<Box<str>>, InvalidConfig> {
    let types = each(types, |kind| {
        if !SITE_DATA.contains(&kind.as_str()) {
            return Err(InvalidConfig::new(format!(
                "{kind:?} is not one of {}",
                SITE_DATA.join(", ")
            )));
        }
        Ok(kind.as_str())
    })?;
    Ok((!types.is_empty()).then(|| format!("\"{}\"", types.join("\", \"")).into()))
}

fn expired_cookie(name: &str) -> Result<Box<str>, InvalidConfig> {
    if !is_token(name) {
        return Err(InvalidConfig::new(format!("{name:?} is not a cookie name")));
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
    fn the_page_is_small_and_its_policy_allows_its_style_and_script() {
        assert!(PAGE.html.len() < 6 * 1024, "{}", PAGE.html.len());
        PAGE.assert_policy_fits();
    }

    #[test]
    fn a_page_of_ones_own_has_no_policy_of_ours() {
        let policy = |json| {
            let drafts = response(json).unwrap().drafts;
            let header = drafts.html.headers.get("content-security-policy");
            header.map(str::to_owned)
        };
        assert_eq!(policy("{}").as_deref(), Some(PAGE.policy));
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
                r#"{"headers":{":status":"200"}}"#,
                "headers.:status: \":status\" is not a header name",
            ),
            (
                r#"{"headers":{"Content-Type":"a"}}"#,
                "headers.Content-Type: cannot be set",
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
        for name in RESERVED {
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
                r#"{"clear_site_data":["cookies","all"]}"#,
                "clear_site_data[1]: \"all\" is not",
            ),
            (
                r#"{"expire_cookies":["a b"]}"#,
                "expire_cookies[0]: \"a b\" is not",
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
