//! A running chromedriver.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::binary;

/// It ends when nobody holds its standard input any more, however the process of the tests ends.
const UNTIL_THE_INPUT_ENDS: &str = r#""$0" --port=0 & exec >/dev/null; cat; kill $!"#;

/// A chromedriver, which ends when this is dropped, and with the process of the tests.
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
        started.expect("chromedriver is not there, or does not start: run `make test`")
    }

    fn try_start() -> Option<Self> {
        let mut process = Command::new("sh")
            .args(["-c", UNTIL_THE_INPUT_ENDS])
            .arg(binary("CHROMEDRIVER", "/usr/bin/chromedriver"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
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
        // It lets go of the input first.
        let _ = self.process.wait();
    }
}
