//! The stored state: what is read is written the same, and what is none is never read.

use maintenance_mode_core::{
    state::{
        change::{Edit, Precondition, StateChange},
        state::State,
    },
    store::{
        shared_map::{SharedMap, Signal},
        shared_state::SharedState,
    },
    syntax::json::Json,
};
use serde_json::{Map, Value};

use super::etcd::Process;

/// The keys of a setting.
pub const SETTING: [&str; 12] = [
    "maintenance",
    "since",
    "start",
    "until",
    "retry_after",
    "message",
    "changed_by",
    "hold",
    "ramp_until",
    "off_at",
    "ramp_start",
    "ramp_key",
];

const STATE: &str = "maintenance_mode.s.state";

pub fn check(data: &[u8]) {
    let decoded = State::decode(data);
    assert_eq!(decoded.is_ok(), is_state(data));
    if let Ok(state) = &decoded {
        let encoded = state.encode();
        assert_eq!(State::decode(&encoded).as_ref(), Ok(state));
        assert_eq!(State::decode(&encoded).unwrap().encode(), encoded);
    }
    // A worker that knows a state keeps it, or takes this one; and can go on from either.
    let process = Process::default();
    let store = SharedState::of_scope(process.clone(), "s");
    let reset = StateChange {
        edit: Edit::Reset,
        precondition: Precondition::Any,
    };
    let known = store.change(&reset).unwrap();
    process.overwrite(STATE, data);
    process.signal("s").raise();
    let read = store.refresh();
    assert_eq!(read.is_ok(), decoded.is_ok());
    let expected = decoded.unwrap_or_else(|_| (*known).clone());
    assert_eq!(*store.snapshot(), expected);
    let changed = store.change(&reset).unwrap();
    assert!(changed.generation > expected.generation || expected.generation == u64::MAX);
    assert_eq!(SharedState::of_scope(process, "s").snapshot().generation, 0);
}

/// Nothing at all, or version 1: an object whose known keys have their types.
fn is_state(data: &[u8]) -> bool {
    let Some((version, json)) = data.split_first() else {
        return true;
    };
    let Ok(Value::Object(state)) = serde_json::from_slice(json) else {
        return false;
    };
    let setting = match state.get("setting") {
        None | Some(Value::Null) => true,
        Some(Value::Object(setting)) => {
            setting.get("maintenance").is_some_and(Value::is_boolean) && has_good_details(setting)
        }
        Some(_) => false,
    };
    *version == b'1'
        && setting
        && state.get("generation").is_some_and(Value::is_u64)
        && optional(&state, "bypass_revoked_at", Value::is_i64)
        && !repeats_a_key(&Json::parse(json).unwrap())
}

fn repeats_a_key(state: &Json) -> bool {
    const KEYS: [&str; 3] = ["generation", "setting", "bypass_revoked_at"];
    let Json::Object(entries) = state else {
        return false;
    };
    let setting = entries.iter().find(|(key, _)| key == "setting");
    repeats(state, &KEYS) || setting.is_some_and(|(_, setting)| repeats(setting, &SETTING))
}

/// Whether the keys of a setting beside its flag have their types, where they are there.
pub fn has_good_details(setting: &Map<String, Value>) -> bool {
    let times = [
        "since",
        "start",
        "until",
        "off_at",
        "ramp_start",
        "ramp_until",
    ];
    let is_hold = |value: &Value| value.as_u64().is_some_and(|seconds| seconds <= 240);
    times.iter().all(|key| optional(setting, key, is_timestamp))
        && optional(setting, "hold", is_hold)
        && optional(setting, "ramp_key", is_key)
        && optional(setting, "retry_after", Value::is_u64)
        && ["message", "changed_by"]
            .iter()
            .all(|key| optional(setting, key, Value::is_string))
}

fn is_key(value: &Value) -> bool {
    let digits = value.as_str().map(str::as_bytes);
    digits.is_some_and(|digits| digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a key is absent, `null` or something that is right.
pub fn optional(object: &Map<String, Value>, key: &str, is: fn(&Value) -> bool) -> bool {
    object
        .get(key)
        .is_none_or(|value| value.is_null() || is(value))
}

fn is_timestamp(value: &Value) -> bool {
    let parse = maintenance_mode_core::syntax::timestamp::Timestamp::parse;
    value.as_str().is_some_and(|text| parse(text).is_some())
}

/// Whether one of these keys is there twice, of which serde_json's own tree keeps only one.
pub fn repeats(object: &Json, keys: &[&str]) -> bool {
    let Json::Object(entries) = object else {
        return false;
    };
    let count = |key| entries.iter().filter(|(other, _)| other == key).count();
    keys.iter().any(|key| count(key) > 1)
}
