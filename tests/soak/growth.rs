//! Whether memory is flat.

use std::{fmt, time::Duration};

use serde::Serialize;

use crate::memory::Sample;

/// The first of so many parts of the time is the warm-up; the rest is divided so, too.
const PARTS: usize = 5;
/// Where VMs live on, an Envoy took 1 MiB more at most in runs of two minutes and longer.
const LIMIT: i64 = 4 * MIB;
/// Where VMs are made anew, Envoy's heap fills: by 20 MiB with the first twenty times, by 4 MiB
/// at once later, and with the last 140 of 267 times not at all.
const FILLING_LIMIT: i64 = 16 * MIB;
const FILLED_LIMIT: i64 = 8 * MIB;
/// From when on most of it has filled.
const FILLED: Duration = Duration::from_secs(100);
/// Two pages of WebAssembly. After its warm-up a VM was never seen to take more than one.
const VM_LIMIT: i64 = 128 * 1024;
const MIB: i64 = 1024 * 1024;

/// How the memory of an Envoy changed.
#[derive(Debug, Serialize)]
pub struct EnvoyMemory {
    pub name: String,
    resident: Growth,
    largest_vm: Growth,
    all_vms: Growth,
    /// The most VMs that were there at once.
    most_vms: usize,
    #[serde(skip)]
    resident_limit: i64,
}

impl EnvoyMemory {
    /// The memory of an Envoy whose VMs were made anew so often; `None` where there are too
    /// few samples.
    pub fn of(name: String, new_vms: usize, samples: &[Sample]) -> Option<Self> {
        let warm = &samples[samples.len() / PARTS..];
        let is_filled = warm.first()?.at > FILLED;
        Some(Self {
            name,
            resident: Growth::of(warm, |sample| sample.resident)?,
            largest_vm: Growth::of(warm, Sample::largest_vm)?,
            all_vms: Growth::of(warm, Sample::all_vms)?,
            most_vms: samples.iter().map(|sample| sample.vms.len()).max()?,
            resident_limit: match (new_vms, is_filled) {
                (0, _) => LIMIT,
                (_, false) => FILLING_LIMIT,
                (_, true) => FILLED_LIMIT,
            },
        })
    }

    /// What has grown too much.
    pub fn excess(&self) -> Vec<String> {
        let grown = [
            ("Envoy", &self.resident, self.resident_limit),
            ("the largest VM", &self.largest_vm, VM_LIMIT),
        ];
        grown
            .into_iter()
            .filter(|(_, growth, limit)| growth.bytes() > *limit)
            .map(|(what, growth, limit)| {
                let limit = Size(limit);
                format!("{}: {what} grew from {growth}, at most {limit}", self.name)
            })
            .collect()
    }
}

impl fmt::Display for EnvoyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}; the largest VM {}; all VMs {}, at most {} of them",
            self.name, self.resident, self.largest_vm, self.all_vms, self.most_vms
        )
    }
}

/// How a quantity changed, in bytes.
#[derive(Debug, Serialize)]
struct Growth {
    /// The median of the first fifth after the warm-up.
    start: u64,
    /// The median of the last fifth.
    end: u64,
    /// Of the line of least squares.
    a_minute: i64,
}

impl Growth {
    /// The growth of what is read of each sample; `None` where there are too few.
    fn of(samples: &[Sample], read: impl Fn(&Sample) -> u64) -> Option<Self> {
        let part = samples.len() / PARTS;
        if part == 0 {
            return None;
        }
        Some(Self {
            start: median(samples[..part].iter().map(&read)),
            end: median(samples[samples.len() - part..].iter().map(&read)),
            a_minute: slope(samples, read),
        })
    }

    fn bytes(&self) -> i64 {
        self.end.cast_signed() - self.start.cast_signed()
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, end] = [self.start, self.end].map(|bytes| Size(bytes.cast_signed()));
        write!(f, "{start} to {end}, {} a minute", Size(self.a_minute))
    }
}

fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// By least squares.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "no memory is that large"
)]
fn slope(samples: &[Sample], read: impl Fn(&Sample) -> u64) -> i64 {
    let minutes = |sample: &Sample| sample.at.as_secs_f64() / 60.0;
    let mean = |value: &dyn Fn(&Sample) -> f64| {
        samples.iter().map(value).sum::<f64>() / samples.len() as f64
    };
    let at = mean(&minutes);
    let covariance = mean(&|sample| (minutes(sample) - at) * read(sample) as f64);
    let variance = mean(&|sample| (minutes(sample) - at).powi(2));
    (covariance / variance.max(f64::MIN_POSITIVE)) as i64
}

/// A number of bytes.
struct Size(i64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = self.0 / 1024;
        if kib.abs() < 4096 {
            write!(f, "{kib} KiB")
        } else {
            write!(f, "{} MiB", kib / 1024)
        }
    }
}
