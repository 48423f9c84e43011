//! Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).

use serde::Serialize;

use crate::policy::response::retry_after::RetryAfter;
use crate::policy::values::Values;
use crate::syntax::timestamp::Timestamp;

/// A problem document; what is not known is left out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<&'a RetryAfter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl<'a> Problem<'a> {
    pub(crate) const CONTENT_TYPE: &'static str = "application/problem+json";

    pub(crate) fn new(status: u16, title: &'a str, detail: &'a str) -> Self {
        Self {
            kind: "about:blank",
            title,
            status,
            detail,
            retry_after: None,
            until: None,
        }
    }

    /// The problem of a request that is blocked.
    pub(crate) fn of(values: &'a Values) -> Self {
        Self {
            retry_after: values.retry_after.as_ref(),
            until: values.until,
            ..Self::new(values.status, values.title.text, values.message.text)
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
