//! How a wait ends.

use std::time::{SystemTime, UNIX_EPOCH};

use h2::{Reason, client};
use http::Request as Http2Request;
use serde_json::json;
use support::{Connection, Envoy, Options, Request, admin, eventually, fetch_http2};
use tokio::{net::TcpStream, runtime::Builder};

use super::{Duration, Instant, Waiter, configuration, holds, on, wait};

#[test]
fn one_that_has_waited_long_enough_gets_the_reply_of_that_moment() {
    let envoy = on(Options::new(configuration(2)));
    let address = envoy.address;
    let begin = Instant::now();
    let mut waiters = wait(
        &envoy,
        [
            Request::get("/"),
            Request::new("POST", "/").body(&"x".repeat(3_000_000)),
        ],
    );
    waiters.push(Waiter::start(move || {
        let call = Http2Request::post("http://test.example/shop.Cart/Get")
            .header("content-type", "application/grpc");
        fetch_http2(address, call.body("\0\0\0\0\0").unwrap())
    }));
    envoy.admin("POST", "on?message=Later");
    for (number, (response, came)) in waiters.into_iter().map(Waiter::timed).enumerate() {
        let waited = came - begin;
        assert!(waited > Duration::from_millis(1900), "{waited:?}");
        assert!(waited < Duration::from_millis(4000), "{waited:?}");
        assert!(response.is_blocked(), "{response:?}");
        if number < 2 {
            assert_eq!(
                (response.status, &response.json()["detail"]),
                (503, &json!("Later"))
            );
        } else {
            assert_eq!(response.header("grpc-status"), Some("14"));
            assert_eq!(response.header("grpc-message"), Some("Later"));
        }
    }
    assert_eq!((envoy.metric("held"), envoy.metric("blocked")), (0, 3));
    assert_eq!(envoy.upstream.requests(), 0);
    assert!(
        envoy
            .access_log(5)
            .contains(&"/ 503 maintenance_mode blocked".to_owned())
    );
}

/// RFC 3339, so many seconds from now.
fn time_in(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let time = time::OffsetDateTime::from_unix_timestamp((now.as_secs() + seconds) as i64).unwrap();
    time.format(&time::format_description::well_known::Rfc3339)
        .unwrap()
}

#[test]
fn the_end_of_a_window_and_of_an_on_lets_them_pass() {
    let window = json!({
        "admin": admin(),
        "response": {"hold_seconds": 60},
        "windows": [{"end": time_in(10)}],
    });
    let envoy = Envoy::start(window);
    let mut waiters = wait(&envoy, [Request::get("/")]);
    assert!(waiters.remove(0).answer().is_upstream());
    envoy.admin("POST", "on?for=2");
    let mut waiters = wait(&envoy, [Request::get("/")]);
    let (response, came) = waiters.remove(0).timed();
    assert!(response.is_upstream(), "{response:?}");
    let until = envoy.admin("GET", "").json()["until"].clone();
    let ended = time::OffsetDateTime::parse(
        until.as_str().unwrap(),
        &time::format_description::well_known::Rfc3339,
    );
    let since = time::OffsetDateTime::now_utc() - ended.unwrap() - came.elapsed();
    assert!(since < time::Duration::milliseconds(200), "{since}");
    assert_eq!(envoy.metric("allowed.released"), 2);
}

#[test]
fn a_client_that_leaves_is_forgotten() {
    let mut options = Options::new(configuration(60));
    options.workers = 1;
    let envoy = on(options);
    let mut connection = Connection::open(envoy.address);
    connection.write("POST /left HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhal");
    holds(&envoy, 1);
    connection.reset();
    eventually("the end of the wait", || envoy.metric("held") == 0);

    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = TcpStream::connect(envoy.address).await.unwrap();
        let (sender, connection) = client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let mut sender = sender.ready().await.unwrap();
        let request = Http2Request::get("http://test.example/left")
            .body(())
            .unwrap();
        let (answer, mut stream) = sender.send_request(request, true).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.send_reset(Reason::CANCEL);
        assert!(answer.await.is_err());
        // The reset is sent.
        tokio::time::sleep(Duration::from_millis(100)).await;
    });
    eventually("the end of the wait", || envoy.metric("held") == 0);
    envoy.toggle(false);
    assert_eq!(envoy.metric("allowed.released"), 0);
    assert_eq!(envoy.metric("blocked"), 0);
    assert_eq!(envoy.upstream.requests(), 0);
    let left = |line: &&String| line.starts_with("/left 0 ") && line.ends_with(" held");
    let log = envoy.access_log(4);
    assert_eq!(log.iter().filter(left).count(), 2, "{log:?}");
}

#[test]
fn a_connection_goes_on_after_a_wait() {
    let envoy = on(Options::new(configuration(2)));
    let mut connection = Connection::open(envoy.address);
    assert!(connection.fetch(&Request::get("/")).is_blocked());
    let requests = "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n";
    connection.write(requests);
    holds(&envoy, 1);
    envoy.toggle(false);
    assert!(connection.read().unwrap().is_upstream());
    assert!(connection.read().unwrap().is_upstream());
    assert_eq!(envoy.upstream.requests(), 2);
}
