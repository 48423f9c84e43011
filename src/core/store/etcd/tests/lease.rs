//! Which of the workers of one process follows.

use super::*;
use crate::store::notice::Notice;
use crate::store::shared_map::UNCONDITIONAL;

#[test]
fn of_the_workers_of_one_process_one_follows_and_all_know() {
    let model = Model::new();
    let process = Rc::default();
    let mut workers = [1, 2, 3].map(|number| Worker::new(&model, &process, number));
    for _ in 0..20 {
        workers.iter_mut().for_each(Worker::tick);
    }
    assert_eq!(model.open_streams().len(), 1);
    assert!(workers.iter().all(|worker| worker.store.is_connected()));
    model.put(Some(ON));
    workers[0].receive();
    assert!(workers.iter().all(|worker| worker.flag() == Some(true)));
}

#[test]
fn another_takes_over_at_once_where_the_holder_leaves() {
    let model = Model::new();
    let process = Rc::default();
    let mut workers = [1, 2].map(|number| Worker::new(&model, &process, number));
    workers.iter_mut().for_each(Worker::tick);
    workers[0].follower.stop();
    assert!(!workers[1].store.is_connected() && model.open_streams().is_empty());
    workers[1].tick();
    assert!(workers[1].store.is_connected());
}

#[test]
fn another_takes_over_within_three_seconds_where_the_holder_dies() {
    let model = Model::new();
    let process = Rc::default();
    let mut workers = [1, 2].map(|number| Worker::new(&model, &process, number));
    workers.iter_mut().for_each(Worker::tick);
    let [mut dead, mut heir] = workers;
    for _ in 0..3 {
        heir.tick();
    }
    assert_eq!(model.open_streams().len(), 1);
    heir.tick();
    assert_eq!(model.open_streams().len(), 2);
    dead.tick();
    assert_eq!(model.open_streams().len(), 1, "it was only slow");
    assert!(dead.store.is_connected());
}

#[test]
fn what_is_no_lease_is_free() {
    let model = Model::new();
    let process: Rc<Process> = Rc::default();
    let mut worker = Worker::new(&model, &process, 1);
    let key = "maintenance_mode.default.etcd.etcd.k.lease";
    process.set(key, b"other", UNCONDITIONAL);
    worker.tick();
    assert!(worker.store.is_connected());
}

#[test]
fn a_worker_that_cannot_connect_leaves_it_to_one_that_can_and_the_outage_is_reported_once() {
    let model = Model::new();
    model.token.replace(Some("t".into()));
    let process = Rc::default();
    let mut wrong = [1, 2, 3].map(|number| Worker::new(&model, &process, number));
    for _ in 0..20 {
        wrong.iter_mut().for_each(Worker::tick);
    }
    let login = Login {
        username: "u".into(),
        password: "p".into(),
    };
    let mut right = Worker::with(&model, &process, 4, Some(login));
    for _ in 0..60 {
        wrong.iter_mut().for_each(Worker::tick);
        right.tick();
    }
    assert!(wrong.iter().all(|worker| worker.store.is_connected()));
    assert_eq!(right.notices, [Notice::Connected]);
    assert_eq!(
        wrong
            .iter()
            .map(|worker| worker.notices.len())
            .sum::<usize>(),
        1
    );
}
