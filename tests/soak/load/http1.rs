//! HTTP/1.1.

use std::thread;

use support::{Connection, Response};

use super::{Kind, Letter, Protocol, Target, kind::OVER_HTTP1, pace::Pace};
use crate::clock::now;

/// Requests a second on a connection that stays open.
const RATE: u32 = 350;
/// Requests a second on connections of their own.
const SHORT_RATE: u32 = 50;
/// Then a connection that stays open gives way to another, perhaps to another worker.
const REQUESTS: usize = 2000;

/// Sends requests on a connection that stays open, each after the answer to the one before.
///
/// Envoy never closes it, except where it answers before it has the whole request.
pub fn keep_alive(target: &Target) {
    let mut kinds = OVER_HTTP1.iter().cycle();
    let mut pace = Pace::per_second(RATE);
    while target.run.goes_on() {
        let Some(mut connection) = open(target) else {
            continue;
        };
        for kind in kinds.by_ref().take(REQUESTS) {
            thread::sleep(pace.pause());
            let response = exchange(target, Protocol::Http1, kind, &mut connection);
            let is_open = response.is_some_and(|response| {
                response.header("connection") != Some("close")
                    && !(kind.has_body() && response.is_blocked())
            });
            if !is_open || !target.run.goes_on() {
                break;
            }
        }
    }
}

/// Sends each request on a connection of its own.
pub fn short(target: &Target) {
    let mut pace = Pace::per_second(SHORT_RATE);
    for kind in OVER_HTTP1.iter().cycle() {
        thread::sleep(pace.pause());
        if !target.run.goes_on() {
            break;
        }
        if let Some(mut connection) = open(target) {
            exchange(target, Protocol::Http1Short, kind, &mut connection);
        }
    }
}

fn open(target: &Target) -> Option<Connection> {
    let connection = Connection::try_open(target.address);
    if connection.is_none() {
        let what = format!("{}: no connection", target.name);
        target.run.report_wrong(&what);
    }
    connection
}

fn exchange(
    target: &Target,
    protocol: Protocol,
    kind: &'static Kind,
    connection: &mut Connection,
) -> Option<Response> {
    let letter = Letter::new(kind, target);
    let request = letter.http1();
    let sent = now();
    let response = connection.try_fetch(&request);
    let response = response.ok_or_else(|| "the connection was lost, or nothing came".to_owned());
    target.take(protocol, &letter, sent, response.as_ref());
    response.ok()
}
