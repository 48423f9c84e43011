//! What is switched: admin endpoints, or an object in a cluster.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use maintenance_mode_core::syntax::line::is_line;

use crate::ctl::arguments::args::args;
use crate::ctl::arguments::endpoints::{Endpoints, Options, is_token_typed};
use crate::ctl::arguments::object::{Object, ObjectName};

/// Where the flag is switched.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// At admin endpoints.
    Endpoints(Endpoints),
    /// In the configuration that an object of a cluster has.
    Object(Object),
}

/// Which object, as it is typed.
#[derive(Args)]
#[group(skip)]
struct ObjectOptions {
    /// The object in a cluster whose configuration is read and patched by kubectl: a
    /// trafficextension, wasmplugin or envoyextensionpolicy
    #[arg(long, value_name = "KIND/NAME", value_parser = ObjectName::parse, conflicts_with = "urls")]
    kube: Option<ObjectName>,
    /// The namespace of the object; kubectl's own if absent
    #[arg(short, long, value_name = "NAMESPACE", value_parser = word, requires = "kube", conflicts_with = "urls")]
    namespace: Option<String>,
    /// The context of kubectl; its current one if absent
    #[arg(long, value_name = "CONTEXT", value_parser = word, requires = "kube", conflicts_with = "urls")]
    context: Option<String>,
}

fn word(text: &str) -> Result<String, &'static str> {
    let is_word = !text.is_empty() && is_line(text);
    is_word.then(|| text.to_owned()).ok_or("expected a name")
}

args!(Target);

impl Target {
    fn augment(command: Command) -> Command {
        ObjectOptions::augment_args(Options::augment_args(command))
    }

    fn read(matches: &ArgMatches) -> Result<Self, Error> {
        let object = ObjectOptions::from_arg_matches(matches)?;
        let Some(name) = object.kube else {
            let otherwise = ", or --kube, an object in a cluster";
            return Endpoints::read_or(matches, otherwise).map(Self::Endpoints);
        };
        if is_token_typed(matches) {
            let problem = "--token is for --url: kubectl has credentials of its own for --kube";
            return Err(Error::raw(ErrorKind::ArgumentConflict, problem));
        }
        Ok(Self::Object(Object {
            name,
            namespace: object.namespace,
            context: object.context,
            timeout: Options::from_arg_matches(matches)?.timeout,
        }))
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
            ("--token t", "--kube"),
        ] {
            let error = parse(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong}");
            assert!(error.to_string().contains(told), "{wrong}: {error}");
        }
    }
}
