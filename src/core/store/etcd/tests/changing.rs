//! Changes, and races between them.

use super::*;
use crate::state::change::StateChange;

#[test]
fn a_change_is_every_process_s() {
    let model = Model::new();
    let mut other = Worker::connected(&model);
    let worker = Worker::alone(&model);
    let state = worker.change(set(ON)).unwrap();
    assert_eq!((state.generation, value(&model).as_str()), (2, ON));
    assert_eq!((worker.flag(), worker.generation()), (Some(true), 2));
    other.receive();
    assert_eq!((other.flag(), other.generation()), (Some(true), 2));
}

#[test]
fn a_change_that_loses_a_race_is_made_after_the_winner() {
    let model = Model::new();
    let worker = Worker::alone(&model);
    let mut change = worker.begin(set(ON));
    assert_eq!(step(&model, &mut *change), None);
    model.put(Some(OFF));
    let state = finish(&model, &mut *change).unwrap();
    assert_eq!((state.generation, worker.flag()), (3, Some(true)));
}

#[test]
fn a_change_for_a_generation_that_is_past_changes_nothing() {
    let model = Model::new();
    let worker = Worker::alone(&model);
    worker.change(set(ON)).unwrap();
    let stale = || StateChange {
        precondition: Precondition::OneOf(vec![2]),
        ..set(OFF)
    };
    model.put(Some(ON));
    let failed = || ChangeError::from(Conflict::Generation(3));
    assert_eq!(
        worker.change(stale()),
        Err(failed()),
        "it is what the store says"
    );

    let worker = Worker::alone(&Model::new());
    worker.change(set(ON)).unwrap();
    let mut change = worker.begin(stale());
    assert_eq!(step(&worker.model, &mut *change), None);
    worker.model.put(Some(ON));
    assert_eq!(finish(&worker.model, &mut *change), Err(failed()));
    assert_eq!(value(&worker.model), ON);
}

#[test]
fn the_generation_that_a_process_shows_is_one_that_a_change_may_follow() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    for prepare in [None, Some(ON), None, Some("unreadable")] {
        model.put(prepare);
        worker.receive();
        let change = StateChange {
            precondition: Precondition::OneOf(vec![worker.generation()]),
            ..set(OFF)
        };
        // What cannot be read moved the store on, but not what this process knows.
        assert!(worker.change(change).is_ok(), "{prepare:?}");
        worker.receive();
    }
}

#[test]
fn a_store_that_cannot_be_reached_changes_nothing() {
    let model = Model::new();
    let worker = Worker::alone(&model);
    model.is_down.set(true);
    let error = worker.change(set(ON)).unwrap_err();
    assert!(matches!(error, ChangeError::Unreachable(_)), "{error}");
    assert_eq!(worker.flag(), None);
}

#[test]
fn a_write_without_an_answer_is_told_from_one_that_was_refused() {
    for (code, is_unconfirmed) in [(CallError::UNAVAILABLE, true), (7, false)] {
        let model = Model::new();
        let worker = Worker::alone(&model);
        let mut change = worker.begin(set(ON));
        assert_eq!(step(&model, &mut *change), None);
        let _ = model.answer().unwrap();
        let failed = change.on_answer(Err(CallError::new(code, "")), now());
        let error = failed.unwrap().unwrap_err();
        let unconfirmed = matches!(error, ChangeError::Unconfirmed(_));
        assert_eq!(unconfirmed, is_unconfirmed, "{error}");
    }
}

#[test]
fn nothing_is_written_when_the_time_is_up() {
    let model = Model::new();
    let worker = Worker::alone(&model);
    let mut change = worker.begin(set(ON));
    let (_, answer) = model.answer().unwrap();
    let late = now().plus_millis(1000);
    let failed = change.on_answer(Ok(&answer.unwrap()), late);
    assert!(matches!(failed, Some(Err(ChangeError::Unreachable(_)))));
    assert_eq!(model.waiting(), 0);
}

#[test]
fn a_change_that_loses_every_race_is_given_up() {
    let model = Model::new();
    let worker = Worker::alone(&model);
    let mut change = worker.begin(set(ON));
    let changed = loop {
        model.put(Some(OFF));
        if let Some(changed) = step(&model, &mut *change) {
            break changed;
        }
    };
    assert!(matches!(changed, Err(ChangeError::Contended(_))));
    assert_eq!(value(&model), OFF);
}

#[test]
fn a_revocation_outlives_a_reset_a_deletion_and_what_others_write() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    let change = |edit| StateChange {
        edit,
        precondition: Precondition::Any,
    };
    worker.change(change(Edit::RevokeBypass(now()))).unwrap();
    let revoked_at = Some(now());
    worker.change(change(Edit::Reset)).unwrap();
    assert!(value(&model).starts_with(r#"{"maintenance":null,"bypass_revoked_at":"#));
    for value in [None, Some(ON)] {
        model.put(value);
        worker.receive();
        assert_eq!(worker.store.latest().bypass_revoked_at(), revoked_at);
    }
    worker.change(set(ON)).unwrap();
    let other = Worker::connected(&model);
    assert_eq!(other.store.latest().bypass_revoked_at(), revoked_at);
}
