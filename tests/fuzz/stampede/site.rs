//! The clients, the filter, and the moments at which requests reach the upstream.

use std::{cmp::Reverse, collections::BinaryHeap, net::Ipv4Addr};

use maintenance_mode_core::filter::{filter::Filter, outcome::Outcome};
use serde_json::json;

use super::Ending;
use crate::targets::{
    pairs::{
        host::{Exchange, Process},
        run::admin_tokens,
    },
    reading::{
        case::{Given, Request},
        endpoint::TOKEN,
    },
};

/// When the outage ends, in milliseconds since it began.
pub const END: u32 = 600_000;
/// How many seconds after it are looked at.
pub const SHOWN: usize = 190;
/// How many come in the outage, one after the other; as many a second come after it.
const CLIENTS: u32 = 5000;
const START: i64 = 1_795_000_000_000;

struct Site {
    process: Process,
    filter: Filter<Process>,
}

/// One of two is a person who reloads the page, whatever it says.
const RELOAD: u32 = 20;

/// When requests reached the upstream, in milliseconds since the outage began, in order.
pub fn simulate(ending: Ending) -> Vec<u32> {
    let site = Site::new(ending.jitter);
    // It ends a second before it was to.
    site.call(0, &format!("on?for={}", END / 1000 + 1));
    let between = END / CLIENTS;
    let last = END + SHOWN as u32 * 1000;
    let first = |client: u32| Reverse((client * between, client));
    let mut coming: BinaryHeap<_> = (0..last / between).map(first).collect();
    let mut call = Some(ending.call);
    let mut passed = Vec::new();
    while let Some(Reverse((at, client))) = coming.pop().filter(|Reverse((at, _))| *at < last) {
        if at >= END
            && let Some(call) = call.take()
        {
            site.call(END, call);
        }
        match site.ask(at, client) {
            None => passed.push(at),
            Some(told) => {
                let seconds = if client % 2 == 0 { told } else { RELOAD };
                coming.push(Reverse((at + seconds * 1000, client)));
            }
        }
    }
    passed
}

impl Site {
    fn new(jitter: u32) -> Self {
        let process = Process::default();
        process.set_now(START);
        let configuration = json!({
            "admin": {"path": "/maintenance-mode", "tokens": admin_tokens()},
            "response": {"retry_after_jitter": jitter},
        });
        let filter = Filter::configure(process.clone(), configuration.to_string().as_bytes());
        Self {
            filter: filter.unwrap(),
            process,
        }
    }

    fn call(&self, at: u32, call: &str) {
        let lines = [
            (":method", "POST".to_owned()),
            (":path", format!("/maintenance-mode/{call}")),
            ("content-length", "0".to_owned()),
            ("authorization", format!("Bearer {TOKEN}")),
        ];
        let answered = self.handle(at, Ipv4Addr::LOCALHOST, &lines);
        assert_eq!(answered.map(|(status, _)| status), Some(200), "{call}");
    }

    /// The seconds after which a client is to come again, if it did not pass.
    fn ask(&self, at: u32, client: u32) -> Option<u32> {
        let lines = [(":method", "GET".to_owned()), (":path", "/".to_owned())];
        let address = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + client);
        let (status, retry_after) = self.handle(at, address, &lines)?;
        assert_eq!(status, 503);
        Some(retry_after.unwrap().parse().unwrap())
    }

    /// The status and `retry-after` of the reply, if the filter gave one.
    fn handle(
        &self,
        at: u32,
        client: Ipv4Addr,
        lines: &[(&str, String)],
    ) -> Option<(u16, Option<String>)> {
        self.process.set_now(START + i64::from(at));
        let lines = lines
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone().into_bytes()));
        let exchange = Exchange::new(Request {
            at: 0,
            source: Some(format!("{client}:4711")),
            lines: lines.collect(),
            attributes: Vec::new(),
            route_action: Given::Absent,
        });
        match self.filter.handle(&exchange) {
            Outcome::Passed => None,
            _ => exchange.reply().map(|reply| {
                let mut headers = reply.headers.into_iter();
                let retry_after = headers.find(|(name, _)| name == "retry-after");
                (reply.status, retry_after.map(|(_, value)| value))
            }),
        }
    }
}
