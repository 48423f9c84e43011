//! Where the admin endpoints are, and how to call them.

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::ctl::arguments::address::{EXAMPLE, endpoint_url};
use crate::ctl::arguments::args::args;
use crate::ctl::arguments::token::{BearerToken, TokenSource};
use crate::ctl::arguments::values::seconds;
use crate::ctl::process::environment::variable;

#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    /// Whole addresses.
    pub(crate) urls: Vec<String>,
    pub(crate) token: BearerToken,
    /// How long a call may take, in seconds.
    pub(crate) timeout: u64,
}

/// As they are typed.
#[derive(Args)]
#[group(skip)]
pub(super) struct Options {
    /// The whole address of an admin endpoint; may be repeated. If absent, those in MAINTENANCE_URL,
    /// by spaces
    #[arg(long = "url", value_name = "URL", value_parser = endpoint_url)]
    urls: Vec<String>,
    /// The token of the endpoints. If absent, the one in MAINTENANCE_TOKEN, where other users cannot
    /// see it
    #[arg(
        long,
        env = TOKEN_VARIABLE,
        hide_env = true,
        value_parser = OsStringValueParser::new().map(|text| text.to_string_lossy().into_owned())
    )]
    token: Option<String>,
    /// How long a call may take
    #[arg(long, default_value = "10s", value_name = "DURATION", value_parser = timeout)]
    pub(super) timeout: u64,
}

const URL_VARIABLE: &str = "MAINTENANCE_URL";
/// The variable that has the token.
pub(super) const TOKEN_VARIABLE: &str = "MAINTENANCE_TOKEN";
const LONGEST_TIMEOUT_SECONDS: u64 = 3600;

fn timeout(text: &str) -> Result<u64, String> {
    match seconds::<LONGEST_TIMEOUT_SECONDS>(text)? {
        0 => Err("expected at least a second".to_owned()),
        seconds => Ok(seconds),
    }
}

/// Whether the token stands on the command line.
pub(super) fn is_token_typed(matches: &ArgMatches) -> bool {
    matches.value_source("token") == Some(ValueSource::CommandLine)
}

args!(Endpoints);

impl Endpoints {
    fn augment(command: Command) -> Command {
        Options::augment_args(command)
    }

    fn read(matches: &ArgMatches) -> Result<Self, Error> {
        Self::read_or(matches, "")
    }

    /// Reads what was typed; `otherwise` says what else than addresses would do.
    ///
    /// # Errors
    /// What is missing, all of it, or cannot be used.
    pub(super) fn read_or(matches: &ArgMatches, otherwise: &str) -> Result<Self, Error> {
        let options = Options::from_arg_matches(matches)?;
        let urls = match options.urls.as_slice() {
            [] => of_the_environment(&variable(URL_VARIABLE).unwrap_or_default())?,
            _ => options.urls,
        };
        let source = match is_token_typed(matches) {
            true => TokenSource::Option,
            false => TokenSource::Variable(TOKEN_VARIABLE),
        };
        let token = BearerToken::read(options.token.as_deref().unwrap_or_default(), source);
        let no_urls = urls.is_empty().then(|| {
            format!(
                "expected the address of an admin endpoint in {URL_VARIABLE} or --url, such as \
                 {EXAMPLE}{otherwise}"
            )
        });
        let problems: Vec<String> = no_urls.into_iter().chain(token.problem()).collect();
        match problems.is_empty() {
            true => Ok(Self {
                urls,
                token,
                timeout: options.timeout,
            }),
            false => Err(Error::raw(
                ErrorKind::MissingRequiredArgument,
                problems.join("\n       "),
            )),
        }
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
    urls.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Endpoints, Error> {
        let command = Endpoints::augment_args(Command::new("is-on").no_binary_name(true));
        Endpoints::from_arg_matches(&command.try_get_matches_from(arguments.split_whitespace())?)
    }

    #[test]
    fn a_variable_may_have_several_addresses() {
        let urls = of_the_environment(" http://a/m\n http://b/m/ ").unwrap();
        assert_eq!(urls, ["http://a/m", "http://b/m"]);
        let error = of_the_environment("http://a/m b").unwrap_err().to_string();
        assert!(error.contains("'b' in MAINTENANCE_URL"), "{error}");
        assert!(of_the_environment(" ").unwrap().is_empty());
    }

    #[test]
    fn all_that_is_missing_is_said_with_the_variables_that_have_it() {
        let error = parse("--token \u{e9}").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let told = error.to_string();
        assert!(told.contains("MAINTENANCE_URL or --url"), "{told}");
        assert!(told.contains("the token of --token"), "{told}");
        assert_eq!(parse("--url http://a/m --token t").unwrap().timeout, 10);
    }
}
