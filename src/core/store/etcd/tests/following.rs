//! What the follower makes of what etcd says.

use super::*;
use crate::store::notice::Notice;
use crate::store::state_store::Changing;

#[test]
fn a_new_process_takes_the_state_and_what_comes_after() {
    let model = Model::new();
    model.put(Some(ON));
    let mut worker = Worker::connected(&model);
    assert_eq!((worker.flag(), worker.generation()), (Some(true), 2));
    model.put(Some(OFF));
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 3));
    model.put(None);
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (None, 4));
    assert_eq!(worker.notices, [Notice::Connected]);
}

#[test]
fn a_key_that_was_never_there_is_no_change() {
    let model = Model::new();
    model.revision.set(500);
    let worker = Worker::connected(&model);
    assert_eq!((worker.flag(), worker.generation()), (None, 0));
}

#[test]
fn what_happens_while_the_store_is_lost_is_caught_up_on() {
    let model = Model::new();
    model.put(Some(ON));
    for value in [Some(OFF), None] {
        let mut worker = Worker::connected(&model);
        let stream = model.open_streams()[0];
        let failure = CallError::new(CallError::UNAVAILABLE, "gone");
        worker.notices = worker.follower.on_answer(stream, Err(failure), now());
        assert!(matches!(&worker.notices[..], [Notice::Lost(_)]));
        assert!(!worker.store.is_connected() && model.open_streams().is_empty());
        assert_eq!(worker.flag(), Some(true), "the last state known");
        let before = worker.generation();
        model.put(value);
        for _ in 0..ENOUGH_TICKS {
            worker.tick();
        }
        assert_eq!(worker.flag().is_some(), value.is_some());
        assert!(worker.generation() > before && worker.store.is_connected());
        assert_eq!(worker.notices.last(), Some(&Notice::Connected));
        model.put(Some(ON));
        worker.follower.stop();
    }
}

#[test]
fn a_store_that_is_down_is_tried_again_and_reported_once() {
    let model = Model::new();
    model.is_down.set(true);
    let mut worker = Worker::alone(&model);
    for _ in 0..50 {
        worker.tick();
    }
    assert!(matches!(&worker.notices[..], [Notice::Lost(_)]));
    model.is_down.set(false);
    for _ in 0..ENOUGH_TICKS {
        worker.tick();
    }
    assert!(worker.store.is_connected());
    assert_eq!(worker.notices.len(), 2);
}

#[test]
fn attempts_keep_apart_by_chance_but_no_longer_than_two_seconds() {
    let model = Model::new();
    model.is_down.set(true);
    let mut worker = Worker::alone(&model);
    let mut pauses = [0; 5];
    let mut pause = 0;
    for _ in 0..400 {
        let notices = worker.follower.tick(now());
        worker.notices.extend(notices);
        if model.waiting() > 0 {
            pauses[pause] += 1;
            pause = 0;
        } else {
            pause += 1;
        }
        worker.receive();
    }
    assert!(pauses[..4].iter().all(|count| *count > 10), "{pauses:?}");
    assert_eq!(pauses[4], 0);
}

#[test]
fn a_watch_without_a_sign_of_life_is_lost() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    for _ in 0..20 {
        worker.tick();
    }
    assert!(worker.store.is_connected(), "progress is a sign of life");
    model.is_down.set(true);
    for _ in 0..8 {
        worker.tick();
    }
    assert!(!worker.store.is_connected() && model.open_streams().is_empty());
}

#[test]
fn an_unknown_cluster_is_a_store_that_is_lost() {
    let model = Model::new();
    model.has_no_cluster.set(true);
    let mut worker = Worker::alone(&model);
    worker.tick();
    assert!(matches!(&worker.notices[..], [Notice::Lost(reason)] if reason.contains("cluster")));
    let changed = worker.store.change(set(ON), now());
    let Changing::Done(Err(ChangeError::Unreachable(_))) = changed else {
        panic!("the change waits");
    };
}

