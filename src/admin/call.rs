//! What a call asks for.

use super::{query::Query, refusal::Refusal};
use crate::{
    path,
    policy::Endpoint,
    request::RequestHead,
    state::{Precondition, Setting, StateChange},
    timestamp::Timestamp,
};

/// A call that is well-formed.
#[derive(Debug)]
pub(super) enum Call {
    /// What the state is.
    Status,
    /// To change it.
    Change(StateChange),
}

impl Call {
    /// Reads a call by the token of that name.
    ///
    /// # Errors
    /// In this order: an unknown path, a method that the path does not have, a parameter.
    pub(super) fn parse(
        endpoint: &Endpoint,
        caller: &str,
        request: &impl RequestHead,
    ) -> Result<Self, Refusal> {
        let headers = request.headers();
        let method = headers.first(":method").unwrap_or_default();
        let query = path::query(request.path());
        let call = endpoint
            .call(request.path())
            .ok_or_else(|| Refusal::UnknownCall(lossy(request.path())))?;
        let setting = match call {
            b"" => {
                expect_method(method, &[b"GET", b"HEAD"], "GET, HEAD")?;
                Query::parse(query, &[])?;
                return Ok(Self::Status);
            }
            b"/on" => {
                expect_method(method, &[b"POST", b"PUT"], "POST, PUT")?;
                Some(on(endpoint, caller, query, request.now())?)
            }
            b"/off" => {
                expect_method(method, &[b"POST"], "POST")?;
                Query::parse(query, &[])?;
                Some(Setting {
                    maintenance: false,
                    since: Some(request.now()),
                    start: None,
                    until: None,
                    retry_after: None,
                    message: None,
                    changed_by: Some(caller.to_owned()),
                })
            }
            b"/reset" => {
                expect_method(method, &[b"POST"], "POST")?;
                Query::parse(query, &[])?;
                None
            }
            _ => return Err(Refusal::UnknownCall(lossy(call))),
        };
        Ok(Self::Change(StateChange {
            setting,
            precondition: Precondition::parse(headers.get("if-match").as_deref()),
        }))
    }

    /// The change that the call asks for.
    pub(super) fn change(&self) -> Option<&StateChange> {
        match self {
            Self::Status => None,
            Self::Change(change) => Some(change),
        }
    }
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
    let query = Query::parse(query, &["until", "start", "for", "retry_after", "message"])?;
    let start = query.timestamp("start")?;
    let end = match (query.timestamp("until")?, query.seconds("for")?) {
        (Some(_), Some(_)) => {
            return Err(Refusal::Parameter(
                "until and for exclude each other".into(),
            ));
        }
        (Some(until), None) => Some(("until", until)),
        (None, Some(seconds)) => Some(("for", later(start.unwrap_or(now), seconds, "for")?)),
        (None, None) => None,
    };
    Ok(Setting {
        maintenance: true,
        since: Some(now),
        start,
        until: limit(end, start, now, endpoint.max_on_seconds)?,
        retry_after: query.seconds("retry_after")?,
        message: query.message("message")?,
        changed_by: Some(caller.to_owned()),
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
