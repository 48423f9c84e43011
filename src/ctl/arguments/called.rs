//! What the program is called: `maintenancectl`, or `kubectl maintenance`, where kubectl runs it
//! as a plugin.

use std::ffi::OsStr;
use std::path::Path;

use clap::{Command, CommandFactory};

use crate::ctl::arguments::arguments::Arguments;

const OWN_NAME: &str = "maintenancectl";
const PLUGIN: &str = "kubectl maintenance";
/// Where kubectl looks for that.
const PLUGIN_FILE: &str = "kubectl-maintenance";

/// The definition of the command line, with the name that it is called by.
pub(super) fn command(program: Option<&OsStr>) -> Command {
    let command = Arguments::command();
    match program.and_then(|program| Path::new(program).file_stem()) {
        Some(stem) if stem == PLUGIN_FILE => renamed(command.display_name(PLUGIN)).bin_name(PLUGIN),
        _ => command,
    }
}

/// With the plugin's name in the help of all commands.
fn renamed(command: Command) -> Command {
    let help = command
        .get_after_help()
        .map(|help| in_help(&help.to_string()));
    let command = match help {
        Some(help) => command.after_help(help),
        None => command,
    };
    command.mut_subcommands(renamed)
}

/// Lines that continue one which has grown stay below the same word.
fn in_help(help: &str) -> String {
    let (own, plugin) = (format!("{OWN_NAME} "), format!("{PLUGIN} "));
    let indent = " ".repeat(plugin.len() - own.len());
    let mut has_grown = false;
    let lines = help.lines().map(|line| {
        let is_renamed = line.contains(&own);
        let line = match has_grown && !is_renamed {
            true => format!("{indent}{line}"),
            false => line.replace(&own, &plugin),
        };
        has_grown = line.ends_with('\\') && (has_grown || is_renamed);
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(program: &str, subcommand: &str) -> String {
        let mut command = command(Some(OsStr::new(program)));
        command.build();
        let subcommand = command.find_subcommand_mut(subcommand).unwrap();
        subcommand.render_long_help().to_string()
    }

    #[test]
    fn a_plugin_of_kubectl_is_called_so_in_its_help() {
        let plugin = help("/usr/local/bin/kubectl-maintenance", "status");
        assert!(
            plugin.contains("Usage: kubectl maintenance status"),
            "{plugin}"
        );
        assert!(!plugin.contains("maintenancectl"), "{plugin}");
        let own = help("/usr/local/bin/maintenancectl", "status");
        assert!(own.contains("Usage: maintenancectl status"), "{own}");
        assert!(!own.contains("kubectl maintenance"), "{own}");
    }

    #[test]
    fn a_line_that_goes_on_stays_below_its_words() {
        assert_eq!(
            in_help("  maintenancectl on --url a \\\n                    --for 1\n  b"),
            "  kubectl maintenance on --url a \\\n                         --for 1\n  b"
        );
    }
}
