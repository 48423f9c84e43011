//! What was answered.

use std::{
    fmt,
    iter::Sum,
    sync::atomic::{AtomicU64, Ordering},
};

use serde::Serialize;

use super::kind::{Exemption, Kind};
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
pub struct Tally {
    protocols: [AtomicU64; 3],
    grpc: AtomicU64,
    blocked: AtomicU64,
    passed: AtomicU64,
    exempt: [AtomicU64; 2],
}

/// A [`Tally`] at a moment, or the sum of several.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    pub http1: u64,
    pub http1_short: u64,
    pub http2: u64,
    /// Of those over HTTP/2.
    pub grpc: u64,
    pub blocked: u64,
    /// By the upstream.
    pub passed: u64,
    /// Of those that passed, the ones on a path that is allowed.
    pub by_path: u64,
    /// Of those that passed, the ones with a bypass token.
    pub by_bypass: u64,
}

impl Tally {
    pub(super) fn count(&self, protocol: Protocol, kind: &Kind, answer: Answer) {
        let increment = |counter: &AtomicU64| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        increment(&self.protocols[protocol as usize]);
        if kind.is_grpc() {
            increment(&self.grpc);
        }
        match answer {
            Answer::Passed => increment(&self.passed),
            Answer::Blocked(_) => increment(&self.blocked),
        }
        if let Some(exemption) = kind.exemption {
            increment(&self.exempt[exemption as usize]);
        }
    }

    pub fn totals(&self) -> Totals {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let [http1, http1_short, http2] = self.protocols.each_ref().map(read);
        Totals {
            http1,
            http1_short,
            http2,
            grpc: read(&self.grpc),
            blocked: read(&self.blocked),
            passed: read(&self.passed),
            by_path: read(&self.exempt[Exemption::Path as usize]),
            by_bypass: read(&self.exempt[Exemption::Bypass as usize]),
        }
    }
}

impl Totals {
    pub fn requests(&self) -> u64 {
        self.http1 + self.http1_short + self.http2
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            http1: sum.http1 + one.http1,
            http1_short: sum.http1_short + one.http1_short,
            http2: sum.http2 + one.http2,
            grpc: sum.grpc + one.grpc,
            blocked: sum.blocked + one.blocked,
            passed: sum.passed + one.passed,
            by_path: sum.by_path + one.by_path,
            by_bypass: sum.by_bypass + one.by_bypass,
        })
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests by HTTP/1.1 on kept connections, {} on short ones, {} by HTTP/2, {} of \
             these gRPC; {} blocked, {} passed",
            self.http1, self.http1_short, self.http2, self.grpc, self.blocked, self.passed
        )
    }
}
