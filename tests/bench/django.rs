//! django-maintenance-mode under gunicorn, one worker.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Stdio},
    time::Duration,
};

use support::{Connection, Request, within};

use crate::tools::Core;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running gunicorn; it ends when it is dropped.
pub struct Django {
    process: Child,
    pub address: SocketAddr,
}

impl Django {
    pub const NAME: &str = "django-maintenance-mode";

    pub fn start() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let process = Core::Measured
            .command(root.join("target/django/bin/gunicorn"))
            .args(["--workers", "1", "--worker-class", "sync"])
            .args(["--bind", &address.to_string()])
            .args(["--log-level", "error"])
            .arg("--chdir")
            .arg(root.join("tests/bench"))
            .arg("django.core.wsgi:get_wsgi_application()")
            .env("DJANGO_SETTINGS_MODULE", "django_site")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::null())
            .spawn()
            .expect("gunicorn is not there: run `make bench`");
        let mut django = Self { process, address };
        within(START_TIMEOUT, "gunicorn", || {
            let exit = django.process.try_wait().unwrap();
            assert!(exit.is_none(), "gunicorn ended, {exit:?}");
            Connection::try_open(address)
                .and_then(|mut connection| connection.try_fetch(&Request::get("/")))
                .is_some()
        });
        django.check();
        django
    }

    /// Fails unless it blocks.
    pub fn check(&self) {
        let response = Connection::open(self.address).fetch(&Request::get("/"));
        assert_eq!(response.status, 503, "{response:?}");
        assert_eq!(response.header("retry-after"), Some("3600"));
    }

    /// The processes of gunicorn: its arbiter and the worker.
    pub fn processes(&self) -> Vec<u32> {
        let arbiter = self.process.id();
        let children = fs::read_to_string(format!("/proc/{arbiter}/task/{arbiter}/children"));
        children
            .unwrap_or_default()
            .split_whitespace()
            .map(|id| id.parse().unwrap())
            .chain([arbiter])
            .collect()
    }
}

impl Drop for Django {
    fn drop(&mut self) {
        // The worker ends when it finds that its parent has changed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
