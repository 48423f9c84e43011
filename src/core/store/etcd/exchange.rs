//! A call of etcd and its answer, with a login before it where one is needed.

use crate::store::etcd::etcd::Etcd;
use crate::store::etcd::messages::{AUTHENTICATE, RANGE, TXN, authenticate_request, decode_token};
use crate::store::grpc::{CallError, CallId, Metadata, Rpc};
use crate::store::shared_map::SharedMap;
use crate::syntax::protobuf::Message;
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

/// When the host tries another member: without having sent the call to one, which is all that
/// a write may be tried again, and a login, which is slow by design, should.
const UNSENT: &[u8] = b"connect-failure,refused-stream,reset-before-request";

/// A read after any failure.
const FAILED: &[u8] = b"connect-failure,refused-stream,reset,gateway-error";

/// So many members are asked within the time of a read.
const TRIES: u64 = 2;

/// A call that waits for its answer.
pub(crate) struct Exchange {
    operation: Operation,
    deadline: Timestamp,
    call: CallId,
    step: Step,
}

/// What is asked for.
pub(crate) enum Operation {
    /// A range, which may be tried again.
    Read(Message),
    /// A transaction.
    Write(Message),
}

/// What was called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    LogIn,
    /// With a token that was kept, and so may not hold any more.
    AskAsBefore,
    Ask,
}

impl Exchange {
    /// Asks.
    ///
    /// # Errors
    /// It cannot be called, or the time is up.
    pub(super) fn begin<D: SharedMap>(
        etcd: &Etcd<D>,
        operation: Operation,
        deadline: Timestamp,
        now: Timestamp,
    ) -> Result<Self, CallError> {
        let token = etcd.token();
        let step = match (&etcd.settings.login, &token) {
            (None, _) => Step::Ask,
            (Some(_), Some(_)) => Step::AskAsBefore,
            (Some(_), None) => Step::LogIn,
        };
        let mut exchange = Self {
            operation,
            deadline,
            call: 0,
            step,
        };
        exchange.call(etcd, token.as_deref(), now)?;
        Ok(exchange)
    }

    /// Whether the answer to this call is awaited.
    pub(super) fn awaits(&self, call: CallId) -> bool {
        call == self.call
    }

    /// Takes the answer; `None` where there is more to wait for.
    pub(super) fn on_answer<'a, D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        answer: Result<&'a [u8], CallError>,
        now: Timestamp,
    ) -> Option<Result<&'a [u8], CallError>> {
        let next = match (self.step, answer) {
            (Step::LogIn, Ok(answer)) => {
                let token = decode_token(answer).unwrap_or_default();
                etcd.keep_token(token);
                self.step = Step::Ask;
                self.call(etcd, Some(token), now)
            }
            // Users are known, but authentication is not enabled.
            (Step::LogIn, Err(failure)) if failure.code == CallError::FAILED_PRECONDITION => {
                self.step = Step::Ask;
                self.call(etcd, None, now)
            }
            // The token is not known, or not any more.
            (
                Step::AskAsBefore,
                Err(CallError {
                    code: CallError::UNAUTHENTICATED | CallError::INVALID_ARGUMENT,
                    ..
                }),
            ) => {
                self.step = Step::LogIn;
                self.call(etcd, None, now)
            }
            (_, answer) => return Some(answer),
        };
        next.err().map(Err)
    }

    fn call<D: SharedMap>(
        &mut self,
        etcd: &Etcd<D>,
        token: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<(), CallError> {
        let settings = &etcd.settings;
        // No more than is configured, also where the clock was set back.
        let timeout_ms = now.millis_until(self.deadline).min(settings.timeout_ms);
        if timeout_ms == 0 {
            return Err(CallError::new(
                CallError::DEADLINE_EXCEEDED,
                "no time is left",
            ));
        }
        let log_in;
        let (method, request, is_read) = match (self.step, &settings.login, &self.operation) {
            (Step::LogIn, Some(login), _) => {
                log_in = authenticate_request(&login.username, &login.password);
                (AUTHENTICATE, &log_in, false)
            }
            (_, _, Operation::Read(request)) => (RANGE, request, true),
            (_, _, Operation::Write(request)) => (TXN, request, false),
        };
        let per_try = (timeout_ms / TRIES).max(1).to_string();
        let mut metadata: Metadata = vec![(wire::RETRY_ON, UNSENT)];
        if is_read {
            metadata = vec![
                (wire::RETRY_ON, FAILED),
                (wire::RETRY_GRPC_ON, b"unavailable"),
                (wire::PER_TRY_TIMEOUT, per_try.as_bytes()),
            ];
        }
        metadata.push((wire::MAX_RETRIES, b"2"));
        metadata.extend(token.map(|token| ("token", token)));
        let rpc = Rpc {
            cluster: &settings.cluster,
            method,
            metadata,
        };
        self.call = (etcd.client.call(rpc, request, timeout_ms))
            .ok_or_else(|| CallError::no_cluster(&settings.cluster))?;
        Ok(())
    }
}
