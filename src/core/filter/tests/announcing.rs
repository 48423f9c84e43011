//! Maintenance that is announced, to the upstream and to all the world.

use super::*;

const WINDOWS: &str = r#"{
    "announce_seconds":3600,
    "upstream_header":"x-maintenance",
    "admin":{"path":"/m","token_env":"TOKEN","public":true,"client_ips":["10.0.0.0/8"]},
    "windows":[
        {"start":"2026-01-01T02:00:00Z","end":"2026-01-01T03:00:00Z","message":"disks"},
        {"start":"2026-01-01T06:00:00Z","end":"2026-01-01T07:00:00Z"}]}"#;

impl Worker {
    fn at(&self, time: &str) {
        let time = Timestamp::parse(&format!("2026-01-01T{time}Z")).unwrap();
        self.host.now.set(time);
    }

    /// What the upstream is told.
    fn told(&self) -> Option<String> {
        let stream = TestStream::new(&[(":path", "/"), ("x-maintenance", "a client's")]);
        self.handle(&stream);
        let changes = stream.seen().changes.borrow();
        let (_, value) = changes.iter().find(|(name, _)| name == "x-maintenance")?;
        value.clone()
    }

    fn public(&self, method: &str) -> (u16, String) {
        let stream = TestStream::new(&[(":method", method), (":path", "/m/public")]);
        assert_eq!(self.handle(&stream), Progress::Stop);
        let reply = stream.seen().reply.borrow();
        reply.clone().unwrap()
    }
}

const SOON: &str = "soon; starts=2026-01-01T02:00:00Z; until=2026-01-01T03:00:00Z";

#[test]
fn the_upstream_is_told_what_comes_within_the_time() {
    let worker = Worker::new(WINDOWS);
    for (time, told) in [
        ("00:59:59.999", None),
        ("01:00:00", Some(SOON)),
        ("01:59:59.999", Some(SOON)),
        ("03:00:00", None),
        (
            "05:30:00",
            Some("soon; starts=2026-01-01T06:00:00Z; until=2026-01-01T07:00:00Z"),
        ),
        ("07:00:00", None),
        ("01:30:00", Some(SOON)),
    ] {
        worker.at(time);
        assert_eq!(worker.told().as_deref(), told, "{time}");
    }
}

#[test]
fn a_planned_on_is_announced_and_a_change_takes_it_back() {
    let worker = Worker::new(&WINDOWS.replace(r#","client_ips":["10.0.0.0/8"]"#, ""));
    worker.call("POST", "/on?start=2026-01-01T00:30:00Z");
    assert_eq!(
        worker.told().as_deref(),
        Some("soon; starts=2026-01-01T00:30:00Z")
    );
    worker.call("POST", "/off");
    assert_eq!(worker.told(), None);
    let quiet = Worker::new(&WINDOWS.replace("3600", "0"));
    quiet.at("01:30:00");
    assert_eq!(quiet.told(), None);
}

#[test]
fn anybody_may_ask_and_nobody_counts() {
    let worker = Worker::new(WINDOWS);
    let ask = || worker.public("GET");
    let off = r#"{"maintenance":false,"until":null,"message":null,"next":null}"#;
    assert_eq!(ask(), (200, off.to_owned()));
    worker.at("01:00:00");
    let next =
        r#"{"start":"2026-01-01T02:00:00Z","until":"2026-01-01T03:00:00Z","message":"disks"}"#;
    assert_eq!(
        ask(),
        (
            200,
            off.replace(r#""next":null"#, &format!(r#""next":{next}"#))
        )
    );
    worker.at("02:30:00");
    let on = r#"{"maintenance":true,"until":"2026-01-01T03:00:00Z","message":"disks","next":null}"#;
    assert_eq!(ask(), (200, on.to_owned()));
    assert_eq!(worker.public("POST").0, 405);
    let stats = worker.host.stats();
    assert!(
        !stats.iter().any(|stat| stat.starts_with("admin")),
        "{stats:?}"
    );
    assert!(worker.host.log().is_empty());
}

#[test]
fn without_public_there_is_no_such_page_whoever_asks() {
    let worker = Worker::new(&WINDOWS.replace(r#","public":true"#, ""));
    assert_eq!(worker.public("GET").0, 404);
    assert_eq!(worker.public("DELETE").0, 404);
    assert!(worker.host.log().is_empty());
}
