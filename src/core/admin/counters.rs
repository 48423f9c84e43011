//! What was counted.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::admin::answer::{Answer, no_store};
use crate::admin::caller::Caller;
use crate::decision::reason::Reason;
use crate::syntax::wire;

/// One row a counter: its variant and its name.
macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $counter:ident: $name:literal;)+) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Counter {
            $($(#[doc = $doc])+ $counter,)+
            /// Requests that passed while maintenance was on.
            Allowed(Reason),
        }

        const NAMES: [&str; [$($name),+].len()] = [$($name),+];

        impl Counter {
            /// How many there are.
            pub const COUNT: usize = NAMES.len() + Reason::COUNT;

            /// All of them, in order.
            pub fn all() -> impl Iterator<Item = Self> {
                let counters = [$(Self::$counter),+].into_iter();
                counters.chain(Reason::all().map(Self::Allowed))
            }

            /// Its place among all.
            pub fn index(self) -> usize {
                match self {
                    Self::Allowed(reason) => NAMES.len() + reason.index(),
                    $(Self::$counter => Plain::$counter as usize,)+
                }
            }

            /// Its name in stats.
            pub fn name(self) -> String {
                match self {
                    Self::Allowed(reason) => format!("allowed.{}", reason.as_str()),
                    $(Self::$counter => $name.to_owned(),)+
                }
            }
        }

        enum Plain {
            $($counter,)+
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

/// A call for the counters.
#[derive(Debug)]
pub struct CountersCall {
    pub(crate) caller: Caller,
}

impl CountersCall {
    /// The answer of a node, which has an id and a number for each counter.
    pub fn answer(&self, node: &str, counters: &[u64; Counter::COUNT]) -> Answer {
        let document = CountersDocument {
            node,
            counters: Numbers(counters),
        };
        let json = serde_json::to_string(&document).unwrap_or_default();
        self.caller.grant(no_store(200, "application/json", json))
    }
}

/// What `GET P/counters` answers.
struct CountersDocument<'a> {
    /// The id of the node, which tells those behind one address apart.
    node: &'a str,
    counters: Numbers<'a>,
}

impl Serialize for CountersDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry(wire::NODE, self.node)?;
        document.serialize_entry("counters", &self.counters)?;
        document.end()
    }
}

struct Numbers<'a>(&'a [u64; Counter::COUNT]);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (counters, allowed) = self.0.split_at_checked(NAMES.len()).unwrap_or_default();
        let mut document = serializer.serialize_map(None)?;
        for (name, number) in NAMES.iter().zip(counters) {
            document.serialize_entry(name, number)?;
        }
        document.serialize_entry("allowed", &ByReason(allowed))?;
        document.end()
    }
}

struct ByReason<'a>(&'a [u64]);

impl Serialize for ByReason<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Reason::all().map(Reason::as_str).zip(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counter_has_its_place() {
        assert_eq!(Counter::all().count(), Counter::COUNT);
        for (place, counter) in Counter::all().enumerate() {
            assert_eq!(counter.index(), place, "{counter:?}");
        }
    }
}
