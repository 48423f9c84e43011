//! `run`.

use std::ffi::OsString;

use clap::Args;

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::arguments::values::seconds;

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) endpoints: Endpoints,
    #[command(flatten)]
    pub(crate) parameters: Parameters,
    /// How long to wait before the command, for the requests that are under way
    #[arg(long, default_value = "1s", value_name = "DURATION", value_parser = seconds::<LONGEST_DRAIN_SECONDS>)]
    pub(crate) drain: u64,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

const LONGEST_DRAIN_SECONDS: u64 = 3600;
