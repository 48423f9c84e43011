//! `make compare PAIRS=1000000`: compares the filter with the second reading of the contract,
//! on all processors.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod pairs;
mod reading;

use std::{
    env,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};

use self::pairs::{Difference, Outcomes, case, compare, shown, shrink::smallest};

fn main() -> ExitCode {
    let number = |at: usize, otherwise: u64| {
        let arguments = env::args().filter(|argument| !argument.starts_with('-'));
        let number = arguments.skip(1).nth(at).and_then(|text| text.parse().ok());
        number.unwrap_or(otherwise)
    };
    let (pairs, first, most) = (number(0, 100_000), number(1, 0), number(2, 1));
    let begin = Instant::now();
    let (next, compared) = (AtomicU64::new(first), AtomicU64::new(0));
    let work = || {
        let mut outcomes = Outcomes::new();
        let mut differences: Vec<(u64, Difference)> = Vec::new();
        while compared.load(Ordering::Relaxed) < pairs {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let case = case(&mixed(seed).to_le_bytes());
            for difference in compare(&case, &mut outcomes) {
                differences.push((seed, difference));
            }
            compared.fetch_add(case.requests.len() as u64, Ordering::Relaxed);
        }
        (outcomes, differences)
    };
    let (mut outcomes, mut differences) = (Outcomes::new(), Vec::new());
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let (some, others) = thread.join().unwrap();
            for (outcome, count) in some {
                *outcomes.entry(outcome).or_default() += count;
            }
            differences.extend(others);
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    for (outcome, count) in &outcomes {
        println!("{count:>9}  {outcome}");
    }
    let compared = compared.into_inner();
    let rate = compared as f64 / seconds;
    println!("{compared} pairs in {seconds:.1} s, {rate:.0} a second");
    report(differences, most as usize)
}

/// Shows some of each kind of difference, the most frequent kind first.
fn report(mut differences: Vec<(u64, Difference)>, most: usize) -> ExitCode {
    if differences.is_empty() {
        println!("no difference");
        return ExitCode::SUCCESS;
    }
    differences.sort_by_key(|(seed, _)| *seed);
    let mut kinds: Vec<(String, Vec<(u64, Difference)>)> = Vec::new();
    for (seed, difference) in differences {
        let kind = difference.kind();
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, same)) => same.push((seed, difference)),
            None => kinds.push((kind, vec![(seed, difference)])),
        }
    }
    kinds.sort_by_key(|(_, same)| usize::MAX - same.len());
    for (kind, same) in kinds {
        println!("\n== {} of {kind:?}", same.len());
        for (seed, difference) in same.iter().take(most) {
            let case = smallest(case(&mixed(*seed).to_le_bytes()), difference);
            println!("{}", shown(&case));
        }
    }
    ExitCode::FAILURE
}

/// SplitMix64, by Steele, Lea and Flood.
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
