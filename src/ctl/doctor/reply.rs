//! The filter's reply, as what stands around it sees it.

use maintenance_mode_core::syntax::regex::Regex;

use crate::ctl::doctor::likely::Likely;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::Plugin;

/// What is known of one reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    scope: String,
    /// Whether it is made in the proxy that is looked at, and not behind it.
    pub(super) is_local: bool,
}

const DEFAULT_STATUS: u16 = 503;
const DEFAULT_SCOPE: &str = "default";

impl Reply {
    /// What a filter of which nothing is known replies.
    pub(super) fn unknown() -> Self {
        Self {
            status: DEFAULT_STATUS,
            scope: DEFAULT_SCOPE.to_owned(),
            is_local: true,
        }
    }

    /// As a proxy in front sees it.
    pub(super) fn seen_in_front(self) -> Self {
        let is_local = false;
        Self { is_local, ..self }
    }

    /// The replies of a plugin, one for each status.
    pub(super) fn all(plugin: &Plugin) -> Vec<Self> {
        let settings = plugin.settings();
        let rules = settings.list("rules").into_iter();
        let own = rules.filter_map(|rule| rule.get("response"));
        let own = own.filter_map(|response| status(&response));
        let global = settings
            .get("response")
            .and_then(|response| status(&response));
        let mut statuses: Vec<u16> = [global.unwrap_or(DEFAULT_STATUS)]
            .into_iter()
            .chain(own)
            .collect();
        statuses.sort_unstable();
        statuses.dedup();
        let scope = settings.text_of("scope").unwrap_or(DEFAULT_SCOPE);
        let reply = |status| Self {
            status,
            scope: scope.to_owned(),
            is_local: true,
        };
        statuses.into_iter().map(reply).collect()
    }

    /// A header, `:status` among them; `None` where there is none.
    fn header(&self, name: &str) -> Option<Known> {
        match name.to_ascii_lowercase().as_str() {
            ":status" => Some(Known::Text(self.status.to_string())),
            "x-maintenance-mode" => Some(Known::Text(self.scope.clone())),
            "x-envoy-ratelimited" => Some(Known::Text("true".to_owned())),
            "cache-control" => Some(Known::Text("no-store".to_owned())),
            "content-type" | "retry-after" | "vary" => Some(Known::Something),
            _ => None,
        }
    }

    /// Envoy's `HeaderMatcher`.
    pub(super) fn has_header(&self, matcher: &Spot) -> Likely {
        let name = matcher.text_of("name").unwrap_or_default();
        let inverted = matcher.bool_of("invert_match") == Some(true);
        let present = matcher.bool_of("present_match");
        let Some(known) = self.header(name) else {
            // A value is compared with nothing but a value, also where that is inverted.
            return Likely::from(present == Some(false)).inverted_if(inverted && present.is_some());
        };
        let Known::Text(value) = known else {
            return present
                .map_or(Likely::Maybe, Likely::from)
                .inverted_if(inverted);
        };
        let text = |key: &str| matcher.text_of(key);
        let holds = if let Some(present) = present {
            present.into()
        } else if let Some(exact) = text("exact_match") {
            (value == exact).into()
        } else if let Some(prefix) = text("prefix_match") {
            value.starts_with(prefix).into()
        } else if let Some(suffix) = text("suffix_match") {
            value.ends_with(suffix).into()
        } else if let Some(part) = text("contains_match") {
            value.contains(part).into()
        } else if let Some(regex) = matcher.get("safe_regex_match") {
            matches_regex(&regex, &value)
        } else if let Some(range) = matcher.get("range_match") {
            let bound = |key: &str| range.number_of(key).unwrap_or_default();
            let number: Option<f64> = value.parse().ok();
            number
                .is_some_and(|number| (bound("start")..bound("end")).contains(&number))
                .into()
        } else if let Some(string) = matcher.get("string_match") {
            matches_string(&string, &value)
        } else {
            // Without a way to compare, it is enough that it is there.
            Likely::Yes
        };
        holds.inverted_if(inverted)
    }

    /// An input of Envoy's matchers, and what it is compared with.
    pub(super) fn input(&self, kind: &str, input: &Spot) -> Option<String> {
        match kind.rsplit('.').next().unwrap_or_default() {
            "HttpResponseStatusCodeMatchInput" => Some(self.status.to_string()),
            "HttpResponseStatusCodeClassMatchInput" => Some(format!("{}xx", self.status / 100)),
            "HttpResponseLocalReplyMatchInput" => Some(self.is_local.to_string()),
            "HttpResponseHeaderMatchInput" => {
                match self.header(input.text_of("header_name").unwrap_or_default()) {
                    Some(Known::Text(value)) => Some(value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an input is a header that the reply has not.
    pub(super) fn lacks(&self, kind: &str, input: &Spot) -> bool {
        let name = input.text_of("header_name").unwrap_or_default();
        kind.ends_with(".HttpResponseHeaderMatchInput") && self.header(name).is_none()
    }
}

enum Known {
    Text(String),
    /// There is a value, which may be any.
    Something,
}

fn status(response: &Spot) -> Option<u16> {
    let status = response.number_of("status")?;
    (200.0..600.0).contains(&status).then_some(status as u16)
}

/// Envoy's `StringMatcher`.
pub(super) fn matches_string(matcher: &Spot, value: &str) -> Likely {
    let ignore_case = matcher.bool_of("ignore_case") == Some(true);
    let fold = |text: &str| match ignore_case {
        true => text.to_ascii_lowercase(),
        false => text.to_owned(),
    };
    let value_folded = fold(value);
    let text = |key: &str| matcher.text_of(key).map(fold);
    if let Some(exact) = text("exact") {
        (value_folded == exact).into()
    } else if let Some(prefix) = text("prefix") {
        value_folded.starts_with(&prefix).into()
    } else if let Some(suffix) = text("suffix") {
        value_folded.ends_with(&suffix).into()
    } else if let Some(part) = text("contains") {
        value_folded.contains(&part).into()
    } else if let Some(regex) = matcher.get("safe_regex") {
        matches_regex(&regex, value)
    } else {
        Likely::Maybe
    }
}

/// Envoy's `RegexMatcher`, which takes whole values.
fn matches_regex(matcher: &Spot, value: &str) -> Likely {
    let pattern = matcher.text_of("regex").unwrap_or_default();
    match Regex::new(pattern) {
        Ok(regex) => regex.is_match(value.as_bytes()).into(),
        Err(_) => Likely::Maybe,
    }
}
