//! An Envoy process with one worker.

use std::{
    collections::HashMap,
    fs::{self, File},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use support::{Connection, Request, admin_request, binary, etcd::Etcd, within};
use tempfile::TempDir;

use crate::{
    bootstrap,
    case::{Case, Switch},
    tools::Core,
};

/// Under callgrind, and beside others who use the machine, V8 takes its time.
const START_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a toggle may take to come back from etcd.
const TOGGLE_TIMEOUT: Duration = Duration::from_secs(60);

/// A running Envoy; it ends when it is dropped.
pub struct Envoy {
    process: Child,
    listeners: HashMap<String, SocketAddr>,
    directory: TempDir,
}

impl Envoy {
    /// Starts an Envoy as the rest of this command.
    pub fn start(mut command: Command, bootstrap: &Value) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("bootstrap.json");
        let admin = directory.path().join("admin");
        let log = File::create(directory.path().join("envoy.log")).unwrap();
        fs::write(&path, bootstrap.to_string()).unwrap();
        let process = command
            .arg(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"))
            .arg("--config-path")
            .arg(path)
            .arg("--admin-address-path")
            .arg(&admin)
            .args(["--concurrency", "1", "--use-dynamic-base-id"])
            .args(["--log-level", "error"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("Envoy is not there: run `make bench`");
        let mut envoy = Self {
            process,
            listeners: HashMap::new(),
            directory,
        };
        within(START_TIMEOUT, "Envoy", || {
            let exit = envoy.process.try_wait().unwrap();
            assert!(exit.is_none(), "Envoy ended, {exit:?}");
            let Some(address) = fs::read_to_string(&admin)
                .ok()
                .and_then(|address| address.trim().parse().ok())
            else {
                return false;
            };
            envoy.listeners = listeners(address).unwrap_or_default();
            !envoy.listeners.is_empty()
        });
        envoy
    }

    /// Where a listener is.
    pub fn address(&self, name: &str) -> SocketAddr {
        self.listeners[name]
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.directory.path().join("envoy.log"));
            eprint!("{}", log.unwrap_or_default());
        }
    }
}

/// The addresses of all listeners, once Envoy is ready.
fn listeners(admin: SocketAddr) -> Option<HashMap<String, SocketAddr>> {
    let fetch = |path: &str| Connection::try_open(admin)?.try_fetch(&Request::get(path));
    if fetch("/ready")?.status != 200 {
        return None;
    }
    let listeners = fetch("/listeners?format=json")?.json();
    listeners["listener_statuses"]
        .as_array()?
        .iter()
        .map(|listener| {
            let socket = &listener["local_address"]["socket_address"];
            let port = u16::try_from(socket["port_value"].as_u64()?).ok()?;
            let address = SocketAddr::new(socket["address"].as_str()?.parse().ok()?, port);
            Some((listener["name"].as_str()?.to_owned(), address))
        })
        .collect()
}

/// An Envoy with a listener for each case, the upstream and etcd.
pub struct Bench {
    pub envoy: Envoy,
    _upstream: Envoy,
    _etcd: Etcd,
}

impl Bench {
    /// Starts all, switches on what is to be on, and checks each answer.
    pub fn start(command: Command, cases: &[Case]) -> Self {
        let etcd = Etcd::start();
        let upstream = Envoy::start(Core::Load.command("env"), &bootstrap::of_upstream());
        let bootstrap =
            bootstrap::of_cases(cases, upstream.address("upstream"), etcd.envoy_cluster());
        let bench = Self {
            envoy: Envoy::start(command, &bootstrap),
            _upstream: upstream,
            _etcd: etcd,
        };
        for case in cases {
            if case.switch == Switch::Endpoint {
                bench.switch_on(case);
            }
        }
        bench.check(cases);
        bench
    }

    /// Fails unless each case answers as it should.
    pub fn check(&self, cases: &[Case]) {
        for case in cases {
            case.check(&mut self.connect(case));
        }
    }

    /// A connection to the listener of a case.
    pub fn connect(&self, case: &Case) -> Connection {
        Connection::open(self.envoy.address(&case.name))
    }

    fn switch_on(&self, case: &Case) {
        within(TOGGLE_TIMEOUT, "a toggle", || {
            let answer = self.connect(case).fetch(&admin_request("POST", "on"));
            let status = self.connect(case).fetch(&admin_request("GET", ""));
            answer.status == 200 && status.json()["maintenance"] == true
        });
    }
}
