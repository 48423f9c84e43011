//! What a body tells.

use crate::policy::response::retry_after::RetryAfter;
use crate::syntax::timestamp::Timestamp;

/// What a body tells; an unknown value is empty.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// `{{title}}`
    pub title: &'a str,
    /// `{{message}}`
    pub message: &'a str,
    /// `{{status}}`
    pub status: u16,
    /// `{{retry_after}}`, as in the header.
    pub retry_after: Option<RetryAfter>,
    /// `{{until}}`, RFC 3339 in UTC.
    pub until: Option<Timestamp>,
    /// `{{request_id}}`, of the header `x-request-id`.
    pub request_id: &'a [u8],
}
