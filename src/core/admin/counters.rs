//! What was counted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::admin::answer::{Answer, no_store};
use crate::admin::caller::Caller;
use crate::decision::reason::Reason;
use crate::syntax::wire;

/// One row a counter: its variant and its name.
macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $counter:ident: $name:literal;)+) => {
        /// What is counted, but for requests that passed for a [`Reason`] while on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Counter {
            $($(#[doc = $doc])+ $counter,)+
        }

        impl Counter {
            /// All of them, in order.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$counter),+];

            /// Its name in stats.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$counter => $name,)+
                }
            }
        }
    };
}

counters! {
    /// Requests that got the local reply.
    Blocked: "blocked";
    /// Requests that would have got it, but for `observe`.
    Observed: "observed";
    /// Calls of the endpoint with a good token from a good address.
    AdminGranted: "admin_granted";
    /// Calls of the endpoint without.
    AdminDenied: "admin_denied";
    /// Faults of the store or the host.
    Errors: "errors";
}

/// What was counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// In the order of [`Counter::ALL`].
    pub counters: [u64; Counter::ALL.len()],
    /// Requests that passed while on, in the order of [`Reason::all`].
    pub allowed: [u64; Reason::COUNT],
}

/// A call for the counters.
#[derive(Debug)]
pub struct CountersCall {
    pub(crate) caller: Caller,
}

impl CountersCall {
    /// The answer of a node, whose id tells it from others behind the same address.
    pub fn answer(&self, node: &str, counted: &Counted) -> Answer {
        let names = Counter::ALL.into_iter().map(Counter::name);
        let mut counters: BTreeMap<&str, Value> =
            names.zip(counted.counters.map(Value::from)).collect();
        let reasons = Reason::all().map(Reason::as_str);
        let allowed: BTreeMap<&str, u64> = reasons.zip(counted.allowed).collect();
        counters.insert("allowed", json!(allowed));
        let document = json!({wire::NODE: node, "counters": counters});
        self.caller
            .grant(no_store(200, "application/json", document.to_string()))
    }
}
