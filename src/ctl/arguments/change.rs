//! `status`, and what `on`, `off` and `reset` have in common.

use clap::Args;

use crate::ctl::arguments::target::Target;

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Only if the state of the endpoints is still of this generation
    #[arg(long, value_name = "GENERATION", conflicts_with = "kube")]
    pub(crate) if_match: Option<u64>,
    /// Print the patch of the object, and change nothing
    #[arg(long, requires = "kube", conflicts_with = "urls")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Print JSON: the status, or a list of them for several endpoints
    #[arg(long)]
    pub(crate) json: bool,
}
