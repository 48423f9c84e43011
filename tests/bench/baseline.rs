//! The instructions per request that are committed, and the guard on them.
//!
//! Compared is what a case takes beyond Envoy without a filter, so that neither Envoy's own
//! part hides what the filter takes more nor another processor changes it much.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::{
    callgrind::Sample,
    case::{Answer, Case},
    filters::{DIRECT_RESPONSE, NO_FILTER},
};

const PATH: &str = "tests/bench/baseline.json";
/// How much more than the baseline passes, as a share of it.
const TOLERANCE: f64 = 0.02;
/// By how many instructions two runs may differ: each figure is a difference of two counts
/// that repeat to within a permille.
const NOISE: f64 = 250.0;

/// Instructions per request over those of Envoy without a filter, by case.
type Overheads = BTreeMap<String, f64>;

/// Writes what was counted as the baseline.
pub fn write(cases: &[Case], samples: &[Sample]) {
    let text = serde_json::to_string_pretty(&overheads(cases, samples)).unwrap();
    fs::write(path(), text + "\n").unwrap();
    println!("{PATH} is written");
}

/// Whether nothing that was counted exceeds the baseline.
pub fn check(cases: &[Case], samples: &[Sample]) -> bool {
    let baseline = fs::read_to_string(path()).expect("no baseline: run `make bench-baseline`");
    let baseline: Overheads = serde_json::from_str(&baseline).unwrap();
    let counted = overheads(cases, samples);
    let mut failed = false;
    println!(
        "{:<42} {:>9} {:>9}",
        "Instructions over Envoy's own", "baseline", "now"
    );
    for (case, &now) in &counted {
        let Some(&before) = baseline.get(case) else {
            println!("{case:<42} {:>9} {now:>9.0} NO BASELINE", "");
            failed = true;
            continue;
        };
        let change = now / before - 1.0;
        let exceeds = now > before * (1.0 + TOLERANCE) + NOISE;
        failed |= exceeds;
        let verdict = if exceeds { "EXCEEDED" } else { "ok" };
        println!(
            "{case:<42} {before:>9.0} {now:>9.0} {:>+6.1} % {verdict}",
            change * 100.0
        );
    }
    if failed {
        println!("Where this is meant to be so: make bench-baseline");
    }
    !failed
}

fn overheads(cases: &[Case], samples: &[Sample]) -> Overheads {
    let instructions = |name: &str| {
        let sample = samples.iter().find(|sample| sample.name == name);
        sample.unwrap().instructions
    };
    cases
        .iter()
        .map(|case| {
            let own = match case.answer {
                Answer::Upstream => NO_FILTER,
                _ => DIRECT_RESPONSE,
            };
            let overhead = instructions(&case.name) - instructions(own);
            (case.name.clone(), overhead.round())
        })
        .collect()
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(PATH)
}
