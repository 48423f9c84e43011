//! The commands, each with its help.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use maintenance_mode_core::state::setting::RAMP;
use maintenance_mode_core::syntax::time_zone;

use crate::ctl::arguments::bypass::{BypassArgs, HashTokenArgs};
use crate::ctl::arguments::change::{ChangeArgs, StatusArgs};
use crate::ctl::arguments::check::CheckArgs;
use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::explain::ExplainArgs;
use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::arguments::run::RunArgs;
use crate::ctl::arguments::schema::SchemaArgs;
use crate::ctl::arguments::values::given;
use crate::ctl::arguments::windows::WindowsArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a call failed, endpoints disagree, or `check` found an error
  2  wrong usage, or a file that cannot be read
  3  `status`: an Envoy has lost its store, and tells the last that it knows
  4  `run`: somebody else has changed the state meanwhile, so it was left as it is
  `is-on` exits with 0 if maintenance is on, with 1 if it is off, and with 2 if it is not known.
  `run` exits with the code of its command where that is not 0, and with 128 + N if signal N ended
  it; with 125 if maintenance could not be switched on or put back; and without any change with
  126 if the command cannot be executed, 127 if it is not found.

Example:
  export MAINTENANCE_URL=https://example.com/maintenance-mode MAINTENANCE_TOKEN=…
  maintenancectl on --for 1h
  maintenancectl on --for 2h
  maintenancectl off";

