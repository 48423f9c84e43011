//! The process that a test has.

use std::{
    net::SocketAddr,
    ops::{Deref, DerefMut},
    path::Path,
};

use super::{bootstrap, options::Options, pool::Loan, process::Process};
use crate::Host;

/// The process that a test has.
pub(super) enum Running {
    /// One of its own.
    Own(Process),
    /// One that serves others before and after.
    Lent(Loan),
}

impl Running {
    /// Starts what these options ask for. The files of the test are in `directory`.
    ///
    /// # Errors
    /// Envoy refused it: its log.
    pub(super) fn start(
        directory: &Path,
        options: &Options,
        upstream: SocketAddr,
    ) -> Result<Self, String> {
        // A dynamic module is loaded in no time.
        if Host::under_test() == Host::Wasm && options.fits_the_pool() {
            let clusters = bootstrap::clusters_of(options, upstream);
            return Loan::take(directory, options, &clusters).map(Self::Lent);
        }
        let bootstrap = bootstrap::write(directory, options, upstream);
        Process::start(&bootstrap, options).map(Self::Own)
    }
}

impl Deref for Running {
    type Target = Process;

    fn deref(&self) -> &Process {
        match self {
            Self::Own(process) => process,
            Self::Lent(loan) => loan,
        }
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Process {
        match self {
            Self::Own(process) => process,
            Self::Lent(loan) => loan,
        }
    }
}
