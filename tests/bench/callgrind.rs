//! Instructions of Envoy's worker per request, by callgrind.

use std::{collections::HashMap, process::Command, time::Instant};

use crate::{
    case::Case,
    envoy::{Bench, Envoy},
};

/// Requests of a case before it is measured.
const WARM_UP: usize = 40;
/// A case is measured over so few requests that, on a busy machine, too, the timers of the
/// module and of etcd's client miss some of these batches.
const BATCH: usize = 3;
/// Timers only add instructions, and so does an event loop that turns once more than it
/// need. So batches are taken until so many of the cheapest agree, to this share.
const AGREEING: usize = 4;
const AGREEMENT: f64 = 0.001;
const MIN_BATCHES: usize = 10;
const MAX_BATCHES: usize = 100;

/// What was counted for a case.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    /// Instructions of the worker per request.
    pub instructions: f64,
}

/// Counts all these cases on one Envoy, which has room for about four VM ids: V8 reserves
/// address space for each.
pub fn count(cases: &[Case]) -> Vec<Sample> {
    let begin = Instant::now();
    let bench = Bench::start(valgrind(), cases);
    eprintln!("  Envoy is up after {} s", begin.elapsed().as_secs());
    monitor(&bench.envoy, &["instrumentation", "on"]);
    let samples = cases
        .iter()
        .map(|case| {
            let mut connection = bench.connect(case);
            case.check(&mut connection);
            let request = case.request();
            for _ in 0..WARM_UP {
                connection.fetch(&request);
            }
            let instructions = settled(|| {
                let before = events(&bench.envoy);
                for _ in 0..BATCH {
                    connection.fetch(&request);
                }
                #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
                let per_request = busiest(&before, &events(&bench.envoy)) as f64 / BATCH as f64;
                per_request
            });
            case.check(&mut connection);
            Sample {
                name: case.name.clone(),
                instructions,
            }
        })
        .collect();
    eprintln!("  counted after {} s", begin.elapsed().as_secs());
    samples
}

/// Measures until the cheapest figures agree; the highest of these.
fn settled(mut measure: impl FnMut() -> f64) -> f64 {
    let mut figures = Vec::new();
    loop {
        figures.push(measure());
        figures.sort_by(f64::total_cmp);
        let agree =
            figures.len() >= MIN_BATCHES && figures[AGREEING - 1] <= figures[0] * (1.0 + AGREEMENT);
        if agree || figures.len() == MAX_BATCHES {
            return figures[AGREEING - 1];
        }
    }
}

/// Starts without counting, at which V8 would take minutes. V8 writes code at run time.
fn valgrind() -> Command {
    let mut command = Command::new("valgrind");
    command.args([
        "--tool=callgrind",
        "--instr-atstart=no",
        "--separate-threads=yes",
        "--smc-check=all-non-file",
        "--callgrind-out-file=/dev/null",
    ]);
    command
}

/// The instructions that each thread has executed.
fn events(envoy: &Envoy) -> HashMap<String, u64> {
    monitor(envoy, &["status", "internal"])
        .lines()
        .filter_map(|line| {
            let (thread, events) = line.strip_prefix("events-")?.split_once(": ")?;
            Some((thread.to_owned(), events.trim().parse().ok()?))
        })
        .collect()
}

/// The instructions of the thread that executed the most: the worker.
fn busiest(before: &HashMap<String, u64>, after: &HashMap<String, u64>) -> u64 {
    let spent = after
        .iter()
        // A thread that ended leaves its number to the next.
        .map(|(thread, events)| events.saturating_sub(*before.get(thread).unwrap_or(&0)));
    spent.max().expect("callgrind counted nothing")
}

/// Sends a command to callgrind.
fn monitor(envoy: &Envoy, command: &[&str]) -> String {
    let output = Command::new("vgdb")
        .arg(format!("--pid={}", envoy.id()))
        .arg("--max-invoke-ms=5")
        .args(command)
        .output()
        .expect("vgdb is not there, which comes with valgrind");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
