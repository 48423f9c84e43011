//! The body of the local reply, and the headers that go with it.

use serde_json::Value;

use super::{
    complaints::Complaints,
    host,
    negotiation::{self, Kind, essence},
    path,
    reply::{Judge, Wait, list},
    template, time,
};

impl Judge<'_> {
    fn is_at_redirect(&self, redirect: &str) -> bool {
        let (_, rest) = redirect.split_once("://").unwrap();
        let rest = rest.split(['?', '#']).next().unwrap();
        let (host, below) = rest.split_once('/').unwrap_or((rest, ""));
        let asked = host::plain(&self.request.text(":authority"));
        // Browsers may write a path in another way.
        let path = |path: &[u8]| path::normalised(path);
        asked == host::plain(host)
            && path(&path::of(self.request)) == path(format!("/{below}").as_bytes())
    }

    pub fn body_and_what_describes_it(&self, complaints: &mut Complaints) {
        complaints.expect("grpc-status", None, self.reply.grpc_status);
        let kind = self
            .format()
            .unwrap_or_else(|| negotiation::kind(self.request));
        let method = self.request.method();
        let redirect = self.key("redirect").as_str();
        let is_page = kind == Kind::Html && (method == "GET" || method == "HEAD");
        if let Some(redirect) = redirect.filter(|to| is_page && !self.is_at_redirect(to)) {
            complaints.expect("status", 302, self.reply.status);
            complaints.expect("location", Some(redirect), self.reply.header("location"));
            return;
        }
        let status = self.key("status").as_u64().unwrap_or(503);
        complaints.expect("status", status, self.reply.status.into());
        complaints.expect("location", None, self.reply.header("location"));
        self.cleaning(complaints);
        if [204, 205, 304].contains(&status) {
            complaints.expect("body", "", self.reply.body.as_str());
            return;
        }
        let refresh =
            Some(self.key("refresh")).filter(|given| kind == Kind::Html && !given.is_null());
        let refresh = refresh.map(time::seconds);
        let got = self.reply.header("refresh");
        let is_right = match (refresh, got) {
            (Some(seconds), Some(text)) => self.is_about(seconds, text),
            (refresh, got) => refresh.is_none() && got.is_none(),
        };
        complaints.unless(is_right, || format!("refresh: {refresh:?}, got {got:?}"));
        self.language(kind, complaints);
        let own = match kind {
            Kind::Json => self.key("json").as_str().map(str::to_owned),
            Kind::Html | Kind::Text => self.worded(kind.key()),
        };
        let media_type = match kind {
            Kind::Html => "text/html",
            Kind::Json if own.is_some() => "application/json",
            Kind::Json => "application/problem+json",
            Kind::Text => "text/plain",
        };
        let got = self.reply.header("content-type").map(essence);
        complaints.expect("content-type", Some(media_type), got.as_deref());
        if method != "HEAD" && complaints.0.is_empty() {
            self.body(kind, own.as_deref(), status, complaints);
        }
    }

    /// What ends the sessions of browsers.
    fn cleaning(&self, complaints: &mut Complaints) {
        let texts = |key: &str| {
            let all = self.key(key).as_array().into_iter().flatten();
            all.map(|text| text.as_str().unwrap().to_owned())
        };
        let cleared: Vec<String> = texts("clear_site_data").map(|d| format!("{d:?}")).collect();
        let got = list(self.reply.header("clear-site-data"));
        complaints.expect("clear-site-data", cleared, got);
        let is_secure = self.request.text(":scheme") == "https";
        let cookies: Vec<Vec<String>> = texts("expire_cookies")
            .map(|name| {
                let secure = is_secure.then_some("secure".to_owned());
                let fixed = [format!("{name}="), "path=/".into(), "max-age=0".into()];
                sorted(fixed.into_iter().chain(secure))
            })
            .collect();
        let set = self
            .reply
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        let got: Vec<Vec<String>> = set
            .map(|(_, value)| {
                let (first, rest) = value.split_once(';').unwrap_or((value, ""));
                let rest = rest.split(';').map(|part| part.trim().to_lowercase());
                sorted([first.to_owned()].into_iter().chain(rest))
            })
            .collect();
        complaints.expect("set-cookie", cookies, got);
    }

    fn body(&self, kind: Kind, own: Option<&str>, status: u64, complaints: &mut Complaints) {
        let wait = match self.wait() {
            Wait::Unknown => String::new(),
            Wait::Date(date) => date,
            Wait::Seconds(_) => self.reply.header("retry-after").unwrap_or("").to_owned(),
        };
        let until = self.decision.flag.until.map(time::format);
        let values = |name: &str| match name {
            "title" => self.title(),
            "message" => self.message(),
            "status" => Some(status.to_string()),
            "retry_after" => Some(wait.clone()),
            "until" => Some(until.clone().unwrap_or_default()),
            _ => Some(self.request.text("x-request-id")),
        };
        let body = &self.reply.body;
        if let Some(own) = own {
            if let Some(expected) = template::rendered(own, kind, &values) {
                complaints.unless(template::are_same(&expected, body, kind), || {
                    format!("body: expected {expected:?}, got {body:?}")
                });
            }
        } else if kind == Kind::Json {
            self.problem(status, &wait, until, complaints);
        } else if let Some(message) = self.message() {
            let message = template::rendered("{{message}}", kind, &|_| Some(message.clone()));
            let plain = body.replace("&#x27;", "&#39;").replace("&#34;", "&quot;");
            complaints.unless(plain.contains(&message.unwrap()), || {
                "the body lacks the message".to_owned()
            });
            let is_document = plain
                .trim_start()
                .to_lowercase()
                .starts_with("<!doctype html");
            complaints.expect("it is a document", kind == Kind::Html, is_document);
        }
        if own.is_none() && kind == Kind::Html {
            self.marks(complaints);
        }
    }

    /// `lang` and `dir` of the page, and of a message whose language nobody knows.
    fn marks(&self, complaints: &mut Complaints) {
        let tag = &self.language.tag;
        let direction = if tag == "ar" { "rtl" } else { "ltr" };
        let page = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
        complaints.unless(self.reply.body.contains(&page), || {
            format!("it lacks {page}")
        });
        let in_this = self.language.key("message").is_some();
        let is_toggled = self.decision.flag.message.is_some();
        let is_foreign = is_toggled || !in_this && !self.key("message").is_null();
        let is_marked = self.reply.body.contains("<p dir=\"auto\" lang=\"\">");
        let expected = is_foreign && !self.language.is_english();
        complaints.expect("the message is marked", expected, is_marked);
    }

    /// What says which language it is.
    fn language(&self, kind: Kind, complaints: &mut Complaints) {
        let is_ours = self.key(kind.key()).is_null();
        let is_known = is_ours && (kind == Kind::Html || self.has_words_of_ours());
        let is_told = is_known || !self.language.own.is_null();
        let told = is_told.then_some(self.language.tag.as_str());
        self.header("content-language", told, complaints);
    }

    /// RFC 9457.
    fn problem(&self, status: u64, wait: &str, until: Option<String>, complaints: &mut Complaints) {
        let Ok(got) = serde_json::from_str::<Value>(&self.reply.body) else {
            complaints.0.push("the body is no JSON".to_owned());
            return;
        };
        complaints.unless(got["type"].is_string(), || "no type".to_owned());
        complaints.expect("status in the body", &status.into(), &got["status"]);
        for (key, set) in [("title", self.title()), ("detail", self.message())] {
            let got = got[key].as_str();
            complaints.unless(
                got.is_some() && (set.is_none() || set.as_deref() == got),
                || format!("{key} in the body: expected {set:?}, got {got:?}"),
            );
        }
        if !matches!(self.wait(), Wait::Date(_)) {
            let wait: Option<u64> = wait.parse().ok();
            complaints.expect("retry_after in the body", wait, got["retry_after"].as_u64());
        }
        let said = got["until"].as_str().map(str::to_owned);
        complaints.expect("until in the body", until, said);
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}
