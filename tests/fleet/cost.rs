//! What a request costs: the calls of the host that it makes.

use serde_json::Value;

use crate::{
    fixtures::{Etcd, agree, configuration, disconnected, options},
    support::{Envoy, Options, eventually},
};

fn start(etcd: &Etcd, configuration: &Value) -> Envoy {
    let mut options: Options = options(etcd);
    options.configuration = configuration.to_string();
    options.workers = 1;
    options.log_level = "wasm:trace";
    Envoy::with(options)
}

/// The calls of the host that a request makes, when it is not the first one since a change.
fn host_calls(envoy: &Envoy) -> Vec<String> {
    envoy.get("/");
    let before = contexts(envoy);
    envoy.get("/");
    let mut trace = None;
    eventually("the end of the request", || {
        let log = envoy.log();
        trace = Trace::of_last_request(&log).map(|trace| trace.host_calls());
        trace.is_some() && contexts(envoy) > before
    });
    trace.unwrap()
}

/// How many requests the log has.
fn contexts(envoy: &Envoy) -> usize {
    envoy.log().matches(HEADERS).count()
}

const HEADERS: &str = "[host->vm] proxy_on_request_headers(";

/// The part of Envoy's log from the beginning of a request to its end.
struct Trace<'a> {
    thread: &'a str,
    context: &'a str,
    lines: &'a str,
}

impl<'a> Trace<'a> {
    /// `None` where the request has not ended.
    fn of_last_request(log: &'a str) -> Option<Self> {
        let (head, arguments) = log.rsplit_once(HEADERS)?;
        let context = arguments.split_once(',')?.0;
        let thread = thread(head.lines().next_back()?)?;
        let start = head.rfind(&format!("[host->vm] proxy_on_context_create({context}, "))?;
        let end = "[host<-vm] proxy_on_request_headers return";
        let end = head.len() + log[head.len()..].find(end)?;
        let lines = &log[start..end];
        Some(Self {
            thread,
            context,
            lines,
        })
    }

    /// Calls from a callback for this request; ticks and what etcd says have others.
    fn host_calls(&self) -> Vec<String> {
        let mut calls = Vec::new();
        let mut depth = 0;
        let mut is_ours = false;
        for line in self.lines.lines() {
            if thread(line).is_some_and(|thread| thread != self.thread) {
                continue;
            }
            if let Some((_, callback)) = line.split_once("[host->vm] ") {
                if depth == 0 {
                    let (_, arguments) = callback.split_once('(').unwrap();
                    is_ours = arguments.split([',', ')']).next() == Some(self.context);
                }
                depth += 1;
            } else if line.contains("[host<-vm] ") {
                depth -= 1;
            } else if let Some((_, call)) = line.split_once("[vm->host] ")
                && is_ours
            {
                calls.push(call.split('(').next().unwrap().to_owned());
            }
        }
        calls
    }
}

/// The thread that wrote a line of the log: `[time][thread][level]…`.
fn thread(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.split("][").nth(1)
}

#[test]
fn a_request_makes_the_same_calls_of_the_host_with_a_store_and_without() {
    let mut etcd = Etcd::start();
    let mut without_store = configuration();
    without_store.as_object_mut().unwrap().remove("store");
    let envoys = [&without_store, &configuration()].map(|plugin| start(&etcd, plugin));
    agree(&envoys[1..], false);
    let calls = |maintenance: bool| {
        let [without, with] = [&envoys[0], &envoys[1]].map(|envoy| {
            envoy.toggle(maintenance);
            let calls = host_calls(envoy);
            assert_eq!(envoy.get("/").is_blocked(), maintenance);
            calls
        });
        assert!(!without.is_empty());
        assert_eq!(without, with, "maintenance {maintenance}");
        println!("host calls, maintenance {maintenance}: {}", with.join(", "));
        with
    };
    calls(false);
    let blocked = calls(true);

    etcd.kill();
    disconnected(&envoys[1..]);
    assert_eq!(host_calls(&envoys[1]), blocked);
}
