//! The application: what one configuration, one request, one tick and one answer of the store
//! do, whatever the host.

pub(crate) mod announcement;
pub mod configuration;
pub mod filter;
pub(crate) mod held;
pub mod host;
pub(crate) mod metrics;
pub mod outcome;
pub(crate) mod request;
pub(crate) mod succession;
pub mod waiting;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
