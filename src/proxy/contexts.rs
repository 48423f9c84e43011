//! The contexts of a VM, by the numbers that Envoy gives them.
//!
//! Envoy tells of the end of a context if it is asked to, which costs each request a call.
//! So nothing is kept for a request but what waits for something, and whether that is still
//! there is asked at a tick.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use proxy_wasm::types::Action;

use super::{
    abi, host,
    plugin::{Handled, PendingCall},
    root_context::RootContext,
};
use crate::grpc::Failure;

/// The number of a context, which no other of the VM has.
pub(super) type ContextId = u32;

/// What Envoy gives as the root of a root context.
const NONE: ContextId = 0;

thread_local! {
    static CONTEXTS: Contexts = const { Contexts::new() };
}

/// The contexts of this VM.
pub(super) fn with<R>(callback: impl FnOnce(&Contexts) -> R) -> R {
    CONTEXTS.with(callback)
}

pub(super) struct Contexts {
    roots: RefCell<Vec<(ContextId, Rc<RootContext>)>>,
    /// The last request that began, and its root: Envoy creates the context of a request
    /// when it is about to hand over the headers.
    newest: Cell<(ContextId, ContextId)>,
    /// The calls of the admin endpoint that wait for the store.
    pending: RefCell<Vec<Pending>>,
}

struct Pending {
    request: ContextId,
    root: Rc<RootContext>,
    call: Box<PendingCall>,
}

impl Contexts {
    const fn new() -> Self {
        Self {
            roots: RefCell::new(Vec::new()),
            newest: Cell::new((NONE, NONE)),
            pending: RefCell::new(Vec::new()),
        }
    }

    /// A context begins; `root` is 0 for a root context.
    pub(super) fn create(&self, context: ContextId, root: ContextId) {
        self.newest.set((context, root));
    }

    /// Configures a root context; `false` if its configuration is none.
    pub(super) fn configure(&self, root: ContextId) -> bool {
        let Some(context) = RootContext::configure() else {
            return false;
        };
        let mut roots = self.roots.borrow_mut();
        roots.retain(|(id, _)| *id != root);
        roots.push((root, Rc::new(context)));
        true
    }

    /// Time passes for a root context.
    pub(super) fn tick(&self, root: ContextId) {
        self.forget_ended(root);
        self.with_root(root, RootContext::tick);
    }

    /// The headers of a request.
    pub(super) fn request(&self, context: ContextId) -> Action {
        let (newest, root) = self.newest.get();
        let roots = self.roots.borrow();
        let root = roots.iter().find(|(id, _)| *id == root);
        let Some((_, root)) = root.filter(|_| newest == context) else {
            return host::refuse();
        };
        match root.plugin.handle() {
            Handled::Done(action) => action,
            Handled::Waiting(call) => {
                self.pending.borrow_mut().push(Pending {
                    request: context,
                    root: Rc::clone(root),
                    call,
                });
                Action::Pause
            }
        }
    }

    /// What follows the headers of a call that waits goes no further than they do.
    pub(super) fn rest_of_request(&self, context: ContextId) -> Action {
        let pending = self.pending.borrow();
        match pending.iter().any(|pending| pending.request == context) {
            true => Action::Pause,
            false => Action::Continue,
        }
    }

    /// An answer or a message of a gRPC service, which Envoy gives to the root context,
    /// whoever called.
    pub(super) fn grpc_message(&self, root: ContextId, id: u32) {
        let message = host::grpc_message();
        match self.take_pending(id) {
            Some(pending) => self.resume(pending, Ok(&message)),
            None => self.with_root(root, |root| root.grpc_message(id, &message)),
        }
    }

    /// A gRPC call has failed, or a stream has ended.
    pub(super) fn grpc_end(&self, root: ContextId, id: u32, status: u32) {
        let failure = host::grpc_failure(status);
        match self.take_pending(id) {
            Some(pending) => self.resume(pending, Err(failure)),
            None => self.with_root(root, |root| root.grpc_end(id, failure)),
        }
    }

    fn take_pending(&self, id: u32) -> Option<Pending> {
        let mut pending = self.pending.borrow_mut();
        let at = pending.iter().position(|pending| pending.call.awaits(id))?;
        Some(pending.swap_remove(at))
    }

    fn resume(&self, mut pending: Pending, answer: Result<&[u8], Failure>) {
        if !pending.is_open() {
            pending.abandon();
        } else if !pending.root.plugin.resume(&mut pending.call, answer) {
            self.pending.borrow_mut().push(pending);
        }
    }

    fn with_root(&self, root: ContextId, callback: impl FnOnce(&RootContext)) {
        if let Some((_, context)) = self.roots.borrow().iter().find(|(id, _)| *id == root) {
            callback(context);
        }
    }

    /// Forgets what Envoy has ended; of the roots the next, so that all have their turn.
    fn forget_ended(&self, root: ContextId) {
        let abandoned: Vec<Pending> = self
            .pending
            .borrow_mut()
            .extract_if(.., |pending| !pending.is_open())
            .collect();
        let mut roots = self.roots.borrow_mut();
        let after = roots.iter().position(|(id, _)| *id == root);
        let next = after.map_or(0, |after| (after + 1) % roots.len());
        if roots.get(next).is_some_and(|(id, _)| !is_there(*id)) {
            roots.remove(next);
        }
        is_there(root);
        abandoned.iter().for_each(Pending::abandon);
    }
}

impl Pending {
    /// Whether the caller is still there; if so, what is called next is for the request.
    /// Envoy keeps a context for a moment after the end of its request, when a reply would
    /// go to a stream that is gone.
    fn is_open(&self) -> bool {
        is_there(self.request) && !host::is_complete()
    }

    /// The caller has left.
    fn abandon(&self) {
        self.root.plugin.abandon(&self.call);
    }
}

/// Whether Envoy still has a context; if so, what is called next is for it.
fn is_there(context: ContextId) -> bool {
    abi::set_effective_context(context).is_ok()
}
