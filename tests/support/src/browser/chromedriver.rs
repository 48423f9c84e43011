//! A running chromedriver.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::binary;

/// A chromedriver, which is stopped when it is dropped.
pub struct Chromedriver {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl Chromedriver {
    /// Starts a chromedriver. The port that it picks may be taken by the time it listens.
    pub fn start() -> Self {
        const ATTEMPTS: usize = 5;
        let started = (0..ATTEMPTS).find_map(|_| Self::try_start());
        started.expect("chromedriver did not start")
    }

    fn try_start() -> Option<Self> {
        let mut process = Command::new(binary("CHROMEDRIVER", "/usr/bin/chromedriver"))
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is not there: run `make test`");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut chromedriver = Self {
            process,
            url: String::new(),
        };
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        })?;
        chromedriver.url = format!("http://127.0.0.1:{port}");
        Some(chromedriver)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