/// Switches maintenance mode of Envoy on and off, and explains what the filter decides
#[derive(Debug, Parser)]
#[command(name = "maintenancectl", version = version(), after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Of the program, and of the time zones in it.
fn version() -> String {
    let program = env!("CARGO_PKG_VERSION");
    format!(
        "{program} (time zones of IANA's database {})",
        time_zone::VERSION
    )
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show whether maintenance is on
    #[command(after_help = "\
Several endpoints agree if all say the same of maintenance, and of its start and its end
where they are still to come. An Envoy that has lost its store tells the last that it knows,
and the exit code is 3. With --kube it is what the configuration says: what somebody has set at an
endpoint is not in it.

Example:
  export MAINTENANCE_TOKEN=…
  maintenancectl status --url https://a.example.com/maintenance-mode \\
                        --url https://b.example.com/maintenance-mode
  maintenancectl status --kube wasmplugin/maintenance-mode -n istio-ingress")]
    Status(StatusArgs),
    /// Say by the exit code whether maintenance is on, for scripts
    #[command(after_help = "\
0: it is on. 1: it is off, or opens slowly. 2: it is not known, for an endpoint does not answer, or
the endpoints do not agree. Nothing is printed but what is wrong. There is no --kube: what somebody
has set at an endpoint is not in the cluster.

Example:
  export MAINTENANCE_URL=https://example.com/maintenance-mode MAINTENANCE_TOKEN=…
  if maintenancectl is-on; then echo 'maintenance'; fi")]
    IsOn(Endpoints),
    /// Switch maintenance on, replacing all that an earlier change gave
    #[command(after_help = "\
With --kube, the control plane pushes it to every proxy, also to those that start later: `mode` is
set to `on`, which locks the endpoints until `reset`. With --for, --until, --start or --message it
is `auto` and a window named maintenancectl, from a minute ago where no start is given. To have it
last longer, switch it on once more, with its message.

Example:
  maintenancectl on --url https://example.com/maintenance-mode --for 1800 \\
                    --message 'Back at half past.'
  maintenancectl on --kube trafficextension/maintenance-mode -n istio-ingress --for 30m")]
    On {
        #[command(flatten)]
        change: ChangeArgs,
        #[command(flatten)]
        parameters: Parameters,
    },
    /// Switch maintenance off
    #[command(after_help = "\
With --kube, `mode` is set to `off`, which locks the endpoints until `reset`.

Example:
  maintenancectl off --url https://example.com/maintenance-mode --ramp 10m
  maintenancectl off --kube trafficextension/maintenance-mode -n istio-ingress --dry-run")]
    Off {
        #[command(flatten)]
        change: ChangeArgs,
        #[arg(long, help = RAMP.help, value_name = RAMP.value, value_parser = given::<u64>)]
        ramp: Option<u64>,
    },
    /// Forget what was set: `initial` and the windows decide again
    #[command(after_help = "\
With --kube, `mode` is set to `auto`, which gives the decision back to the endpoints.

Example:
  maintenancectl reset --url https://example.com/maintenance-mode
  maintenancectl reset --kube trafficextension/maintenance-mode -n istio-ingress")]
    Reset(ChangeArgs),
    /// Switch maintenance on, run a command, and put back what was
    #[command(after_help = "\
A command that is not there, or cannot be executed, is found out before anything is switched.
Puts back what was also when the command fails, and when it is interrupted by SIGINT or
SIGTERM, which the command gets, too: an `on` that is over meanwhile as `off`, and where nothing
was set as `reset`. What somebody else has changed meanwhile is left as it is, and the exit code
is 4. Without --for and --until it lasts as long as the command does: where the endpoint's
`max_on_seconds` gives it an end, that is put off in time. Give one in case this process is killed.
With --kube, `mode` and the window named maintenancectl are put back.

Example:
  maintenancectl run --url https://example.com/maintenance-mode --for 3600 -- ./migrate.sh
  maintenancectl run --kube wasmplugin/maintenance-mode -n shop --for 1h -- ./migrate.sh")]
    Run(RunArgs),
    /// Find what will not work as it is meant, in the configuration and in what stands around
    #[command(after_help = "\
Takes plugin configurations (JSON or YAML), Envoy's bootstrap, listeners, discovery files and
config_dump, Istio's WasmPlugin, TrafficExtension and EnvoyFilter, and Envoy Gateway's
EnvoyExtensionPolicy; with --front the bootstrap of a proxy in front, a DestinationRule or a
BackendTrafficPolicy. Filters of other modules are left out: ours have `maintenance` in their
name, VM id, root id or code. YAML is read as Envoy or Kubernetes read it, so on and off
without quotes are booleans; what begins with { must be JSON. envoy/operations.md explains
each code.

Example:
  maintenancectl check envoy/envoy.yaml
  maintenancectl check --strict http://127.0.0.1:9901
  helm template . | maintenancectl check -")]
    Check(CheckArgs),
    /// Show what the filter decides on a request, and why
    #[command(after_help = "\
The path is taken as the filter sees it: after Envoy's own normalize_path, if that is on.
Without --on and --off nobody has set anything, so mode, windows and `initial` decide. Where an
entry or a rule nearly matched, a line says why it did not. --ip is needed only where the
client's address decides.

Example:
  maintenancectl explain envoy/envoy.yaml --on --path //healthz

  decision  block with 503
  reason    state
  matched   state
  nearly    allow.paths[0]: the path is not canonical, so the entry does not count; …")]
    Explain(Box<ExplainArgs>),
    /// Show what the windows of a configuration plan
    #[command(after_help = "\
What is open comes first, then what is to come, each in the order in which it begins: start and
end, in UTC, name and message. What somebody has switched on or off does not count here.

Example:
  maintenancectl windows envoy/envoy.yaml --from 2026-12-24T00:00:00+01:00 --count 3")]
    Windows(WindowsArgs),
    /// Print what a configuration may be: its JSON Schema, or a policy by which a cluster checks it
    #[command(after_help = "\
Editors complete and explain keys by the JSON Schema: in a YAML file by a comment such as
# yaml-language-server: $schema=schema.json
With --admission-policy it is a Kubernetes ValidatingAdmissionPolicy with its binding, for API
servers from 1.30 on: they then refuse a WasmPlugin, TrafficExtension or EnvoyExtensionPolicy of
this filter whose configuration has a typo, and say where.

Example:
  maintenancectl schema > schema.json
  maintenancectl schema --admission-policy | kubectl apply -f -")]
    Schema(SchemaArgs),
    /// Print the entry of `admin.tokens` for a token read from standard input
    #[command(after_help = "\
Example:
  openssl rand -hex 16 | tee token | maintenancectl hash-token --name ops")]
    HashToken(HashTokenArgs),
    /// Mint a bypass token offline
    #[command(after_help = "\
Example:
  BYPASS_KEY=… maintenancectl bypass --key-env BYPASS_KEY --name qa --ttl 3600 \\
                                     --url https://example.com/maintenance-mode")]
    Bypass(BypassArgs),
    /// Print a completion script
    #[command(after_help = "\
Example:
  maintenancectl completions bash > /etc/bash_completion.d/maintenancectl")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a directory
    #[command(
        hide = true,
        after_help = "\
A page of this program and one of each command, in section 1. Those that packages ship are made
by this.

Example:
  maintenancectl man /usr/local/share/man/man1"
    )]
    Man {
        /// The directory, which is made if it is not there
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
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
    fn each_command_shows_an_example_and_is_in_the_reference() {
        let reference = include_str!("../../../envoy/reference.md");
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            let (_, example) = help.rsplit_once("Example:\n").unwrap_or_default();
            let mut lines = example.lines();
            let ends = lines.all(|line| line.is_empty() || line.starts_with("  "));
            assert!(!example.is_empty() && ends, "{name}");
            let whole = format!("maintenancectl {name}");
            let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
            let mut places = reference.split(&whole).skip(1);
            let is_there = places.any(|rest| !goes_on(rest));
            assert!(command.is_hide_set() || is_there, "{name}");
        }
    }
}
