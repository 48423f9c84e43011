//! What was counted.

use serde::{Serialize, Serializer};

use crate::admin::answer::{Access, Answer, json};
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
    /// Requests that wait now.
    pub held: u64,
}

impl Counted {
    /// The answer of a node, whose id tells it from others behind the same address.
    pub fn answer(&self, node: &str) -> Answer {
        let names = Counter::ALL.map(Counter::name).into_iter();
        let mut counters: Vec<_> = names.zip(self.counters.map(Json::Number)).collect();
        let allowed = self.allowed.map(Json::Number);
        let allowed = Reason::all().map(Reason::as_str).zip(allowed).collect();
        counters.insert(2, ("allowed", Json::Object(allowed)));
        let document = Json::Object(vec![
            (wire::NODE, Json::Text(node)),
            ("counters", Json::Object(counters)),
            ("held", Json::Number(self.held)),
        ]);
        Answer::new(Access::Granted, json(&document))
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
