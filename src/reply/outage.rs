//! What is known of the maintenance that blocks a request.

use super::problem::Problem;
use crate::{
    flag::Flag,
    header_map::HeaderMap,
    policy::{Response, RetryAfter, Values},
    request::RequestHead,
    timestamp::Timestamp,
};

/// What a client is told, whatever the representation.
pub(super) struct Outage<'a> {
    pub(super) message: &'a str,
    pub(super) retry_after: Option<RetryAfter>,
    until: Option<Timestamp>,
}

impl<'a> Outage<'a> {
    /// What the flag knows counts only while it is on: a rule may block while it is off.
    pub(super) fn new(response: &'a Response, flag: &Flag<'a>, request: &impl RequestHead) -> Self {
        let flag = flag.on.then_some(flag);
        let until = flag.and_then(|flag| flag.until);
        let retry_after = flag
            .and_then(|flag| flag.retry_after)
            .or_else(|| until.map(|until| request.now().seconds_until(until).max(1)))
            .map(RetryAfter::Seconds)
            .or_else(|| response.retry_after.clone());
        Self {
            message: flag
                .and_then(|flag| flag.message)
                .unwrap_or(&response.message),
            retry_after: retry_after
                .map(|after| after.jittered(response.retry_after_jitter, || request.random())),
            until,
        }
    }

    pub(super) fn values<'v>(
        &'v self,
        response: &'v Response,
        headers: &'v HeaderMap,
    ) -> Values<'v> {
        let request_id = headers.first("x-request-id").unwrap_or_default();
        let retry_after = self.retry_after.as_ref().map(RetryAfter::to_text);
        let until = self.until.map(|until| until.to_string());
        Values {
            title: &response.title,
            message: self.message,
            status: response.status.to_string().into(),
            retry_after: retry_after.unwrap_or_default().into(),
            until: until.unwrap_or_default().into(),
            request_id: String::from_utf8_lossy(request_id),
        }
    }

    pub(super) fn problem(&self, response: &'a Response) -> Problem<'a> {
        let mut problem = Problem::new(response.status, &response.title, self.message);
        problem.retry_after = self.retry_after.clone();
        problem.until = self.until;
        problem
    }
}

impl RetryAfter {
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }

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
