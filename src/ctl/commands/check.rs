//! `check`: whether the filter accepts the configurations in a file.

use std::path::Path;

use maintenance_mode_core::syntax::one_line::OneLine;
use serde::Serialize;

use crate::ctl::arguments::check::Check;
use crate::ctl::documents::file::{FileError, configurations};
use crate::ctl::documents::found::{Found, location};
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::Exit;

/// What there is to say of one configuration.
#[derive(Debug, Serialize)]
struct FileVerdict {
    file: String,
    /// Empty where the whole file is the configuration.
    #[serde(rename = "where")]
    place: String,
    valid: bool,
    error: Option<String>,
    notes: Vec<String>,
}

pub(crate) fn check(options: &Check) -> Exit {
    let mut verdicts = Vec::new();
    let mut exit = Exit::SUCCESS;
    for path in &options.files {
        match verdicts_on(path) {
            Ok(found) => verdicts.extend(found),
            Err(problem) => {
                complain(&format!("{}: {problem}", path.display()));
                exit = Exit::USAGE;
            }
        }
    }
    if exit == Exit::SUCCESS && verdicts.iter().any(|verdict| !verdict.valid) {
        exit = Exit::FAILURE;
    }
    if options.json {
        say(&serde_json::to_string(&verdicts).unwrap_or_default());
    } else {
        verdicts.iter().for_each(FileVerdict::print);
    }
    exit
}

/// The verdicts on a file that can be read and has a configuration of the filter.
fn verdicts_on(path: &Path) -> Result<Vec<FileVerdict>, FileError> {
    let found = match configurations(path) {
        Err(FileError::Malformed(error)) => vec![Found::whole(Err(error))],
        found => found?,
    };
    let verdict = |found| FileVerdict::on(path, found);
    Ok(found.into_iter().map(verdict).collect())
}

impl FileVerdict {
    fn on(path: &Path, found: Found) -> Self {
        let (error, notes) = match found.compile() {
            Ok(accepted) => (None, accepted.notes),
            Err(error) => (Some(error), Vec::new()),
        };
        Self {
            file: path.display().to_string(),
            place: found.place,
            valid: error.is_none(),
            error,
            notes,
        }
    }

    fn print(&self) {
        let location = location(&self.file, &self.place);
        match &self.error {
            Some(error) => complain(&format!("{location}: {error}")),
            None => say(&OneLine(&format!("{location}: OK")).to_string()),
        }
        for note in &self.notes {
            complain(&format!("{location}: note: {note}"));
        }
    }
}
