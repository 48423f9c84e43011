//! What a soak found, as a few lines and as JSON.

use std::{fmt, fs, path::PathBuf, time::Duration};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use support::Host;
use time::OffsetDateTime;

use crate::{
    expectation::{Lags, Seen},
    growth::EnvoyMemory,
    load::Totals,
    toggler::Toggles,
    updater::Updates,
};

/// What a soak found.
#[derive(Debug)]
pub struct Report {
    pub duration: Duration,
    pub wrong: usize,
    pub stale: usize,
    pub sites: Vec<SiteReport>,
}

/// What it found of a site.
#[derive(Debug, Serialize)]
pub struct SiteReport {
    pub name: &'static str,
    pub answers: Totals,
    pub toggles: Toggles,
    pub updates: Updates,
    pub etcd_restarts: usize,
    pub lags: Lags,
    pub seen: Seen,
    pub envoys: Vec<EnvoyMemory>,
}

impl Report {
    /// What has grown too much.
    pub fn excess(&self) -> Vec<String> {
        let envoys = self.sites.iter().flat_map(|site| &site.envoys);
        envoys.flat_map(EnvoyMemory::excess).collect()
    }

    /// What should have happened, and did not.
    pub fn missing(&self) -> Vec<String> {
        let any = |happened: fn(&SiteReport) -> bool| self.sites.iter().any(happened);
        let happened = [
            ("etcd was restarted", any(|it| it.etcd_restarts > 0)),
            (
                "an update made new VMs",
                Host::under_test() == Host::Native || any(|it| it.updates.new_vms > 0),
            ),
            ("an update was refused", any(|it| it.updates.bad > 0)),
            ("a path was allowed", any(|it| it.answers.by_path > 0)),
            ("a token was taken", any(|it| it.answers.by_bypass > 0)),
            ("a wait was ended", any(|it| it.answers.released > 0)),
            (
                "a wait with a body was ended",
                any(|it| it.answers.released_with_body > 0),
            ),
            ("a wait ran out", any(|it| it.seen.ran_out > 0)),
            ("a turn had come", any(|it| it.answers.in_their_turn > 0)),
            (
                "a turn was to come",
                any(|it| it.answers.before_their_turn > 0),
            ),
            ("an opening was hastened", any(|it| it.seen.hastened > 0)),
            (
                "an opening was to slow down",
                any(|it| it.seen.unchanged > 0),
            ),
            (
                "an opening was ended by off",
                any(|it| it.seen.opened_at_once > 0),
            ),
            ("an opening was ended by on", any(|it| it.seen.closed > 0)),
            ("a window was announced", any(|it| it.answers.announced > 0)),
            (
                "a window began",
                any(|it| !it.seen.window_begins.is_empty()),
            ),
            ("a window ended", any(|it| !it.seen.window_ends.is_empty())),
        ];
        let missing = happened.into_iter().filter(|(_, happened)| !happened);
        missing
            .map(|(what, _)| format!("it never happened that {what}"))
            .collect()
    }

    /// Writes the JSON.
    pub fn save(&self, path: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = serde_json::to_string_pretty(&self.to_json()).unwrap();
        fs::write(path, text + "\n").unwrap();
    }

    fn to_json(&self) -> Value {
        json!({
            "command": format!("make soak MINUTES={:.0}", self.duration.as_secs_f64() / 60.0),
            "date": OffsetDateTime::now_utc().date().to_string(),
            "seconds": self.duration.as_secs(),
            "requests": self.answers().requests(),
            "requests_per_second": self.per_second(),
            "wrong_answers": self.wrong,
            "stale_answers": self.stale,
            "sites": self.sites,
        })
    }

    fn answers(&self) -> Totals {
        self.sites.iter().map(|site| site.answers).sum()
    }

    fn per_second(&self) -> u64 {
        self.answers().requests() / self.duration.as_secs().max(1)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for site in &self.sites {
            write!(f, "{site}")?;
        }
        writeln!(
            f,
            "{} s, {} requests, {} a second: {} wrong answers, {} stale answers",
            self.duration.as_secs(),
            self.answers().requests(),
            self.per_second(),
            self.wrong,
            self.stale
        )
    }
}

impl fmt::Display for SiteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = "    ";
        let Self {
            name,
            answers,
            toggles,
            updates,
            etcd_restarts,
            lags,
            seen,
            envoys,
        } = self;
        writeln!(f, "{name}: {answers}")?;
        writeln!(
            f,
            "{indent}{toggles}; {updates}; {etcd_restarts} etcd restarts"
        )?;
        writeln!(f, "{indent}{seen}")?;
        writeln!(f, "{indent}{lags}")?;
        for envoy in envoys {
            writeln!(f, "{indent}{envoy}")?;
        }
        Ok(())
    }
}

/// As a number of milliseconds.
pub fn as_millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_millis().serialize(serializer)
}
