//! CPU time of Envoy per request, under the load of wrk.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    case::{Case, HEADERS},
    django::Django,
    envoy::Bench,
    tools::Core,
};

const CONNECTIONS: usize = 16;

/// How long each is loaded before anything is measured, in seconds.
const WARM_UP: u64 = 1;

/// How long one of a pair is loaded before it is the other's turn.
const TURN: Duration = Duration::from_millis(50);
/// How often it is each one's turn in a round.
const TURNS: u64 = 25;
/// After so long, all that was under way when the load paused is answered.
const SETTLED: Duration = Duration::from_millis(5);
/// How long both loads last in a round, in seconds: until all turns are over.
const PAIR_SECONDS: u64 = 3;

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

    /// Both in short turns, so that what disturbs one disturbs the other.
    fn measure(&mut self, servers: &[Server]) {
        let mut sides = [&self.case, &self.other].map(|name| {
            let server = servers.iter().find(|server| server.name == *name);
            Side::start(server.unwrap())
        });
        for _ in 0..TURNS {
            sides.iter_mut().for_each(Side::take_turn);
        }
        let [case, other] = sides.map(Side::micros_per_request);
        self.ratios.push(case / other);
    }
}

/// One of a pair, whose load is paused while it is not its turn.
struct Side<'s> {
    server: &'s Server,
    load: Wrk,
    /// CPU time of the server in its turns.
    micros: f64,
}

impl<'s> Side<'s> {
    fn start(server: &'s Server) -> Self {
        let before = server.cpu_micros();
        let load = Wrk::start(server, PAIR_SECONDS);
        pause(&load);
        Self {
            server,
            load,
            micros: server.cpu_micros() - before,
        }
    }

    fn take_turn(&mut self) {
        let before = self.server.cpu_micros();
        self.load.send(Signal::CONT);
        thread::sleep(TURN);
        pause(&self.load);
        self.micros += self.server.cpu_micros() - before;
    }

    /// After a last turn, which lasts until the load ends by itself.
    fn micros_per_request(self) -> f64 {
        let before = self.server.cpu_micros();
        self.load.send(Signal::CONT);
        let load = self.load.end();
        (self.micros + self.server.cpu_micros() - before) / load.requests
    }
}

fn pause(load: &Wrk) {
    load.send(Signal::STOP);
    thread::sleep(SETTLED);
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
        server.load(WARM_UP);
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
        let before = self.cpu_micros();
        let load = Wrk::start(self, seconds).end();
        Cost {
            micros: (self.cpu_micros() - before) / load.requests,
            rate: load.requests / load.seconds,
        }
    }

    /// The CPU time that its processes have taken, of all their threads, user and system.
    fn cpu_micros(&self) -> f64 {
        let threads = self
            .processes
            .iter()
            .flat_map(|id| fs::read_dir(format!("/proc/{id}/task")).unwrap());
        threads
            .map(|thread| {
                // Nanoseconds come first: finer than the clock ticks of `stat`.
                let statistics =
                    fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
                let nanos = statistics.split(' ').next().unwrap();
                nanos.parse::<f64>().unwrap() / 1e3
            })
            .sum()
    }
}

/// A wrk that is under way.
struct Wrk(Child);

impl Wrk {
    fn start(server: &Server, seconds: u64) -> Self {
        let mut command = Core::Load.command("wrk");
        command.args(["--threads", "1"]);
        command.args(["--connections", &CONNECTIONS.to_string()]);
        command.args(["--duration", &format!("{seconds}s")]);
        for (name, value) in HEADERS {
            command.args(["--header", &format!("{name}: {value}")]);
        }
        command.arg(format!("http://{}{}", server.address, server.path));
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    fn end(self) -> Load {
        let output = self.0.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        Load::parse(&text).unwrap_or_else(|| panic!("wrk said:\n{text}"))
    }
}

/// What wrk reports.
struct Load {
    requests: f64,
    seconds: f64,
}

impl Load {
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
