//! The root context: one a plugin configuration and VM.

use std::{mem, rc::Rc, time::Instant};

use proxy_wasm::{
    traits::{Context, HttpContext, RootContext},
    types::ContextType,
};

use super::{
    host,
    http_context::MaintenanceHttp,
    plugin::{HostFollower, Plugin},
};
use crate::etcd::Notices;

const TICK_MILLIS: u32 = 500;
/// At once: a store is asked from a tick, because `on_configure` is also called to try a
/// configuration out.
const FIRST_TICK_MILLIS: u32 = 1;

#[derive(Default)]
pub(super) struct MaintenanceRoot {
    plugin: Option<Rc<Plugin>>,
    follower: Option<HostFollower>,
    has_ticked: bool,
}

impl MaintenanceRoot {
    /// Follows the store of a fleet, where there is one, and looks at the state.
    fn follow(&mut self, step: impl FnOnce(&mut HostFollower) -> Notices) {
        if let Some(plugin) = &self.plugin {
            if let Some(follower) = &mut self.follower {
                plugin.report(step(follower));
            }
            plugin.look();
        }
    }
}

impl Context for MaintenanceRoot {
    fn on_grpc_call_response(&mut self, call: u32, status: u32, _response_size: usize) {
        let answer = host::grpc_answer(status);
        let answer = answer.as_deref().map_err(Clone::clone);
        self.follow(|follower| follower.on_answer(call, answer, host::now()));
    }

    fn on_grpc_stream_message(&mut self, stream: u32, _message_size: usize) {
        let message = host::grpc_message();
        self.follow(|follower| follower.on_message(stream, &message));
    }

    fn on_grpc_stream_close(&mut self, stream: u32, status: u32) {
        let failure = host::grpc_failure(status);
        self.follow(|follower| follower.on_close(stream, failure));
    }
}

impl RootContext for MaintenanceRoot {
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let begin = Instant::now();
        match Plugin::configure(&host::plugin_configuration()) {
            Ok((plugin, follower)) => {
                log::info!(
                    "maintenance-mode: configured scope {} in {} us",
                    plugin.scope(),
                    begin.elapsed().as_micros()
                );
                plugin.look();
                self.plugin = Some(Rc::new(plugin));
                self.follower = follower;
                host::set_tick_period(FIRST_TICK_MILLIS);
                true
            }
            Err(error) => {
                log::error!("maintenance-mode: {error}");
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if !mem::replace(&mut self.has_ticked, true) {
            host::set_tick_period(TICK_MILLIS);
        }
        self.follow(|follower| follower.tick(host::now()));
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        let plugin = Rc::clone(self.plugin.as_ref()?);
        Some(Box::new(MaintenanceHttp::new(plugin)))
    }
}
