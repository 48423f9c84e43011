//! The `kubectl` in `PATH`.

use std::io;
use std::process::{Command, Output};

use crate::ctl::arguments::object::Object;

const PROGRAM: &str = "kubectl";
/// A second Ctrl-C, for what `run` has started, may end a kubectl that puts back what was.
const ATTEMPTS: usize = 3;

/// Gets and patches one object.
pub(super) struct Kubectl<'o>(pub(super) &'o Object);

impl Kubectl<'_> {
    /// The object as JSON.
    pub(super) fn get(&self) -> Result<String, String> {
        self.call("get", &["-o", "json"]).map(|said| said.output)
    }

    /// Patches the object; what kubectl warns of.
    pub(super) fn patch(&self, patch: &str) -> Result<String, String> {
        let said = self.call("patch", &["--type", "json", "-p", patch]);
        said.map(|said| said.warnings)
    }

    fn call(&self, verb: &str, arguments: &[&str]) -> Result<Said, String> {
        let Object {
            name,
            namespace,
            context,
            timeout,
        } = self.0;
        let mut command = Command::new(PROGRAM);
        command.args([verb, &name.qualified()]).args(arguments);
        for (option, value) in [("-n", namespace), ("--context", context)] {
            value.iter().for_each(|value| {
                command.args([option, value]);
            });
        }
        command.arg(format!("--request-timeout={timeout}s"));
        let output = output(&mut command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "there is no kubectl in PATH, which --kube calls".to_owned(),
            _ => format!("kubectl cannot be run: {error}"),
        })?;
        let warnings = one_line(&String::from_utf8_lossy(&output.stderr));
        match (output.status.success(), warnings.is_empty()) {
            (true, _) => Ok(Said {
                output: String::from_utf8_lossy(&output.stdout).into_owned(),
                warnings,
            }),
            (false, true) => Err(format!("kubectl {verb} failed: {}", output.status)),
            (false, false) => Err(warnings),
        }
    }
}

/// What kubectl prints where all is well.
struct Said {
    output: String,
    warnings: String,
}

/// Of a run that no signal has ended, if there is one.
fn output(command: &mut Command) -> io::Result<Output> {
    for _ in 1..ATTEMPTS {
        let output = command.output()?;
        if output.status.code().is_some() {
            return Ok(output);
        }
    }
    command.output()
}

/// What people are told, without the log in which kubectl says the same with more words.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let told: Vec<&str> = lines.iter().filter(|line| !is_log(line)).copied().collect();
    let told = if told.is_empty() { lines } else { told };
    told.join(" ")
}

/// Whether a line is one of klog's, such as `E1130 13:27:42.868966 …`.
fn is_log(line: &str) -> bool {
    let (head, _) = line.split_once(' ').unwrap_or((line, ""));
    let date = head.strip_prefix(['I', 'W', 'E', 'F']).unwrap_or_default();
    date.len() == 4 && date.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_says_is_one_line_without_its_log() {
        for (text, line) in [
            ("error: a\n", "error: a"),
            (
                "E1130 13:27:42.868966 798 memcache.go:381] \"a\"\nThe connection\n was refused\n",
                "The connection was refused",
            ),
            ("E1130 a\n", "E1130 a"),
            ("\n", ""),
        ] {
            assert_eq!(one_line(text), line);
        }
    }
}
