//! What a request costs behind this filter, and behind what else one might use.
//!
//! `make bench` measures all cases, `make bench-check` only what callgrind counts of this
//! filter, against `baseline.json`, which `make bench-baseline` writes.
//!
//! Two figures a case. CPU time of Envoy: Envoy on one core, wrk on the other, interleaved
//! rounds; what has a target also in short turns with what it is compared to. Instructions: by
//! callgrind, on one connection, one request after the other. Each case must answer as it should,
//! before it is measured and after.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod baseline;
mod bootstrap;
mod callgrind;
mod case;
mod chart;
mod cpu;
mod django;
mod envoy;
mod filters;
mod modules;
mod plugins;
mod reply;
mod report;
mod targets;
mod tools;

use std::process::ExitCode;

use self::{callgrind::Sample, case::Case, report::Report, targets::Verdict};

const ROUNDS: usize = 9;
const SECONDS: u64 = 2;

/// Where the figures of the reference are.
const JSON: &str = "tests/bench/figures.json";
const CHART: &str = "tests/bench/figures.svg";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let counts_only = has("--check") || has("--write-baseline");
    let programs: &[&str] = if counts_only {
        &["taskset", "valgrind"]
    } else {
        &["taskset", "valgrind", "wrk"]
    };
    if let Some(advice) = tools::missing(programs) {
        eprintln!("{advice}");
        return ExitCode::FAILURE;
    }
    if has("--check") {
        check()
    } else if has("--write-baseline") {
        baseline::write(&plugins::all(), &count_ours());
        ExitCode::SUCCESS
    } else {
        bench(has("--save"))
    }
}

/// Compares the instructions with the baseline and with the bare modules.
fn check() -> ExitCode {
    let samples = count_ours();
    let is_kept = baseline::check(&plugins::all(), &samples);
    let verdicts = targets::of_instructions(&samples);
    print_all(&verdicts);
    if is_kept && verdicts.iter().all(Verdict::is_met) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Counts the instructions of this filter's cases, and of those they are compared to.
fn count_ours() -> Vec<Sample> {
    callgrind::count(
        &[
            filters::references(),
            filters::bare_modules(),
            plugins::all(),
        ]
        .concat(),
    )
}

fn print_all(verdicts: &[Verdict]) {
    println!();
    for verdict in verdicts {
        println!("{verdict}");
    }
}

/// Measures all cases; with `save`, the figures of the reference are replaced.
fn bench(save: bool) -> ExitCode {
    let cases = [filters::all(), plugins::all()].concat();
    let rounds = tools::number("ROUNDS", ROUNDS);
    let seconds = tools::number("SECONDS", SECONDS);
    let mut pairs = targets::pairs();
    eprintln!(
        "CPU time of {} cases and {} pairs, {rounds} rounds of {seconds} s",
        cases.len() + 1,
        pairs.len()
    );
    let cpu = cpu::measure(&cases, &mut pairs, rounds, seconds);
    eprintln!("Instructions of {} cases, on two Envoys", cases.len());
    let ours = count_ours();
    let is_counted = |case: &Case| ours.iter().any(|sample| sample.name == case.name);
    let others: Vec<Case> = cases
        .iter()
        .filter(|case| !is_counted(case))
        .cloned()
        .collect();
    let samples = [ours, callgrind::count(&others)].concat();
    let report = Report::new(&cases, &cpu, &samples);
    print!("{report}");
    print_all(
        &[
            targets::of_instructions(&samples),
            targets::of_time(&pairs, &cpu),
        ]
        .concat(),
    );
    if save {
        report.save(JSON, CHART);
    }
    ExitCode::SUCCESS
}
