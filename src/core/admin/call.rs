//! What a call asks for.

use crate::admin::query::Query;
use crate::admin::refusal::Refusal;
use crate::policy::bypass::Bypass;
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::request::head::RequestHead;
use crate::request::headers::Headers;
use crate::state::change::{Edit, Precondition, StateChange};
use crate::state::setting::{DURATION, Parameter, Setting};
use crate::syntax::path;
use crate::syntax::timestamp::Timestamp;

/// A call that is well-formed.
#[derive(Debug)]
pub(crate) enum Call {
    /// What the state is.
    Status,
    /// What was counted.
    Counters,
    /// To change it.
    Change(StateChange),
    /// To mint a bypass token.
    Mint {
        /// Whom it is for.
        name: String,
        /// How long it lives.
        ttl_seconds: u64,
    },
}

const DEFAULT_TTL_SECONDS: u64 = 3600;
const FOR: &str = DURATION.name;

impl Call {
    /// Reads a call of this path below the endpoint, by the token of that name.
    ///
    /// # Errors
    /// In this order: an unknown path, a method that the path does not have, a parameter.
    pub(super) fn parse(
        path: &[u8],
        policy: &Policy,
        endpoint: &Endpoint,
        caller: &str,
        request: &impl RequestHead,
    ) -> Result<Self, Refusal> {
        let method = request.headers().first(":method").unwrap_or_default();
        let query = path::query(request.path());
        let edit = match (path, &policy.bypass) {
            (b"", _) => {
                expect_plain_get(method, query)?;
                return Ok(Self::Status);
            }
            (b"/counters", _) => {
                expect_plain_get(method, query)?;
                return Ok(Self::Counters);
            }
            (b"/on", _) => {
                expect_method(method, &[b"POST", b"PUT"], "POST, PUT")?;
                Edit::Set(on(endpoint, caller, query, request.now())?)
            }
            (b"/off", _) => {
                expect_plain_post(method, query)?;
                Edit::Set(off(caller, request.now()))
            }
            (b"/reset", _) => {
                expect_plain_post(method, query)?;
                Edit::Reset
            }
            (b"/bypass", Some(bypass)) => {
                expect_method(method, &[b"POST"], "GET, HEAD, POST")?;
                return mint(bypass, query);
            }
            (b"/bypass/revoke", Some(_)) => {
                expect_plain_post(method, query)?;
                Edit::RevokeBypass(request.now())
            }
            _ => return Err(Refusal::UnknownCall(lossy(path))),
        };
        let if_match = request.headers().get("if-match");
        Ok(Self::Change(StateChange {
            edit,
            precondition: Precondition::parse(if_match.as_deref()),
        }))
    }
}

fn expect_plain_get(method: &[u8], query: &[u8]) -> Result<(), Refusal> {
    expect_method(method, &[b"GET", b"HEAD"], "GET, HEAD")?;
    Query::parse(query, &[]).map(drop)
}

fn expect_plain_post(method: &[u8], query: &[u8]) -> Result<(), Refusal> {
    expect_method(method, &[b"POST"], "POST")?;
    Query::parse(query, &[]).map(drop)
}

fn off(caller: &str, now: Timestamp) -> Setting {
    Setting {
        since: Some(now),
        changed_by: Some(caller.to_owned()),
        ..Setting::default()
    }
}

fn mint(bypass: &Bypass, query: &[u8]) -> Result<Call, Refusal> {
    let query = Query::parse(query, &["name", "ttl"])?;
    let name = query
        .name("name")?
        .ok_or_else(|| Refusal::Parameter("name is missing".into()))?;
    let longest = bypass.max_ttl_seconds;
    let ttl_seconds = query.read::<u64>("ttl")?.unwrap_or(DEFAULT_TTL_SECONDS);
    if !(1..=longest).contains(&ttl_seconds) {
        return Err(Refusal::Parameter(format!(
            "ttl is not from 1 to {longest} seconds"
        )));
    }
    Ok(Call::Mint { name, ttl_seconds })
}

fn expect_method(method: &[u8], expected: &[&[u8]], allow: &'static str) -> Result<(), Refusal> {
    if expected.contains(&method) {
        return Ok(());
    }
    Err(Refusal::Method {
        method: lossy(method),
        allow,
    })
}

fn on(endpoint: &Endpoint, caller: &str, query: &[u8], now: Timestamp) -> Result<Setting, Refusal> {
    let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
    let query = Query::parse(query, &parameters.chain([FOR]).collect::<Vec<_>>())?;
    let setting = Setting::given(|name| query.text(name))
        .map_err(|Parameter { name, expected, .. }| Refusal::expected(name, expected))?;
    let start = setting.start;
    let end = match (setting.until, query.read::<u64>(FOR)?) {
        (Some(_), Some(_)) => {
            return Err(Refusal::Parameter(
                "until and for exclude each other".into(),
            ));
        }
        (Some(until), None) => Some(("until", until)),
        (None, Some(seconds)) => Some((FOR, later(start.unwrap_or(now), seconds, FOR)?)),
        (None, None) => None,
    };
    Ok(Setting {
        since: Some(now),
        until: limit(end, start, now, endpoint.max_on_seconds)?,
        changed_by: Some(caller.to_owned()),
        ..setting
    })
}

/// The end of an `on`, no later than `max_on_seconds` after it begins.
fn limit(
    end: Option<(&str, Timestamp)>,
    start: Option<Timestamp>,
    now: Timestamp,
    max_on_seconds: Option<u64>,
) -> Result<Option<Timestamp>, Refusal> {
    let begin = start.unwrap_or(now);
    let latest = max_on_seconds
        .map(|seconds| later(begin, seconds, "start"))
        .transpose()?;
    let (name, end) = match (end, latest) {
        (Some(end), _) => end,
        (None, Some(latest)) => ("start", latest),
        (None, None) => return Ok(None),
    };
    let refuse = |problem: &str| {
        Err(Refusal::Parameter(format!(
            "{name}: the end, {end}, is {problem}"
        )))
    };
    if end <= now {
        refuse("past")
    } else if end <= begin {
        refuse("not after the start")
    } else if latest.is_some_and(|latest| end > latest) {
        let seconds = max_on_seconds.unwrap_or_default();
        refuse(&format!("more than {seconds} seconds after the start"))
    } else {
        Ok(Some(end))
    }
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn later(begin: Timestamp, seconds: u64, name: &str) -> Result<Timestamp, Refusal> {
    begin
        .plus_seconds(seconds)
        .ok_or_else(|| Refusal::Parameter(format!("{name}: the end is past the year 9999")))
}
