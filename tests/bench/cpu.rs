//! CPU time of Envoy per request, under the load of wrk.

use std::{fs, net::SocketAddr};

use crate::{
    case::{Case, HEADERS},
    django::Django,
    envoy::Bench,
    tools::Core,
};

const CONNECTIONS: usize = 16;

/// What the rounds of a case gave.
#[derive(Clone, Debug)]
pub struct Rounds {
    pub name: String,
    /// Microseconds of CPU time per request, a figure a round.
    pub micros: Vec<f64>,
    /// Requests per second, a figure a round.
    pub rates: Vec<f64>,
}

/// Measures all cases and django in turn, round by round, after a short one that counts not.
pub fn measure(cases: &[Case], rounds: usize, seconds: u64) -> Vec<Rounds> {
    let bench = Bench::start(Core::Measured.command("env"), cases);
    let django = Django::start();
    let mut measured: Vec<Rounds> = cases
        .iter()
        .map(|case| &*case.name)
        .chain([Django::NAME])
        .map(|name| Rounds {
            name: name.to_owned(),
            micros: Vec::new(),
            rates: Vec::new(),
        })
        .collect();
    for round in 0..=rounds {
        let seconds = if round == 0 { 1 } else { seconds };
        for (index, measured) in measured.iter_mut().enumerate() {
            let (address, path, processes) = match cases.get(index) {
                Some(case) => (
                    bench.envoy.address(&case.name),
                    case.path,
                    vec![bench.envoy.id()],
                ),
                None => (django.address, "/", django.processes()),
            };
            let before = cpu_micros(&processes);
            let load = Load::put(address, path, seconds);
            let micros = cpu_micros(&processes) - before;
            if round > 0 {
                measured.micros.push(micros / load.requests);
                measured.rates.push(load.requests / load.seconds);
            }
        }
        eprintln!("  round {round} of {rounds}");
    }
    bench.check(cases);
    django.check();
    measured
}

/// The CPU time that processes have taken, of all their threads, user and system.
fn cpu_micros(processes: &[u32]) -> f64 {
    let threads = processes
        .iter()
        .flat_map(|id| fs::read_dir(format!("/proc/{id}/task")).unwrap());
    threads
        .map(|thread| {
            // Nanoseconds come first: finer than the clock ticks of `stat`.
            let statistics = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
            let nanos = statistics.split(' ').next().unwrap();
            nanos.parse::<f64>().unwrap() / 1e3
        })
        .sum()
}

/// What wrk reports.
struct Load {
    requests: f64,
    seconds: f64,
}

impl Load {
    fn put(address: SocketAddr, path: &str, seconds: u64) -> Self {
        let mut command = Core::Load.command("wrk");
        command.args(["--threads", "1"]);
        command.args(["--connections", &CONNECTIONS.to_string()]);
        command.args(["--duration", &format!("{seconds}s")]);
        for (name, value) in HEADERS {
            command.args(["--header", &format!("{name}: {value}")]);
        }
        let output = command
            .arg(format!("http://{address}{path}"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        Self::parse(&text).unwrap_or_else(|| panic!("wrk said:\n{text}"))
    }

    /// Reads `  51234 requests in 2.00s, 12.34MB read`.
    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().find(|line| line.contains(" requests in "))?;
        let (requests, rest) = line.trim().split_once(" requests in ")?;
        let (seconds, _) = rest.split_once("s,")?;
        Some(Self {
            requests: requests.parse().ok().filter(|&requests| requests > 0.0)?,
            seconds: seconds.parse().ok()?,
        })
    }
}

/// The median.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}
