//! The filter's reply, as what stands around it sees it.

use maintenance_mode_core::syntax::regex::Regex;
use maintenance_mode_core::syntax::wire;

use crate::ctl::doctor::likely::Likely;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;

/// What is known of one reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    scope: String,
    /// Whether it is made in the proxy that is looked at, and not behind it.
    pub(super) is_local: bool,
}

const DEFAULT_STATUS: u16 = 503;

impl Reply {
    /// What a filter of which nothing is known replies.
    pub(super) fn unknown() -> Self {
        Self {
            status: DEFAULT_STATUS,
            scope: "default".to_owned(),
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
        let global = settings.get("response").as_ref().and_then(status);
        let mut statuses = vec![global.unwrap_or(DEFAULT_STATUS)];
        statuses.extend(plugin.responses().iter().filter_map(status));
        statuses.sort_unstable();
        statuses.dedup();
        let reply = |status| Self {
            status,
            scope: plugin.scope().to_owned(),
            is_local: true,
        };
        statuses.into_iter().map(reply).collect()
    }

    /// All replies of all plugins, or of one of which nothing is known.
    pub(super) fn any(setup: &Setup) -> Vec<Self> {
        let replies: Vec<Self> = setup.plugins.iter().flat_map(Self::all).collect();
        match replies.is_empty() {
            true => vec![Self::unknown()],
            false => replies,
        }
    }

    /// A header, `:status` among them; `None` where there is none.
    fn header(&self, name: &str) -> Option<Known> {
        match name.to_ascii_lowercase().as_str() {
            ":status" => Some(Known::Text(self.status.to_string())),
            wire::MODE => Some(Known::Text(self.scope.clone())),
            wire::RATE_LIMITED => Some(Known::Text("true".to_owned())),
            "cache-control" => Some(Known::Text("no-store".to_owned())),
            "content-type" | "retry-after" | "vary" => Some(Known::Something),
            _ => None,
        }
    }

    /// Envoy's `HeaderMatcher`.
    pub(super) fn has_header(&self, matcher: &Spot) -> Likely {
        let known = self.header(matcher.text_of("name").unwrap_or_default());
        let holds = match (known, matcher.bool_of("present_match")) {
            // A value is compared with nothing but a value, also where that is inverted.
            (None, None) => return Likely::No,
            (known, Some(present)) => (known.is_some() == present).into(),
            (Some(Known::Something), None) => Likely::Maybe,
            (Some(Known::Text(value)), None) => matches_header(matcher, &value),
        };
        match matcher.bool_of("invert_match") {
            Some(true) => holds.inverted(),
            _ => holds,
        }
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

/// What a `HeaderMatcher` makes of a value.
fn matches_header(matcher: &Spot, value: &str) -> Likely {
    if let Some(range) = matcher.get("range_match") {
        let bound = |key: &str| range.number_of(key).unwrap_or_default();
        let number: Option<f64> = value.parse().ok();
        number
            .is_some_and(|number| (bound("start")..bound("end")).contains(&number))
            .into()
    } else if let Some(string) = matcher.get("string_match") {
        matches_string(&string, value)
    } else {
        // Without a way to compare, it is enough that it is there.
        compares(matcher, "_match", value).unwrap_or(Likely::Yes)
    }
}

/// Envoy's `StringMatcher`.
pub(super) fn matches_string(matcher: &Spot, value: &str) -> Likely {
    compares(matcher, "", value).unwrap_or(Likely::Maybe)
}

/// The ways to compare a text that Envoy's matchers have in common; `ending` is that of their keys.
fn compares(matcher: &Spot, ending: &str, value: &str) -> Option<Likely> {
    type Holds = fn(&str, &str) -> bool;
    const WAYS: [(&str, Holds); 4] = [
        ("exact", |value, text| value == text),
        ("prefix", |value, text| value.starts_with(text)),
        ("suffix", |value, text| value.ends_with(text)),
        ("contains", |value, text| value.contains(text)),
    ];
    let fold = |text: &str| match matcher.bool_of("ignore_case") {
        Some(true) => text.to_ascii_lowercase(),
        _ => text.to_owned(),
    };
    let of_text = WAYS.iter().find_map(|(way, holds)| {
        let text = matcher.text_of(&format!("{way}{ending}"))?;
        Some(holds(&fold(value), &fold(text)).into())
    });
    let regex = || matcher.get(&format!("safe_regex{ending}"));
    of_text.or_else(|| Some(matches_regex(&regex()?, value)))
}

/// Envoy's `RegexMatcher`, which takes whole values.
fn matches_regex(matcher: &Spot, value: &str) -> Likely {
    let pattern = matcher.text_of("regex").unwrap_or_default();
    match Regex::new(pattern) {
        Ok(regex) => regex.is_match(value.as_bytes()).into(),
        Err(_) => Likely::Maybe,
    }
}
