//! A process of Envoy.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{START_TIMEOUT, options::Options};
use crate::{Connection, Host, Request, Response, binary};

/// A process of Envoy, which ends when this is dropped.
pub(super) struct Process {
    child: Child,
    directory: TempDir,
    /// Where its admin interface listens.
    pub(super) admin: SocketAddr,
    /// What of its log is not of the test that has it.
    log_start: usize,
}

impl Process {
    /// Starts it, and waits until it is ready.
    ///
    /// # Errors
    /// It ended, or refused a listener: its log.
    pub(super) fn start(bootstrap: &Path, options: &Options) -> Result<Self, String> {
        let directory = TempDir::new().unwrap();
        let log = File::create(log_in(&directory)).unwrap();
        let child = Command::new(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"))
            .arg("--config-path")
            .arg(bootstrap)
            .args(["--concurrency", &options.workers.to_string()])
            .args(["--log-level", "warning"])
            .arg("--component-log-level")
            .arg(format!(
                "{}:{}",
                Host::under_test().logger(),
                options.log_level
            ))
            .args(&options.arguments)
            .args(["--file-flush-interval-msec", "50"])
            .args(restart_arguments(options.restart))
            .arg("--admin-address-path")
            .arg(directory.path().join("admin"))
            .envs(options.environment.iter().cloned())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("Envoy is not there: run `make test`");
        let mut process = Self {
            child,
            directory,
            admin: ([0, 0, 0, 0], 0).into(),
            log_start: 0,
        };
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            // Envoy runs on where it refuses what comes by LDS.
            if process.exit().is_some()
                || process.log().contains("Error adding/updating listener")
                || Instant::now() > deadline
            {
                return Err(process.log());
            }
            if let Some(admin) = process.ready() {
                process.admin = admin;
                return Ok(process);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn ready(&self) -> Option<SocketAddr> {
        let admin = fs::read_to_string(self.directory.path().join("admin")).ok()?;
        let admin: SocketAddr = admin.trim().parse().ok()?;
        let ready = Connection::try_open(admin)?.try_fetch(&Request::get("/ready"))?;
        (ready.status == 200).then_some(admin)
    }

    /// A counter or gauge; 0 if it was never touched.
    pub(super) fn stat(&self, name: &str) -> u64 {
        let path = format!("/stats?filter=^{}$", name.replace('.', "\\."));
        let stats = self.call(&Request::get(&path)).text();
        let value = stats
            .trim()
            .rsplit_once(": ")
            .map_or("0", |(_, value)| value);
        value.parse().unwrap_or_else(|_| panic!("{stats}"))
    }

    /// A call of its admin interface.
    pub(super) fn call(&self, request: &Request) -> Response {
        let response = Connection::open(self.admin).fetch(request);
        assert_eq!(response.status, 200, "{}", response.text());
        response
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub(super) fn exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// What it has logged for the test that has it.
    pub(super) fn log(&self) -> String {
        let mut log = fs::read(log_in(&self.directory)).unwrap();
        String::from_utf8_lossy(&log.split_off(self.log_start)).into_owned()
    }

    /// Leaves out of the log what is there so far.
    pub(super) fn forget_log(&mut self) {
        self.log_start += self.log().len();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_in(directory: &TempDir) -> PathBuf {
    directory.path().join("envoy.log")
}

fn restart_arguments(restart: Option<(u32, u32)>) -> Vec<String> {
    let Some((base_id, epoch)) = restart else {
        return vec!["--use-dynamic-base-id".to_owned()];
    };
    let (base_id, epoch) = (base_id.to_string(), epoch.to_string());
    vec![
        "--base-id".to_owned(),
        base_id,
        "--restart-epoch".to_owned(),
        epoch,
    ]
}
