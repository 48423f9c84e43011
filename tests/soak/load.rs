//! Requests, and what their answers must be.

pub mod http1;
pub mod http2;
mod kind;
mod pace;
mod tally;

use std::{net::SocketAddr, sync::Arc, time::Instant};

pub use self::{
    kind::{Kind, message, retry_after},
    tally::{Protocol, Tally, Totals},
};
use support::Response;

use crate::{
    expectation::{Answer, Exchange, Expectation},
    run::Run,
};

/// An Envoy under load.
#[derive(Debug)]
pub struct Target {
    /// For reports.
    pub name: String,
    /// Its number in its site.
    pub number: usize,
    pub address: SocketAddr,
    pub bypass_token: String,
    pub expectation: Arc<Expectation>,
    pub run: Arc<Run>,
    pub tally: Tally,
}

impl Target {
    /// Takes the answer to a request of this kind, or why none came.
    pub fn take(
        &self,
        protocol: Protocol,
        kind: &Kind,
        sent: Instant,
        response: Result<&Response, &String>,
    ) {
        let exchange = Exchange {
            envoy: self.number,
            sent,
            answered: Instant::now(),
        };
        let about = format!("{}, {protocol:?}, {}", self.name, kind.name);
        let response = match response {
            Ok(response) => response,
            Err(why) => {
                let took = exchange.answered - sent;
                let what = format!("{about}: no answer after {took:?}: {why}");
                return self.run.report_wrong(&what);
            }
        };
        let got = || format!("got {}", shown(response));
        let answer = match kind.read(response) {
            Ok(answer) => answer,
            Err(expected) => {
                let what = format!("{about}: expected {expected}, {}", got());
                return self.run.report_wrong(&what);
            }
        };
        self.tally.count(protocol, kind, answer);
        let is_exempt = kind.exemption.is_some();
        if is_exempt && answer != Answer::Passed {
            let what = format!("{about}: expected the upstream, {}", got());
            self.run.report_wrong(&what);
        } else if !is_exempt && let Err(why) = self.expectation.judge(exchange, answer) {
            self.run.report_stale(&format!("{about}: {why}"));
        }
    }
}

/// A response, for who has to find out what happened.
pub fn shown(response: &Response) -> String {
    let Response {
        status, headers, ..
    } = response;
    format!("{status} {headers:?} {}", response.text())
}
