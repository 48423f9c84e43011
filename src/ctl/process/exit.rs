//! How the process ends.

use std::fmt::Display;
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

/// A command that cannot go on.
#[derive(Debug)]
pub(crate) struct Abort {
    pub(crate) exit: Exit,
    pub(crate) problem: String,
}

impl Exit {
    pub(crate) fn because(self, problem: impl Display) -> Abort {
        let problem = problem.to_string();
        Abort {
            exit: self,
            problem,
        }
    }
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
