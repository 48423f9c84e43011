//! `make run`, and what it says to type next, as printed.

use std::{
    fs::{self, File},
    net::TcpStream,
    os::unix::process::CommandExt,
    process::{Child, Command},
    time::Duration,
};

use crate::support::{eventually, within};

/// `make run` in a process group of its own, which ends with it.
struct Sample(Child);

impl Drop for Sample {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

#[test]
fn the_lines_that_make_run_prints_work_as_printed() {
    let root = env!("CARGO_MANIFEST_DIR");
    assert!(
        TcpStream::connect("127.0.0.1:8080").is_err(),
        "port 8080 is taken, which the sample needs"
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("output");
    let output = File::create(&path).unwrap();
    let mut run = Command::new("make");
    run.arg("run")
        .current_dir(root)
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .env_remove("MFLAGS")
        .process_group(0)
        .stdout(output.try_clone().unwrap())
        .stderr(output);
    let _sample = Sample(run.spawn().unwrap());
    let printed = || fs::read_to_string(&path).unwrap();
    // It may have to build the module and to get Envoy first.
    within(Duration::from_secs(600), "the sample", || {
        TcpStream::connect("127.0.0.1:8080").is_ok() && printed().contains("Ctrl-C")
    });

    let printed = printed();
    let (_, welcome) = printed.split_once("In another terminal").unwrap();
    let lines: Vec<&str> = welcome
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .collect();
    let (environment, calls) = lines.split_first().unwrap();
    let expected = [
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
        ("{\"maintenance\":true", "\"generation\":1"),
        ("HTTP/1.1 503 Service Unavailable", "retry-after: 600"),
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
        ("{\"maintenance\":false", "\"generation\":2"),
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
    ];
    assert_eq!(calls.len(), expected.len(), "{printed}");
    for (call, (begins, contains)) in calls.iter().zip(expected) {
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("{environment}\n{call}"))
            .current_dir(root)
            .output()
            .unwrap();
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(answer.starts_with(begins), "{call} gave {answer}");
        assert!(answer.contains(contains), "{call} gave {answer}");
    }

    let stats = Command::new("curl")
        .args(["-s", "localhost:9901/stats/prometheus"])
        .output();
    let stats = String::from_utf8(stats.unwrap().stdout).unwrap();
    for series in [
        "maintenance_mode_blocked{maintenance_scope=\"default\"} 1",
        "maintenance_mode_allowed{maintenance_scope=\"default\",maintenance_reason=\"path\"} 1",
    ] {
        assert!(stats.contains(series), "{series} is not in {stats}");
    }
    eventually("the access log", || {
        let log = fs::read_to_string(&path).unwrap();
        log.contains("\"GET / HTTP/1.1\" 503 details=maintenance_mode maintenance=blocked")
    });
}
