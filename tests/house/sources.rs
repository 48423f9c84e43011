//! The source files.

use std::{fs, path::Path};

/// A file and what it is.
pub struct Source {
    /// From the top of the project.
    pub path: String,
    pub text: String,
    /// Whether all of it is for tests.
    pub is_test: bool,
}

impl Source {
    pub fn read(path: &str) -> Self {
        let of_tests = |part: &str| matches!(part, "tests" | "tests.rs" | "testing.rs");
        Self {
            text: fs::read_to_string(path).unwrap(),
            is_test: path.split('/').any(of_tests) || path.contains("/interleavings"),
            path: path.to_owned(),
        }
    }

    /// The code that is not for tests: those stand at the end of a file.
    pub fn code(&self) -> &str {
        let tests = [
            "\n#[cfg(test)]\nmod tests",
            "\n#[cfg(test)]\npub(crate) mod testing",
        ];
        let ends = tests.iter().filter_map(|begin| self.text.find(begin));
        let end = ends.min().unwrap_or(self.text.len());
        &self.text[..end]
    }

    /// Whether it only says what is in its folder.
    pub fn is_front_door(&self) -> bool {
        self.text.lines().all(|line| {
            let line = line.trim();
            line.is_empty() || line.starts_with("//") || line.starts_with("#") || is_module(line)
        })
    }
}

fn is_module(line: &str) -> bool {
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.starts_with("mod ") && line.ends_with(';')
}

/// The Rust files below a folder.
pub fn sources(folder: &str) -> Vec<Source> {
    let files = files(folder).into_iter();
    let rust = files.filter(|path| path.ends_with(".rs"));
    rust.map(|path| Source::read(&path)).collect()
}

/// All files below a folder.
pub fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(Path::new(folder), &mut found);
    assert!(!found.is_empty(), "there is nothing in {folder}");
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            found.push(path.to_str().unwrap().to_owned());
        } else if !path.ends_with("target") {
            collect(&path, found);
        }
    }
}
