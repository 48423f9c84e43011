//! The window of a configuration that is ours.

use maintenance_mode_core::state::setting::DURATION;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::Value;

use crate::ctl::arguments::parameters::Parameters;

const NAME: &str = "name";
const OURS: &str = "maintenancectl";
/// The parameters that a window has a place for.
pub(super) const HELD: [&str; 4] = ["start", "until", DURATION.name, "message"];
/// How long ago one begins that is to begin now, for clocks that differ, in milliseconds.
const HEAD_START: u64 = 60_000;
/// In milliseconds.
const SECOND: u64 = 1000;

/// Whether an entry of `windows` is ours.
pub(super) fn is_ours(window: &Value) -> bool {
    window.get(NAME).and_then(Value::as_str) == Some(OURS)
}

/// The window that does what parameters say.
///
/// # Errors
/// It would be over.
pub(super) fn window(parameters: &Parameters, now: Timestamp) -> Result<Value, String> {
    let given = |name: &str| {
        let mut pairs = parameters.pairs();
        pairs.find_map(|(other, value)| (other == name).then_some(value))
    };
    let start = given("start").and_then(Timestamp::parse);
    let until = given("until").and_then(Timestamp::parse);
    let seconds = given(DURATION.name).and_then(|seconds| seconds.parse().ok());
    let end = match seconds {
        Some(0) => return Err("it lasts no time: the end is not after the start".to_owned()),
        Some(seconds) => {
            let begin = start.unwrap_or(whole(now.plus_millis(SECOND - 1)));
            let end = begin.plus_seconds(seconds);
            Some(end.ok_or("the end is past the year 9999")?)
        }
        None => until,
    };
    if let Some(end) = end.filter(|end| *end <= now) {
        return Err(format!("the end, {end}, is past"));
    }
    let start = start.unwrap_or(whole(now).minus_millis(HEAD_START));
    let entries = [
        (NAME, Some(OURS.to_owned())),
        ("start", Some(start.to_string())),
        ("end", end.map(|end| end.to_string())),
        ("message", given("message").map(str::to_owned)),
    ];
    let entries = entries.into_iter();
    let entries = entries.filter_map(|(key, value)| Some((key.to_owned(), Value::from(value?))));
    Ok(Value::Object(entries.collect()))
}

/// A moment without its part of a second.
fn whole(moment: Timestamp) -> Timestamp {
    let part = moment.unix_millis().rem_euclid(SECOND.cast_signed());
    moment.minus_millis(part.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};
    use maintenance_mode_core::state::setting::Setting;
    use serde_json::json;

    use super::*;
    use crate::ctl::arguments::parameters::option_name;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn of(
        start: Option<&str>,
        until: Option<&str>,
        message: Option<&str>,
    ) -> Result<Value, String> {
        let parameters = Parameters::of(&Setting {
            start: start.map(at),
            until: until.map(at),
            message: message.map(str::to_owned),
            ..Setting::default()
        });
        window(&parameters, at("2026-01-01T12:00:00.5Z"))
    }

    #[test]
    fn it_begins_a_minute_ago_unless_a_start_is_given() {
        assert_eq!(
            of(None, None, Some("a")).unwrap(),
            json!({"name": "maintenancectl", "start": "2026-01-01T11:59:00Z", "message": "a"})
        );
        assert_eq!(
            of(
                Some("2026-01-02T00:00:00+01:00"),
                Some("2026-01-02T00:00:00Z"),
                None
            )
            .unwrap(),
            json!({
                "name": "maintenancectl",
                "start": "2026-01-01T23:00:00Z",
                "end": "2026-01-02T00:00:00Z",
            })
        );
        let past = of(None, Some("2026-01-01T12:00:00Z"), None).unwrap_err();
        assert_eq!(past, "the end, 2026-01-01T12:00:00Z, is past");
        assert!(is_ours(&of(None, None, Some("a")).unwrap()) && !is_ours(&json!({"name": "a"})));
    }

    #[test]
    fn it_holds_each_parameter_that_it_has_a_place_for() {
        let now = at("2026-01-01T12:00:00Z");
        let bare = window(&Parameters::default(), now).unwrap();
        let command = Parameters::augment_args(Command::new("on").no_binary_name(true));
        for name in HELD {
            let given = |value| {
                let command = command.clone();
                let matches = command.try_get_matches_from([&*option_name(name), value]);
                Parameters::from_arg_matches(&matches.ok()?).ok()
            };
            let given = ["1h", "2026-01-02T00:00:00Z"].into_iter().find_map(given);
            assert_ne!(window(&given.unwrap(), now).unwrap(), bare, "{name}");
        }
    }

    #[test]
    fn it_lasts_as_long_as_is_asked_for_and_no_part_of_a_second_is_written() {
        let lasting = |time: &str| {
            let command = Parameters::augment_args(Command::new("on").no_binary_name(true));
            Parameters::from_arg_matches(&command.get_matches_from(["--for", time])).unwrap()
        };
        assert!(window(&lasting("0"), at("2026-01-01T12:00:00.5Z")).is_err());
        let parameters = lasting("1h");
        for (now, end) in [("12:00:00.001", "13:00:01"), ("12:00:00", "13:00:00")] {
            let window = window(&parameters, at(&format!("2026-01-01T{now}Z"))).unwrap();
            assert_eq!(window["start"], "2026-01-01T11:59:00Z", "{now}");
            assert_eq!(window["end"], format!("2026-01-01T{end}Z"), "{now}");
        }
    }
}