#[test]
fn a_canceled_watch_is_begun_anew() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    let canceled = crate::syntax::protobuf::Message::default()
        .varint(4, 1)
        .bytes(6, "compacted");
    let stream = model.open_streams()[0];
    let notices = worker
        .follower
        .on_answer(stream, Ok(canceled.as_ref()), now());
    assert!(matches!(&notices[..], [Notice::Lost(reason)] if reason.contains("compacted")));
    for _ in 0..ENOUGH_TICKS {
        worker.tick();
    }
    assert!(worker.store.is_connected());
    assert_ne!(model.open_streams(), [stream]);
}

#[test]
fn a_value_that_cannot_be_read_keeps_the_last_state_and_is_reported_once() {
    let model = Model::new();
    model.put(Some(ON));
    let mut worker = Worker::connected(&model);
    model.put(Some("on"));
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(true), 2));
    let unreadable = |notice: &Notice| matches!(notice, Notice::Unreadable { revision: 3, .. });
    assert!(worker.notices.last().is_some_and(unreadable));
    worker.follower.stop();
    worker.notices.clear();
    for _ in 0..ENOUGH_TICKS {
        worker.tick();
    }
    assert_eq!(worker.notices, [Notice::Connected]);
    model.put(Some(OFF));
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 4));
}

#[test]
fn a_store_that_was_restored_to_an_older_state_is_followed() {
    let model = Model::new();
    model.revision.set(1000);
    model.put(Some(ON));
    let mut worker = Worker::connected(&model);
    worker.follower.stop();
    model.restore(4);
    model.put(Some(OFF));
    worker.tick();
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 5));
}

#[test]
fn an_answer_that_comes_late_does_not_undo_a_change() {
    let model = Model::new();
    model.put(Some(ON));
    let mut worker = Worker::alone(&model);
    worker.follower.tick(now());
    let (call, answer) = model.answer().unwrap();
    worker.change(set(OFF)).unwrap();
    worker.follower.on_answer(call, Ok(&answer.unwrap()), now());
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 3));
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 3));
}

#[test]
fn nothing_falls_between_reading_and_watching() {
    let model = Model::new();
    let mut worker = Worker::alone(&model);
    worker.follower.tick(now());
    let (call, answer) = model.answer().unwrap();
    model.put(Some(ON));
    worker.follower.on_answer(call, Ok(&answer.unwrap()), now());
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(true), 2));
}

#[test]
fn another_reason_is_reported_as_well() {
    let model = Model::new();
    model.is_down.set(true);
    let mut worker = Worker::alone(&model);
    for _ in 0..20 {
        worker.tick();
    }
    model.is_down.set(false);
    model.token.replace(Some("t".into()));
    for _ in 0..100 {
        worker.tick();
    }
    let [Notice::Lost(first), Notice::Lost(second)] = &worker.notices[..] else {
        panic!("{:?}", worker.notices);
    };
    assert!(first.contains("refused") && second.contains("token"));
}

#[test]
fn a_revocation_put_by_hand_is_followed_and_other_keys_are_not() {
    let model = Model::new();
    model.put(Some(ON));
    model.put_key(REVOCATION_KEY, Some("7\n"));
    let mut worker = Worker::connected(&model);
    let known = |worker: &Worker| {
        let state = worker.store.latest();
        (state.generation, state.bypass_revoked_at)
    };
    assert_eq!(known(&worker), (3, Some(7)));
    model.put_key("k-2", Some(OFF));
    model.put_key("k/a", Some(OFF));
    worker.receive();
    assert_eq!((known(&worker), worker.flag()), ((3, Some(7)), Some(true)));
    model.put_key(REVOCATION_KEY, Some("9"));
    worker.receive();
    assert_eq!((known(&worker), worker.flag()), ((6, Some(9)), Some(true)));
    // What was revoked stays so.
    for value in [Some("8"), None] {
        model.put_key(REVOCATION_KEY, value);
        worker.receive();
        assert_eq!((known(&worker), worker.flag()), ((7, Some(9)), Some(true)));
    }
    assert_eq!(worker.notices, [Notice::Connected]);
}

