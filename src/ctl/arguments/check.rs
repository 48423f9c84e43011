//! `check`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files, which are read as one set-up with those that they name, `-` for standard input;
    /// or the admin address of a running Envoy, such as http://127.0.0.1:9901
    #[arg(required = true, value_name = "FILE|URL")]
    pub(crate) sources: Vec<String>,
    /// Fail for warnings, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// The files are of a proxy in front of the filter, which is held against the filter's own
    /// file where that is among them
    #[arg(long)]
    pub(crate) front: bool,
    /// Print JSON: {findings: [{severity, code, file, where, message, fix, line, column}]}
    #[arg(long)]
    pub(crate) json: bool,
}
