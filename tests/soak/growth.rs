//! Whether memory is flat.

use std::time::Duration;

use crate::memory::Sample;

/// The first of so many parts of the time is the warm-up; the rest is divided so, too.
const PARTS: usize = 5;

/// How a quantity changed, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// The median of the first fifth after the warm-up.
    pub start: u64,
    /// The median of the last fifth.
    pub end: u64,
    /// Bytes a minute, of the line of least squares.
    pub slope: f64,
}

impl Growth {
    /// The growth of what is read of each sample; `None` where there are too few.
    pub fn of(samples: &[Sample], read: impl Fn(&Sample) -> u64) -> Option<Self> {
        let warm = &samples[samples.len() / PARTS..];
        let part = warm.len() / PARTS;
        if part == 0 {
            return None;
        }
        Some(Self {
            start: median(warm[..part].iter().map(&read)),
            end: median(warm[warm.len() - part..].iter().map(&read)),
            slope: slope(warm, read),
        })
    }

    pub fn bytes(&self) -> i64 {
        self.end.cast_signed() - self.start.cast_signed()
    }
}

fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

#[allow(clippy::cast_precision_loss, reason = "memory of less than 2^52 bytes")]
fn slope(samples: &[Sample], read: impl Fn(&Sample) -> u64) -> f64 {
    let minutes = |sample: &Sample| sample.at.as_secs_f64() / 60.0;
    let count = samples.len() as f64;
    let mean_at = samples.iter().map(minutes).sum::<f64>() / count;
    let mean = samples
        .iter()
        .map(|sample| read(sample) as f64)
        .sum::<f64>()
        / count;
    let (mut product, mut square) = (0.0, 0.0);
    for sample in samples {
        let at = minutes(sample) - mean_at;
        product += at * (read(sample) as f64 - mean);
        square += at * at;
    }
    product / square.max(Duration::from_millis(1).as_secs_f64())
}
