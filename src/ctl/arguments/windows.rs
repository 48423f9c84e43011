//! `windows`: a configuration, and from when on.

use std::path::PathBuf;

use clap::Args;
use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::values::given;

#[derive(Clone, Debug, Args)]
pub(crate) struct WindowsArgs {
    /// The file with the configuration, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Which configuration of the file, if there are several, counted from 1
    #[arg(long, value_name = "N")]
    pub(crate) nth: Option<usize>,
    /// From when on, RFC 3339; now if absent
    #[arg(long, value_name = "TIME", value_parser = given::<Timestamp>)]
    pub(crate) from: Option<Timestamp>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) count: usize,
    /// Print JSON: [{start, until, name, message}]
    #[arg(long)]
    pub(crate) json: bool,
}
