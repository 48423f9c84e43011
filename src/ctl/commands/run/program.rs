//! The command of `run`, and the signals meant for it.

use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, ExitStatus};

use crate::ctl::process::console::complain;

const CANNOT_EXECUTE: u8 = 126;
const NOT_FOUND: u8 = 127;
/// What shells add to the number of the signal that ended a command.
const BY_SIGNAL: i32 = 128;

/// A program and its arguments.
pub(super) struct Program<'a>(&'a [OsString]);

impl<'a> Program<'a> {
    pub(super) fn new(command: &'a [OsString]) -> Self {
        Self(command)
    }

    /// Runs it to its end; its exit code.
    pub(super) fn run(&self, mut signals: Signals) -> u8 {
        if let Some(signal) = signals.pending() {
            return code(BY_SIGNAL + signal);
        }
        let Some((program, arguments)) = self.0.split_first() else {
            return NOT_FOUND;
        };
        let ended = Command::new(program)
            .args(arguments)
            .spawn()
            .and_then(|mut child| signals.forward_while(&mut child));
        match ended {
            Ok(status) => code(status.code().unwrap_or_else(|| ended_by(status))),
            Err(error) => {
                complain(&format!("{}: {error}", program.display()));
                if error.kind() == io::ErrorKind::NotFound {
                    NOT_FOUND
                } else {
                    CANNOT_EXECUTE
                }
            }
        }
    }
}

fn code(code: i32) -> u8 {
    u8::try_from(code).unwrap_or(u8::MAX)
}

#[cfg(unix)]
fn ended_by(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;

    BY_SIGNAL + status.signal().unwrap_or_default()
}

#[cfg(not(unix))]
fn ended_by(_status: ExitStatus) -> i32 {
    BY_SIGNAL
}

/// The signals that would end this process, and are kept for the command.
#[cfg(unix)]
pub(super) struct Signals(signal_hook::iterator::Signals);

#[cfg(unix)]
impl Signals {
    /// Catches them from now on.
    pub(super) fn catch() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).map(Self)
    }

    fn pending(&mut self) -> Option<i32> {
        self.0.pending().next()
    }

    /// Passes them on until the child has ended.
    fn forward_while(mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let handle = self.0.handle();
        let pid = rustix::process::Pid::from_child(child);
        let forwarder = std::thread::spawn(move || {
            for signal in self.0.forever() {
                forward(signal, pid);
            }
            self.0
        });
        let ended = child.wait();
        handle.close();
        // What came last is dropped with the iterator; the handlers stay, so that no signal
        // ends this process before it has put back what was.
        drop(forwarder.join());
        ended
    }
}

/// Ctrl-C and a hangup of the terminal reach the command without us.
#[cfg(unix)]
fn forward(signal: i32, pid: rustix::process::Pid) {
    use std::io::IsTerminal;

    use rustix::process::{Signal, kill_process};

    let signal = match signal {
        signal_hook::consts::SIGTERM => Signal::TERM,
        _ if io::stdin().is_terminal() => return,
        signal_hook::consts::SIGHUP => Signal::HUP,
        _ => Signal::INT,
    };
    // A command that has just ended needs none.
    let _ = kill_process(pid, signal);
}

/// There are none that a command could be sent.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    fn pending(&mut self) -> Option<i32> {
        None
    }

    fn forward_while(self, child: &mut Child) -> io::Result<ExitStatus> {
        child.wait()
    }
}
