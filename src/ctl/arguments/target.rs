//! What is switched: admin endpoints, or an object in a cluster.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::object::{Object, ObjectName};
use crate::ctl::arguments::token::BearerToken;
use crate::ctl::arguments::values::{endpoint_url, seconds};
use crate::ctl::process::environment::variable;

/// Where the flag is switched.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// At admin endpoints.
    Endpoints(Endpoints),
    /// In the configuration that an object of a cluster has.
    Object(Object),
}

/// As they are typed.
#[derive(Args)]
#[group(skip)]
struct Options {
    /// The whole address of an admin endpoint; may be repeated. MAINTENANCE_URL has those that
    /// are meant without --url and --kube, by spaces
    #[arg(long = "url", value_name = "URL", value_parser = endpoint_url, conflicts_with = "kube")]
    urls: Vec<String>,
    /// The object in a cluster whose configuration is read and patched by kubectl: a
    /// trafficextension, wasmplugin or envoyextensionpolicy
    #[arg(long, value_name = "KIND/NAME", value_parser = ObjectName::parse)]
    kube: Option<ObjectName>,
    /// The namespace of the object; kubectl's own if absent
    #[arg(short, long, value_name = "NAMESPACE", value_parser = word, requires = "kube", conflicts_with = "urls")]
    namespace: Option<String>,
    /// The context of kubectl; its current one if absent
    #[arg(long, value_name = "CONTEXT", value_parser = word, requires = "kube", conflicts_with = "urls")]
    context: Option<String>,
    /// The token of the endpoints; better in the environment, where other users cannot see it
    #[arg(
        long,
        env = "MAINTENANCE_TOKEN",
        hide_env_values = true,
        value_parser = BearerToken::parse
    )]
    token: Option<BearerToken>,
    /// How long a call may take
    #[arg(long, default_value = "10s", value_name = "DURATION", value_parser = timeout)]
    timeout: u64,
}

const URL_VARIABLE: &str = "MAINTENANCE_URL";
const LONGEST_TIMEOUT_SECONDS: u64 = 3600;

fn timeout(text: &str) -> Result<u64, String> {
    match seconds::<LONGEST_TIMEOUT_SECONDS>(text)? {
        0 => Err("expected at least a second".to_owned()),
        seconds => Ok(seconds),
    }
}

fn word(text: &str) -> Result<String, &'static str> {
    let is_word = !text.is_empty() && !text.contains(char::is_control);
    is_word.then(|| text.to_owned()).ok_or("expected a name")
}

impl Options {
    fn target(self) -> Result<Target, Error> {
        let timeout = self.timeout;
        if let Some(name) = self.kube {
            return Ok(Target::Object(Object {
                name,
                namespace: self.namespace,
                context: self.context,
                timeout,
            }));
        }
        let urls = match self.urls.as_slice() {
            [] => of_the_environment(&variable(URL_VARIABLE).unwrap_or_default())?,
            _ => self.urls,
        };
        let token = self.token.ok_or_else(|| {
            missing("expected --token, or MAINTENANCE_TOKEN in the environment: the token of the endpoint")
        })?;
        Ok(Target::Endpoints(Endpoints {
            urls,
            token,
            timeout,
        }))
    }
}

/// The addresses in a variable, by spaces.
fn of_the_environment(value: &str) -> Result<Vec<String>, Error> {
    let urls = value.split_whitespace().map(|url| {
        endpoint_url(url).map_err(|problem| {
            let problem = format!("invalid value '{url}' in {URL_VARIABLE}: {problem}");
            Error::raw(ErrorKind::ValueValidation, problem)
        })
    });
    let urls = urls.collect::<Result<Vec<_>, _>>()?;
    if urls.is_empty() {
        return Err(missing(
            "expected --url or MAINTENANCE_URL, the addresses of admin endpoints, or --kube, an \
             object in a cluster",
        ));
    }
    Ok(urls)
}

fn missing(problem: &str) -> Error {
    Error::raw(ErrorKind::MissingRequiredArgument, problem)
}

impl Args for Target {
    fn augment_args(command: Command) -> Command {
        Options::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Options::augment_args_for_update(command)
    }
}

impl FromArgMatches for Target {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let is_typed = matches.value_source("token") == Some(ValueSource::CommandLine);
        if is_typed && matches.contains_id("kube") {
            let problem = "--token is for --url: kubectl has credentials of its own for --kube";
            return Err(Error::raw(ErrorKind::ArgumentConflict, problem));
        }
        Options::from_arg_matches(matches)?.target()
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Target, Error> {
        let command = Target::augment_args(Command::new("status").no_binary_name(true));
        Target::from_arg_matches(&command.try_get_matches_from(arguments.split_whitespace())?)
    }

    #[test]
    fn it_is_either_endpoints_with_a_token_or_an_object() {
        let Target::Endpoints(endpoints) =
            parse("--url http://a/m --url http://b/m/ --token t --timeout 1m").unwrap()
        else {
            panic!();
        };
        assert_eq!(endpoints.urls, ["http://a/m", "http://b/m"]);
        assert_eq!(endpoints.timeout, 60);
        let Target::Object(object) = parse("--kube wasmplugin/a -n b --context c").unwrap() else {
            panic!();
        };
        assert_eq!(object.name.to_string(), "wasmplugin/a");
        assert_eq!(object.namespace.as_deref(), Some("b"));
        assert_eq!(object.context.as_deref(), Some("c"));
        for (wrong, told) in [
            ("--url http://a/m --kube wasmplugin/a --token t", "--kube"),
            ("--kube wasmplugin/a --token t", "kubectl has credentials"),
            ("--url http://a/m --token t -n b", "--namespace"),
            ("--url http://a/m --token t --context c", "--context"),
            ("-n b", "--kube"),
            ("--kube pod/a", "trafficextension"),
            ("--kube wasmplugin/a --timeout 0", "--timeout"),
        ] {
            let error = parse(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong}");
            assert!(error.to_string().contains(told), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_variable_may_have_several_addresses() {
        let urls = of_the_environment(" http://a/m\n http://b/m/ ").unwrap();
        assert_eq!(urls, ["http://a/m", "http://b/m"]);
        let error = of_the_environment("http://a/m b").unwrap_err().to_string();
        assert!(error.contains("'b' in MAINTENANCE_URL"), "{error}");
        let error = of_the_environment(" ").unwrap_err().to_string();
        assert!(
            error.contains("--url") && error.contains("--kube"),
            "{error}"
        );
    }
}
