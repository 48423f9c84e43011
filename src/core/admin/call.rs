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
pub(crate) enum Call<'p> {
    /// What the state is.
    Status,
    /// What was counted.
    Counters,
    /// To change it.
    Change(StateChange),
    /// To mint a bypass token.
    Mint {
        bypass: &'p Bypass,
        /// Whom it is for.
        name: String,
        ttl_seconds: u64,
    },
}

const DEFAULT_TTL_SECONDS: u64 = 3600;
const FOR: &str = DURATION.name;
const READ: &str = "GET, HEAD";
const WRITE: &str = "POST";

impl<'p> Call<'p> {
    /// Reads a call of this path below the endpoint, by the token of that name.
    ///
    /// # Errors
    /// In this order: an unknown path, a method that the path does not have, a parameter.
    pub(super) fn parse(
        path: &[u8],
        policy: &'p Policy,
        endpoint: &Endpoint,
        caller: &str,
        request: &impl RequestHead,
    ) -> Result<Self, Refusal> {
        let headers = request.headers();
        let expect = |methods, parameters: &[&str]| {
            expect_method(headers.first(":method").unwrap_or_default(), methods)?;
            Query::parse(path::query(request.path()), parameters)
        };
        let edit = match (path, &policy.bypass) {
            (b"", _) => return expect(READ, &[]).map(|_| Self::Status),
            (b"/counters", _) => return expect(READ, &[]).map(|_| Self::Counters),
            (b"/on", _) => {
                let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
                let parameters: Vec<_> = parameters.chain([FOR]).collect();
                let query = expect("POST, PUT", &parameters)?;
                Edit::Set(on(endpoint, caller, &query, request.now())?)
            }
            (b"/off", _) => {
                expect(WRITE, &[])?;
                Edit::Set(Setting {
                    since: Some(request.now()),
                    changed_by: Some(caller.to_owned()),
                    ..Setting::default()
                })
            }
            (b"/reset", _) => {
                expect(WRITE, &[])?;
                Edit::Reset
            }
            // To read it is to follow a link.
            (b"/bypass", Some(bypass)) => {
                return mint(bypass, &expect("GET, HEAD, POST", &["name", "ttl"])?);
            }
            (b"/bypass/revoke", Some(_)) => {
                expect(WRITE, &[])?;
                Edit::RevokeBypass(request.now())
            }
            _ => return Err(Refusal::UnknownCall(lossy(path))),
        };
        let if_match = headers.get("if-match");
        Ok(Self::Change(StateChange {
            edit,
            precondition: Precondition::parse(if_match.as_deref()),
        }))
    }
}

fn mint<'p>(bypass: &'p Bypass, query: &Query) -> Result<Call<'p>, Refusal> {
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
    Ok(Call::Mint {
        bypass,
        name,
        ttl_seconds,
    })
}

/// Refuses a method that is not among those that are allowed, which a comma separates.
fn expect_method(method: &[u8], allow: &'static str) -> Result<(), Refusal> {
    if allow
        .split(", ")
        .any(|allowed| allowed.as_bytes() == method)
    {
        return Ok(());
    }
    Err(Refusal::Method {
        method: lossy(method),
        allow,
    })
}

fn on(
    endpoint: &Endpoint,
    caller: &str,
    query: &Query,
    now: Timestamp,
) -> Result<Setting, Refusal> {
    let setting = Setting::given(|name| query.text(name))
        .map_err(|Parameter { name, expected, .. }| Refusal::expected(name, expected))?;
    let begin = setting.start.unwrap_or(now);
    let end = match (setting.until, query.read::<u64>(FOR)?) {
        (Some(_), Some(_)) => {
            return Err(Refusal::Parameter(
                "until and for exclude each other".into(),
            ));
        }
        (Some(until), None) => Some(("until", until)),
        (None, Some(seconds)) => Some((FOR, later(begin, seconds, FOR)?)),
        (None, None) => None,
    };
    Ok(Setting {
        since: Some(now),
        until: limit(end, begin, now, endpoint.max_on_seconds)?,
        changed_by: Some(caller.to_owned()),
        ..setting
    })
}

/// The end of an `on`, no later than `max_on_seconds` after it begins.
fn limit(
    end: Option<(&str, Timestamp)>,
    begin: Timestamp,
    now: Timestamp,
    max_on_seconds: Option<u64>,
) -> Result<Option<Timestamp>, Refusal> {
    let latest = max_on_seconds
        .map(|seconds| later(begin, seconds, "start"))
        .transpose()?;
    let Some((name, end)) = end.or(latest.map(|latest| ("start", latest))) else {
        return Ok(None);
    };
    let problem = if end <= now {
        "past".to_owned()
    } else if end <= begin {
        "not after the start".to_owned()
    } else if latest.is_some_and(|latest| end > latest) {
        let seconds = max_on_seconds.unwrap_or_default();
        format!("more than {seconds} seconds after the start")
    } else {
        return Ok(Some(end));
    };
    Err(Refusal::Parameter(format!(
        "{name}: the end, {end}, is {problem}"
    )))
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn later(begin: Timestamp, seconds: u64, name: &str) -> Result<Timestamp, Refusal> {
    begin
        .plus_seconds(seconds)
        .ok_or_else(|| Refusal::Parameter(format!("{name}: the end is past the year 9999")))
}
