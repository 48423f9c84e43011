//! Screenshots, for people to look at.

use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Browser, look::Look};
use crate::project;

const DIRECTORY: &str = "target/screenshots";

/// How pictures stand side by side.
const SIDE_BY_SIDE: &str = "
body { display: flex; gap: 32px; width: max-content; margin: 0; padding: 2px }
img { border-radius: 16px; outline: 1px solid rgb(128 128 128 / .4) }";

impl Browser {
    /// Writes the whole page to `target/screenshots/<name>.png`.
    pub fn picture(&self, name: &str) {
        self.write(&format!("{name}.png"), json!({}));
    }

    /// The same as a small file, `<name>.webp`.
    pub fn small_picture(&self, name: &str) {
        self.write(
            &format!("{name}.webp"),
            json!({"format": "webp", "quality": 50}),
        );
    }

    /// A picture of what the screen shows of the page, as HTML.
    pub fn screen(&self, look: Look) -> String {
        self.look(look);
        let (width, png) = (look.width, self.capture(json!({})));
        format!("<img width={width} src='data:image/png;base64,{png}'>")
    }

    /// Shows pictures of screens, and nothing behind them.
    pub fn show_side_by_side(&self, screens: &[String]) {
        let html = format!("<style>{SIDE_BY_SIDE}</style>{}", screens.concat());
        self.wait_for(self.session.driver.goto(format!("data:text/html,{html}")));
        let nothing = json!({"color": {"r": 0, "g": 0, "b": 0, "a": 0}});
        self.devtools("Emulation.setDefaultBackgroundColorOverride", nothing);
    }

    fn write(&self, file: &str, mut format: Value) {
        format["captureBeyondViewport"] = true.into();
        let directory = project::file(DIRECTORY);
        fs::create_dir_all(&directory).unwrap();
        let picture = BASE64_STANDARD.decode(self.capture(format)).unwrap();
        fs::write(directory.join(file), picture).unwrap();
    }

    /// What is seen in base64.
    fn capture(&self, options: Value) -> String {
        let picture = self.devtools("Page.captureScreenshot", options);
        picture["data"].as_str().unwrap().to_owned()
    }
}
