//! What a soak found, as a few lines and as JSON.

use std::{fmt, fs, path::PathBuf, time::Duration};

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    expectation::Lags, growth::Growth, load::Totals, memory::Sample, toggler::Toggles,
    updater::Updates,
};

/// How much more memory an Envoy may take at the end than at the start.
const RESIDENT_LIMIT: i64 = 16 * MIB;
/// The same of the largest VM.
const VM_LIMIT: i64 = 256 * 1024;
const MIB: i64 = 1024 * 1024;

/// What a soak found.
#[derive(Debug)]
pub struct Report {
    pub duration: Duration,
    pub wrong: usize,
    pub stale: usize,
    pub sites: Vec<SiteReport>,
}

/// What it found of a site.
#[derive(Debug)]
pub struct SiteReport {
    pub name: &'static str,
    pub answers: Totals,
    pub toggles: Toggles,
    pub updates: Updates,
    pub outages: usize,
    pub lags: Lags,
    pub envoys: Vec<EnvoyMemory>,
}

/// The memory of an Envoy.
#[derive(Debug)]
pub struct EnvoyMemory {
    pub name: String,
    pub resident: Growth,
    pub largest_vm: Growth,
    pub all_vms: Growth,
    /// The most VMs that were there at once.
    pub most_vms: usize,
}

impl EnvoyMemory {
    /// `None` where there are too few samples.
    pub fn of(name: String, samples: &[Sample]) -> Option<Self> {
        Some(Self {
            name,
            resident: Growth::of(samples, |sample| sample.resident)?,
            largest_vm: Growth::of(samples, Sample::largest_vm)?,
            all_vms: Growth::of(samples, Sample::all_vms)?,
            most_vms: samples.iter().map(|sample| sample.vms.len()).max()?,
        })
    }

    /// What has grown too much.
    fn excess(&self) -> Vec<String> {
        let grown = [
            ("Envoy", self.resident, RESIDENT_LIMIT),
            ("the largest VM", self.largest_vm, VM_LIMIT),
        ];
        grown
            .into_iter()
            .filter(|(_, growth, limit)| growth.bytes() > *limit)
            .map(|(what, growth, _)| {
                format!(
                    "{}: {what} has grown by {}",
                    self.name,
                    Size(growth.bytes())
                )
            })
            .collect()
    }
}

impl Report {
    /// What has grown too much.
    pub fn excess(&self) -> Vec<String> {
        let envoys = self.sites.iter().flat_map(|site| &site.envoys);
        envoys.flat_map(EnvoyMemory::excess).collect()
    }

    /// Writes the JSON.
    pub fn save(&self, path: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = serde_json::to_string_pretty(&self.to_json()).unwrap();
        fs::write(path, text + "\n").unwrap();
    }

    fn to_json(&self) -> Value {
        let sites: Vec<Value> = self.sites.iter().map(SiteReport::to_json).collect();
        json!({
            "command": "make soak",
            "date": OffsetDateTime::now_utc().date().to_string(),
            "seconds": self.duration.as_secs(),
            "wrong_answers": self.wrong,
            "stale_answers": self.stale,
            "sites": sites,
        })
    }
}

impl SiteReport {
    fn to_json(&self) -> Value {
        let Self {
            answers,
            toggles,
            updates,
            lags,
            ..
        } = self;
        let envoys: Vec<Value> = self.envoys.iter().map(EnvoyMemory::to_json).collect();
        json!({
            "name": self.name,
            "requests": {
                "http1_kept_alive": answers.http1,
                "http1_short": answers.http1_short,
                "http2": answers.http2,
                "of_those_grpc": answers.grpc,
            },
            "blocked": answers.blocked,
            "passed": answers.passed,
            "toggles": {
                "acknowledged": toggles.acknowledged,
                "refused": toggles.refused,
                "unknown": toggles.unknown,
                "slowest_ms": millis(toggles.slowest),
            },
            "updates": {
                "good": updates.good,
                "of_those_with_new_vms": updates.new_vms,
                "bad": updates.bad,
            },
            "etcd_restarts": self.outages,
            "worst_lag_ms": {
                "steady": millis(lags.steady),
                "after_update": millis(lags.after_update),
                "after_outage": millis(lags.after_outage),
            },
            "envoys": envoys,
        })
    }
}

impl EnvoyMemory {
    fn to_json(&self) -> Value {
        let json = |growth: &Growth| {
            json!({
                "start_bytes": growth.start,
                "end_bytes": growth.end,
                "bytes_a_minute": growth.slope.round(),
            })
        };
        json!({
            "name": self.name,
            "resident": json(&self.resident),
            "largest_vm": json(&self.largest_vm),
            "all_vms": json(&self.all_vms),
            "most_vms": self.most_vms,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for site in &self.sites {
            site.write(f, self.duration)?;
        }
        writeln!(
            f,
            "{} s: {} wrong answers, {} stale answers",
            self.duration.as_secs(),
            self.wrong,
            self.stale
        )
    }
}

impl SiteReport {
    fn write(&self, f: &mut fmt::Formatter<'_>, duration: Duration) -> fmt::Result {
        let Self {
            name,
            answers,
            toggles,
            updates,
            lags,
            ..
        } = self;
        writeln!(
            f,
            "{name}: {} requests, {} a second: HTTP/1.1 {} kept alive and {} short, HTTP/2 {}, \
             {} of them gRPC; {} blocked, {} passed",
            answers.requests(),
            answers.requests() / duration.as_secs().max(1),
            answers.http1,
            answers.http1_short,
            answers.http2,
            answers.grpc,
            answers.blocked,
            answers.passed
        )?;
        writeln!(
            f,
            "    {} toggles, {} refused, {} unknown, the slowest answered after {} ms; {} updates, \
             {} of them with new VMs, {} bad ones; {} etcd restarts",
            toggles.acknowledged,
            toggles.refused,
            toggles.unknown,
            millis(toggles.slowest),
            updates.good,
            updates.new_vms,
            updates.bad,
            self.outages
        )?;
        if self.envoys.len() > 1 {
            writeln!(
                f,
                "    the other Envoy was late by {} ms, after an update {} ms, after an outage {} ms",
                millis(lags.steady),
                millis(lags.after_update),
                millis(lags.after_outage)
            )?;
        }
        self.envoys
            .iter()
            .try_for_each(|envoy| write!(f, "{envoy}"))
    }
}

impl fmt::Display for EnvoyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "    {}: {}; the largest VM {}; all VMs {}, {} at most",
            self.name, self.resident, self.largest_vm, self.all_vms, self.most_vms
        )
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[allow(clippy::cast_possible_truncation, reason = "to be read by people")]
        let slope = Size(self.slope as i64);
        let [start, end] = [self.start, self.end].map(|bytes| Size(bytes.cast_signed()));
        write!(f, "{start} to {end}, {slope} a minute")
    }
}

/// A number of bytes.
struct Size(i64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = self.0 / 1024;
        write!(f, "{}.{} MiB", kib / 1024, (kib % 1024 * 10 / 1024).abs())
    }
}

fn millis(duration: Duration) -> u128 {
    duration.as_millis()
}
