//! `check`.

use clap::{ArgAction, Args};

use crate::ctl::arguments::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files, which are read as one set-up with those that they name, `-` for standard input;
    /// or the admin address of a running Envoy, such as http://127.0.0.1:9901
    #[arg(required = true, value_name = "FILE|URL")]
    pub(crate) sources: Vec<String>,
    /// Fail for warnings, too
    #[arg(long, action = ArgAction::SetTrue)]
    pub(crate) strict: bool,
    /// The files are of a proxy in front of the filter, and need not have it
    #[arg(long, action = ArgAction::SetTrue)]
    pub(crate) front: bool,
    /// Print JSON: {findings: [{severity, code, file, where, message, fix, line, column}]}
    #[arg(long = "json", action = ArgAction::SetTrue, value_parser = Output::of_flag)]
    pub(crate) output: Output,
}
