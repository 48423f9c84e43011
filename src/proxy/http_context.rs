//! The HTTP context: one a request.

use std::rc::Rc;

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::Action,
};

use super::plugin::Plugin;

pub(super) struct MaintenanceHttp {
    pub(super) plugin: Rc<Plugin>,
}

impl Context for MaintenanceHttp {}

impl HttpContext for MaintenanceHttp {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        self.plugin.handle()
    }
}
