//! How pages are looked at.

use serde_json::{Value, json};

use super::Browser;

/// A colour scheme and a screen.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub name: &'static str,
    scheme: &'static str,
    /// In CSS pixels.
    pub width: u32,
    height: u32,
    /// Pixels of the screen for a CSS pixel.
    density: f32,
}

const fn look(name: &'static str, scheme: &'static str, width: u32, height: u32) -> Look {
    Look {
        name,
        scheme,
        width,
        height,
        density: 1.0,
    }
}

/// A phone by day.
pub const LIGHT_PHONE: Look = look("light-phone", "light", 360, 740);
/// A desk by day.
pub const LIGHT_DESK: Look = look("light-desk", "light", 1280, 800);
/// A phone by night.
pub const DARK_PHONE: Look = look("dark-phone", "dark", 360, 740);
/// A desk by night.
pub const DARK_DESK: Look = look("dark-desk", "dark", 1280, 800);

/// All looks.
pub const LOOKS: [Look; 4] = [LIGHT_PHONE, DARK_PHONE, LIGHT_DESK, DARK_DESK];

impl Look {
    fn media(self) -> Value {
        json!({"features": [{"name": "prefers-color-scheme", "value": self.scheme}]})
    }

    fn screen(self) -> Value {
        json!({"width": self.width, "height": self.height, "deviceScaleFactor": self.density, "mobile": false})
    }

    /// The same on a fine screen of another size.
    pub const fn fine(self, width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            density: 1.5,
            ..self
        }
    }
}

impl Browser {
    /// Looks at pages so from now on.
    pub fn look(&self, look: Look) {
        self.devtools("Emulation.setEmulatedMedia", look.media());
        self.devtools("Emulation.setDeviceMetricsOverride", look.screen());
    }

    /// Fails unless the page is as wide as the screen, in the colours of the scheme.
    pub fn assert_fits(&self, look: Look) {
        let width = self.run("return document.documentElement.scrollWidth");
        assert_eq!(width, look.width, "{}", look.name);
        let ink = self.run("return getComputedStyle(document.body).color.match(/\\d+/)[0] > 128");
        assert_eq!(ink, look.scheme == "dark", "{}", look.name);
    }
}
