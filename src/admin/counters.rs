//! What an Envoy has counted.

use serde::{Serialize, Serializer};

use super::{Answer, Caller, no_store};
use crate::decision::Reason;

/// A call for the counters, which only the host has.
#[derive(Debug)]
pub struct CountersCall {
    pub(super) caller: Caller,
}

/// The counters of the scope, all workers together.
#[derive(Debug, Serialize)]
pub struct Counters {
    /// Requests that got the local reply.
    pub blocked: u64,
    /// Requests that would have got it, but for `observe`.
    pub observed: u64,
    /// Requests that passed while on, in the order of [`Reason::ALL`].
    #[serde(serialize_with = "by_reason")]
    pub allowed: [u64; Reason::ALL.len()],
    /// Calls of the endpoint with a good token from a good address.
    pub admin_granted: u64,
    /// Calls of the endpoint without.
    pub admin_denied: u64,
    /// Faults of the store or the host.
    pub errors: u64,
}

fn by_reason<S: Serializer>(
    allowed: &[u64; Reason::ALL.len()],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        Reason::ALL
            .iter()
            .map(|reason| reason.as_str())
            .zip(allowed),
    )
}

/// What `GET P/counters` answers.
#[derive(Serialize)]
struct Document<'a> {
    /// The id of Envoy's node, which tells the Envoys behind one address apart.
    envoy: &'a str,
    counters: &'a Counters,
}

impl CountersCall {
    /// The answer of this Envoy.
    pub fn answer(&self, envoy: &str, counters: &Counters) -> Answer {
        let document = Document { envoy, counters };
        let json = serde_json::to_string(&document).unwrap_or_default();
        self.caller
            .grant(no_store(200, "application/json", json), None)
    }
}
