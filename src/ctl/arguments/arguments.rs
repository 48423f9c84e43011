//! The arguments of the command line.

use std::{convert::Infallible, ffi::OsString, net::IpAddr, path::PathBuf};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::timestamp::Timestamp;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a call failed, endpoints disagree, or a configuration is invalid
  2  wrong usage, a file that cannot be read, or one without a configuration of the filter
  `run` exits with the code of its command, 128 + N if signal N ended it; with 125 if
  maintenance could not be switched on or put back, 126 if the command cannot be executed,
  127 if it is not found.";

/// Switches maintenance mode of Envoy on and off, and explains what the filter decides
#[derive(Debug, Parser)]
#[command(name = "maintenancectl", version, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show whether maintenance is on
    #[command(after_help = "\
Example:
  export MAINTENANCE_TOKEN=…
  maintenancectl status --url https://a.example.com/maintenance-mode \\
                        --url https://b.example.com/maintenance-mode

Several endpoints agree if all say the same of maintenance, and of its start and its end
where they are still to come.")]
    Status(Endpoints),
    /// Switch maintenance on, replacing all that an earlier change gave
    #[command(after_help = "\
Example:
  maintenancectl on --url https://example.com/maintenance-mode --for 1800 \\
                    --message 'Back at half past.'")]
    On(On),
    /// Switch maintenance off
    #[command(after_help = "\
Example:
  maintenancectl off --url https://example.com/maintenance-mode")]
    Off(Change),
    /// Forget what was set: `initial` and the windows decide again
    #[command(after_help = "\
Example:
  maintenancectl reset --url https://example.com/maintenance-mode")]
    Reset(Change),
    /// Switch maintenance on, run a command, and put back what was
    #[command(after_help = "\
Example:
  maintenancectl run --url https://example.com/maintenance-mode --for 3600 -- ./migrate.sh

Puts back what was also when the command fails, and when it is interrupted by SIGINT or
SIGTERM, which the command gets, too. What somebody else has changed meanwhile is left as
it is. Give an end with --for or --until, in case this process is killed.")]
    Run(Run),
    /// Check configurations with the filter's own code
    #[command(after_help = "\
Example:
  maintenancectl check envoy/envoy.yaml
  helm template . | maintenancectl check -

Takes plugin configurations (JSON or YAML), Envoy's bootstrap, listeners and discovery files,
Istio's WasmPlugin, TrafficExtension and EnvoyFilter, and Envoy Gateway's
EnvoyExtensionPolicy. Filters of other modules are left out: ours have `maintenance` in their
name, VM id, root id or code. As Envoy does, YAML's on and off without quotes are booleans.")]
    Check(Check),
    /// Show what the filter decides on a request, and why
    #[command(after_help = "\
Example:
  maintenancectl explain envoy/envoy.yaml --on --path /healthz --ip 192.0.2.1

  decision  pass
  reason    path
  matched   allow.paths[0]

The path is taken as the filter sees it: after Envoy's own normalize_path, if that is on.
Without --on and --off nobody has set anything, so mode, windows and `initial` decide.")]
    Explain(Box<Explain>),
    /// Print the entry of `admin.tokens` for a token read from standard input
    #[command(after_help = "\
Example:
  openssl rand -hex 16 | tee token | maintenancectl hash-token --name ops")]
    HashToken(HashToken),
    /// Mint a bypass token offline
    #[command(after_help = "\
Example:
  BYPASS_KEY=… maintenancectl bypass --key-env BYPASS_KEY --name qa --ttl 3600 \\
                                     --url https://example.com/maintenance-mode")]
    Bypass(Bypass),
    /// Print a completion script
    #[command(after_help = "\
Example:
  maintenancectl completions bash > /etc/bash_completion.d/maintenancectl")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Where the admin endpoints are, and how to call them.
#[derive(Debug, Args)]
pub(super) struct Endpoints {
    /// The whole address of an admin endpoint; may be repeated
    #[arg(long = "url", required = true, value_name = "URL", value_parser = endpoint_url)]
    pub(super) urls: Vec<String>,
    /// The token; better in the environment, where other users cannot see it
    #[arg(
        long,
        env = "MAINTENANCE_TOKEN",
        hide_env_values = true,
        value_parser = token
    )]
    pub(super) token: Token,
    /// How long a call may take, in seconds
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: u64,
    /// Print JSON: the status, or a list of them for several endpoints
    #[arg(long)]
    pub(super) json: bool,
}

