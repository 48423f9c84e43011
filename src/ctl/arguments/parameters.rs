//! The parameters of an `on`: an option for each row of [`Setting::PARAMETERS`], and `--for`.

use clap::{Arg, ArgMatches, Command, Error};
use maintenance_mode_core::state::setting::{DURATION, Parameter, Setting};
use maintenance_mode_core::syntax::percent::encode_value;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::Value;

use crate::ctl::arguments::args::args;
use crate::ctl::arguments::values::given;

/// Names and values, in the order of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Those that would set the same.
    pub(crate) fn of(setting: &Setting) -> Self {
        let fields = serde_json::to_value(setting).unwrap_or_default();
        Self::each(|name| match fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
    }

    fn each(value: impl Fn(&'static str) -> Option<String>) -> Self {
        let parameters = Setting::PARAMETERS.iter().chain([&DURATION]);
        let names = parameters.map(|parameter| parameter.name);
        let pairs = names.filter_map(|name| Some((name, value(name)?)));
        Self(pairs.collect())
    }

    /// What was given, by name.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they say when it ends.
    pub(crate) fn have_an_end(&self) -> bool {
        self.pairs()
            .any(|(name, _)| name == "until" || name == DURATION.name)
    }

    /// The same from now on: without a start that has come.
    pub(crate) fn begun(&self, now: Timestamp) -> Self {
        let has_come = |text: &str| Timestamp::parse(text).is_some_and(|start| start <= now);
        let mut pairs = self.0.clone();
        pairs.retain(|(name, value)| *name != "start" || !has_come(value));
        Self(pairs)
    }

    /// As they stand in a URL.
    pub(crate) fn to_query(&self) -> String {
        let pairs = self
            .pairs()
            .map(|(name, value)| format!("{name}={}", encode_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

args!(Parameters);

impl Parameters {
    fn augment(command: Command) -> Command {
        let options = Setting::PARAMETERS.iter().map(|parameter| {
            option(parameter).value_parser(|text: &str| {
                Setting::given(|name| (name == parameter.name).then_some(text))
                    .map(|_| text.to_owned())
                    .map_err(|Parameter { expected, .. }| format!("expected {expected}"))
            })
        });
        let duration = option(&DURATION)
            .conflicts_with("until")
            .value_parser(|text: &str| given::<u64>(text).map(|seconds| seconds.to_string()));
        command.args(options).arg(duration)
    }

    fn read(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self::each(|name| matches.get_one(name).cloned()))
    }
}

/// The option that gives a parameter, as it is typed.
pub(crate) fn option_name(parameter: &str) -> String {
    format!("--{}", parameter.replace('_', "-"))
}

fn option(parameter: &Parameter) -> Arg {
    Arg::new(parameter.name)
        .long(parameter.name.replace('_', "-"))
        .value_name(parameter.value)
        .help(parameter.help)
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Parameters, clap::Error> {
        let command = Parameters::augment_args(Command::new("on").no_binary_name(true));
        Parameters::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    #[test]
    fn every_parameter_has_an_option() {
        let arguments = [
            "--message",
            "a&b",
            "--for",
            "1h",
            "--retry-after",
            "0",
            "--hold",
            "2m",
        ];
        let query = parse(&arguments).unwrap().to_query();
        assert_eq!(query, "retry_after=0&message=a%26b&hold=2m&for=3600");
        assert!(parse(&[]).unwrap().is_empty());
        for wrong in [
            ["--until", "tomorrow"],
            ["--for", "1H"],
            ["--hold", "241"],
            ["--retry-after", "-1"],
            ["--message", "a\nb"],
        ] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(&["--for", "1", "--until", "2126-01-01T00:00:00Z"]).is_err());
    }

    #[test]
    fn what_has_begun_needs_no_start_and_may_have_no_end() {
        let given = parse(&["--start", "2026-01-01T00:00:00Z", "--message", "a"]).unwrap();
        let at = |time| given.begun(Timestamp::parse(time).unwrap()).to_query();
        assert_eq!(at("2025-12-31T00:00:00Z"), given.to_query());
        assert_eq!(at("2026-01-01T00:00:00Z"), "message=a");
        assert!(!given.have_an_end());
        assert!(parse(&["--for", "1"]).unwrap().have_an_end());
    }

    #[test]
    fn what_is_set_can_be_set_again() {
        let setting = Setting {
            maintenance: true,
            since: Timestamp::parse("2026-01-01T00:00:00Z"),
            until: Timestamp::parse("2026-01-01T10:00:00+02:00"),
            message: Some("a".to_owned()),
            retry_after: Some(0),
            ..Setting::default()
        };
        assert_eq!(
            Parameters::of(&setting).to_query(),
            "until=2026-01-01T08%3A00%3A00Z&retry_after=0&message=a"
        );
        assert!(Parameters::of(&Setting::default()).is_empty());
    }
}
