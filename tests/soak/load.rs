//! Requests, and what their answers must be.

mod client;
pub mod http1;
pub mod http2;
mod kind;
mod ledger;
mod letter;
mod pace;
mod reply;
mod tally;

use std::{net::SocketAddr, sync::Arc};

use support::Response;

pub use self::{
    client::CLIENTS,
    kind::{Exemption, Kind},
    ledger::Ledger,
    letter::Letter,
    reply::{HEADER, OWN, REASON, RETRY_AFTER, TOLD, message, retry_after},
    tally::{Protocol, Tally, Totals},
};

use crate::{
    clock::{Moment, now},
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
    pub ledger: Ledger,
    pub tally: Tally,
}

impl Target {
    /// Takes the answer to a request, or why none came.
    pub fn take(
        &self,
        protocol: Protocol,
        letter: &Letter<'_>,
        sent: Moment,
        response: Result<&Response, &String>,
    ) {
        let exchange = Exchange {
            envoy: self.number,
            client: letter.client(),
            sent,
            answered: now(),
        };
        let kind = letter.kind;
        let about = format!("{}, {protocol:?}, {}", self.name, kind.name);
        let response = match response {
            Ok(response) => response,
            Err(why) => {
                let took = exchange.answered - sent;
                let what = format!("{about}: no answer after {took}: {why}");
                return self.run.report_wrong(&what);
            }
        };
        self.ledger.close(letter.number, response.is_blocked());
        let got = || format!("got {}", shown(response));
        let answer = match letter.read(response) {
            Ok(answer) => answer,
            Err(expected) => {
                let what = format!("{about}: expected {expected}, {}", got());
                return self.run.report_wrong(&what);
            }
        };
        self.tally.count(protocol, kind, answer);
        match (kind.exemption, answer) {
            (None, _) => self.expectation.judge(exchange, answer, about),
            (
                Some(_),
                Answer::Open {
                    was_held: false, ..
                },
            ) => {}
            (Some(exemption), Answer::Exempt(by)) if by == exemption => {}
            _ => {
                let what = format!("{about}: expected the upstream, {}", got());
                self.run.report_wrong(&what);
            }
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
