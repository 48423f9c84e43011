//! CPU time of Envoy per request, under the load of wrk.

use std::{fs, net::SocketAddr};

use crate::{
    case::{Case, HEADERS},
    django::Django,
    envoy::Bench,
    tools::Core,
};

const CONNECTIONS: usize = 16;

/// How long each of a pair is loaded before it is the other's turn, in seconds.
const TURN: u64 = 1;

/// What the rounds of a case gave.
#[derive(Clone, Debug)]
pub struct Rounds {
    pub name: String,
    /// Microseconds of CPU time per request, a figure a round.
    pub micros: Vec<f64>,
    /// Requests per second, a figure a round.
    pub rates: Vec<f64>,
}

/// A case and what it is compared with.
#[derive(Clone, Debug)]
pub struct Pair {
    pub case: String,
    pub other: String,
    /// What the ratio may be.
    pub at_most: f64,
    /// CPU time per request of the case over that of the other, a ratio a round.
    pub ratios: Vec<f64>,
}

impl Pair {
    /// A pair to be measured.
    pub fn new(case: &str, other: &str, at_most: f64) -> Self {
        Self {
            case: case.to_owned(),
            other: other.to_owned(),
            at_most,
            ratios: Vec::new(),
        }
    }

    /// Both in short turns, so that what disturbs one disturbs the other, and what grows or wanes
    /// meanwhile falls on both.
    fn measure(&mut self, servers: &[Server]) {
        let [case, other] = [&self.case, &self.other]
            .map(|name| servers.iter().find(|server| server.name == *name).unwrap());
        let [first, second, third, fourth] =
            [case, other, other, case].map(|server| server.load(TURN));
        self.ratios
            .push((first.micros + fourth.micros) / (second.micros + third.micros));
    }
}

/// Measures all cases and django in turn, round by round, after a short one that counts not, and
/// each of the pairs once a round.
pub fn measure(cases: &[Case], pairs: &mut [Pair], rounds: usize, seconds: u64) -> Vec<Rounds> {
    let bench = Bench::start(Core::Measured.command("env"), cases);
    let django = Django::start();
    let mut servers: Vec<Server> = cases
        .iter()
        .map(|case| Server {
            name: case.name.clone(),
            address: bench.envoy.address(&case.name),
            path: case.path,
            processes: vec![bench.envoy.id()],
        })
        .collect();
    servers.push(Server {
        name: Django::NAME.to_owned(),
        address: django.address,
        path: "/",
        processes: django.processes(),
    });
    for server in &servers {
        server.load(TURN);
    }
    let mut measured: Vec<Rounds> = servers
        .iter()
        .map(|server| Rounds {
            name: server.name.clone(),
            micros: Vec::new(),
            rates: Vec::new(),
        })
        .collect();
    for round in 1..=rounds {
        for (server, measured) in servers.iter().zip(&mut measured) {
            let cost = server.load(seconds);
            measured.micros.push(cost.micros);
            measured.rates.push(cost.rate);
        }
        for pair in &mut *pairs {
            pair.measure(&servers);
        }
        eprintln!("  round {round} of {rounds}");
    }
    bench.check(cases);
    django.check();
    measured
}

/// What answers requests.
struct Server {
    name: String,
    address: SocketAddr,
    path: &'static str,
    processes: Vec<u32>,
}

/// What requests cost under load.
struct Cost {
    /// Microseconds of CPU time per request.
    micros: f64,
    /// Requests per second.
    rate: f64,
}

impl Server {
    fn load(&self, seconds: u64) -> Cost {
        let before = cpu_micros(&self.processes);
        let load = Load::put(self.address, self.path, seconds);
        Cost {
            micros: (cpu_micros(&self.processes) - before) / load.requests,
            rate: load.requests / load.seconds,
        }
    }
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
