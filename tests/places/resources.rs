//! The files for an Envoy whose resources change while it runs: LDS and ECDS.

use std::{
    fs::{self, File},
    net::SocketAddr,
    os::unix::fs::symlink,
    process::{Child, Command, Stdio},
    time::Duration,
};

use support::{
    Connection, Request, Response, binary,
    comments::commands,
    programs::output,
    project::{file, read},
    within,
};
use tempfile::TempDir;

use crate::maintenancectl;

const TOKEN: &str = "a token for the samples";

/// The sample of a folder of `envoy/`, in a copy on free ports. It runs until it is dropped.
struct Sample {
    directory: TempDir,
    folder: &'static str,
    process: Child,
}

impl Sample {
    fn start(folder: &'static str, resources: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let copy = directory.path().join("envoy").join(folder);
        fs::create_dir_all(&copy).unwrap();
        symlink(file("target"), directory.path().join("target")).unwrap();
        for name in ["envoy.yaml", resources] {
            let text = read(&format!("envoy/{folder}/{name}"));
            let text = text
                .replace("port_value: 8080", "port_value: 0")
                .replace("port_value: 9901", "port_value: 0");
            fs::write(copy.join(name), text).unwrap();
        }
        let process = envoy(folder)
            .args(["--concurrency", "2", "--use-dynamic-base-id"])
            .arg("--reject-unknown-dynamic-fields")
            .args(["--admin-address-path", "admin"])
            .env("MAINTENANCE_TOKEN", TOKEN)
            .current_dir(directory.path())
            .stderr(File::create(directory.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let sample = Self {
            directory,
            folder,
            process,
        };
        sample.wait("the sample", || {
            sample
                .try_get()
                .is_some_and(|response| response.status == 200)
        });
        sample
    }

    /// Where the listener is, once there is one.
    fn address(&self) -> Option<SocketAddr> {
        let admin = fs::read_to_string(self.directory.path().join("admin")).ok()?;
        let listeners = Connection::try_open(admin.trim().parse().ok()?)?
            .try_fetch(&Request::get("/listeners"))?
            .text();
        let (_, address) = listeners.trim().rsplit_once("::")?;
        let (_, port) = address.rsplit_once(':')?;
        Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?)))
    }

    fn try_get(&self) -> Option<Response> {
        Connection::try_open(self.address()?)?.try_fetch(&Request::get("/"))
    }

    /// Runs the commands that the comment of a file shows.
    fn run_commands_of(&self, name: &str) {
        let commands = commands(&read(&format!("envoy/{}/{name}", self.folder)));
        output(
            Command::new("sh")
                .arg("-ec")
                .arg(commands.join("\n"))
                .current_dir(self.directory.path()),
        );
    }

    fn wait(&self, what: &str, holds: impl FnMut() -> bool) {
        within(Duration::from_secs(30), what, holds);
    }

    fn toggle(&self, call: &str) -> Response {
        let request = Request::new("POST", &format!("/maintenance-mode/{call}"))
            .header("authorization", format!("Bearer {TOKEN}"));
        Connection::open(self.address().unwrap()).fetch(&request)
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.directory.path().join("log"));
            eprintln!("{}", log.unwrap_or_default());
        }
    }
}

fn envoy(folder: &str) -> Command {
    let mut command = Command::new(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"));
    command
        .args(["--config-path", &format!("envoy/{folder}/envoy.yaml")])
        .args(["--log-level", "warning"])
        .stdout(Stdio::null());
    command
}

/// The sample obeys its endpoint, and then the commands of its file.
fn switches(folder: &'static str, resources: &str) {
    let sample = Sample::start(folder, resources);
    assert_eq!(sample.toggle("on").status, 200);
    assert_eq!(sample.try_get().unwrap().status, 503);
    assert_eq!(sample.toggle("off").status, 200);
    assert_eq!(sample.try_get().unwrap().status, 200);

    sample.run_commands_of(resources);
    sample.wait("maintenance by the file", || {
        sample
            .try_get()
            .is_some_and(|response| response.is_blocked())
    });
    assert_eq!(sample.toggle("off").status, 409);
}

#[test]
fn the_listener_of_lds_is_switched_by_its_file() {
    switches("lds", "listeners.yaml");
}

#[test]
fn the_filter_of_ecds_is_switched_by_its_file() {
    switches("ecds", "maintenance_mode.yaml");
}

#[test]
fn envoy_and_the_command_line_find_every_sample_valid() {
    for folder in ["lds", "ecds"] {
        output(
            envoy(folder)
                .args(["--mode", "validate", "--use-dynamic-base-id"])
                .env("MAINTENANCE_TOKEN", TOKEN)
                .current_dir(file("")),
        );
    }
    for path in [
        "envoy/envoy.yaml",
        "envoy/dynamic-module/envoy.yaml",
        "envoy/fleet-envoy.yaml",
        "envoy/lds/listeners.yaml",
        "envoy/ecds/maintenance_mode.yaml",
    ] {
        let checked = maintenancectl(&["check".as_ref(), file(path).as_os_str()]);
        assert!(checked.status.success(), "{checked:?}");
    }
}

/// Envoy finds the module in the directory that a variable names.
#[test]
fn envoy_starts_with_the_sample_of_the_dynamic_module() {
    output(
        envoy("dynamic-module")
            .args(["--mode", "validate", "--use-dynamic-base-id"])
            .env("MAINTENANCE_TOKEN", TOKEN)
            .env(
                "ENVOY_DYNAMIC_MODULES_SEARCH_PATH",
                file("target/dynamic-module"),
            )
            .current_dir(file("")),
    );
}
