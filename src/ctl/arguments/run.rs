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
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}
