//! Files, and standard input.

use std::io::Read;
use std::path::Path;
use std::{fs, io};

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        return io::read_to_string(io::stdin().lock());
    }
    fs::read_to_string(path)
}

/// Reads standard input, which need not be text.
pub(crate) fn read_standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
