//! A real Prometheus, with `envoy/alerts.yaml`, that scrapes Envoys.

use std::{
    fs::{self, File},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use maintenance_mode_core::syntax::percent;
use serde_json::{Value, json};
use support::{
    Connection, Envoy, Request,
    project::{file, read},
    within, yaml,
};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running Prometheus. It is stopped when it is dropped.
pub struct Prometheus {
    process: Child,
    directory: TempDir,
    address: SocketAddr,
}

impl Prometheus {
    /// Starts one that has scraped each of these Envoys, by their names.
    pub fn start(envoys: &[(&str, &Envoy)]) -> Self {
        let directory = TempDir::new().unwrap();
        let config = directory.path().join("prometheus.json");
        fs::write(&config, configuration(envoys).to_string()).unwrap();
        let address = support::ports::free();
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--storage.tsdb.path")
            .arg(directory.path().join("data"))
            .stdout(Stdio::null())
            .stderr(File::create(directory.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let prometheus = Self {
            process,
            directory,
            address,
        };
        within(START_TIMEOUT, "the first scrape of each Envoy", || {
            prometheus.series("maintenance_mode_active").len() == envoys.len()
        });
        prometheus
    }

    /// The series that an expression returns now; none before Prometheus answers.
    pub fn series(&self, expression: &str) -> Vec<Value> {
        let expression = encode(expression);
        let Some(data) = self.get(&format!("/api/v1/query?query={expression}")) else {
            return Vec::new();
        };
        match data["resultType"].as_str() {
            Some("vector") => data["result"].as_array().unwrap().clone(),
            _ => panic!("{expression}: {data}"),
        }
    }

    /// The value of an expression that returns one series; 0 if it returns none.
    pub fn value(&self, expression: &str) -> f64 {
        let series = self.series(expression);
        assert!(series.len() < 2, "{expression}: {series:?}");
        series.first().map_or(0.0, |series| {
            series["value"][1].as_str().unwrap().parse().unwrap()
        })
    }

    /// The series that an expression returns for the last minutes.
    pub fn series_of_the_last_minutes(&self, expression: &str, step: &str) -> Vec<Value> {
        let expression = encode(expression);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let (start, end) = (now.as_secs() - 300, now.as_secs());
        let data = self.get(&format!(
            "/api/v1/query_range?query={expression}&start={start}&end={end}&step={step}"
        ));
        data.unwrap()["result"].as_array().unwrap().clone()
    }

    /// The alerts that were loaded, each with its expression and the health of its evaluation.
    pub fn alerts(&self) -> Vec<Value> {
        let data = self.get("/api/v1/rules?type=alert").unwrap();
        let groups = data["groups"].as_array().unwrap();
        let rules = groups
            .iter()
            .map(|group| group["rules"].as_array().unwrap());
        rules.flatten().cloned().collect()
    }

    fn get(&self, path: &str) -> Option<Value> {
        let response = Connection::try_open(self.address)?.try_fetch(&Request::get(path))?;
        assert!(
            matches!(response.status, 200 | 503),
            "{path}: {}",
            response.text()
        );
        (response.status == 200).then(|| response.json()["data"].clone())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.directory.path().join("log"));
            eprintln!("{}", log.unwrap_or_default());
        }
    }
}

/// In a query of Prometheus, a plus is a space.
fn encode(expression: &str) -> String {
    percent::encode(expression).replace('+', "%2B")
}

fn configuration(envoys: &[(&str, &Envoy)]) -> Value {
    let targets: Vec<Value> = envoys
        .iter()
        .map(|(name, envoy)| {
            json!({"targets": [envoy.admin.to_string()], "labels": {"instance": name}})
        })
        .collect();
    let relabel = yaml::parse(&read("envoy/relabel.yaml"));
    json!({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [file("envoy/alerts.yaml")],
        "scrape_configs": [{
            "job_name": "edge",
            "metrics_path": "/stats/prometheus",
            "static_configs": targets,
            "metric_relabel_configs": relabel["metric_relabel_configs"],
        }],
    })
}
