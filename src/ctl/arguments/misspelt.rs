//! Arguments that make no sense.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error, Parser};

use crate::ctl::arguments::arguments::Arguments;

/// The arguments of the process; ends it where they make no sense, or ask for help.
pub(crate) fn parse() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| without_guess(error).exit())
}

/// A command that is guessed could take the site down: all are listed instead.
fn without_guess(mut error: Error) -> Error {
    error.remove(ContextKind::SuggestedSubcommand);
    if error.kind() == ErrorKind::InvalidSubcommand {
        let commands = Arguments::command();
        let names = commands.get_subcommands().map(clap::Command::get_name);
        let names = names.collect::<Vec<_>>().join(", ");
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
            let error = without_guess(Arguments::try_parse_from(whole).unwrap_err());
            let told = error.to_string();
            assert!(
                !told.contains("similar") && !told.contains("exists"),
                "{told}"
            );
            if !arguments[0].starts_with('-') {
                assert!(
                    told.contains("the commands are status, on, off, reset, run, "),
                    "{told}"
                );
            }
            assert_eq!(error.exit_code(), 2, "{told}");
        }
    }
}
