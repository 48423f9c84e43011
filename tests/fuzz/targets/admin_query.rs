//! The query of an admin call: what is taken is what a plain decoder reads, and within its
//! bounds.
//!
//! The first line is the call, like `POST on`, the rest its query.

use std::{cell::Cell, sync::LazyLock};

use maintenance_mode_core::{
    admin::receive::{Received, receive},
    policy::{outlook::Outlook, policy::Policy},
    state::{
        change::{Edit, StateChange},
        setting::Setting,
        state::State,
    },
    store::state_store::{Changing, StateStore},
    syntax::timestamp::Timestamp,
};

use super::{
    first_line, reference,
    request::{Request, now, policy},
};

const MAX_ON_SECONDS: u64 = 86_400;
const MAX_TTL_SECONDS: u64 = 43_200;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    policy(&format!(
        r#"{{"admin":{{"path":"/m","token_env":"T","max_on_seconds":{MAX_ON_SECONDS}}},
            "bypass":{{"key_env":"K"}}}}"#
    ))
});

struct Untouched(Cell<()>);

impl StateStore for Untouched {
    fn is_connected(&self) -> bool {
        true
    }

    fn change(&self, _change: StateChange, _now: Timestamp) -> Changing {
        panic!("a call that is read changes nothing yet")
    }
}

pub fn check(data: &[u8]) {
    let (call, query) = first_line(data);
    let space = call.iter().position(|&byte| byte == b' ');
    let (method, call) = call.split_at(space.unwrap_or(call.len()));
    if call.contains(&b'?') {
        return;
    }
    let path = [b"/m/", call.trim_ascii(), b"?", query].concat();
    let path = if call.is_empty() {
        [b"/m?", query].concat()
    } else {
        path
    };
    let bearer = b"Bearer 0123456789abcdef0123456789abcdef";
    let headers = |bearer| {
        [
            (":method", method),
            (":path", path.as_slice()),
            (":authority", b"a.example"),
            ("authorization", bearer),
        ]
    };
    let received = |bearer| {
        let endpoint = POLICY.endpoint.as_ref().unwrap();
        endpoint.call(&path)?;
        let request = Request::new(&headers(bearer));
        let state = State::default();
        let store = Untouched(Cell::new(()));
        Some(receive(
            &POLICY,
            &Outlook::default(),
            endpoint,
            &store,
            &state,
            &request,
        ))
    };
    let Some(good) = received(&bearer[..]) else {
        return;
    };
    match good {
        Received::Answer(answer) => {
            let audit = answer.audit.unwrap_or_default();
            assert!(!audit.chars().any(char::is_control), "{audit:?}");
            let reply = &answer.reply;
            assert!(
                [200, 303, 400, 404, 405].contains(&reply.status),
                "{reply:?}"
            );
            let mut values = reply.headers().flat_map(|(_, value)| value.bytes());
            assert!(values.all(|b| b.is_ascii_graphic() || b == b' '));
            if reply.status != 303 {
                serde_json::from_str::<serde_json::Value>(&reply.body).unwrap();
            }
            if reply.status == 200 && method == b"POST" {
                let ttl = parameter(query, "ttl").unwrap_or_else(|| "3600".into());
                assert!(seconds(&ttl) <= MAX_TTL_SECONDS);
                assert!(parameter(query, "name").is_some_and(|name| !name.is_empty()));
            }
        }
        Received::Counters => assert!(matches!(method, b"GET" | b"HEAD")),
        Received::Change(call) => {
            assert!(matches!(method, b"POST" | b"PUT"));
            match call.change.edit {
                Edit::Set(setting) if setting.maintenance => assert_on(&setting, query),
                Edit::Open(setting, _) => {
                    let seconds = seconds(&parameter(query, "ramp").unwrap());
                    assert!((1..=MAX_ON_SECONDS).contains(&seconds));
                    assert_eq!(setting.ramp_until, now().plus_seconds(seconds));
                }
                Edit::Set(_) => {
                    let ramp = parameter(query, "ramp");
                    assert!(ramp.is_none_or(|ramp| seconds(&ramp) == 0));
                }
                Edit::Reset | Edit::RevokeBypass(_) => {
                    assert!(query.iter().all(|&byte| byte == b'&'));
                }
            }
        }
    }
    // The link needs no token, and takes the browser nowhere else.
    match received(&b"Bearer 0123456789abcdef0123456789abcdeF"[..]) {
        Some(Received::Answer(answer)) if answer.reply.status == 303 => {
            let mut headers = answer.reply.headers();
            let (_, location) = headers.find(|(name, _)| *name == "location").unwrap();
            assert!(
                matches!(location.as_bytes(), [b'/'] | [b'/', 0x21..=0x2e | 0x30..=0x5b | 0x5d..=0x7e, ..])
            );
            assert!(answer.reply.headers().all(|(name, _)| name != "set-cookie"));
        }
        Some(Received::Answer(answer)) => assert_eq!(answer.reply.status, 401),
        other => panic!("{other:?}"),
    }
}

/// The seconds of a duration that was taken.
fn seconds(text: &str) -> u64 {
    let (mut sum, mut number) = (0, 0);
    for letter in text.chars() {
        match letter.to_digit(10) {
            Some(digit) => number = number * 10 + u64::from(digit),
            None => {
                let unit = ['s', 'm', 'h', 'd'].iter().position(|unit| *unit == letter);
                sum += number * [1, 60, 3600, 86_400][unit.unwrap()];
                number = 0;
            }
        }
    }
    sum + number
}

fn assert_on(setting: &Setting, query: &[u8]) {
    let number = |name| parameter(query, name).map(|value| seconds(&value));
    let time = |name| parameter(query, name).map(|value| Timestamp::parse(&value).unwrap());
    assert_eq!(setting.message, parameter(query, "message"));
    if let Some(message) = &setting.message {
        assert!(message.len() <= 1000 && !message.chars().any(char::is_control));
    }
    assert_eq!(setting.retry_after, number("retry_after"));
    let hold = setting.hold.map(|hold| hold.millis() / 1000);
    assert_eq!(hold, number("hold"));
    assert!(hold.is_none_or(|seconds| seconds <= 240));
    assert_eq!(setting.start, time("start"));
    let begin = setting.start.unwrap_or(now());
    let until = setting.until.expect("an end, as there is a longest time");
    assert!(until > now() && until > begin);
    let longest = begin.plus_seconds(MAX_ON_SECONDS).unwrap_or(until);
    assert!(until <= longest);
    match (time("until"), number("for")) {
        (Some(given), None) => assert_eq!(until, given),
        (None, Some(seconds)) => assert_eq!(Some(until), begin.plus_seconds(seconds)),
        (None, None) => {}
        (Some(_), Some(_)) => panic!("both were taken"),
    }
    assert_eq!(setting.since, Some(now()));
}

/// The value of a parameter that was taken, so is there once and well-formed.
fn parameter(query: &[u8], name: &str) -> Option<String> {
    let mut values = Vec::new();
    for pair in query.split(|&byte| byte == b'&') {
        let equals = pair
            .iter()
            .position(|&byte| byte == b'=')
            .unwrap_or(pair.len());
        let (key, value) = pair.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        if reference::percent_decode(key).as_deref() == Some(name.as_bytes()) {
            values.push(String::from_utf8(reference::percent_decode(value).unwrap()).unwrap());
        }
    }
    assert!(
        values.len() < 2,
        "{name} was taken although it is there twice"
    );
    values.pop()
}
