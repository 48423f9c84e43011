//! `run`.

use std::ffi::OsString;

use clap::Args;

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::parameters::Parameters;

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) endpoints: Endpoints,
    #[command(flatten)]
    pub(crate) parameters: Parameters,
    /// How long to wait before the command, for the requests that are under way, in seconds
    #[arg(long, default_value_t = 1, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=3600))]
    pub(crate) drain: u64,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}
