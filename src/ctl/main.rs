//! From the arguments to the exit code.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::ctl::arguments::arguments::{Arguments, Command};
use crate::ctl::arguments::change::{ChangeArgs, StatusArgs};
use crate::ctl::arguments::misspelt::parse;
use crate::ctl::arguments::target::Target;
use crate::ctl::commands::bypass::bypass;
use crate::ctl::commands::calls;
use crate::ctl::commands::check::check;
use crate::ctl::commands::explain::explain::explain;
use crate::ctl::commands::hash_token::hash_token;
use crate::ctl::commands::manual::manual;
use crate::ctl::commands::objects;
use crate::ctl::commands::run::run::run;
use crate::ctl::commands::schema::schema;
use crate::ctl::commands::windows::windows;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::{Abort, Exit};

/// Reads the arguments of the process and does what they say.
pub fn main() -> ExitCode {
    let done = match parse().command {
        Command::Status(StatusArgs { target, output }) => match target {
            Target::Endpoints(endpoints) => Ok(calls::status(&endpoints, &output)),
            Target::Object(object) => objects::status(&object, &output),
        },
        Command::IsOn(endpoints) => Ok(calls::is_on(&endpoints)),
        Command::On { change, parameters } => self::change(change, &Toggle::On(parameters)),
        Command::Off { change, ramp } => {
            self::change(change, &ramp.map_or(Toggle::Off, Toggle::Open))
        }
        Command::Reset(change) => self::change(change, &Toggle::Reset),
        Command::Run(options) => run(&options),
        Command::Check(options) => Ok(check(&options)),
        Command::Explain(options) => explain(&options),
        Command::Windows(options) => windows(&options),
        Command::Schema(options) => Ok(schema(&options)),
        Command::HashToken(options) => hash_token(&options),
        Command::Bypass(options) => bypass(&options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "maintenancectl", &mut script);
            say(&String::from_utf8_lossy(&script));
            Ok(Exit::SUCCESS)
        }
        Command::Man { directory } => manual(&directory),
    };
    let exit = done.unwrap_or_else(|Abort(exit, problem)| {
        complain(&problem);
        exit
    });
    ExitCode::from(exit.0)
}

fn change(options: ChangeArgs, toggle: &Toggle) -> Result<Exit, Abort> {
    let ChangeArgs {
        target,
        if_match,
        dry_run,
        output,
    } = options;
    match target {
        Target::Endpoints(endpoints) => Ok(calls::change(&endpoints, if_match, &output, toggle)),
        Target::Object(object) if dry_run => objects::plan(&object, toggle),
        Target::Object(object) => objects::change(&object, &output, toggle),
    }
}
