//! `check`: whether the filter accepts the configurations in a file.

use std::path::Path;

use serde::Serialize;

use super::{
    Exit,
    arguments::Check,
    complain,
    documents::{Found, find},
    one_line, read, say,
};

/// What there is to say of one configuration.
#[derive(Debug, Serialize)]
struct Verdict {
    file: String,
    /// Empty where the whole file is the configuration.
    #[serde(rename = "where")]
    place: String,
    valid: bool,
    error: Option<String>,
    notes: Vec<String>,
}

/// Checks every file, and prints a verdict on each configuration in it.
pub(super) fn check(options: &Check) -> Exit {
    let mut verdicts = Vec::new();
    let mut exit = Exit::Success;
    for path in &options.files {
        match verdicts_on(path) {
            Ok(found) => verdicts.extend(found),
            Err(problem) => {
                complain(&format!("{}: {problem}", path.display()));
                exit = Exit::Usage;
            }
        }
    }
    if exit == Exit::Success && verdicts.iter().any(|verdict| !verdict.valid) {
        exit = Exit::Failure;
    }
    if options.json {
        say(&serde_json::to_string(&verdicts).unwrap_or_default());
    } else {
        verdicts.iter().for_each(Verdict::print);
    }
    exit
}

/// The verdicts on a file that can be read and has a configuration of the filter.
fn verdicts_on(path: &Path) -> Result<Vec<Verdict>, String> {
    let text = read(path).map_err(|error| error.to_string())?;
    let file = path.display().to_string();
    match find(&text) {
        Ok(found) if found.is_empty() => Err(NONE_FOUND.to_owned()),
        Ok(found) => Ok(found
            .into_iter()
            .map(|found| Verdict::on(file.clone(), &found))
            .collect()),
        Err(error) => Ok(vec![Verdict {
            file,
            place: String::new(),
            valid: false,
            error: Some(error),
            notes: Vec::new(),
        }]),
    }
}

/// What to say of a file that has no configuration of the filter.
pub(super) const NONE_FOUND: &str = "no configuration of the filter found: expected a plugin \
    configuration, or a Wasm filter with `maintenance` in its name, VM id, root id or code";

impl Verdict {
    fn on(file: String, found: &Found) -> Self {
        let (error, notes) = match found.compile() {
            Ok(accepted) => (None, accepted.notes),
            Err(error) => (Some(error), Vec::new()),
        };
        Self {
            file,
            place: found.place.clone(),
            valid: error.is_none(),
            error,
            notes,
        }
    }

    fn print(&self) {
        let mut line = format!("{}: ", self.file);
        if !self.place.is_empty() {
            line.push_str(&format!("{}: ", self.place));
        }
        match &self.error {
            Some(error) => complain(&one_line(&format!("{line}{error}"))),
            None => say(&one_line(&format!("{line}OK"))),
        }
        for note in &self.notes {
            complain(&one_line(&format!("{line}note: {note}")));
        }
    }
}
