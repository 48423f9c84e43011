//! Envoy's log.

use std::fmt;

use log::Level;

use crate::hosts::native::callbacks;

/// Writes a line, if Envoy logs that level.
pub(super) fn log(level: Level, line: fmt::Arguments<'_>) {
    let level = match level {
        Level::Trace => 0,
        Level::Debug => 1,
        Level::Info => 2,
        Level::Warn => 3,
        Level::Error => 4,
    };
    if callbacks::logs(level) {
        callbacks::log(level, &format!("maintenance-mode: {line}"));
    }
}
