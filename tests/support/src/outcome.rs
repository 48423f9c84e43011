//! What a run of the command line came to.

use std::process::Output;

use serde_json::Value;

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said was wrong.
    pub stderr: String,
}

impl Outcome {
    /// Of a run that has neither panicked nor printed a secret.
    pub fn of(output: Output, secret: &str) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let outcome = Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        for printed in [&outcome.stdout, &outcome.stderr] {
            assert!(!printed.contains("panicked"), "{outcome:?}");
            assert!(!printed.contains(secret), "{outcome:?}");
        }
        outcome
    }

    /// What it printed, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// It went well.
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It failed, with a code and one line that says why.
    pub fn failed(&self, code: i32, why: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stdout.is_empty(), "{self:?}");
        assert!(self.stderr.contains(why), "{why:?} is not in {self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
    }
}
