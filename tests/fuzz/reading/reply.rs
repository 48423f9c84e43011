//! The local reply.

use serde_json::{Map, Value};

use super::{
    case::{Case, Reply, Request},
    complaints::Complaints,
    decision::Decision,
    host,
    negotiation::{self, Kind, essence},
    origin, path, template, time,
};

/// The `response` of a request: the keys of the rule go before the global ones.
fn response(all: &Value, rule: Option<&Value>) -> Map<String, Value> {
    let mut keys = all["response"].as_object().cloned().unwrap_or_default();
    let of_rule = rule.and_then(|rule| rule["response"].as_object());
    keys.extend(of_rule.cloned().unwrap_or_default());
    keys
}

/// `Retry-After`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wait {
    Unknown,
    Date(String),
    Seconds(u64),
}

struct Judge<'a> {
    request: &'a Request,
    decision: &'a Decision,
    response: Value,
    reply: &'a Reply,
}

pub fn judge(
    case: &Case,
    request: &Request,
    decision: &Decision,
    reply: &Reply,
    complaints: &mut Complaints,
) {
    let judge = Judge {
        request,
        decision,
        response: response(&case.configuration, decision.rule.as_ref()).into(),
        reply,
    };
    let scope = case.configuration["scope"].as_str().unwrap_or("default");
    complaints.expect("details", "maintenance_mode", reply.details.as_str());
    complaints.expect(
        "x-maintenance-mode",
        Some(scope),
        reply.header("x-maintenance-mode"),
    );
    judge.repeats_no_header(complaints);
    judge.cors(complaints);
    if judge.is_preflight() {
        judge.preflight(complaints);
    } else if negotiation::is_grpc(request) {
        judge.additions(complaints);
        judge.grpc(complaints);
    } else {
        judge.additions(complaints);
        judge.body_and_what_describes_it(complaints);
    }
}

