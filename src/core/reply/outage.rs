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
    let until = flag.until.filter(|_| flag.on);
    let configured = || response.values(language);
    let mut known = None;
    if let Some(text) = setting.and_then(|setting| setting.message.as_deref()) {
        known.get_or_insert_with(configured).message = Wording {
            text,
            language: language.of_others(),
        };
    }
    if let Some(until) = until {
        known.get_or_insert_with(configured).until = Some(until);
    }
    let retry_after = setting
        .and_then(|setting| setting.retry_after)
        .or_else(|| Some(seconds_left(turn.or(until)?, flag.since, request)))
        .map(RetryAfter::Seconds);
    let jitter = response.retry_after_jitter;
    if retry_after.is_some() || jitter > 0 {
        let values = known.get_or_insert_with(configured);
        values.retry_after = retry_after
            .or_else(|| values.retry_after.take())
            .map(|after| after.jittered(jitter, || request.random()));
    }
    known
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
