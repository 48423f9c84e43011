use super::*;
use crate::store::grpc::CallError;

const FLEET: &str =
    r#"{"store":{"etcd":{"cluster":"etcd","key":"k"}},"admin":{"path":"/m","token_env":"TOKEN"}}"#;

impl Worker {
    /// Hands over what etcd has answered, as a host does.
    fn receive(&self) {
        while let Some((call, answer)) = self.host.etcd.answer() {
            let answer = answer.as_deref().map_err(Clone::clone);
            if let Some(answer) = self.waiting.resume(call, answer) {
                self.filter.store_answer(call, answer);
            }
        }
        for (stream, message) in self.host.etcd.messages() {
            self.filter.store_answer(stream, Ok(&message));
        }
    }

    /// A worker that follows etcd.
    fn connected() -> Self {
        let worker = Self::new(FLEET);
        worker.filter.tick();
        worker.receive();
        worker
    }
}

#[test]
fn a_worker_follows_the_store_from_its_first_tick_on() {
    let worker = Worker::connected();
    assert_eq!(
        worker.host.log(),
        ["WARN scope default: the store etcd is connected"]
    );
    assert_eq!(worker.host.stats(), ["store_connected=1"]);
    worker.host.etcd.put(Some(r#"{"maintenance":true}"#));
    worker.receive();
    assert_eq!(
        (worker.host.stat("active"), worker.host.stat("generation")),
        (1, 2)
    );
    assert!(!worker.passes("/"));
}

#[test]
fn a_change_waits_for_the_store() {
    let worker = Worker::connected();
    let stream = TestStream::call("POST", "/on");
    assert_eq!(worker.handle(&stream), Progress::Stop);
    assert_eq!(stream.status(), None);
    worker.receive();
    assert_eq!(stream.status(), Some(200));
    assert!(!worker.passes("/"));
    assert_eq!(worker.host.stat("admin_granted"), 1);
}

#[test]
fn a_change_that_the_store_does_not_take_is_refused() {
    let worker = Worker::connected();
    worker.host.etcd.is_down.set(true);
    let stream = TestStream::call("POST", "/on");
    worker.handle(&stream);
    worker.receive();
    assert_eq!(stream.status(), Some(503));
    assert!(worker.passes("/"));
}

#[test]
fn a_change_for_which_there_is_no_cluster_is_answered_at_once() {
    let worker = Worker::connected();
    worker.host.etcd.has_no_cluster.set(true);
    assert_eq!(worker.call("POST", "/on"), Some(503));
}

#[test]
fn a_caller_who_has_left_is_told_of_in_the_log() {
    let worker = Worker::connected();
    worker.host.log();
    let stream = TestStream::call("POST", "/on");
    worker.handle(&stream);
    stream.seen().is_open.set(false);
    worker.receive();
    let log = worker.host.log();
    assert!(
        log[0].contains("the caller left before the store answered"),
        "{log:?}"
    );
    assert_eq!(stream.status(), None);

    let stream = TestStream::call("POST", "/off");
    worker.handle(&stream);
    assert!(worker.waiting.take_closed().is_empty(), "it is still there");
    stream.seen().is_open.set(false);
    worker
        .waiting
        .take_closed()
        .iter()
        .for_each(Waiter::abandon);
    assert!(worker.host.log()[0].contains("the caller left"));
    assert_eq!(worker.host.stat("admin_granted"), 2);
}

#[test]
fn a_call_that_waits_is_answered_by_the_filter_that_has_begun_it() {
    let mut worker = Worker::connected();
    let stream = TestStream::call("POST", "/on");
    worker.handle(&stream);
    let successor = Filter::configure(worker.host.clone(), b"{}").unwrap();
    worker.filter = Rc::new(successor);
    worker.receive();
    assert_eq!(stream.status(), Some(200));
}

#[test]
fn a_store_that_is_lost_is_reported_and_counted() {
    let worker = Worker::connected();
    worker.host.log();
    let [stream] = worker.host.etcd.open_streams()[..] else {
        panic!("one watch");
    };
    let error = CallError {
        code: 14,
        message: "gone".to_owned(),
    };
    worker.filter.store_answer(stream, Err(error));
    let log = worker.host.log();
    assert!(
        log[0].starts_with("WARN scope default: the store etcd is not connected"),
        "{log:?}"
    );
    assert_eq!(
        (
            worker.host.stat("errors"),
            worker.host.stat("store_connected")
        ),
        (1, 0)
    );
}
