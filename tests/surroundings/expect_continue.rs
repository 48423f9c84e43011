//! Uploads whose client asks before it sends the body.

use std::{fs, process::Command};

use serde_json::{Value, json};
use support::{Envoy, Options, admin, programs::output};

use crate::{chain::with, document::block};

/// So many bytes take more than a moment, and more than the buffers of a connection.
const SIZE: usize = 8_000_000;

/// What curl says of an upload.
struct Upload {
    /// Whether it was told to go on.
    continued: bool,
    status: u16,
    sent: usize,
}

/// An upload by curl, which waits for an answer as long as it must.
fn upload(envoy: &Envoy) -> Upload {
    let directory = tempfile::tempdir().unwrap();
    let body = directory.path().join("body");
    let answer = directory.path().join("answer");
    fs::write(&body, vec![b'a'; SIZE]).unwrap();
    let written = output(
        Command::new("curl")
            .args(["-s", "-X", "POST", "--max-time", "30"])
            .args(["--expect100-timeout", "20"])
            .args(["-H", "expect: 100-continue"])
            .args(["-w", "%{http_code} %{size_upload}"])
            .arg("-T")
            .arg(&body)
            .arg("-D")
            .arg(&answer)
            .args(["-o", "/dev/null"])
            .arg(format!("http://{}/upload", envoy.address)),
    );
    let (status, sent) = written.split_once(' ').unwrap();
    let heads = fs::read_to_string(answer).unwrap();
    Upload {
        continued: heads.contains("HTTP/1.1 100 Continue"),
        status: status.parse().unwrap(),
        sent: sent.parse().unwrap(),
    }
}

/// The upstream is an Envoy, which says "continue" by itself.
fn start(more: &Value) -> (Envoy, Envoy) {
    let upstream = Envoy::with(Options {
        is_bare: true,
        ..Options::new(json!({}))
    });
    let envoy = Envoy::with(Options {
        upstream: Some(upstream.address),
        connection_manager: with(json!({"use_remote_address": true}), more),
        ..Options::new(json!({"initial": "on", "admin": admin()}))
    });
    (envoy, upstream)
}

fn assert_uploads(envoy: &Envoy) {
    envoy.toggle(false);
    let upload = upload(envoy);
    assert!(upload.continued);
    assert_eq!((upload.status, upload.sent), (200, SIZE));
}

#[test]
fn envoy_says_continue_before_the_filter_is_asked() {
    let (envoy, _upstream) = start(&json!({}));
    let upload = upload(&envoy);
    // Curl may read both answers at once, and then it sends nothing.
    assert!(upload.continued);
    assert_eq!(upload.status, 503);
    assert_eq!(envoy.metric("blocked"), 1);
    assert_uploads(&envoy);
}

#[test]
fn where_the_question_is_left_to_the_filter_nothing_is_sent() {
    let mend = block("Uploads that ask first", "In the HTTP connection manager");
    let (envoy, upstream) = start(&mend);
    let upload = upload(&envoy);
    assert!(!upload.continued);
    assert_eq!((upload.status, upload.sent), (503, 0));
    assert_eq!(upstream.upstream.requests(), 0);
    assert_uploads(&envoy);
}
