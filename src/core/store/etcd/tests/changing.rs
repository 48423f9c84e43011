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

fn change(edit: Edit) -> StateChange {
    StateChange {
        edit,
        precondition: Precondition::Any,
    }
}

#[test]
fn a_revocation_has_a_key_of_its_own_which_nothing_done_to_the_other_touches() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    model.put(Some(ON));
    worker.receive();
    let revoked = worker.change(change(Edit::RevokeBypass(now()))).unwrap();
    assert_eq!((revoked.generation, worker.flag()), (3, Some(true)));
    assert_eq!(value(&model), ON, "the flag is as somebody wrote it");
    let millis = now().unix_millis().to_string();
    worker.change(change(Edit::Reset)).unwrap();
    assert_eq!(value(&model), r#"{"maintenance":null}"#);
    for value in [None, Some(ON), Some("unreadable")] {
        model.put(value);
        worker.receive();
        worker.change(set(OFF)).unwrap();
        let late = Worker::connected(&model);
        for worker in [&worker, &late] {
            assert_eq!(worker.store.latest().bypass_revoked_at(), Some(now()));
        }
        assert_eq!(model.value(REVOCATION_KEY).as_ref(), Some(&millis));
        assert_eq!(late.generation(), worker.generation());
    }
}

#[test]
fn a_revocation_follows_its_precondition_and_makes_a_generation() {
    let model = Model::new();
    let worker = Worker::connected(&model);
    worker.change(set(ON)).unwrap();
    let follows = |generation, edit| StateChange {
        edit,
        precondition: Precondition::OneOf(vec![generation]),
    };
    let revoke = || Edit::RevokeBypass(now());
    let stale = worker.change(follows(1, revoke())).unwrap_err();
    assert_eq!(stale, Conflict::Generation(2).into());
    let revoked = worker.change(follows(2, revoke())).unwrap();
    assert_eq!((revoked.generation, worker.generation()), (3, 3));
    let stale = worker.change(follows(2, Edit::Reset)).unwrap_err();
    assert_eq!(stale, Conflict::Generation(3).into());
    let again = worker.change(follows(3, revoke())).unwrap();
    assert_eq!(again.bypass_revoked_at(), Some(now().plus_millis(1)));
    assert_eq!(Worker::connected(&model).generation(), 4);
}

#[test]
fn a_change_that_loses_a_race_with_a_revocation_is_made_after_it() {
    let model = Model::new();
    let worker = Worker::connected(&model);
    let mut on = worker.begin(set(ON));
    assert_eq!(step(&model, &mut *on), None);
    model.put_key(REVOCATION_KEY, Some("5"));
    let state = finish(&model, &mut *on).unwrap();
    assert_eq!((state.generation, state.bypass_revoked_at), (3, Some(5)));
}

#[test]
fn a_revocation_that_the_flag_s_key_had_before_moves_to_its_own() {
    let model = Model::new();
    model.put(Some(r#"{"maintenance":true,"bypass_revoked_at":5}"#));
    let worker = Worker::connected(&model);
    assert_eq!(worker.store.latest().bypass_revoked_at, Some(5));
    worker.change(set(OFF)).unwrap();
    assert_eq!(value(&model), OFF);
    assert_eq!(model.value(REVOCATION_KEY).as_deref(), Some("5"));
    assert_eq!(
        Worker::connected(&model).store.latest().bypass_revoked_at,
        Some(5)
    );
}

#[test]
fn an_unreadable_revocation_is_only_replaced_by_another() {
    let model = Model::new();
    let worker = Worker::connected(&model);
    worker.change(change(Edit::RevokeBypass(now()))).unwrap();
    model.put_key(REVOCATION_KEY, Some("now"));
    worker.change(set(ON)).unwrap();
    assert_eq!(model.value(REVOCATION_KEY).as_deref(), Some("now"));
    worker.change(change(Edit::RevokeBypass(now()))).unwrap();
    assert!(model.value(REVOCATION_KEY).unwrap().parse::<i64>().is_ok());
}

#[test]
fn a_planned_on_does_not_end_what_is_in_force_whoever_set_it() {
    let model = Model::new();
    let worker = Worker::connected(&model);
    let planned =
        r#"{"maintenance":true,"since":"2026-01-01T00:00:00Z","start":"2026-01-02T00:00:00Z"}"#;
    worker.change(set(planned)).unwrap();
    model.put(Some(ON));
    // Of which this worker has not heard.
    assert_eq!(worker.change(set(planned)), Err(Conflict::InForce.into()));
    model.put(Some(
        r#"{"maintenance":false,"since":"2025-01-01T00:00:00Z"}"#,
    ));
    worker.change(set(planned)).unwrap();
    assert!(value(&model).contains(r#""off_at":"2025-01-01T00:00:00Z""#));
}

#[test]
fn a_store_that_allows_the_two_keys_alone_is_changed_as_well() {
    let model = Model::new();
    model.denies_ranges.set(true);
    model.put(Some(OFF));
    model.put_key(REVOCATION_KEY, Some("5"));
    let worker = Worker::alone(&model);
    let mut change = worker.begin(set(ON));
    // What happens between the two reads is not seen by the second.
    for _ in 0..2 {
        assert_eq!(step(&model, &mut *change), None);
    }
    model.put_key(REVOCATION_KEY, Some("6"));
    let state = finish(&model, &mut *change).unwrap();
    assert_eq!((state.generation, state.bypass_revoked_at), (5, Some(6)));
    assert_eq!(value(&model), ON);
}

#[test]
fn a_key_between_the_two_is_somebody_elses() {
    let model = Model::new();
    let mut worker = Worker::connected(&model);
    model.put_key("k-other", Some(OFF));
    worker.change(set(ON)).unwrap();
    worker.receive();
    let late = Worker::connected(&model);
    assert_eq!((worker.flag(), late.flag()), (Some(true), Some(true)));
}
