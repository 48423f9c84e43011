//! The plugin configurations in a file.

use std::io;
use std::path::Path;

use crate::ctl::documents::find::find;
use crate::ctl::documents::found::Found;
use crate::ctl::process::input::read;

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// Neither JSON nor YAML.
    #[error("{0}")]
    Malformed(String),
    #[error(
        "no configuration of the filter found: expected a plugin configuration, or a Wasm \
         filter with `maintenance` in its name, VM id, root id or code"
    )]
    Foreign,
}

/// At least one.
pub(crate) fn configurations(path: &Path) -> Result<Vec<Found>, FileError> {
    let found = find(&read(path)?).map_err(FileError::Malformed)?;
    if found.is_empty() {
        return Err(FileError::Foreign);
    }
    Ok(found)
}
