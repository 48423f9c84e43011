//! Files that are written.

use std::fs;
use std::path::Path;

/// Writes files into a directory, which is made if it is not there.
///
/// # Errors
/// Which file or directory cannot be written, and why.
pub(crate) fn write_files(directory: &Path, files: &[(String, Vec<u8>)]) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
    for (name, content) in files {
        let file = directory.join(name);
        fs::write(&file, content).map_err(|error| failed(&file, error))?;
    }
    Ok(())
}
