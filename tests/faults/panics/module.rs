//! A build of the module whose hooks panic when they are told to.

use std::{fs, path::PathBuf, process::Command, sync::OnceLock};

use serde_json::Value;
use support::{Options, programs, project};
use tempfile::TempDir;

/// The variable that names the file that says which hook panics.
const VARIABLE: &str = "MAINTENANCE_MODE_PANIC";

/// Which hook panics.
pub struct Panics {
    directory: TempDir,
}

impl Panics {
    pub fn none() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
        }
    }

    /// A hook panics from now on.
    pub fn begin(&self, hook: &str) {
        fs::write(self.file(), hook).unwrap();
    }

    /// No hook does.
    pub fn end(&self) {
        fs::remove_file(self.file()).unwrap();
    }

    /// A hook panics meanwhile.
    pub fn during<T>(&self, hook: &str, work: impl FnOnce() -> T) -> T {
        self.begin(hook);
        let done = work();
        self.end();
        done
    }

    /// An Envoy with one worker, which they take place in.
    pub fn options(&self, configuration: Value) -> Options {
        let mut options = Options::new(configuration);
        self.take_place_in(&mut options);
        options
    }

    pub fn take_place_in(&self, options: &mut Options) {
        options.module = module();
        options.is_to_die = true;
        options.workers = 1;
        let file = self.file().into_os_string().into_string().unwrap();
        options.environment.push((VARIABLE.to_owned(), file));
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("hook")
    }
}

fn module() -> PathBuf {
    static MODULE: OnceLock<PathBuf> = OnceLock::new();

    let build = || {
        let target = project::file("target/panics");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(project::file("."));
        cargo.args(["build", "--quiet", "--locked", "--lib"]);
        cargo.args(["--features", "panics", "--target-dir"]);
        programs::output(cargo.arg(&target));
        target.join("debug/libmaintenance_mode.so")
    };
    MODULE.get_or_init(build).clone()
}
