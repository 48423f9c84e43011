//! The root context: one a plugin configuration and VM.

use std::cell::{Cell, RefCell};

use super::{
    abi, host,
    plugin::{HostFollower, Plugin},
};
use crate::{etcd::Notices, grpc::Failure};

const TICK_MILLIS: u32 = 500;
/// At once: a store is asked from a tick, because `on_configure` is also called to try a
/// configuration out.
const FIRST_TICK_MILLIS: u32 = 1;

pub(super) struct RootContext {
    pub(super) plugin: Plugin,
    follower: RefCell<Option<HostFollower>>,
    has_ticked: Cell<bool>,
}

impl RootContext {
    /// Reads the plugin configuration; says what is wrong with it, and returns nothing.
    pub(super) fn configure() -> Option<Self> {
        let begin = abi::get_current_time();
        match Plugin::configure(&host::plugin_configuration()) {
            Ok((plugin, follower)) => {
                log::info!(
                    "maintenance-mode: configured scope {} in {} us",
                    plugin.scope(),
                    abi::get_current_time().saturating_sub(begin) / 1000
                );
                plugin.look();
                abi::set_tick_period(FIRST_TICK_MILLIS);
                Some(Self {
                    plugin,
                    follower: RefCell::new(follower),
                    has_ticked: Cell::new(false),
                })
            }
            Err(error) => {
                log::error!("maintenance-mode: {error}");
                None
            }
        }
    }

    /// Time passes.
    pub(super) fn tick(&self) {
        if !self.has_ticked.replace(true) {
            abi::set_tick_period(TICK_MILLIS);
        }
        self.follow(|follower| follower.tick(host::now()));
    }

    /// An answer or a message of the store.
    pub(super) fn grpc_message(&self, id: u32, message: &[u8]) {
        self.follow(|follower| follower.on_message(id, message, host::now()));
    }

    /// A call of the store has failed, or a stream has ended.
    pub(super) fn grpc_end(&self, id: u32, failure: Failure) {
        self.follow(|follower| follower.on_end(id, failure, host::now()));
    }

    /// Follows the store of a fleet, where there is one, and looks at the state.
    fn follow(&self, step: impl FnOnce(&mut HostFollower) -> Notices) {
        if let Some(follower) = &mut *self.follower.borrow_mut() {
            self.plugin.report(step(follower));
        }
        self.plugin.look();
    }
}
