//! Reads files and what they name, and what an Envoy says of itself.

use std::path::{Path, PathBuf};

use crate::ctl::documents::config_dump::config_dump;
use crate::ctl::documents::document::{Document, documents};
use crate::ctl::documents::fault::SyntaxFault;
use crate::ctl::documents::spot::Spot;
use crate::ctl::process::input::read;

/// All that was read.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) documents: Vec<Document>,
    /// Files whose text is neither JSON nor YAML.
    pub(crate) malformed: Vec<(String, SyntaxFault)>,
    /// What cannot be read at all, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// Files that others name, and that are not here.
    pub(crate) missing: Vec<String>,
}

/// Reads files, `-` for standard input, and the admin addresses of Envoys.
pub(crate) fn load(sources: &[String]) -> Loaded {
    let mut loaded = Loaded::default();
    let mut seen = Vec::new();
    for source in sources {
        let text = match is_url(source) {
            true => config_dump(source),
            false => read(Path::new(source)).map_err(|error| error.to_string()),
        };
        seen.extend(Path::new(source).canonicalize().ok());
        match text {
            Ok(text) => loaded.add(source, &text),
            Err(problem) => loaded.unreadable.push((source.clone(), problem)),
        }
    }
    loaded.follow(&mut seen);
    loaded
}

impl Loaded {
    /// Why something could not be read, if that is so.
    pub(crate) fn problem(&self) -> Option<String> {
        let unreadable = self.unreadable.iter().map(|(_, problem)| problem);
        let malformed = self.malformed.iter().map(|(_, fault)| &fault.problem);
        unreadable.chain(malformed).next().cloned()
    }

    fn add(&mut self, file: &str, text: &str) {
        match documents(file, text) {
            Ok(documents) => self.documents.extend(documents),
            Err(fault) => self.malformed.push((file.to_owned(), fault)),
        }
    }

    /// Whether a ConfigMap here has a file of this name.
    fn holds(&self, path: &str) -> bool {
        let name = Path::new(path).file_name().unwrap_or_default();
        let part = format!("data[{name:?}]");
        self.documents
            .iter()
            .any(|document| document.part.contains(&part))
    }

    /// Reads the files that documents name, and those that these name.
    fn follow(&mut self, seen: &mut Vec<PathBuf>) {
        let mut next = 0;
        while let Some(document) = self.documents.get(next) {
            next += 1;
            let named = named(document);
            for (file, path) in named {
                if self.holds(&path) {
                    continue;
                }
                let Some(path) = locate(&file, &path) else {
                    self.missing.push(path);
                    continue;
                };
                let canonical = path.canonicalize().unwrap_or_else(|_| path.clone());
                if seen.contains(&canonical) {
                    continue;
                }
                seen.push(canonical);
                let name = path.display().to_string();
                match read(&path) {
                    Ok(text) => self.add(&name, &text),
                    Err(error) => self.unreadable.push((name, error.to_string())),
                }
            }
        }
    }
}

pub(crate) fn is_url(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}

/// The files that a document names, each with its own.
fn named(document: &Document) -> Vec<(String, String)> {
    // A running Envoy has read them itself, and what it says has no files beside it.
    if is_url(&document.file) {
        return Vec::new();
    }
    let all = Spot::root(document).all().into_iter();
    let sources = all.filter_map(|spot| {
        let source = spot.get("path_config_source");
        let lists = || spot.get("lds_config").or_else(|| spot.get("cds_config"));
        let path = source.or_else(lists)?.text_of("path")?.to_owned();
        Some((document.file.clone(), path))
    });
    sources.collect()
}

/// A file that another names: as Envoy finds it from the working directory, or else from the
/// directory of the other, or one around that.
fn locate(file: &str, path: &str) -> Option<PathBuf> {
    let directories = Path::new(file).ancestors().skip(1);
    let around = directories.map(|directory| directory.join(path));
    let absolute = Path::new(file).canonicalize().unwrap_or_default();
    let far = absolute
        .ancestors()
        .skip(1)
        .map(|directory| directory.join(path));
    let mut candidates = [PathBuf::from(path)].into_iter().chain(around).chain(far);
    candidates.find(|candidate| candidate.is_file())
}
