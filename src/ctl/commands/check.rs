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
        let found = match configurations(path) {
            Ok(found) => found,
            Err(FileError::Malformed(error)) => vec![Found::whole(Err(error))],
            Err(problem) => {
                complain(&format!("{}: {problem}", path.display()));
                exit = Exit::USAGE;
                continue;
            }
        };
        verdicts.extend(found.into_iter().map(|found| FileVerdict::on(path, found)));
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
