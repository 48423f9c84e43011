//! `run`.

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::arguments::target::Target;
use crate::ctl::arguments::values::seconds;

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) parameters: Parameters,
    /// How long to wait before the command, for the requests that are under way: 1s if absent; 5s
    /// with --kube, where proxies take a while to obey
    #[arg(long, value_name = "DURATION", value_parser = seconds::<LONGEST_DRAIN_SECONDS>)]
    drain: Option<u64>,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

const LONGEST_DRAIN_SECONDS: u64 = 3600;
const DRAIN_OF_ENDPOINTS: u64 = 1;
const DRAIN_OF_A_CLUSTER: u64 = 5;

impl RunArgs {
    /// How long to wait before the command.
    pub(crate) fn drain(&self) -> Duration {
        let usual = match self.target {
            Target::Endpoints(_) => DRAIN_OF_ENDPOINTS,
            Target::Object(_) => DRAIN_OF_A_CLUSTER,
        };
        Duration::from_secs(self.drain.unwrap_or(usual))
    }
}
