//! The command of `run`, and the signals meant for it.

use std::ffi::{OsStr, OsString};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;
use std::{io, thread};

use crate::ctl::process::console::complain;
use crate::ctl::process::executable::can_be_run;
use crate::ctl::process::exit::{Abort, Exit};

const CANNOT_EXECUTE: Exit = Exit(126);
const NOT_FOUND: Exit = Exit(127);
/// What shells add to the number of the signal that ended a command.
const BY_SIGNAL: i32 = 128;

/// Finds out that a program cannot be run before anything is done for it.
pub(super) fn check(command: &[OsString]) -> Result<(), Abort> {
    let program = command.first().map(OsString::as_os_str);
    let program = program.unwrap_or_default();
    can_be_run(program).map_err(|error| because(program, &error))
}

/// After a while, runs a program with its arguments to its end; its exit code.
pub(super) fn run(command: &[OsString], after: Duration, mut signals: Signals) -> Exit {
    if let Some(signal) = signals.within(after) {
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
            let Abort(exit, problem) = because(program, &error);
            complain(&problem);
            exit
        }
    }
}

fn because(program: &OsStr, error: &io::Error) -> Abort {
    let exit = match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        _ => CANNOT_EXECUTE,
    };
    exit.because(format_args!("{}: {error}", program.display()))
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

/// How often it is asked for a signal that ends a wait.
#[cfg(unix)]
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The signals that would end this process, and are kept for the command.
#[cfg(unix)]
pub(super) struct Signals(signal_hook::iterator::Signals);

#[cfg(unix)]
impl Signals {
    pub(super) fn catch() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).map(Self)
    }

    /// Waits for a while, or for the first signal.
    fn within(&mut self, time: Duration) -> Option<i32> {
        let end = std::time::Instant::now() + time;
        loop {
            if let Some(signal) = self.0.pending().next() {
                return Some(signal);
            }
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::sleep(left.min(LOOK_AGAIN));
        }
    }

    /// Passes them on until the child has ended.
    fn forward_while(mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let handle = self.0.handle();
        let pid = rustix::process::Pid::from_child(child);
        let forwarder = thread::spawn(move || {
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

    fn within(&mut self, time: Duration) -> Option<i32> {
        thread::sleep(time);
        None
    }

    fn forward_while(self, child: &mut Child) -> io::Result<ExitStatus> {
        child.wait()
    }
}
