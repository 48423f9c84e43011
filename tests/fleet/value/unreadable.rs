//! Values that are not what they should be.

use std::{thread, time::Duration};

use serde_json::Value;
use support::{
    Envoy,
    etcd::{Etcd, KEY},
    fleet::{CATCH_UP, agree, options, status, three},
    log_lines, within,
};

use super::{put, settle};

const SIGN: &str = "cannot be read";
const MEGABYTE: usize = 1 << 20;
/// A line that nobody would call long.
const MAX_LINE: usize = 2000;

fn garbage() -> Vec<Vec<u8>> {
    let text = [
        "",
        " ",
        "on",
        "true",
        "null",
        "1",
        "\"maintenance\"",
        "{}",
        "[]",
        "[{\"maintenance\":true}]",
        "{\"maintenance\"}",
        "{\"maintenance\":true",
        "{\"maintenance\":true}}",
        "{\"maintenance\":true} {\"maintenance\":true}",
        "{maintenance: true}",
        "{\"maintenance\":true,}",
        "\u{feff}{\"maintenance\":true}",
        "{\"Maintenance\":true}",
        "{\"maintenance\":\"true\"}",
        "{\"maintenance\":1}",
        "{\"maintenance\":[true]}",
        "{\"maintenance\":true,\"maintenance\":false}",
        "{\"maintenance\":true,\"message\":7}",
        "{\"maintenance\":true,\"retry_after\":-1}",
        "{\"maintenance\":true,\"retry_after\":1.5}",
        "{\"maintenance\":true,\"retry_after\":\"7\"}",
        "{\"maintenance\":true,\"retry_after\":18446744073709551616}",
        "{\"maintenance\":true,\"until\":1893456000}",
        "{\"maintenance\":true,\"until\":\"tomorrow\"}",
        "{\"maintenance\":true,\"until\":\"2030-01-01T00:00:00\"}",
        "{\"maintenance\":true,\"start\":\"2030-13-01T00:00:00Z\"}",
        "{\"maintenance\":true,\"since\":\"\\n[error] forged line\\r\\n\"}",
        "{\"maintenance\":true,\"changed_by\":{}}",
        "{\"maintenance\":true,\"bypass_revoked_at\":\"now\"}",
        "maintenance\n[error] forged line: true\n",
    ];
    let bytes: [&[u8]; 4] = [
        b"\xff\xfe",
        b"\0",
        b"{\"maintenance\":true,\"message\":\"\xff\"}",
        b"{\"maintenance\":true}\0",
    ];
    let deep = "[".repeat(100_000);
    let large = [
        vec![b'x'; MEGABYTE],
        vec![0xff; MEGABYTE],
        deep.clone().into_bytes(),
        format!("{{\"maintenance\":true,\"a\":{deep}").into_bytes(),
        format!("{{\"maintenance\":\"{}\"}}", "y\\n".repeat(MEGABYTE / 3)).into_bytes(),
    ];
    text.iter()
        .map(|text| text.as_bytes().to_vec())
        .chain(bytes.iter().map(|bytes| bytes.to_vec()))
        .chain(large)
        .collect()
}

/// Expects that each value is one error and one line on each Envoy, and changes nothing.
fn assert_kept(etcd: &Etcd, envoys: &[Envoy], values: &[Vec<u8>]) {
    let before = status(&envoys[0]);
    let is_blocked = before["maintenance"] == true;
    let errors: Vec<u64> = envoys.iter().map(|envoy| envoy.metric("errors")).collect();
    let lines: Vec<usize> = count_lines(envoys);
    for (number, value) in (1..).zip(values) {
        etcd.put_bytes(KEY, value);
        let start = String::from_utf8_lossy(&value[..value.len().min(100)]).into_owned();
        for (envoy, lines) in envoys.iter().zip(&lines) {
            let came = || log_lines(envoy, SIGN).len() >= lines + number;
            within(CATCH_UP, &format!("the line about {start:?}"), came);
            assert_eq!(envoy.get("/").is_blocked(), is_blocked, "{start:?}");
            assert_eq!(status(envoy), before, "{start:?}");
        }
    }
    for ((envoy, errors), lines) in envoys.iter().zip(errors).zip(lines) {
        assert_eq!(envoy.metric("errors"), errors + values.len() as u64);
        let complaints = log_lines(envoy, SIGN);
        assert_eq!(complaints.len(), lines + values.len(), "{complaints:#?}");
        let log = envoy.log();
        assert!(!log.lines().any(|line| line.starts_with("[error] forged")));
    }
}

