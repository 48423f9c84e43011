//! Envoys that follow an etcd.

mod envoys;
mod unconnected;

pub use self::{
    envoys::{
        CATCH_UP, agree, assert_refused, change, configuration, disconnected, generation,
        logged_in, observe, options, options_on, refused_by_store, start_all, status,
        store_connected, three,
    },
    unconnected::{assert_detail, assert_never_connected},
};
