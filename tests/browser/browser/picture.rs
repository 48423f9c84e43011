//! Screenshots, for people to look at.

use std::{fs, path::PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::Browser;

const DIRECTORY: &str = "target/screenshots";

impl Browser {
    /// Writes the whole page to `target/screenshots/<name>.png`.
    pub fn picture(&self, name: &str) {
        let whole = json!({"captureBeyondViewport": true});
        let picture = self.devtools("Page.captureScreenshot", whole);
        let png = BASE64_STANDARD.decode(picture["data"].as_str().unwrap());
        let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(DIRECTORY);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(format!("{name}.png")), png.unwrap()).unwrap();
    }
}