fn count_lines(envoys: &[Envoy]) -> Vec<usize> {
    envoys
        .iter()
        .map(|envoy| log_lines(envoy, SIGN).len())
        .collect()
}

#[test]
fn a_value_that_cannot_be_read_keeps_the_last_state_and_is_one_error_and_one_line() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let values = garbage();
    assert_kept(&etcd, &envoys, &values[..5]);
    put(
        &etcd,
        &envoys,
        r#"{"maintenance":true,"message":"kept","retry_after":7}"#,
    );
    assert_kept(&etcd, &envoys, &values);
    put(&etcd, &envoys, r#"{"maintenance":false}"#);
    agree(&envoys, false);
}

#[test]
fn a_list_of_the_right_values_is_no_state() {
    let etcd = Etcd::start();
    let envoys = [Envoy::with(options(&etcd))];
    agree(&envoys, false);
    let lists = [
        "[true]",
        "[true,null,null,null,7,\"message\",\"changed by\",1]",
        "[null]",
    ];
    let lists = lists.map(|list| list.as_bytes().to_vec());
    assert_kept(&etcd, &envoys, &lists);
}

#[test]
fn a_line_about_a_value_is_short_however_long_the_value() {
    let etcd = Etcd::start();
    let envoys = [Envoy::with(options(&etcd))];
    agree(&envoys, false);
    assert_kept(&etcd, &envoys, &garbage());
    let longest = log_lines(&envoys[0], SIGN).iter().map(String::len).max();
    assert!(longest < Some(MAX_LINE), "a line of {longest:?} bytes");
}

#[test]
fn a_value_that_can_be_read_again_is_obeyed_also_one_that_was_there_before() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for on in [true, false, false, true, true] {
        let value = format!(r#"{{"maintenance":{on}}}"#);
        put(&etcd, &envoys, &value);
        etcd.put(KEY, "garbage");
        put(&etcd, &envoys, &value);
        agree(&envoys, on);
    }
}

#[test]
fn a_change_replaces_a_value_that_cannot_be_read() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for (here, (call, on)) in [("on", true), ("off", false), ("reset", false), ("on", true)]
        .into_iter()
        .enumerate()
    {
        let seen = count_lines(&envoys);
        etcd.put_bytes(KEY, b"\xff");
        within(CATCH_UP, "the line", || {
            count_lines(&envoys)
                .iter()
                .zip(&seen)
                .all(|(now, seen)| now > seen)
        });
        let answer = envoys[here % 3].admin("POST", call);
        assert_eq!(answer.status, 200, "{}", answer.text());
        agree(&envoys, on);
        let value: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
        assert!(value.is_object(), "{value}");
        assert_eq!(answer.json(), settle(&etcd, &envoys));
    }
}

#[test]
fn a_deletion_of_a_value_that_cannot_be_read_is_a_reset() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    put(&etcd, &envoys, r#"{"maintenance":true}"#);
    etcd.put(KEY, "garbage");
    etcd.delete(KEY);
    agree(&envoys, false);
    assert_eq!(status(&envoys[0])["decided_by"], "initial");
}

#[test]
fn an_envoy_that_starts_with_a_value_that_cannot_be_read_decides_by_initial() {
    let etcd = Etcd::start();
    etcd.put(KEY, "garbage");
    let envoys = three(&etcd);
    for envoy in &envoys {
        within(CATCH_UP, "the error", || envoy.metric("errors") == 1);
        assert_eq!(log_lines(envoy, SIGN).len(), 1);
        assert_eq!(status(envoy)["decided_by"], "initial");
        assert_eq!(status(envoy)["store_connected"], true);
    }
    envoys[0].toggle(true);
    agree(&envoys, true);
}

#[test]
fn a_value_that_cannot_be_read_is_not_reported_again_after_a_reconnect() {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    put(&etcd, &envoys, r#"{"maintenance":true}"#);
    assert_kept(&etcd, &envoys, &[b"garbage".to_vec()]);
    for _ in 0..2 {
        etcd.kill();
        etcd.restart();
        agree(&envoys, true);
    }
    // Two ticks, in which it might be.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(count_lines(&envoys), [1; 3]);
}
