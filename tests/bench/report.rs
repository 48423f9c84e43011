//! The figures of a run, as a table, as JSON and as a chart.

use std::{fmt, fs, path::PathBuf, thread};

use serde_json::{Value, json};
use support::Host;
use time::OffsetDateTime;

use crate::{
    callgrind::Sample,
    case::{Answer, Case},
    chart,
    cpu::{Rounds, median},
    django::Django,
    filters,
};

/// The figures of a case.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    /// What runs this filter; none where it is another.
    pub host: Option<Host>,
    /// CPU time of Envoy per request, in microseconds.
    pub micros: f64,
    /// Requests per second on one core.
    pub rate: f64,
    /// Instructions of Envoy's worker per request.
    pub instructions: Option<f64>,
}

/// Cases that are compared with each other.
#[derive(Debug)]
pub struct Group {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

/// The figures of a run.
#[derive(Debug)]
pub struct Report {
    pub groups: [Group; 2],
    pub date: String,
    pub machine: String,
}

impl Report {
    /// Puts together what was measured of the cases.
    pub fn new(cases: &[Case], cpu: &[Rounds], samples: &[Sample]) -> Self {
        let row = |name: &str, host: Option<Host>| {
            let rounds = cpu.iter().find(|rounds| rounds.name == name).unwrap();
            let sample = samples.iter().find(|sample| sample.name == name);
            Row {
                name: name.to_owned(),
                host,
                micros: median(&rounds.micros),
                rate: median(&rounds.rates),
                instructions: sample.map(|sample| sample.instructions),
            }
        };
        let rows = |cases: Vec<&Case>| {
            cases
                .iter()
                .map(|case| row(&case.name, case.host))
                .collect()
        };
        let (passed, answered): (Vec<&Case>, Vec<&Case>) = cases
            .iter()
            .partition(|case| case.answer == Answer::Upstream);
        let mut answered: Vec<Row> = rows(answered);
        answered.push(row(Django::NAME, None));
        Self {
            groups: [
                Group {
                    title: "Requests that pass to the upstream",
                    rows: rows(passed),
                },
                Group {
                    title: "Requests that are answered",
                    rows: answered,
                },
            ],
            date: OffsetDateTime::now_utc().date().to_string(),
            machine: machine(),
        }
    }

    /// Writes the JSON and the chart.
    pub fn save(&self, json: &str, chart: &str) {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let text = serde_json::to_string_pretty(&self.to_json()).unwrap();
        fs::write(root.join(json), text + "\n").unwrap();
        fs::write(root.join(chart), chart::draw(self)).unwrap();
    }

    fn to_json(&self) -> Value {
        let rows: Vec<Value> = self
            .groups
            .iter()
            .flat_map(|group| &group.rows)
            .map(|row| {
                json!({
                    "case": row.name,
                    "cpu_us": (row.micros * 100.0).round() / 100.0,
                    "requests_per_second": row.rate.round(),
                    "instructions": row.instructions.map(f64::round),
                })
            })
            .collect();
        json!({
            "command": "make bench",
            "date": self.date,
            "machine": self.machine,
            "cases": rows,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            let first = &group.rows[0];
            writeln!(
                f,
                "\n{:<42} {:>9} {:>6} {:>9} {:>13} {:>8}",
                group.title, "CPU us", "", "req/s", "instructions", "over"
            )?;
            for row in &group.rows {
                let ratio = row.micros / first.micros;
                write!(
                    f,
                    "{:<42} {:>9.2} {ratio:>5.2}x {:>9.0}",
                    row.name, row.micros, row.rate
                )?;
                if let (Some(count), Some(base)) = (row.instructions, first.instructions) {
                    write!(f, " {count:>13.0} {:>8.0}", count - base)?;
                }
                writeln!(f)?;
            }
        }
        writeln!(
            f,
            "\nover: instructions over `{}` or `{}`. {}, {}",
            filters::NO_FILTER,
            filters::DIRECT_RESPONSE,
            self.date,
            self.machine
        )
    }
}

fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo")
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.trim().to_owned())
        })
        .unwrap_or_else(|| "unknown processor".into());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{processor}, {cores} cores")
}
