//! Calls of many forms that wait.

use std::{thread, time::Duration};

use bytes::Bytes;
use h2::client::{self, SendRequest};
use serde_json::Value;
use support::{
    ADMIN, Connection, Envoy, TOKEN, admin_request,
    etcd::{Etcd, KEY},
    fleet::{agree, start_all},
};
use tokio::{net::TcpStream, runtime::Builder};

use super::with_timeout;

/// How long etcd stands still: less than it takes to find a server dead.
const PAUSE: Duration = Duration::from_millis(700);

fn start(etcd: &Etcd) -> Vec<Envoy> {
    start_all([with_timeout(etcd, 10_000)])
}

fn head(method: &str, call: &str, headers: &str) -> String {
    format!(
        "{method} {ADMIN}/{call} HTTP/1.1\r\nhost: test.example\r\n\
         authorization: Bearer {TOKEN}\r\n{headers}\r\n"
    )
}

#[test]
fn calls_on_one_connection_are_answered_in_their_order_and_once() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    let mut connection = Connection::open(envoys[0].address);
    let passed = envoys[0].upstream.requests();
    etcd.stop();
    let pipelined = [
        head("POST", "on", ""),
        "GET / HTTP/1.1\r\nhost: test.example\r\n\r\n".to_owned(),
        head("PUT", "on?message=a", ""),
        head("POST", "off", ""),
        "GET / HTTP/1.1\r\nhost: test.example\r\n\r\n".to_owned(),
        head("POST", "offx", ""),
    ];
    assert!(connection.write(pipelined.concat()));
    thread::sleep(PAUSE);
    etcd.resume();
    let answers: Vec<_> = pipelined
        .iter()
        .map(|_| connection.read().expect("no answer"))
        .collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 503, 200, 200, 200, 404]);
    assert!(answers[1].is_blocked() && answers[4].is_upstream());
    assert_eq!(answers[2].json()["message"], "a");
    let generation = etcd.mod_revision(KEY);
    assert_eq!(answers[3].json()["generation"].as_u64(), generation);
    // Nothing was left in the connection.
    assert_eq!(
        connection.fetch(&admin_request("GET", "")).json(),
        answers[3].json()
    );
    assert_eq!(envoys[0].upstream.requests(), passed + 1);
}

#[test]
fn a_call_with_a_body_is_refused_once_without_etcd_and_never_reaches_the_upstream() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    let large = "x".repeat(200_000);
    etcd.stop();
    for (round, (headers, body)) in [
        ("content-length: 5\r\n", "hello"),
        ("content-length: 200000\r\n", large.as_str()),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        (
            "transfer-encoding: chunked\r\n",
            "5\r\nhello\r\n0\r\ntrailer: a\r\n\r\n",
        ),
        ("content-length: 5\r\nexpect: 100-continue\r\n", "hello"),
        ("content-length: 5\r\n", ""),
        ("transfer-encoding: chunked\r\n", "5\r\nhe"),
    ]
    .into_iter()
    .enumerate()
    {
        let on = round % 2 == 0;
        let mut connection = Connection::open(envoys[0].address);
        let call = head("POST", if on { "on" } else { "off" }, headers);
        assert!(connection.write(call));
        // A connection may take no more than Envoy has room for.
        thread::scope(|scope| {
            scope.spawn(|| connection.write(body));
        });
        let answer = connection.read().expect("no answer");
        assert_eq!(answer.status, 400, "{headers}: {}", answer.text());
    }
    etcd.resume();
    agree(&envoys, false);
    assert_eq!(etcd.get(KEY), None);
    let passed = envoys[0].access_log(0);
    assert!(
        passed
            .iter()
            .filter(|line| line.starts_with(ADMIN))
            .all(|line| line.contains(" maintenance_mode_admin ")),
        "{passed:?}"
    );
}

#[test]
fn a_head_or_get_of_a_change_does_not_wait() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    etcd.stop();
    for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
        for call in ["on", "off", "reset"] {
            let mut connection = Connection::open(envoys[0].address);
            let answer = connection.send(head(method, call, ""));
            assert_eq!(answer.status, 405, "{method} {call}");
            assert!(answer.header("allow").is_some());
        }
    }
    assert_eq!(envoys[0].admin("HEAD", "").status, 200);
    assert_eq!(envoys[0].admin("POST", "on?until=x").status, 400);
    etcd.resume();
    agree(&envoys, false);
    assert_eq!(etcd.get(KEY), None);
}

async fn fetch(
    mut sender: SendRequest<Bytes>,
    method: &'static str,
    path: String,
    ends_late: bool,
) -> (u16, Vec<u8>) {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("http://test.example{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-length", "0")
        .body(())
        .unwrap();
    let (response, mut upload) = sender.send_request(request, !ends_late).unwrap();
    if ends_late {
        upload.send_data(Bytes::new(), true).unwrap();
    }
    let (head, mut stream) = response.await.unwrap().into_parts();
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        body.extend_from_slice(&data.unwrap());
    }
    (head.status.as_u16(), body)
}

#[test]
fn calls_on_one_connection_of_http2_wait_while_others_are_answered() {
    let mut etcd = Etcd::start();
    let envoys = start(&etcd);
    let address = envoys[0].address;
    let passed = envoys[0].upstream.requests();
    etcd.stop();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let answers = runtime.block_on(async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let sender = sender.ready().await.unwrap();
        let change = |call: &str, ends_late| {
            let exchange = fetch(sender.clone(), "POST", format!("{ADMIN}/{call}"), ends_late);
            tokio::spawn(exchange)
        };
        let waiting = [
            change("on", false),
            change("on?message=a", true),
            change("off", false),
            change("reset", true),
        ];
        let given_up = change("on", false);
        for path in ["/", ADMIN] {
            let (status, _) = fetch(sender.clone(), "GET", path.to_owned(), false).await;
            assert_eq!(status, 200);
        }
        tokio::time::sleep(PAUSE).await;
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        etcd.resume();
        let mut answers = Vec::new();
        for waiting in waiting {
            let (status, body) = waiting.await.unwrap();
            let answer: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(status, 200, "{answer}");
            answers.push(answer);
        }
        answers
    });
    assert_eq!(envoys[0].upstream.requests(), passed + 1);
    let generation = |answer: &Value| answer["generation"].as_u64().unwrap();
    let mut generations: Vec<u64> = answers.iter().map(generation).collect();
    generations.sort_unstable();
    generations.dedup();
    assert_eq!(generations.len(), answers.len(), "{answers:?}");
    // The one that was given up may be made before the end, but is not in the way.
    envoys[0].toggle(true);
    agree(&envoys, true);
}
