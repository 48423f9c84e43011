//! `run`.

use std::ffi::OsString;

use clap::Args;

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::arguments::values::given;

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) endpoints: Endpoints,
    #[command(flatten)]
    pub(crate) parameters: Parameters,
    /// How long to wait before the command, for the requests that are under way, in seconds
    #[arg(long, default_value_t = 1, value_name = "SECONDS", value_parser = drain)]
    pub(crate) drain: u64,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

const LONGEST_DRAIN_SECONDS: u64 = 3600;

fn drain(text: &str) -> Result<u64, String> {
    let seconds = given::<u64>(text)?;
    if seconds > LONGEST_DRAIN_SECONDS {
        return Err(format!("expected at most {LONGEST_DRAIN_SECONDS} seconds"));
    }
    Ok(seconds)
}