/// A secret, which is not printed.
#[derive(Clone)]
pub(super) struct Token(pub(super) String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

#[derive(Debug, Args)]
pub(super) struct Change {
    #[command(flatten)]
    pub(super) endpoints: Endpoints,
    /// Only if the state is still of this generation
    #[arg(long, value_name = "GENERATION")]
    pub(super) if_match: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct On {
    #[command(flatten)]
    pub(super) change: Change,
    #[command(flatten)]
    pub(super) setting: Setting,
}

/// What an `on` sets.
#[derive(Debug, Args)]
pub(super) struct Setting {
    /// When it ends, RFC 3339
    #[arg(long, value_name = "TIME", conflicts_with = "duration", value_parser = timestamp)]
    pub(super) until: Option<Timestamp>,
    /// When it begins, RFC 3339; now if absent
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(super) start: Option<Timestamp>,
    /// How long it lasts, in seconds
    #[arg(long = "for", id = "duration", value_name = "SECONDS")]
    pub(super) duration: Option<u64>,
    /// `Retry-After` of the replies, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub(super) retry_after: Option<u64>,
    /// What people are told
    #[arg(long, value_name = "TEXT")]
    pub(super) message: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) endpoints: Endpoints,
    #[command(flatten)]
    pub(super) setting: Setting,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(super) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The files, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Print JSON: a list of {file, where, valid, error, notes}
    #[arg(long)]
    pub(super) json: bool,
}

/// The action in the metadata of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RouteAction {
    Allow,
    Block,
    On,
    Follow,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The file with the configuration, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Which configuration of the file, if there are several, counted from 1
    #[arg(long, value_name = "N")]
    pub(super) nth: Option<usize>,
    /// The path, with its query
    #[arg(long)]
    pub(super) path: String,
    /// The address that the connection comes from, Envoy's source.address
    #[arg(long, value_name = "ADDRESS")]
    pub(super) ip: IpAddr,
    /// The method
    #[arg(long, default_value = "GET")]
    pub(super) method: String,
    /// The host
    #[arg(long, default_value = "")]
    pub(super) host: String,
    /// A header line
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(super) headers: Vec<(String, String)>,
    /// A cookie
    #[arg(long = "cookie", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) cookies: Vec<(String, String)>,
    /// An attribute, the segments of its path joined by dots
    #[arg(long = "attribute", value_name = "PATH=VALUE", value_parser = assignment)]
    pub(super) attributes: Vec<(String, String)>,
    /// The time of the request, RFC 3339; now if absent
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(super) at: Option<Timestamp>,
    /// Somebody has switched maintenance on
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "off")]
    pub(super) on: bool,
    /// Somebody has switched maintenance off just now
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) off: bool,
    /// The action in the metadata of the route
    #[arg(long, value_name = "ACTION")]
    pub(super) route_action: Option<RouteAction>,
    /// Print JSON: {decision, reason, matched, rule, status}
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct HashToken {
    /// Whose token it is
    #[arg(long, default_value = "ops")]
    pub(super) name: String,
}

#[derive(Debug, Args)]
pub(super) struct Bypass {
    #[command(flatten)]
    pub(super) key: Key,
    /// Whom the token is for
    #[arg(long)]
    pub(super) name: String,
    /// How long it lives, in seconds
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    pub(super) ttl: u64,
    /// The whole address of the admin endpoint, to print the link that sets the cookie
    #[arg(long, value_name = "URL", value_parser = endpoint_url)]
    pub(super) url: Option<String>,
    /// Print JSON: {token, expires, url}
    #[arg(long)]
    pub(super) json: bool,
}

/// Where the key is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Key {
    /// The environment variable that holds the key
    #[arg(long, value_name = "NAME")]
    pub(super) key_env: Option<String>,
    /// The file that holds the key
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// A file with the configuration of the filter, of which `bypass` is taken
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

fn endpoint_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let is_http = ["http", "https"].contains(&scheme);
    let (authority, path) = rest.split_once('/').unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['?', '#']);
    if !is_http || authority.is_empty() || authority.contains('@') || path.is_empty() || !is_plain {
        return Err("expected http(s)://HOST[:PORT] and the path of the endpoint".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Never an error, which would repeat the text.
fn token(text: &str) -> Result<Token, Infallible> {
    Ok(Token(text.trim_ascii().to_owned()))
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "expected a date-time with offset like 2026-01-31T22:00:00Z".to_owned())
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("expected `name: value`")?;
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() {
        return Err("expected the name of a header before the colon".to_owned());
    }
    Ok((name, value.trim().to_owned()))
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected `name=value`")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_endpoint_is_a_whole_address() {
        for url in ["http://a/m", "https://[::1]:8080/a/m", "http://a/m/"] {
            assert_eq!(endpoint_url(url).unwrap(), url.trim_end_matches('/'));
        }
        for url in [
            "",
            "a/m",
            "http://a",
            "http://a/",
            "ftp://a/m",
            "http://u:p@a/m",
            "http://a/m?x",
        ] {
            assert!(endpoint_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        assert!(!format!("{:?}", token("secret")).contains("secret"));
    }
}
