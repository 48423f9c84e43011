//! How the process ends.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Success,
    /// A call failed, endpoints disagree, or a configuration is invalid.
    Failure,
    /// The arguments or the files make no sense.
    Usage,
    /// As another program ended, or `run` itself in the manner of `env` and `timeout`.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Code(code) => code,
        })
    }
}
