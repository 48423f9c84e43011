//! The memory of an Envoy, and of each of its VMs.

use std::{
    fs,
    time::{Duration, Instant},
};

use support::memory;

use crate::run::Run;

const GAP: Duration = Duration::from_secs(1);
/// What V8 keeps free behind the linear memory of a VM is longer than this.
const GUARD: u64 = 1 << 32;

/// The memory of an Envoy at a moment, in bytes.
#[derive(Clone, Debug)]
pub struct Sample {
    pub at: Duration,
    /// What is resident, of the whole process.
    pub resident: u64,
    /// The linear memory of each VM.
    pub vms: Vec<u64>,
}

impl Sample {
    fn take(process: u32, at: Duration) -> Self {
        Self {
            at,
            resident: memory(process),
            vms: linear_memories(process),
        }
    }

    pub fn largest_vm(&self) -> u64 {
        self.vms.iter().copied().max().unwrap_or_default()
    }

    pub fn all_vms(&self) -> u64 {
        self.vms.iter().sum()
    }
}

/// Samples the memory of Envoys for as long as the run goes on.
pub fn watch(run: &Run, processes: &[u32]) -> Vec<Vec<Sample>> {
    let mut samples = vec![Vec::new(); processes.len()];
    let began = Instant::now();
    while run.wait(GAP) {
        for (samples, &process) in samples.iter_mut().zip(processes) {
            samples.push(Sample::take(process, began.elapsed()));
        }
    }
    samples
}

/// V8 reserves more address space for a linear memory than any can use, so that a VM needs
/// no check of bounds: a part that can be written, and right behind it a very long one that
/// cannot be accessed.
fn linear_memories(process: u32) -> Vec<u64> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let regions: Vec<Region> = maps.lines().filter_map(Region::parse).collect();
    regions
        .windows(2)
        .filter(|pair| pair[1].is_guard_of(&pair[0]))
        .map(|pair| pair[0].end - pair[0].begin)
        .collect()
}

struct Region<'a> {
    begin: u64,
    end: u64,
    permissions: &'a str,
}

impl<'a> Region<'a> {
    /// A line of proc_pid_maps(5).
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.split(' ');
        let (begin, end) = fields.next()?.split_once('-')?;
        Some(Self {
            begin: u64::from_str_radix(begin, 16).ok()?,
            end: u64::from_str_radix(end, 16).ok()?,
            permissions: fields.next()?,
        })
    }

    fn is_guard_of(&self, memory: &Self) -> bool {
        self.permissions == "---p"
            && self.end - self.begin > GUARD
            && memory.permissions == "rw-p"
            && memory.end == self.begin
    }
}
