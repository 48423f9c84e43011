//! What an `off` does.

use crate::admin::query::Query;
use crate::admin::refusal::Refusal;
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::request::head::RequestHead;
use crate::state::change::Edit;
use crate::state::ramp::{Ramp, RampKey};
use crate::state::setting::{RAMP, Setting};

/// The longest slow opening, in seconds: a day.
const LONGEST: u64 = 24 * 3600;

/// What an `off` does, by the token of that name: at once, or slowly.
///
/// # Errors
/// Another method, or a parameter that is none.
pub(super) fn off(
    policy: &Policy,
    endpoint: &Endpoint,
    caller: &str,
    request: &impl RequestHead,
) -> Result<Edit, Refusal> {
    let query = Query::of_call(request, "POST", &[RAMP.name])?;
    let now = request.now();
    let off = Setting {
        since: Some(now),
        changed_by: Some(caller.to_owned()),
        ..Setting::default()
    };
    let seconds = query.read::<u64>(RAMP.name)?.unwrap_or_default();
    if seconds == 0 {
        return Ok(Edit::Set(off));
    }
    let longest = endpoint.max_on_seconds.unwrap_or(LONGEST).min(LONGEST);
    let until = now.plus_seconds(seconds).filter(|_| seconds <= longest);
    let until = until.ok_or_else(|| {
        Refusal::Parameter(format!("{}: is longer than {longest} seconds", RAMP.name))
    })?;
    let ramp = Ramp {
        start: now,
        until,
        key: RampKey::new([request.random(), request.random()]),
    };
    Ok(Edit::Open(off.opening(ramp), policy.fallback(now)))
}
