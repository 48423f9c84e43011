//! Starts and stops a real Envoy with a given plugin configuration and a counting upstream.

mod admin;
mod bootstrap;
mod listeners;
mod options;
mod pool;
mod process;
mod refusals;
mod running;
mod trace;

use std::{fs, net::SocketAddr, thread, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

pub use self::{
    admin::{ADMIN, TOKEN, admin, admin_request, sha256},
    bootstrap::another_filter,
    options::{Delivery, Options},
    trace::host_calls,
};

use self::{listeners::listener, running::Running};
use crate::{Connection, Host, Request, Response, Upstream, eventually, openapi, within};

const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A running Envoy with the filter in front of a counting upstream. It is stopped when it
/// is dropped, which fails the test if a VM died that was not to.
pub struct Envoy {
    process: Running,
    directory: TempDir,
    options: Options,
    /// Where Envoy's own admin interface listens.
    pub admin: SocketAddr,
    /// Where the filter listens.
    pub address: SocketAddr,
    /// What is behind the filter.
    pub upstream: Upstream,
}

impl Envoy {
    /// Starts an Envoy with two workers and this plugin configuration.
    pub fn start(configuration: Value) -> Self {
        Self::with(Options::new(configuration))
    }

    /// Starts an Envoy as the options say.
    pub fn with(options: Options) -> Self {
        Self::try_start(options).unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"))
    }

    /// Starts an Envoy that must refuse its configuration; what it logged.
    pub fn refusal(options: Options) -> String {
        match Self::try_start(options) {
            Ok(_) => panic!("Envoy accepted the configuration"),
            Err(log) => log,
        }
    }

    fn try_start(options: Options) -> Result<Self, String> {
        let directory = TempDir::new().unwrap();
        let upstream = Upstream::start();
        let process = Running::start(directory.path(), &options, upstream.address)?;
        let address = listener(process.admin, "filtered").ok_or_else(|| process.log())?;
        Ok(Self {
            admin: process.admin,
            process,
            directory,
            options,
            address,
            upstream,
        })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The memory that Envoy takes, in bytes.
    pub fn memory(&self) -> u64 {
        memory(self.id())
    }

    /// The time of processors that the threads of Envoy have taken.
    pub fn cpu_time(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.id())).unwrap();
        let nanos = |thread: fs::DirEntry| -> Option<u64> {
            let stats = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            stats.split(' ').next()?.parse().ok()
        };
        let nanos: u64 = threads.flatten().filter_map(nanos).sum();
        Duration::from_nanos(nanos)
    }

    /// `GET` on a connection of its own.
    pub fn get(&self, path: &str) -> Response {
        self.fetch(&Request::get(path))
    }

    /// A request on a connection of its own. What the admin endpoint answers is described.
    pub fn fetch(&self, request: &Request) -> Response {
        let response = Connection::open(self.address).fetch(request);
        if openapi::is_answer(request, &response) {
            openapi::assert_described(request, &response);
        }
        response
    }

    /// Bytes on a connection of their own, and the reply.
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> Response {
        Connection::open(self.address).send(bytes)
    }

    /// A call of the admin endpoint of [`admin()`] with its token: `on?for=60`, or empty for
    /// the status.
    pub fn admin(&self, method: &str, call: &str) -> Response {
        self.fetch(&admin_request(method, call))
    }

    /// Switches maintenance on or off through the admin endpoint.
    pub fn toggle(&self, on: bool) {
        let response = self.admin("POST", if on { "on" } else { "off" });
        assert_eq!(response.status, 200, "{}", response.text());
    }

    /// A counter or gauge of Envoy; 0 if it was never touched.
    pub fn stat(&self, name: &str) -> u64 {
        self.process.stat(name)
    }

    /// A counter or gauge of the filter, in the scope `default`.
    pub fn metric(&self, name: &str) -> u64 {
        let prefix = Host::under_test().stats_prefix();
        self.stat(&format!("{prefix}.maintenance_mode.default.{name}"))
    }

    /// `GET` of Envoy's own admin interface.
    pub fn envoy_admin(&self, path: &str) -> String {
        self.process.call(&Request::get(path)).text()
    }

    /// Sets all counters of Envoy to 0.
    pub fn reset_counters(&self) {
        self.process.call(&Request::new("POST", "/reset_counters"));
    }

    /// Where a listener is: `filtered`, or the `other` of [`Options::other_listener`].
    pub fn listener(&self, name: &str) -> SocketAddr {
        listener(self.admin, name).unwrap_or_else(|| panic!("no listener {name}"))
    }

    /// What Envoy and the filter logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The lines of the access log, once there are `count`: path, status, response code
    /// details and the filter state, with a space between.
    pub fn access_log(&self, count: usize) -> Vec<String> {
        let mut lines = Vec::new();
        eventually("the access log", || {
            let log = fs::read_to_string(self.directory.path().join("access.log"));
            lines = log.unwrap_or_default().lines().map(str::to_owned).collect();
            lines.len() >= count
        });
        lines
    }

    /// Gives the plugin a new configuration, by LDS or ECDS as [`Options::delivery`] says,
    /// and waits until Envoy has taken or refused it.
    pub fn update(&mut self, configuration: Value) {
        self.change(|options| options.configuration = configuration.to_string());
    }

    /// Changes the options that LDS or ECDS can change, and waits until Envoy has taken or
    /// refused that.
    pub fn change(&mut self, edit: impl FnOnce(&mut Options)) {
        let (updates, rejections) = match self.options.delivery {
            Delivery::Static => panic!("the configuration is static"),
            Delivery::Lds => (
                "listener_manager.lds.update_success",
                "listener_manager.lds.update_rejected",
            ),
            Delivery::Ecds => (
                "extension_config_discovery.http_filter.maintenance_mode.config_reload",
                "extension_config_discovery.http_filter.maintenance_mode.config_fail",
            ),
        };
        let before = self.stat(updates) + self.stat(rejections);
        edit(&mut self.options);
        bootstrap::update(self.directory.path(), &self.options);
        // It may bring a module that is to be compiled.
        within(START_TIMEOUT, "the update", || {
            self.stat(updates) + self.stat(rejections) > before
        });
        if self.options.delivery == Delivery::Lds {
            within(START_TIMEOUT, "the new listener", || {
                self.stat("listener_manager.total_listeners_warming") == 0
            });
            self.address = self.listener("filtered");
        }
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let exit = self.process.exit();
        let log = self.log();
        let died = [
            "panicked",
            "in-VM backtrace",
            "Function: proxy_",
            "assert failure",
        ]
        .iter()
        .any(|sign| log.contains(sign));
        if thread::panicking() {
            eprintln!("{log}");
        } else {
            let is_well = exit.is_none_or(|status| self.options.is_to_end && status.success());
            assert!(is_well, "Envoy ended, {exit:?}:\n{log}");
            assert_eq!(died, self.options.is_to_die, "a VM died, or not:\n{log}");
        }
    }
}

/// The memory that a process takes, in bytes.
pub fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.parse::<u64>().unwrap() * 1024
}

/// The lines of Envoy's log with this text.
pub fn log_lines(envoy: &Envoy, text: &str) -> Vec<String> {
    let log = envoy.log();
    log.lines()
        .filter(|line| line.contains(text))
        .map(str::to_owned)
        .collect()
}
