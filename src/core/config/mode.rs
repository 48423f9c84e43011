//! How the flag is fixed, or begins.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// `mode`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The state decides.
    #[default]
    Auto,
    /// Maintenance is on, and the admin endpoint locked.
    On,
    /// Maintenance is off, and the admin endpoint locked.
    Off,
}

impl Mode {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// `"on"` or `"off"`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Maintenance is on.
    On,
    /// Maintenance is off.
    #[default]
    Off,
}
