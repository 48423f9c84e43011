//! Envoy is told to end.

use std::{fs, process::Command};

use serde_json::json;
use support::{Connection, Envoy, Options, admin, eventually, programs};

const TIMES: usize = 5;
const WORKERS: usize = 4;

#[test]
fn an_envoy_ends_well_while_requests_wait() {
    for _ in 0..TIMES {
        let configuration = json!({"admin": admin(), "response": {"hold_seconds": 60}});
        let envoy = Envoy::with(Options {
            workers: WORKERS,
            is_to_end: true,
            ..Options::new(configuration)
        });
        envoy.toggle(true);
        let waiting = [(); 3 * WORKERS].map(|()| {
            let mut connection = Connection::open(envoy.address);
            connection.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
            connection
        });
        let all = waiting.len() as u64;
        eventually("all wait", || envoy.metric("held") == all);
        let process = envoy.id().to_string();
        programs::output(Command::new("kill").args(["-TERM", &process]));
        eventually("the end", || {
            let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
            state.contains(") Z ")
        });
    }
}
