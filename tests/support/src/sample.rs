//! A sample of the project, as it stands but for its placeholders.

use std::{fs, path::Path};

use crate::{TOKEN, comments::commands, machine::Machine, project::read, sha256};

/// What stands in the place of hashes and digests.
const PLACEHOLDER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A manifest, and the commands in the comment at its head.
pub struct Sample {
    path: &'static str,
    /// What is applied.
    pub text: String,
}

impl Sample {
    /// Reads one, by its path in the project.
    pub fn read(path: &'static str) -> Self {
        let text = read(path);
        Self { path, text }
    }

    /// The same with [`TOKEN`] for the endpoint.
    #[must_use]
    pub fn with_token(mut self) -> Self {
        let hash = |hash: &str| format!("sha256: \"{hash}\"");
        self.text = replaced(&self.text, &hash(PLACEHOLDER), &hash(&sha256(TOKEN)));
        self
    }

    /// The same with an image that is there.
    #[must_use]
    pub fn with_image(mut self, image: &str) -> Self {
        let placeholder = format!("registry.example.com/maintenance-mode@sha256:{PLACEHOLDER}");
        self.text = replaced(&self.text, &placeholder, image);
        self
    }

    /// The commands, of which the first applies it: what stands on this machine from now on.
    pub fn commands(&self, machine: &Machine) -> Vec<String> {
        let edited = machine.path(Path::new(self.path).file_name().unwrap().to_str().unwrap());
        fs::write(&edited, &self.text).unwrap();
        let mut commands = commands(&self.text);
        commands[0] = replaced(&commands[0], self.path, edited.to_str().unwrap());
        commands
    }
}

fn replaced(text: &str, placeholder: &str, value: &str) -> String {
    assert!(text.contains(placeholder), "{placeholder}");
    text.replace(placeholder, value)
}
