//! Arguments that make no sense.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error, FromArgMatches};

use crate::ctl::arguments::arguments::Arguments;
use crate::ctl::arguments::called::command;

/// The arguments of the process; ends it where they make no sense, or ask for help.
pub(crate) fn parse() -> Arguments {
    read(std::env::args_os()).unwrap_or_else(|error| error.exit())
}

fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = command(arguments.first().map(OsString::as_os_str));
    let matches = command.try_get_matches_from_mut(arguments);
    let mut matches = matches.map_err(|error| without_guess(error, &command))?;
    let name = matches.subcommand_name().map(str::to_owned);
    Arguments::from_arg_matches_mut(&mut matches).map_err(|error| {
        let subcommand = name.and_then(|name| command.find_subcommand(name).cloned());
        error.format(&mut subcommand.unwrap_or(command))
    })
}

/// A command that is guessed could take the site down: all are listed instead.
fn without_guess(mut error: Error, command: &Command) -> Error {
    error.remove(ContextKind::SuggestedSubcommand);
    if error.kind() == ErrorKind::InvalidSubcommand {
        let listed = command.get_subcommands().filter(|one| !one.is_hide_set());
        let names = listed
            .map(Command::get_name)
            .filter(|name| *name != "help")
            .collect::<Vec<_>>()
            .join(", ");
        let tip = format!("the commands are {names}").into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_is_guessed() {
        for arguments in [
            vec!["onn"],
            vec!["of"],
            vec!["o"],
            vec!["stat"],
            vec!["--on"],
            vec!["--off"],
            vec!["help", "onn"],
        ] {
            let whole = ["maintenancectl"].iter().chain(&arguments);
            let error = read(whole.map(OsString::from)).unwrap_err();
            let told = error.to_string();
            assert!(
                !told.contains("similar") && !told.contains("exists"),
                "{told}"
            );
            if !arguments[0].starts_with('-') {
                assert!(
                    told.contains("the commands are status, is-on, on, off, reset, run, "),
                    "{told}"
                );
            }
            assert_eq!(error.exit_code(), 2, "{told}");
        }
    }
}
