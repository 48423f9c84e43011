//! Holds two sites under load while they are switched, updated and robbed of their store,
//! and checks every answer.
//!
//! `make soak MINUTES=10`. The site `alone` is one Envoy with its state in shared data, the
//! site `fleet` two Envoys with an etcd. They are switched at once and slowly, with and without
//! waits, and have recurring windows. A wrong answer is one that is neither the upstream's nor
//! the right reply, or none; a stale one does not obey what may have been in force. After ten of
//! them it ends. In the end each request that passed has come to the upstream once, and no
//! other has. All that can happen must have happened.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod clock;
mod counters;
mod expectation;
mod growth;
mod load;
mod memory;
mod outages;
mod report;
mod run;
mod site;
mod toggler;
mod updater;
mod windows;

use std::{process::ExitCode, sync::Arc, thread, time::Duration};

use support::etcd::Etcd;

use self::{outages::outages, report::Report, run::Run, site::Site};

/// Where the figures of the reference are.
const JSON: &str = "tests/soak/report.json";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let minutes = arguments
        .iter()
        .position(|argument| argument == "--minutes")
        .map_or(10.0, |at| arguments[at + 1].parse().expect("minutes"));
    let report = soak(Duration::from_secs_f64(60.0 * minutes));
    print!("{report}");
    let faults: Vec<String> = report
        .excess()
        .into_iter()
        .chain(report.missing())
        .collect();
    for fault in &faults {
        println!("{fault}");
    }
    if arguments.iter().any(|argument| argument == "--save") {
        report.save(JSON);
    }
    if report.wrong + report.stale + faults.len() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn soak(duration: Duration) -> Report {
    let mut etcd = Etcd::start();
    let (alone, fleet) = (Site::alone(), Site::fleet(&etcd));
    let run = Arc::new(Run::begin(duration));
    let sites = thread::scope(|scope| {
        let alone = run.spawn(scope, || alone.soak(&run, |_| 0));
        let fleet =
            run.work(|| fleet.soak(&run, |expectation| outages(&run, &mut etcd, expectation)));
        [alone.join().unwrap(), fleet]
    });
    Report {
        duration: run.elapsed(),
        wrong: run.wrong(),
        stale: run.stale(),
        sites: sites.into(),
    }
}
