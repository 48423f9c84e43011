//! What an `on` sets.

use crate::admin::query::Query;
use crate::admin::refusal::Refusal;
use crate::policy::endpoint::Endpoint;
use crate::request::head::RequestHead;
use crate::state::setting::{DURATION, Parameter, Setting};
use crate::syntax::timestamp::Timestamp;

const FOR: &str = DURATION.name;

/// What an `on` sets, by the token of that name.
///
/// # Errors
/// Another method, or a parameter that is none.
pub(super) fn on(
    endpoint: &Endpoint,
    caller: &str,
    request: &impl RequestHead,
) -> Result<Setting, Refusal> {
    let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
    let parameters: Vec<_> = parameters.chain([FOR]).collect();
    let query = Query::of_call(request, "POST, PUT", &parameters)?;
    let now = request.now();
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

fn later(begin: Timestamp, seconds: u64, name: &str) -> Result<Timestamp, Refusal> {
    begin
        .plus_seconds(seconds)
        .ok_or_else(|| Refusal::Parameter(format!("{name}: the end is past the year 9999")))
}
