//! What was counted.

use serde::{Serialize, Serializer};

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
        let counters = counted.counters.map(Json::Number);
        let mut counters: Vec<_> = Counter::ALL
            .map(Counter::name)
            .into_iter()
            .zip(counters)
            .collect();
        let allowed = counted.allowed.map(Json::Number);
        let allowed = Reason::all().map(Reason::as_str).zip(allowed).collect();
        counters.insert(2, ("allowed", Json::Object(allowed)));
        let document = Json::Object(vec![
            (wire::NODE, Json::Text(node)),
            ("counters", Json::Object(counters)),
        ]);
        let json = serde_json::to_string(&document).unwrap_or_default();
        self.caller.grant(no_store(200, "application/json", json))
    }
}

/// What of JSON the answer needs.
#[derive(Serialize)]
#[serde(untagged)]
enum Json<'a> {
    Text(&'a str),
    Number(u64),
    #[serde(serialize_with = "object")]
    Object(Vec<(&'static str, Json<'a>)>),
}

fn object<S: Serializer>(
    entries: &[(&'static str, Json<'_>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
}