#[test]
fn of_two_keys_the_one_that_can_be_read_counts() {
    let model = Model::new();
    model.put(Some(ON));
    let mut worker = Worker::connected(&model);
    model.put(Some("on"));
    model.put_key(REVOCATION_KEY, Some("5"));
    worker.receive();
    for (worker, flag) in [(&worker, Some(true)), (&Worker::connected(&model), None)] {
        assert_eq!(worker.flag(), flag);
        let state = worker.store.latest();
        assert_eq!((state.generation, state.bypass_revoked_at), (4, Some(5)));
        let unreadable = |notice: &&Notice| matches!(notice, Notice::Unreadable { .. });
        assert_eq!(worker.notices.iter().filter(unreadable).count(), 1);
    }
    model.put_key(REVOCATION_KEY, Some("soon"));
    model.put(Some(OFF));
    worker.receive();
    assert_eq!((worker.flag(), worker.generation()), (Some(false), 6));
    let last = worker.notices.last();
    assert!(
        matches!(last, Some(Notice::Unreadable { revision: 5, .. })),
        "{last:?}"
    );
}

#[test]
fn an_off_that_does_not_say_since_when_counts_from_when_it_was_learnt_of() {
    let model = Model::new();
    model.put(Some(OFF));
    let mut worker = Worker::connected(&model);
    let silenced_at = |worker: &Worker| worker.store.latest().setting.as_ref()?.silenced_at();
    assert_eq!(silenced_at(&worker), Some(now()));
    assert_eq!(worker.store.latest().setting.as_ref().unwrap().since, None);
    let later = now().plus_millis(5000);
    let event = |worker: &mut Worker| {
        for (stream, message) in model.messages() {
            worker.follower.on_answer(stream, Ok(&message), later);
        }
    };
    // It is read again after the connection was lost, or comes with a revocation.
    worker.follower.stop();
    worker.follower.tick(later);
    while let Some((call, answer)) = model.answer() {
        worker.follower.on_answer(call, Ok(&answer.unwrap()), later);
    }
    event(&mut worker);
    assert!(worker.store.is_connected());
    model.put_key(REVOCATION_KEY, Some("5"));
    event(&mut worker);
    assert_eq!(
        (silenced_at(&worker), worker.generation()),
        (Some(now()), 3)
    );
    model.put(Some(OFF));
    event(&mut worker);
    assert_eq!(silenced_at(&worker), Some(later));
}

#[test]
fn a_store_that_allows_the_two_keys_alone_is_followed_key_by_key() {
    let model = Model::new();
    model.denies_ranges.set(true);
    model.put(Some(ON));
    let mut worker = Worker::alone(&model);
    for _ in 0..2 {
        worker.tick();
    }
    assert_eq!(worker.notices, [Notice::Connected]);
    assert_eq!((worker.flag(), model.open_streams().len()), (Some(true), 1));
    model.put_key(REVOCATION_KEY, Some("5"));
    model.put(Some(OFF));
    worker.receive();
    let state = worker.store.latest();
    assert_eq!((state.generation, state.bypass_revoked_at), (4, Some(5)));
    assert_eq!(worker.flag(), Some(false));
}

/// Two watches of one stream catch up each for itself.
#[test]
fn no_change_is_lost_where_the_watch_of_the_other_key_is_faster() {
    let model = Model::new();
    model.denies_ranges.set(true);
    let mut worker = Worker::alone(&model);
    for _ in 0..2 {
        worker.tick();
    }
    model.put(Some(ON));
    model.put_key(REVOCATION_KEY, Some("5"));
    let mut messages = model.messages();
    messages.reverse();
    for (stream, message) in messages {
        worker.follower.on_answer(stream, Ok(&message), now());
    }
    for _ in 0..2 {
        worker.tick();
    }
    let state = worker.store.latest();
    assert_eq!((state.generation, state.bypass_revoked_at), (3, Some(5)));
    assert_eq!(worker.flag(), Some(true));
    assert!(worker.store.is_connected());
}
