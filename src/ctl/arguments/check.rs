//! `check`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::ctl::arguments::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON: a list of {file, where, valid, error, notes}
    #[arg(long = "json", action = ArgAction::SetTrue, value_parser = Output::of_flag)]
    pub(crate) output: Output,
}
