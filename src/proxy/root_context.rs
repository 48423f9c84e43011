//! The root context: one a plugin configuration and VM.

use std::{rc::Rc, time::Instant};

use proxy_wasm::{
    traits::{Context, HttpContext, RootContext},
    types::ContextType,
};

use super::{host, http_context::MaintenanceHttp, plugin::Plugin};

const TICK_MILLIS: u32 = 1000;

#[derive(Default)]
pub(super) struct MaintenanceRoot {
    plugin: Option<Rc<Plugin>>,
}

impl Context for MaintenanceRoot {}

impl RootContext for MaintenanceRoot {
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let begin = Instant::now();
        match Plugin::configure(&host::plugin_configuration()) {
            Ok(plugin) => {
                log::info!(
                    "maintenance-mode: configured scope {} in {} us",
                    plugin.scope(),
                    begin.elapsed().as_micros()
                );
                plugin.tick();
                self.plugin = Some(Rc::new(plugin));
                host::set_tick_period(TICK_MILLIS);
                true
            }
            Err(error) => {
                log::error!("maintenance-mode: {error}");
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if let Some(plugin) = &self.plugin {
            plugin.tick();
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        let plugin = Rc::clone(self.plugin.as_ref()?);
        Some(Box::new(MaintenanceHttp { plugin }))
    }
}
