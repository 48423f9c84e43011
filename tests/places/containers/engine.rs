//! A Docker engine of its own, in namespaces of its own: what it mounts, routes and starts ends
//! with it, and its ports are in nobody's way.

use std::{
    fs::{self, File},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::tools::{file, has, output};

const START_TIMEOUT: Duration = Duration::from_secs(120);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// The first process of the namespaces. It ends when nobody holds its standard input open, so
/// also when the tests are killed, and everything in the namespaces with it.
const INIT: &str = r#"
    set -e
    ip link set lo up
    mount -t tmpfs tmpfs /run
    dockerd --data-root "$0/data" --exec-root /run/docker --pidfile /run/docker.pid \
        --host unix:///run/docker.sock </dev/null &
    engine=$!
    exec 3<&0
    cat <&3 >/dev/null &
    tests=$!
    while kill -0 $tests && kill -0 $engine; do sleep 0.2; done 2>/dev/null
    kill $engine && wait $engine
"#;

/// A running engine. It is stopped when it is dropped.
pub struct Engine {
    process: Child,
    directory: TempDir,
}

impl Engine {
    /// Starts an engine, or says why this machine cannot.
    pub fn start() -> Result<Self, String> {
        for program in ["dockerd", "docker", "unshare", "nsenter", "ip", "curl"] {
            if !has(program) {
                return Err(format!("{program} is not here"));
            }
        }
        let directory = TempDir::new().unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let process = Command::new("unshare")
            .args(["--mount", "--net", "--pid", "--fork", "--mount-proc"])
            .args(["--kill-child", "sh", "-c", INIT])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut engine = Self { process, directory };
        let deadline = Instant::now() + START_TIMEOUT;
        while !engine.answers() {
            if engine.process.try_wait().unwrap().is_some() || Instant::now() > deadline {
                return Err(engine.last_words());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(engine)
    }

    fn answers(&self) -> bool {
        self.init().is_some() && self.try_shell("docker info").status.success()
    }

    fn last_words(&self) -> String {
        let log = self.tail("log");
        let last = log.lines().last().unwrap_or("it said nothing");
        format!("the Docker engine does not start: {last}")
    }

    /// The first process of the namespaces.
    fn init(&self) -> Option<String> {
        let id = self.process.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
        children.split_whitespace().next().map(str::to_owned)
    }

    /// A shell with the engine's network and files, in the project.
    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.init().unwrap_or_default()])
            .args(["--mount", "--net", "--pid", "sh", "-ec"])
            .arg(format!("cd \"$0\"\n{script}"))
            .arg(file(""))
            .env_remove("DOCKER_HOST");
        command
    }

    fn try_shell(&self, script: &str) -> Output {
        self.command(script).output().unwrap()
    }

    /// Runs a script that must succeed; what it prints.
    pub fn shell(&self, script: &str) -> String {
        output(&mut self.command(script))
    }

    /// Starts a script, whose output goes to a file beside the engine's own.
    pub fn spawn(&self, script: &str) -> Child {
        let output = File::create(self.directory.path().join("services")).unwrap();
        self.command(script)
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap()
    }

    /// The end of what a file beside the engine says.
    fn tail(&self, name: &str) -> String {
        let text = fs::read_to_string(self.directory.path().join(name)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}\n{}", self.tail("log"), self.tail("services"));
        }
        drop(self.process.stdin.take());
        let deadline = Instant::now() + STOP_TIMEOUT;
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(100));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
