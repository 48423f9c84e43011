//! The admin endpoint: authorise the caller, read the call, carry it out.

pub mod answer;
pub mod caller;
pub mod change_call;
pub mod console;
pub mod counters;
pub mod link;
pub mod off;
pub mod on;
pub(crate) mod public;
pub mod query;
pub mod receive;
pub mod refusal;
pub mod status;
