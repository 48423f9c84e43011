//! The contract, read a second time: plainly, slowly, and in another shape than the core.
//!
//! It works on the JSON of the configuration and on the lines of the request as they stand,
//! by linear scans, and compiles nothing. Nothing of the core is used here.

pub mod address;
pub mod body;
pub mod case;
pub mod complaints;
pub mod decision;
pub mod endpoint;
pub mod entries;
pub mod field;
pub mod flag;
pub mod host;
pub mod language;
pub mod negotiation;
pub mod origin;
pub mod path;
pub mod recurring;
pub mod regex;
pub mod reply;
pub mod template;
pub mod time;

/// The longest path and value that is compared.
pub const LONGEST: usize = 8192;

/// How a request is read for the entries of `allow`, or for those of `block` and `on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Only what means the same to everybody counts.
    Strict,
    /// What might be meant counts, too.
    Wary,
    /// More than the contract asks: what some server may make of a path. In doubt, blocked.
    Warier,
}

impl Stance {
    pub fn is_wary(self) -> bool {
        self != Self::Strict
    }
}
