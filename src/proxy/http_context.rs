//! The HTTP context: one a request.

use std::rc::Rc;

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::Action,
};

use super::{
    host,
    plugin::{Handled, PendingCall, Plugin},
};

pub(super) struct MaintenanceHttp {
    plugin: Rc<Plugin>,
    pending: Option<Box<PendingCall>>,
}

impl MaintenanceHttp {
    pub(super) fn new(plugin: Rc<Plugin>) -> Self {
        Self {
            plugin,
            pending: None,
        }
    }

    /// What follows the headers of a call that waits goes no further than they do.
    fn hold(&self) -> Action {
        match self.pending {
            Some(_) => Action::Pause,
            None => Action::Continue,
        }
    }
}

impl Drop for MaintenanceHttp {
    fn drop(&mut self) {
        if let Some(pending) = &self.pending {
            self.plugin.abandon(pending);
        }
    }
}

impl Context for MaintenanceHttp {
    fn on_grpc_call_response(&mut self, call: u32, status: u32, _response_size: usize) {
        if let Some(pending) = &mut self.pending {
            let answer = host::grpc_answer(status);
            let answer = answer.as_deref().map_err(Clone::clone);
            if self.plugin.resume(pending, call, answer) {
                self.pending = None;
            }
        }
    }
}

impl HttpContext for MaintenanceHttp {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        match self.plugin.handle() {
            Handled::Done(action) => action,
            Handled::Waiting(pending) => {
                self.pending = Some(pending);
                Action::Pause
            }
        }
    }

    fn on_http_request_body(&mut self, _body_size: usize, _end_of_stream: bool) -> Action {
        self.hold()
    }

    fn on_http_request_trailers(&mut self, _num_trailers: usize) -> Action {
        self.hold()
    }
}
