//! From the arguments to the exit code.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::ctl::arguments::arguments::{Arguments, Command};
use crate::ctl::arguments::misspelt::parse;
use crate::ctl::commands::bypass::bypass;
use crate::ctl::commands::calls;
use crate::ctl::commands::check::check;
use crate::ctl::commands::explain::explain::explain;
use crate::ctl::commands::hash_token::hash_token;
use crate::ctl::commands::run::run::run;
use crate::ctl::commands::windows::windows;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::{Abort, Exit};

/// Reads the arguments of the process and does what they say.
pub fn main() -> ExitCode {
    let done = match parse().command {
        Command::Status(options) => calls::status(&options),
        Command::On { change, parameters } => calls::change(&change, &Toggle::On(parameters)),
        Command::Off { change, ramp } => {
            calls::change(&change, &ramp.map_or(Toggle::Off, Toggle::Open))
        }
        Command::Reset(options) => calls::change(&options, &Toggle::Reset),
        Command::Run(options) => run(options),
        Command::Check(options) => Ok(check(&options)),
        Command::Explain(options) => explain(&options),
        Command::Windows(options) => windows(&options),
        Command::HashToken(options) => hash_token(&options),
        Command::Bypass(options) => bypass(&options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "maintenancectl", &mut script);
            say(&String::from_utf8_lossy(&script));
            Ok(Exit::SUCCESS)
        }
    };
    let exit = done.unwrap_or_else(|Abort(exit, problem)| {
        complain(&problem);
        exit
    });
    ExitCode::from(exit.0)
}
