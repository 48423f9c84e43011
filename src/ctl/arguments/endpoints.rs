//! Where the admin endpoints are, and how to call them.

use crate::ctl::arguments::token::BearerToken;

#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    /// Whole addresses.
    pub(crate) urls: Vec<String>,
    pub(crate) token: BearerToken,
    /// How long a call may take, in seconds.
    pub(crate) timeout: u64,
}
