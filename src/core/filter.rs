//! The application: what one configuration, one request, one tick and one answer of the store
//! do, whatever the host.

pub mod filter;
pub mod host;
pub(crate) mod metrics;
pub(crate) mod request;
pub mod waiting;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
