//! etcd as the store of a fleet.

pub mod etcd;
pub mod exchange;
pub mod follower;
pub mod lease;
pub mod messages;
pub mod read;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod transaction;
pub mod value;
