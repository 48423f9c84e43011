//! What was answered.

use std::{fmt, iter::Sum, ops::AddAssign, sync::Mutex};

use serde::Serialize;

use super::{
    kind::{Exemption, Kind},
    reply::RETRY_AFTER,
};
use crate::expectation::Answer;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// On a connection that stays open.
    Http1,
    /// On a connection of its own.
    Http1Short,
    /// As one of many streams.
    Http2,
}

/// The answers of one Envoy that were as they should be.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Totals>);

/// A [`Tally`] at a moment, or the sum of several.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    pub http1: u64,
    pub http1_short: u64,
    pub http2: u64,
    /// Of those over HTTP/2.
    pub grpc: u64,
    pub blocked: u64,
    /// Of those that were blocked, by a window.
    pub by_window: u64,
    /// Of those that were blocked, in a slow opening.
    pub before_their_turn: u64,
    /// By the upstream.
    pub passed: u64,
    /// Of those that passed while maintenance was on, on a path that is allowed, and with a
    /// bypass token.
    pub by_path: u64,
    pub by_bypass: u64,
    /// Of those that passed, in a slow opening.
    pub in_their_turn: u64,
    /// Of those that passed, after a wait, and those of them with a body.
    pub released: u64,
    pub released_with_body: u64,
    /// Of those that passed, with a window that is announced.
    pub announced: u64,
}

impl Tally {
    pub(super) fn count(&self, protocol: Protocol, kind: &Kind, answer: Answer) {
        *self.0.lock().unwrap() += Totals::of(protocol, kind, answer);
    }

    pub fn totals(&self) -> Totals {
        *self.0.lock().unwrap()
    }
}

impl Totals {
    /// One answer.
    fn of(protocol: Protocol, kind: &Kind, answer: Answer) -> Self {
        let exempt = |by| u64::from(answer == Answer::Exempt(by));
        let released = u64::from(answer.was_held());
        Self {
            http1: u64::from(protocol == Protocol::Http1),
            http1_short: u64::from(protocol == Protocol::Http1Short),
            http2: u64::from(protocol == Protocol::Http2),
            grpc: u64::from(kind.is_grpc()),
            blocked: u64::from(answer.is_blocked()),
            by_window: u64::from(matches!(answer, Answer::Window { .. })),
            before_their_turn: u64::from(
                matches!(answer, Answer::Configured { retry_after } if retry_after != RETRY_AFTER),
            ),
            passed: u64::from(!answer.is_blocked()),
            by_path: exempt(Exemption::Path),
            by_bypass: exempt(Exemption::Bypass),
            in_their_turn: u64::from(answer == Answer::Turn { was_held: false }),
            released,
            released_with_body: released * u64::from(kind.has_body()),
            announced: u64::from(matches!(
                answer,
                Answer::Open {
                    announced: Some(_),
                    ..
                }
            )),
        }
    }

    pub fn requests(&self) -> u64 {
        self.http1 + self.http1_short + self.http2
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, one: Self) {
        self.http1 += one.http1;
        self.http1_short += one.http1_short;
        self.http2 += one.http2;
        self.grpc += one.grpc;
        self.blocked += one.blocked;
        self.by_window += one.by_window;
        self.before_their_turn += one.before_their_turn;
        self.passed += one.passed;
        self.by_path += one.by_path;
        self.by_bypass += one.by_bypass;
        self.in_their_turn += one.in_their_turn;
        self.released += one.released;
        self.released_with_body += one.released_with_body;
        self.announced += one.announced;
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests by HTTP/1.1 on kept connections, {} on short ones, {} by HTTP/2, {} of \
             these gRPC; {} blocked, {} of them by windows, {} before their turn; {} passed, {} of \
             them released, {} in their turn, {} with a window announced",
            self.http1,
            self.http1_short,
            self.http2,
            self.grpc,
            self.blocked,
            self.by_window,
            self.before_their_turn,
            self.passed,
            self.released,
            self.in_their_turn,
            self.announced,
        )
    }
}
