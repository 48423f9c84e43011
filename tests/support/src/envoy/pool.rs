//! Envoys that serve one test after the other.
//!
//! Most of what the start of an Envoy takes goes into compiling the module, which is done once as long
//! as a VM of it is left. So these keep a VM of their own, and get the listeners and clusters of a
//! test by LDS and CDS. Before the next test has one, nothing is left in it of the last: no
//! connection, no VM, no shared data, no count.

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{START_TIMEOUT, bootstrap, options::Options, process::Process};
use crate::{Request, network, wait::holds_within, within};

const REFUSED: &str = "listener_manager.lds.update_rejected";
const VMS: &str = "wasm.envoy.wasm.runtime.v8.active";

/// How long one may take to forget a test; one that takes longer is not used again.
const LEAVE: Duration = Duration::from_secs(3);

static IDLE: Mutex<Vec<Member>> = Mutex::new(Vec::new());

/// A process of the pool, which goes back when this is dropped by a test that passed.
pub(super) struct Loan(Option<Member>);

struct Member {
    process: Process,
    /// Where the files are that it watches.
    files: TempDir,
    workers: usize,
    network: Option<PathBuf>,
    /// How many VMs it has without a test.
    vms: u64,
}

impl Loan {
    /// A process that has what these options ask for. The files of the test are in `directory`.
    ///
    /// # Errors
    /// It refused that: its log.
    pub(super) fn take(
        directory: &Path,
        options: &Options,
        clusters: &[Value],
    ) -> Result<Self, String> {
        let member = Member::idle(options.workers);
        member.set_clusters(clusters);
        bootstrap::update(directory, options);
        member.set_listeners(&bootstrap::listeners_of(directory, options));
        let loan = Self(Some(member));
        if loan.stat(REFUSED) > 0 {
            return Err(loan.log());
        }
        Ok(loan)
    }
}

impl Deref for Loan {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.0.as_ref().unwrap().process
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.0.as_mut().unwrap().process
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let member = self.0.take().filter(|_| !thread::panicking());
        if let Some(member) = member.and_then(Member::cleared) {
            IDLE.lock().unwrap().push(member);
        }
    }
}

impl Member {
    fn idle(workers: usize) -> Self {
        let network = network::of_this_thread();
        let mut idle = IDLE.lock().unwrap();
        let index = idle
            .iter()
            .position(|member| member.workers == workers && member.network == network);
        let member = index.map(|index| idle.swap_remove(index));
        drop(idle);
        member.unwrap_or_else(|| Self::start(workers))
    }

    fn start(workers: usize) -> Self {
        let files = TempDir::new().unwrap();
        let options = Options {
            workers,
            arguments: vec!["--drain-time-s", "0"],
            ..Options::new(json!({"scope": "keeper"}))
        };
        let bootstrap = bootstrap::waiting(files.path(), &options);
        let mut process = start_in_a_thread_that_stays(bootstrap, options);
        process.forget_log();
        Self {
            vms: process.stat(VMS),
            process,
            files,
            workers,
            network: network::of_this_thread(),
        }
    }

    fn set_clusters(&self, clusters: &[Value]) {
        self.update("cluster_manager.cds", || {
            bootstrap::publish_clusters(self.files.path(), clusters);
        });
        within(START_TIMEOUT, "the clusters", || {
            self.process.stat("cluster_manager.warming_clusters") == 0
        });
    }

    fn set_listeners(&self, listeners: &[Value]) {
        self.update("listener_manager.lds", || {
            bootstrap::publish_listeners(self.files.path(), listeners);
        });
        within(START_TIMEOUT, "the listeners", || {
            self.process
                .stat("listener_manager.total_listeners_warming")
                == 0
        });
    }

    fn update(&self, discovery: &str, publish: impl FnOnce()) {
        let heard = || {
            let count = |what| self.process.stat(&format!("{discovery}.update_{what}"));
            count("success") + count("rejected")
        };
        let before = heard();
        publish();
        within(START_TIMEOUT, "the update", || heard() > before);
    }

    /// The same without a trace of the test that had it.
    fn cleared(mut self) -> Option<Self> {
        self.set_listeners(&[]);
        self.set_clusters(&[]);
        let is_clear = || {
            self.process.stat(VMS) == self.vms
                && self
                    .process
                    .stat("listener_manager.total_listeners_draining")
                    == 0
                && self.process.stat("cluster_manager.active_clusters") == 0
        };
        if !holds_within(LEAVE, is_clear) {
            return None;
        }
        self.process.call(&Request::new("POST", "/reset_counters"));
        self.process.forget_log();
        Some(self)
    }
}

/// Envoy ends with the thread that started it: with that of a test too soon, with this one when all
/// tests have ended.
fn start_in_a_thread_that_stays(bootstrap: PathBuf, options: Options) -> Process {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(Process::start(&bootstrap, &options));
        loop {
            thread::park();
        }
    });
    let process = receiver.recv().unwrap();
    process.unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"))
}
