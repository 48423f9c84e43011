//! The command of `run`, and the signals meant for it.

use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, ExitStatus};

use crate::ctl::process::console::complain;
use crate::ctl::process::exit::Exit;

const CANNOT_EXECUTE: Exit = Exit(126);
const NOT_FOUND: Exit = Exit(127);
/// What shells add to the number of the signal that ended a command.
const BY_SIGNAL: i32 = 128;

/// Runs a program with its arguments to its end; its exit code.
pub(super) fn run(command: &[OsString], mut signals: Signals) -> Exit {
    if let Some(signal) = signals.pending() {
        return exit(BY_SIGNAL + signal);
    }
    let Some((program, arguments)) = command.split_first() else {
        return NOT_FOUND;
    };
    let ended = Command::new(program)
        .args(arguments)
        .spawn()
        .and_then(|mut child| signals.forward_while(&mut child));
    match ended {
        Ok(status) => exit(code(status)),
        Err(error) => {
            complain(&format!("{}: {error}", program.display()));
            match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => CANNOT_EXECUTE,
            }
        }
    }
}

fn exit(code: i32) -> Exit {
    Exit(u8::try_from(code).unwrap_or(u8::MAX))
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return BY_SIGNAL + signal;
    }
    status.code().unwrap_or(BY_SIGNAL)
}

/// The signals that would end this process, and are kept for the command.
#[cfg(unix)]
pub(super) struct Signals(signal_hook::iterator::Signals);

#[cfg(unix)]
impl Signals {
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

    if signal != signal_hook::consts::SIGTERM && io::stdin().is_terminal() {
        return;
    }
    // A command that has just ended needs none.
    let _ = Signal::from_named_raw(signal).map(|signal| kill_process(pid, signal));
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
