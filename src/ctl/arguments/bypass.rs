//! `hash-token` and `bypass`.

use std::path::PathBuf;

use clap::Args;

use crate::ctl::arguments::address::endpoint_url;
use crate::ctl::arguments::values::{given, name};

#[derive(Debug, Args)]
pub(crate) struct HashTokenArgs {
    /// Whose token it is
    #[arg(long, default_value = "ops", value_parser = name)]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct BypassArgs {
    #[command(flatten)]
    pub(crate) key: KeySource,
    /// Whom the token is for
    #[arg(long, value_parser = name)]
    pub(crate) name: String,
    /// How long it lives
    #[arg(long, default_value = "1h", value_name = "DURATION", value_parser = given::<u64>)]
    pub(crate) ttl: u64,
    /// The whole address of the admin endpoint, to print the link that sets the cookie
    #[arg(long, value_name = "URL", value_parser = endpoint_url)]
    pub(crate) url: Option<String>,
    /// Print JSON: {token, expires, url}
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the key is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeySource {
    /// The environment variable that holds the key
    #[arg(long, value_name = "NAME")]
    pub(crate) key_env: Option<String>,
    /// The file that holds the key
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// A file with the configuration of the filter, of which `bypass` is taken
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}
