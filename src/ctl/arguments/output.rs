//! `--json`: how results are printed.

use std::convert::Infallible;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Text,
    Json,
}

impl Output {
    /// Reads what stands for the flag.
    pub(super) fn of_flag(flag: &str) -> Result<Self, Infallible> {
        Ok(match flag {
            "true" => Self::Json,
            _ => Self::Text,
        })
    }
}
