//! The contexts of a VM, by the numbers that Envoy gives them.
//!
//! Envoy tells of the end of a context if it is asked to, which costs each request a call.
//! So nothing is kept for a request but what waits for something, and whether that is still
//! there is asked at a tick.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use maintenance_mode_core::filter::filter::Filter;
use maintenance_mode_core::filter::waiting::{Waiter, Waiting};
use maintenance_mode_core::store::grpc::{CallError, CallId};
use proxy_wasm::types::BufferType;

use crate::hosts::wasm::host::WasmHost;
use crate::hosts::wasm::hostcalls::ContextId;
use crate::hosts::wasm::iteration::Iteration;
use crate::hosts::wasm::stream::HttpStream;
use crate::hosts::wasm::{hostcalls, stream};

/// What Envoy gives as the root of a root context.
const NONE: ContextId = 0;

thread_local! {
    /// The contexts of this VM.
    pub(super) static CONTEXTS: Contexts = const { Contexts::new() };
}

type Root = (ContextId, Rc<Filter<WasmHost>>);

pub(super) struct Contexts {
    roots: RefCell<Vec<Root>>,
    /// The last request that began, and its root: Envoy creates the context of a request
    /// when it is about to hand over the headers.
    newest: Cell<(ContextId, ContextId)>,
    waiting: Waiting<WasmHost>,
}

impl Contexts {
    const fn new() -> Self {
        Self {
            roots: RefCell::new(Vec::new()),
            newest: Cell::new((NONE, NONE)),
            waiting: Waiting::new(),
        }
    }

    /// A context begins; `root` is 0 for a root context.
    pub(super) fn create(&self, context: ContextId, root: ContextId) {
        self.newest.set((context, root));
    }

    /// Configures a root context; `false` if its configuration is none.
    pub(super) fn configure(&self, root: ContextId) -> bool {
        let configuration = hostcalls::get_buffer(BufferType::PluginConfiguration);
        let configuration = configuration.unwrap_or_default();
        let Some(filter) = Filter::configure(WasmHost, &configuration) else {
            return false;
        };
        let mut roots = self.roots.borrow_mut();
        roots.retain(|(id, _)| *id != root);
        roots.push((root, Rc::new(filter)));
        true
    }

    pub(super) fn tick(&self, root: ContextId) {
        self.waiting.look_at_held();
        let closed = self.waiting.take_closed();
        self.forget_ended(root);
        closed.iter().for_each(Waiter::abandon);
        self.with_root(root, |filter| self.waiting.tick(filter));
    }

    pub(super) fn request(&self, context: ContextId, end: u32) -> Iteration {
        let (newest, root) = self.newest.get();
        let roots = self.roots.borrow();
        let root = roots.iter().find(|(id, _)| *id == root);
        match root.filter(|_| newest == context) {
            Some((_, filter)) => {
                let stream = HttpStream {
                    context,
                    ends_with_headers: end != 0,
                };
                self.waiting.handle(filter, stream).into()
            }
            None => stream::refuse(),
        }
    }

    /// An answer or a message of a gRPC service.
    pub(super) fn grpc_message(&self, root: ContextId, id: CallId) {
        let message = hostcalls::get_buffer(BufferType::GrpcReceiveBuffer).unwrap_or_default();
        self.grpc_answer(root, id, Ok(&message));
    }

    /// A gRPC call has failed, or a stream has ended.
    pub(super) fn grpc_end(&self, root: ContextId, id: CallId, code: u32) {
        let message = hostcalls::get_status_message().unwrap_or_default();
        let message = String::from_utf8_lossy(&message);
        self.grpc_answer(root, id, Err(CallError::new(code, message)));
    }

    /// Envoy gives it to the root context, whoever called.
    fn grpc_answer(&self, root: ContextId, id: CallId, answer: Result<&[u8], CallError>) {
        if let Some(answer) = self.waiting.resume(id, answer) {
            self.with_root(root, |filter| filter.store_answer(id, answer));
        }
    }

    fn with_root(&self, root: ContextId, callback: impl FnOnce(&Filter<WasmHost>)) {
        if let Some((_, filter)) = self.roots.borrow().iter().find(|(id, _)| *id == root) {
            callback(filter);
        }
    }

    /// Forgets the next root if Envoy has ended it, so that all have their turn.
    fn forget_ended(&self, root: ContextId) {
        let is_there = |context| hostcalls::set_effective_context(context).is_ok();
        let mut roots = self.roots.borrow_mut();
        let after = roots.iter().position(|(id, _)| *id == root);
        let next = after.map_or(0, |after| (after + 1) % roots.len());
        if roots.get(next).is_some_and(|(id, _)| !is_there(*id)) {
            roots.remove(next);
        }
        // What is called next is for this root.
        is_there(root);
    }
}
