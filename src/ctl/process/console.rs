//! Standard output and standard error.

use std::io;
use std::io::Write;

use maintenance_mode_core::syntax::one_line::OneLine;

/// Prints lines to standard output, without their colours where it shows none; a reader that has
/// gone away is no fault.
pub(crate) fn say(text: &str) {
    let mut output = anstream::stdout().lock();
    let _ = writeln!(output, "{}", text.trim_end_matches('\n'));
}

/// Prints one line to standard error, whatever the text holds.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", OneLine(text));
}
