//! Calls of gRPC services, over requests that Envoy sends to a cluster.

use std::cell::{Cell, RefCell};
use std::iter;

use maintenance_mode_core::store::grpc::{CallError, CallId, Client, Rpc};
use maintenance_mode_core::syntax::protobuf::Message;

use crate::hosts::abi::grpc::{Reader, frame};
use crate::hosts::native::callbacks::{ConfigHandle, FilterHandle, Sender};

/// Calls by a configuration, or by the request that its worker is at.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrpcClient(pub(super) Option<ConfigHandle>);

/// What came of a call: a message, or its end.
pub(super) type CallEvent = (CallId, Result<Vec<u8>, CallError>);

/// A call that is under way.
#[derive(Debug)]
struct Call {
    id: CallId,
    sender: Sender,
    /// The number of the request; none while it begins, when it may end already.
    request: Option<u64>,
    kind: CallKind,
    reader: Reader,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallKind {
    /// One message each way.
    Unary,
    Stream,
}

thread_local! {
    /// The calls of this thread.
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
    /// The request that this worker is at.
    static CURRENT: Cell<Option<FilterHandle>> = const { Cell::new(None) };
}

/// Does something for a request.
pub(super) fn at_request<T>(filter: FilterHandle, work: impl FnOnce() -> T) -> T {
    /// Also where the work panics.
    struct Before<'c>(&'c Cell<Option<FilterHandle>>, Option<FilterHandle>);

    impl Drop for Before<'_> {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }

    CURRENT.with(|current| {
        let _before = Before(current, current.replace(Some(filter)));
        work()
    })
}

/// What a part of an answer is.
pub(super) enum Part<'p> {
    /// Headers or trailers.
    Headers(Vec<(&'p [u8], &'p [u8])>),
    Data(Vec<&'p [u8]>),
}

/// Takes a part of the answer to a request, and what ends with it; what came of the call.
pub(super) fn receive(sender: Sender, request: u64, part: &Part<'_>, ends: bool) -> Vec<CallEvent> {
    let mut answers = Vec::new();
    let is_broken = CALLS.with_borrow_mut(|calls| {
        let at = position(calls, sender, request)?;
        let call = calls.get_mut(at)?;
        match part {
            Part::Headers(lines) => call.reader.read_headers(lines.iter().copied()),
            Part::Data(chunks) => {
                for data in chunks {
                    call.reader.read_data(data);
                    if call.kind == CallKind::Stream {
                        let messages = iter::from_fn(|| call.reader.next_message());
                        answers.extend(messages.map(|message| (call.id, Ok(message))));
                    }
                }
            }
        }
        let fault = call.reader.fault();
        let is_broken = fault.is_some();
        if let Some(fault) = fault {
            answers.push((calls.swap_remove(at).id, Err(fault)));
        } else if ends {
            answers.extend(calls.swap_remove(at).ended());
        }
        Some(is_broken)
    });
    if is_broken == Some(true) && !ends {
        sender.reset(request);
    }
    answers
}

/// Nothing more comes of a request.
pub(super) fn end(sender: Sender, request: u64) -> Vec<CallEvent> {
    CALLS.with_borrow_mut(|calls| {
        let at = position(calls, sender, request);
        at.and_then(|at| calls.swap_remove(at).ended())
            .into_iter()
            .collect()
    })
}

/// Forgets the calls of a request or a configuration that is over.
pub(super) fn forget(sender: Sender) {
    CALLS.with_borrow_mut(|calls| calls.retain(|call| call.sender != sender));
}

/// Ends the calls of a request or a configuration, of which nobody is told.
pub(super) fn reset(sender: Sender) {
    let is_its = |call: &mut Call| call.sender == sender;
    let ended: Vec<Call> = CALLS.with_borrow_mut(|calls| calls.extract_if(.., is_its).collect());
    for request in ended.into_iter().filter_map(|call| call.request) {
        sender.reset(request);
    }
}

fn position(calls: &[Call], sender: Sender, request: u64) -> Option<usize> {
    let is_it = |call: &Call| {
        call.sender == sender && call.request.is_none_or(|of_call| of_call == request)
    };
    calls.iter().position(is_it)
}

impl Call {
    /// The last answer; none where it ended as it began, which its caller is told at once.
    fn ended(mut self) -> Option<CallEvent> {
        let end = self.reader.end();
        let answer = match self.kind {
            CallKind::Unary if end.code == 0 => {
                let message = self.reader.next_message();
                message.ok_or_else(CallError::malformed)
            }
            _ => Err(end),
        };
        self.request.map(|_| (self.id, answer))
    }
}

impl GrpcClient {
    fn start(&self, rpc: Rpc<'_>, kind: CallKind, body: &[u8], timeout_ms: u64) -> Option<CallId> {
        let sender = match self.0 {
            Some(config) => Sender::Config(config),
            None => Sender::Filter(CURRENT.get()?),
        };
        let Rpc {
            cluster,
            method: (service, method),
            metadata,
        } = rpc;
        let path = format!("/{service}/{method}");
        let timeout = format!("{timeout_ms}m");
        let mut headers: Vec<(&str, &[u8])> = vec![
            (":method", b"POST"),
            (":path", path.as_bytes()),
            (":scheme", b"http"),
            (":authority", cluster.as_bytes()),
            ("content-type", b"application/grpc"),
            ("te", b"trailers"),
        ];
        if timeout_ms > 0 {
            headers.push(("grpc-timeout", timeout.as_bytes()));
        }
        headers.extend(metadata);
        let id = next_id();
        CALLS.with_borrow_mut(|calls| {
            calls.push(Call {
                id,
                sender,
                request: None,
                kind,
                reader: Reader::default(),
            });
        });
        let ends = kind == CallKind::Unary;
        let request = sender.start(cluster, &headers, body, ends, timeout_ms);
        CALLS.with_borrow_mut(|calls| {
            let at = calls.iter().position(|call| call.id == id)?;
            match request {
                Some(_) => calls.get_mut(at)?.request = request,
                None => drop(calls.swap_remove(at)),
            }
            request.map(|_| id)
        })
    }
}

impl Client for GrpcClient {
    fn call(&self, rpc: Rpc<'_>, message: &Message, timeout_ms: u64) -> Option<CallId> {
        self.start(rpc, CallKind::Unary, &frame(message.as_ref()), timeout_ms)
    }

    fn open(&self, rpc: Rpc<'_>) -> Option<CallId> {
        self.start(rpc, CallKind::Stream, &[], 0)
    }

    fn send(&self, stream: CallId, message: &Message) -> bool {
        let call = |calls: &mut Vec<Call>| {
            let call = calls.iter().find(|call| call.id == stream)?;
            Some((call.sender, call.request?))
        };
        let body = frame(message.as_ref());
        CALLS
            .with_borrow_mut(call)
            .is_some_and(|(sender, request)| sender.send(request, &body))
    }

    fn cancel(&self, stream: CallId) {
        let call = CALLS.with_borrow_mut(|calls| {
            let at = calls.iter().position(|call| call.id == stream)?;
            Some(calls.swap_remove(at))
        });
        if let Some(call) = call
            && let Some(request) = call.request
        {
            call.sender.reset(request);
        }
    }
}

fn next_id() -> CallId {
    thread_local! {
        static LAST: Cell<CallId> = const { Cell::new(0) };
    }
    let id = LAST.get().wrapping_add(1);
    LAST.set(id);
    id
}