impl Judge<'_> {
    fn key(&self, key: &str) -> &Value {
        &self.response[key]
    }

    /// A header that the configuration sets itself.
    fn own(&self, name: &str) -> Option<&str> {
        let mut headers = self.key("headers").as_object().into_iter().flatten();
        let own = headers.find(|(other, _)| other.to_lowercase() == name);
        own.and_then(|(_, value)| value.as_str())
    }

    /// A header of ours, which the configuration may replace.
    fn header(&self, name: &str, ours: Option<&str>, complaints: &mut Complaints) {
        let expected = self.own(name).or(ours);
        complaints.expect(name, expected, self.reply.header(name));
    }

    fn repeats_no_header(&self, complaints: &mut Complaints) {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.reply.headers {
            complaints.unless(
                name == "set-cookie" || !names.contains(&name.as_str()),
                || format!("{name} is there twice"),
            );
            names.push(name);
        }
    }

    fn origin(&self) -> Option<String> {
        let origin = self.request.header("origin")?;
        let origin = String::from_utf8(origin).ok()?;
        origin::is_allowed(self.key("cors"), &origin).then_some(origin)
    }

    fn is_preflight(&self) -> bool {
        let asks = self.request.header("access-control-request-method");
        self.request.method() == "OPTIONS" && self.origin().is_some() && asks.is_some()
    }

    fn cors(&self, complaints: &mut Complaints) {
        let names = self.reply.headers.iter().map(|(name, _)| name);
        let is_there = names
            .filter(|name| name.starts_with("access-control-"))
            .count()
            > 0;
        let Some(origin) = self.origin() else {
            complaints.unless(!is_there, || "CORS headers for another origin".to_owned());
            return;
        };
        let allowed = self.reply.header("access-control-allow-origin");
        complaints.unless(allowed == Some(&origin) || allowed == Some("*"), || {
            format!("access-control-allow-origin: {allowed:?}")
        });
        let with_credentials = self.key("cors")["allow_credentials"] == true;
        complaints.expect(
            "access-control-allow-credentials",
            with_credentials.then_some("true"),
            self.reply.header("access-control-allow-credentials"),
        );
        if !self.is_preflight() {
            let exposed = list(self.reply.header("access-control-expose-headers"));
            for name in ["retry-after", "x-maintenance-mode"] {
                complaints.unless(exposed.contains(&name.to_owned()), || {
                    format!("{name} is not exposed: {exposed:?}")
                });
            }
        }
    }

    fn preflight(&self, complaints: &mut Complaints) {
        complaints.expect("status of a preflight", 204, self.reply.status);
        complaints.expect("grpc-status of a preflight", None, self.reply.grpc_status);
        for (name, asks) in [
            (
                "access-control-allow-methods",
                "access-control-request-method",
            ),
            (
                "access-control-allow-headers",
                "access-control-request-headers",
            ),
        ] {
            let asked = self.request.header(asks);
            let asked = asked.map(|asked| String::from_utf8_lossy(&asked).into_owned());
            complaints.expect(name, asked.as_deref(), self.reply.header(name));
        }
    }

    /// What every reply has.
    fn additions(&self, complaints: &mut Complaints) {
        self.header("cache-control", Some("no-store"), complaints);
        self.header("x-extra", None, complaints);
        self.retry_after(complaints);
        self.vary(complaints);
        let is_retried = self.key("no_retry") == false;
        self.header(
            "x-envoy-ratelimited",
            (!is_retried).then_some("true"),
            complaints,
        );
    }

    fn vary(&self, complaints: &mut Complaints) {
        if self.own("vary").is_some() {
            self.header("vary", None, complaints);
            return;
        }
        let varies = list(self.reply.header("vary"));
        let mut required = Vec::new();
        if self.format().is_none() {
            required.extend(["accept", "content-type", "sec-fetch-dest"]);
            required.extend(["user-agent", "x-requested-with"]);
        }
        if !self.key("cors").is_null() {
            required.push("origin");
        }
        for name in required {
            complaints.unless(varies.contains(&name.to_owned()), || {
                format!("vary lacks {name}: {varies:?}")
            });
        }
    }

    fn wait(&self) -> Wait {
        let flag = &self.decision.flag;
        if let Some(seconds) = flag.retry_after {
            return Wait::Seconds(seconds);
        }
        if let Some(until) = flag.until {
            let seconds = (until - self.request.at + 999) / 1000;
            return Wait::Seconds(seconds.max(1) as u64);
        }
        match self.response.get("retry_after") {
            None => Wait::Seconds(3600),
            Some(Value::Null) => Wait::Unknown,
            Some(Value::String(text)) if text == "none" => Wait::Unknown,
            Some(Value::String(date)) => Wait::Date(date.clone()),
            Some(seconds) => Wait::Seconds(seconds.as_u64().unwrap()),
        }
    }

    fn jitter(&self) -> u64 {
        self.key("retry_after_jitter").as_u64().unwrap_or(0)
    }

    fn is_about(&self, seconds: u64, text: &str) -> bool {
        let number = text.parse::<u64>();
        number.is_ok_and(|number| (seconds..=seconds + self.jitter()).contains(&number))
    }

    fn retry_after(&self, complaints: &mut Complaints) {
        let got = self.reply.header("retry-after");
        let (wait, jitter) = (self.wait(), self.jitter());
        let is_right = match &wait {
            Wait::Unknown => got.is_none(),
            Wait::Date(date) => got == Some(date),
            Wait::Seconds(seconds) => got.is_some_and(|text| self.is_about(*seconds, text)),
        };
        complaints.unless(is_right, || {
            format!("retry-after: expected {wait:?} + 0..={jitter}, got {got:?}")
        });
    }

    /// Where anybody has set one.
    fn message(&self) -> Option<String> {
        let set = self.decision.flag.message.clone();
        set.or_else(|| self.key("message").as_str().map(str::to_owned))
    }

    fn grpc(&self, complaints: &mut Complaints) {
        complaints.expect("grpc-status", Some(14), self.reply.grpc_status);
        if let Some(message) = self.message() {
            complaints.expect("grpc-message", message.as_str(), &self.reply.body);
        }
        let is_retried = self.key("no_retry") == false;
        let pushback = self.reply.header("grpc-retry-pushback-ms");
        complaints.expect(
            "grpc-retry-pushback-ms",
            (!is_retried).then_some("-1"),
            pushback,
        );
    }

    /// The kind of all bodies, where it is not negotiated.
    fn format(&self) -> Option<Kind> {
        let mut kinds = Kind::ALL.into_iter();
        kinds.find(|kind| self.key("format").as_str() == Some(kind.key()))
    }

    fn is_at_redirect(&self, redirect: &str) -> bool {
        let (_, rest) = redirect.split_once("://").unwrap();
        let rest = rest.split(['?', '#']).next().unwrap();
        let (host, below) = rest.split_once('/').unwrap_or((rest, ""));
        let asked = host::plain(&self.request.text(":authority"));
        asked == host::plain(host) && path::of(self.request) == format!("/{below}").as_bytes()
    }

    fn body_and_what_describes_it(&self, complaints: &mut Complaints) {
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
        let refresh = self.key("refresh").as_u64().filter(|_| kind == Kind::Html);
        let got = self.reply.header("refresh");
        let is_right = match (refresh, got) {
            (Some(seconds), Some(text)) => self.is_about(seconds, text),
            (refresh, got) => refresh.is_none() && got.is_none(),
        };
        complaints.unless(is_right, || format!("refresh: {refresh:?}, got {got:?}"));
        let own = self.key(kind.key()).as_str();
        let media_type = match kind {
            Kind::Html => "text/html",
            Kind::Json if own.is_some() => "application/json",
            Kind::Json => "application/problem+json",
            Kind::Text => "text/plain",
        };
        let got = self.reply.header("content-type").map(essence);
        complaints.expect("content-type", Some(media_type), got.as_deref());
        if method != "HEAD" && complaints.0.is_empty() {
            self.body(kind, own, status, complaints);
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
            "title" => self.key("title").as_str().map(str::to_owned),
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
    }

    /// RFC 9457.
    fn problem(&self, status: u64, wait: &str, until: Option<String>, complaints: &mut Complaints) {
        let Ok(got) = serde_json::from_str::<Value>(&self.reply.body) else {
            complaints.0.push("the body is no JSON".to_owned());
            return;
        };
        complaints.unless(got["type"].is_string(), || "no type".to_owned());
        complaints.expect("status in the body", &status.into(), &got["status"]);
        for (key, set) in [
            ("title", self.key("title").as_str().map(str::to_owned)),
            ("detail", self.message()),
        ] {
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

/// The elements of a list, in lower case.
fn list(value: Option<&str>) -> Vec<String> {
    let elements = value.unwrap_or_default().split(',');
    let elements = elements.map(|element| element.trim().to_lowercase());
    elements.filter(|element| !element.is_empty()).collect()
}
