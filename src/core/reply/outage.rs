//! What is known of the maintenance that blocks a request.

use crate::policy::response::languages::Language;
use crate::policy::response::response::Response;
use crate::policy::response::retry_after::RetryAfter;
use crate::policy::values::{Values, Wording};
use crate::request::head::RequestHead;
use crate::state::flag::Flag;
use crate::syntax::timestamp::Timestamp;

/// What a client is told, whatever the representation; `None` where that is what the
/// configuration says.
///
/// What the flag knows counts only while it is on: a rule may block while it is off. In a slow
/// opening the end is the client's turn.
pub(crate) fn outage<'a>(
    response: &'a Response,
    language: Language<'a>,
    flag: &Flag<'a>,
    turn: Option<Timestamp>,
    request: &impl RequestHead,
) -> Option<Values<'a>> {
    let setting = flag.setting.filter(|_| flag.on);
    let message = setting.and_then(|setting| setting.message.as_deref());
    let retry_after = setting.and_then(|setting| setting.retry_after);
    let until = flag.until.filter(|_| flag.on);
    let jitter = response.retry_after_jitter;
    let end = turn.or(until);
    if message.is_none() && retry_after.is_none() && end.is_none() && jitter == 0 {
        return None;
    }
    let mut values = response.values(language);
    if let Some(text) = message {
        values.message = Wording {
            text,
            language: language.of_others(),
        };
    }
    values.until = until;
    values.retry_after = retry_after
        .or_else(|| end.map(|end| seconds_left(end, flag.since, request)))
        .map(RetryAfter::Seconds)
        .or(values.retry_after)
        .map(|after| after.jittered(jitter, || request.random()));
    Some(values)
}

/// The whole seconds to the end, and no more than lie between what began it and the end,
/// whatever a clock says that was set back.
fn seconds_left(until: Timestamp, since: Option<Timestamp>, request: &impl RequestHead) -> u64 {
    let now = request.now();
    let since = since.filter(|since| *since < until);
    let now = since.map_or(now, |since| now.max(since));
    now.seconds_until(until).max(1)
}

impl RetryAfter {
    /// Up to `jitter` seconds more; a date stays as it is.
    pub(super) fn jittered(self, jitter: u64, random: impl FnOnce() -> u64) -> Self {
        match (self, jitter.checked_add(1)) {
            (Self::Seconds(seconds), Some(span)) if jitter > 0 => {
                Self::Seconds(seconds.saturating_add(random() % span))
            }
            (same, _) => same,
        }
    }
}
