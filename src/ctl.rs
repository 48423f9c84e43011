//! The command line, `maintenancectl`: calls the admin endpoint, and asks the filter's own
//! code what it makes of a configuration and of a request.
//!
//! Results go to standard output, what is wrong to standard error. Nothing prints a token
//! but `bypass`, whose purpose it is.

mod agreement;
mod arguments;
mod check;
mod client;
mod documents;
mod explain;
mod manifest;
mod report;
mod run;
mod search;
mod toggle;
mod tokens;
mod yaml;

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{CommandFactory, Parser};

use self::arguments::{Arguments, Command};
use crate::timestamp::Timestamp;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Success,
    /// A call failed, endpoints disagree, or a configuration is invalid.
    Failure,
    /// The arguments or the files make no sense.
    Usage,
    /// As another program ended, or `run` itself in the manner of `env` and `timeout`.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Code(code) => code,
        })
    }
}

/// Reads the arguments of the process and does what they say.
pub fn main() -> ExitCode {
    let exit = match Arguments::parse().command {
        Command::Status(options) => toggle::status(&options),
        Command::On(options) => toggle::on(&options),
        Command::Off(options) => toggle::off(&options),
        Command::Reset(options) => toggle::reset(&options),
        Command::Run(options) => run::run(&options),
        Command::Check(options) => check::check(&options),
        Command::Explain(options) => explain::explain(&options),
        Command::HashToken(options) => tokens::hash_token(&options),
        Command::Bypass(options) => tokens::bypass(&options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "maintenancectl", &mut script);
            say(&String::from_utf8_lossy(&script));
            Exit::Success
        }
    };
    exit.into()
}

/// Prints lines to standard output; a reader that has gone away is no fault.
fn say(text: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{}", text.trim_end_matches('\n'));
}

/// Prints a line to standard error.
fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Reads a file, or standard input for `-`.
fn read(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(path)
}

/// The time of day.
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since_epoch.map_or(0, |elapsed| elapsed.as_millis());
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Text from elsewhere on one line, so that it cannot write on the terminal as it likes.
fn one_line(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escape = character.is_control();
            let escaped = escape.then(|| character.escape_default());
            escaped
                .into_iter()
                .flatten()
                .chain((!escape).then_some(character))
        })
        .collect()
}
