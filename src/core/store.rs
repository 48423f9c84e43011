//! Where the state of a scope is kept, and how all workers of a process see it.

pub mod etcd;
pub mod follower;
pub mod grpc;
#[cfg(test)]
mod interleavings;
pub mod notice;
pub mod open;
pub mod shared_map;
pub mod shared_state;
pub mod state_store;
