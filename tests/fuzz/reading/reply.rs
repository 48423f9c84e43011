//! The local reply.

use serde_json::{Map, Value};

use super::{
    case::{Case, Reply, Request},
    complaints::Complaints,
    decision::Decision,
    language::{self, Language},
    negotiation::{self, Kind},
    origin, path, time,
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
pub enum Wait {
    Unknown,
    Date(String),
    Seconds(u64),
}

/// A reply beside what it should be.
pub struct Judge<'a> {
    pub request: &'a Request,
    pub decision: &'a Decision,
    pub response: Value,
    pub language: Language,
    pub reply: &'a Reply,
}

pub fn judge(
    case: &Case,
    request: &Request,
    decision: &Decision,
    reply: &Reply,
    complaints: &mut Complaints,
) {
    let response = Value::from(response(&case.configuration, decision.rule.as_ref()));
    let judge = Judge {
        request,
        decision,
        language: language::of(request, &response["languages"]),
        response,
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
    pub fn key(&self, key: &str) -> &Value {
        &self.response[key]
    }

    /// A header that the configuration sets itself.
    fn own(&self, name: &str) -> Option<&str> {
        let mut headers = self.key("headers").as_object().into_iter().flatten();
        let own = headers.find(|(other, _)| other.to_lowercase() == name);
        own.and_then(|(_, value)| value.as_str())
    }

    /// A header of ours, which the configuration may replace.
    pub fn header(&self, name: &str, ours: Option<&str>, complaints: &mut Complaints) {
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
        let is_page_ours =
            self.key("html").is_null() && self.format().is_none_or(|format| format == Kind::Html);
        let has_languages = self
            .key("languages")
            .as_object()
            .is_some_and(|all| !all.is_empty());
        if self.has_words_of_ours() || is_page_ours || has_languages {
            required.push("accept-language");
        } else {
            complaints.unless(!varies.contains(&"accept-language".to_owned()), || {
                "nothing is negotiated that vary names accept-language for".to_owned()
            });
        }
        for name in required {
            complaints.unless(varies.contains(&name.to_owned()), || {
                format!("vary lacks {name}: {varies:?}")
            });
        }
    }

    pub fn wait(&self) -> Wait {
        let flag = &self.decision.flag;
        if let Some(seconds) = flag.retry_after {
            return Wait::Seconds(seconds);
        }
        if let Some(until) = self.decision.turn.or(flag.until) {
            let seconds = (until - self.request.at + 999) / 1000;
            return Wait::Seconds(seconds.max(1) as u64);
        }
        match self.response.get("retry_after") {
            None => Wait::Seconds(3600),
            Some(Value::Null) => Wait::Unknown,
            Some(Value::String(text)) if text == "none" => Wait::Unknown,
            Some(Value::String(text)) if text.ends_with("GMT") => Wait::Date(text.clone()),
            Some(given) => Wait::Seconds(time::seconds(given)),
        }
    }

    fn jitter(&self) -> u64 {
        time::seconds(self.key("retry_after_jitter"))
    }

    pub fn is_about(&self, seconds: u64, text: &str) -> bool {
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

    /// Whether nobody has set the title, or the message, for all.
    pub fn has_words_of_ours(&self) -> bool {
        self.key("title").is_null() || self.key("message").is_null()
    }

    /// Where anybody has set one.
    pub fn title(&self) -> Option<String> {
        self.worded("title")
    }

    /// Where anybody has set one.
    pub fn message(&self) -> Option<String> {
        let set = self.decision.flag.message.clone();
        set.or_else(|| self.worded("message"))
    }

    /// What the configuration says, in this language or to all.
    pub fn worded(&self, key: &str) -> Option<String> {
        let own = self.language.key(key);
        own.or_else(|| self.key(key).as_str().map(str::to_owned))
    }

    fn grpc(&self, complaints: &mut Complaints) {
        complaints.expect("status of gRPC", 200, self.reply.status);
        complaints.expect("body of gRPC", "", self.reply.body.as_str());
        complaints.expect("grpc-status", Some(14), self.reply.grpc_status);
        let status = self.reply.header("grpc-status");
        complaints.expect("the header grpc-status", Some("14"), status);
        if let Some(message) = self.message() {
            let got = self.reply.header("grpc-message").unwrap_or_default();
            let got = path::decoded(got.as_bytes(), b"");
            complaints.expect("grpc-message", message.into_bytes(), got);
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
    pub fn format(&self) -> Option<Kind> {
        let mut kinds = Kind::ALL.into_iter();
        kinds.find(|kind| self.key("format").as_str() == Some(kind.key()))
    }
}

/// The elements of a list, in lower case.
pub fn list(value: Option<&str>) -> Vec<String> {
    let elements = value.unwrap_or_default().split(',');
    let elements = elements.map(|element| element.trim().to_lowercase());
    elements.filter(|element| !element.is_empty()).collect()
}
