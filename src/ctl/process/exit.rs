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
    /// What is told is what an Envoy knows that has lost its store.
    pub(crate) const STORE_LOST: Self = Self(3);
    /// What `run` has set is somebody else's now, and was left as it is.
    pub(crate) const NOT_OURS: Self = Self(4);
    /// `run` could not switch maintenance on or put back what was; as `env` and `timeout` have it.
    pub(crate) const OWN_FAILURE: Self = Self(125);

    /// Of `is-on`: maintenance is on.
    pub(crate) const ON: Self = Self(0);
    /// Of `is-on`: maintenance is off.
    pub(crate) const OFF: Self = Self(1);
    /// Of `is-on`: an endpoint does not answer, or they do not agree.
    pub(crate) const UNKNOWN: Self = Self(2);

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
