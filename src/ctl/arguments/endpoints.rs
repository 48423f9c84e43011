//! Where the admin endpoints are, and how to call them.

use clap::Args;

use crate::ctl::arguments::token::BearerToken;
use crate::ctl::arguments::values::{endpoint_url, seconds};

#[derive(Debug, Args)]
pub(crate) struct Endpoints {
    /// The whole address of an admin endpoint; may be repeated
    #[arg(long = "url", required = true, value_name = "URL", value_parser = endpoint_url)]
    pub(crate) urls: Vec<String>,
    /// The token; better in the environment, where other users cannot see it
    #[arg(
        long,
        env = "MAINTENANCE_TOKEN",
        hide_env_values = true,
        value_parser = BearerToken::parse
    )]
    pub(crate) token: BearerToken,
    /// How long a call may take
    #[arg(long, default_value = "10s", value_name = "DURATION", value_parser = timeout)]
    pub(crate) timeout: u64,
    /// Print JSON: the status, or a list of them for several endpoints
    #[arg(long)]
    pub(crate) json: bool,
}

const LONGEST_TIMEOUT_SECONDS: u64 = 3600;

fn timeout(text: &str) -> Result<u64, String> {
    match seconds::<LONGEST_TIMEOUT_SECONDS>(text)? {
        0 => Err("expected at least a second".to_owned()),
        seconds => Ok(seconds),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    #[command(flatten)]
    pub(crate) endpoints: Endpoints,
    /// Only if the state is still of this generation
    #[arg(long, value_name = "GENERATION")]
    pub(crate) if_match: Option<u64>,
}
