//! How the process ends.

use std::fmt::Display;

/// The code that the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit(pub(crate) u8);

/// A command that cannot go on: how it ends, and why.
#[derive(Debug)]
pub(crate) struct Abort(pub(crate) Exit, pub(crate) String);

impl Exit {
    /// All is well.
    pub(crate) const SUCCESS: Self = Self(0);
    /// A call failed, endpoints disagree, or a configuration is invalid.
    pub(crate) const FAILURE: Self = Self(1);
    /// The arguments or the files make no sense.
    pub(crate) const USAGE: Self = Self(2);

    pub(crate) fn because(self, problem: impl Display) -> Abort {
        Abort(self, problem.to_string())
    }
}

/// A problem is one of the arguments or the files, unless another exit code is said.
impl<P: Display> From<P> for Abort {
    fn from(problem: P) -> Self {
        Exit::USAGE.because(problem)
    }
}
