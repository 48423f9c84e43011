//! A wall clock that can be set.

use std::{fs::File, os::unix::fs::FileExt, process::Command};

use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The wall clock of an Envoy, whose monotonic clock goes on as it does.
///
/// A library that is loaded before all others answers for the system. `libfaketime` would,
/// too, but looks for functions when it is first called, which Envoy's allocator does in turn.
pub struct WallClock {
    directory: TempDir,
    offset: File,
}

impl WallClock {
    /// A clock that is right.
    pub fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let source = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/faults/clock/wall_clock.c"
        );
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"])
            .arg(directory.path().join("wall_clock.so"))
            .arg(source)
            .status()
            .expect("cc is not there, which Rust links by");
        assert!(compiled.success());
        let clock = Self {
            offset: File::create(directory.path().join("offset")).unwrap(),
            directory,
        };
        clock.shift(0);
        clock
    }

    /// What an Envoy must have in its environment to go by it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = |file: &str| self.directory.path().join(file).display().to_string();
        vec![
            ("LD_PRELOAD".to_owned(), path("wall_clock.so")),
            ("WALL_CLOCK_OFFSET".to_owned(), path("offset")),
        ]
    }

    /// Jumps to so many seconds after the true time.
    pub fn shift(&self, seconds: i64) {
        self.offset.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
    }

    /// Jumps to a moment.
    pub fn set(&self, moment: &str) {
        let moment = OffsetDateTime::parse(moment, &Rfc3339).unwrap();
        self.shift((moment - OffsetDateTime::now_utc()).whole_seconds());
    }
}
