//! `schema`

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Print a ValidatingAdmissionPolicy for Kubernetes, with its binding
    #[arg(long)]
    pub(crate) admission_policy: bool,
}
