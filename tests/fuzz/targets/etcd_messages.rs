//! What etcd sends: against a plain decoder. Nothing that is no answer changes the state or
//! acknowledges a change, and generations only grow.
//!
//! A byte with the length before each message: first the answer to the read, then the
//! messages of the watch. A change gets the first as the answer to its read, and the second
//! as the answer to its write.

use maintenance_mode_core::{
    state::{
        change::{Edit, Precondition, StateChange},
        setting::Setting,
        state::State,
    },
    store::follower::Follower,
};

use super::{
    etcd::{Envoy, Field, bytes, fields, number},
    request::now,
};

pub fn check(data: &[u8]) {
    let messages = split(data);
    let message = |at: usize| messages.get(at).copied().unwrap_or_default();
    follow(message(0), messages.get(1..).unwrap_or_default());
    change(message(0), message(1));
}

fn follow(answer: &[u8], messages: &[&[u8]]) {
    let mut envoy = Envoy::new();
    envoy.read(answer);
    let Some(revision) = keys(answer) else {
        assert_eq!(envoy.state(), State::default());
        assert!(envoy.wire.streams().is_empty() && !envoy.is_connected());
        return;
    };
    let [stream] = envoy.wire.streams()[..] else {
        panic!("no watch");
    };
    // From that revision on, so that nothing falls between.
    let watch = fields(&envoy.wire.last_message()).unwrap();
    let create = fields(bytes(&watch, 1).unwrap()).unwrap();
    assert_eq!(number(&create, 3), revision);
    for message in messages {
        let before = envoy.state();
        envoy.follower.on_answer(stream, Ok(message), now());
        let after = envoy.state();
        assert!(after.generation >= before.generation);
        if after != before {
            assert!(after.generation > before.generation || before.generation == 0);
            assert!(is_watch(message));
        }
        if !is_watch(message) {
            assert!(!envoy.is_connected());
        }
    }
    // Whatever came, it goes on.
    for _ in 0..4 {
        envoy.follower.tick(now());
    }
    envoy.follower.stop();
    assert!(envoy.wire.streams().is_empty());
}

fn change(read: &[u8], written: &[u8]) {
    let envoy = Envoy::new();
    let on = StateChange {
        edit: Edit::Set(Setting {
            maintenance: true,
            ..Setting::default()
        }),
        precondition: Precondition::Any,
    };
    let changed = envoy.change(on, [read, written]);
    let is_written = keys(read).is_some() && transaction(written).is_some_and(|(_, ok)| ok);
    match changed {
        Some(Ok(state)) => {
            let revision = transaction(written).map(|(revision, _)| revision);
            assert!(is_written && revision == Some(state.generation));
            assert_eq!(envoy.state().generation, state.generation);
        }
        other => {
            assert!(!is_written, "{other:?}");
            assert_eq!(envoy.state(), State::default());
        }
    }
}

fn split(data: &[u8]) -> Vec<&[u8]> {
    let mut rest = data;
    let mut messages = Vec::new();
    while let Some((&length, tail)) = rest.split_first() {
        let (message, tail) = tail.split_at(tail.len().min(length.into()));
        messages.push(message);
        rest = tail;
    }
    messages
}

/// The revision of an answer to a read of keys, if it is one.
fn keys(message: &[u8]) -> Option<u64> {
    let fields = fields(message)?;
    let found = each(&fields, 2).map(super::etcd::fields);
    found.collect::<Option<Vec<_>>>()?;
    revision(&fields)
}

/// The revision of an answer to a write, and whether it was made.
fn transaction(message: &[u8]) -> Option<(u64, bool)> {
    let fields = fields(message)?;
    Some((revision(&fields)?, number(&fields, 2) != 0))
}

/// Whether it is a message of a watch.
fn is_watch(message: &[u8]) -> bool {
    let event = |event: &[u8]| {
        let fields = fields(event)?;
        each(&fields, 2)
            .map(super::etcd::fields)
            .collect::<Option<Vec<_>>>()
    };
    fields(message).is_some_and(|fields| each(&fields, 11).all(|bytes| event(bytes).is_some()))
}

/// Of the last header; there is no revision 0.
fn revision(fields: &[(u64, Field)]) -> Option<u64> {
    let headers = each(fields, 1).map(super::etcd::fields);
    let last = headers.collect::<Option<Vec<_>>>()?.pop()?;
    Some(number(&last, 3)).filter(|revision| *revision > 0)
}

fn each(fields: &[(u64, Field)], number: u64) -> impl Iterator<Item = &[u8]> {
    fields.iter().filter_map(move |field| match field {
        (found, Field::Bytes(bytes)) if *found == number => Some(bytes.as_slice()),
        _ => None,
    })
}
