//! `check` on the cases in `doctor`: each code, with files that have its fault and neighbours
//! that have not.

use std::fs;

use serde_json::Value;
use support::project::file;

use crate::command::ctl_with;

const FOLDER: &str = "tests/maintenancectl/doctor";
/// How many bad and how many good cases each code has at least.
const LEAST: usize = 2;

struct Case {
    title: String,
    is_bad: bool,
    arguments: Vec<&'static str>,
    text: String,
    /// Line, column where it matters, code, and how the place ends.
    expected: Vec<(u64, Option<u64>, String, String)>,
}

fn expanded(line: &str) -> String {
    let types = [
        (
            "@hcm",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        ),
        ("@wasm", "envoy.extensions.filters.http.wasm.v3.Wasm"),
        ("@router", "envoy.extensions.filters.http.router.v3.Router"),
        ("@struct", "google.protobuf.Struct"),
        ("@text", "google.protobuf.StringValue"),
    ];
    types.iter().fold(line.to_owned(), |line, (short, name)| {
        line.replace(short, &format!("type.googleapis.com/{name}"))
    })
}

/// The case in what follows a `=== `.
fn case(section: &str) -> Case {
    let (header, body) = section.split_once('\n').unwrap();
    let (kind, title) = header.split_once(": ").unwrap();
    let mut case = Case {
        title: title.to_owned(),
        is_bad: kind.starts_with("bad"),
        arguments: vec!["check", "-", "--json"],
        text: String::new(),
        expected: Vec::new(),
    };
    if kind.ends_with("--front") {
        case.arguments.push("--front");
    }
    let split = |mark: &str| {
        let (code, end) = mark.trim_start().split_once(' ').unwrap();
        (code.to_owned(), end.trim().to_owned())
    };
    let mut number = 0;
    for line in body.lines() {
        if let Some(mark) = line.strip_prefix("#@") {
            let (place, mark) = mark.split_once(' ').unwrap();
            let (line, column) = match place.split_once(':') {
                Some((line, column)) => (line, Some(column.parse().unwrap())),
                None => (place, None),
            };
            let (code, end) = split(mark);
            let line = line.parse().unwrap();
            case.expected.push((line, column, code, end));
            continue;
        }
        number += 1;
        let (line, mark) = match line.split_once(" #! ") {
            Some((line, mark)) => (line, Some(mark)),
            None => (line, None),
        };
        if let Some(mark) = mark {
            let (code, end) = split(mark);
            case.expected.push((number, None, code, end));
        }
        case.text.push_str(&expanded(line));
        case.text.push('\n');
    }
    case
}

fn cases(code: &str) -> Vec<Case> {
    let text = fs::read_to_string(file(FOLDER).join(format!("{code}.txt"))).unwrap();
    let sections = text.split("=== ").skip(1);
    sections.map(case).collect()
}

fn codes() -> Vec<String> {
    let entries = fs::read_dir(file(FOLDER)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let names =
        paths.filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".txt")?.to_owned()));
    names.collect()
}

/// Runs a case; its findings.
fn run(case: &Case) -> Vec<Value> {
    let outcome = ctl_with(&case.text, &case.arguments);
    let findings = outcome.json()["findings"].as_array().unwrap().clone();
    let is_error = findings
        .iter()
        .any(|finding| finding["severity"] == "error");
    assert_eq!(
        outcome.code,
        Some(i32::from(is_error)),
        "{}: {outcome:?}",
        case.title
    );
    for finding in &findings {
        for key in ["message", "fix"] {
            assert!(finding[key].as_str().unwrap().len() > 10, "{finding}");
        }
    }
    findings
}

/// What is wrong with what was found in a case.
fn problems(code: &str, case: &Case) -> Vec<String> {
    let findings = run(case);
    let mut problems = Vec::new();
    let has_it = case
        .expected
        .iter()
        .any(|(_, _, expected, _)| expected == code);
    if has_it != case.is_bad {
        problems.push("is marked wrongly".to_owned());
    }
    if findings.len() != case.expected.len() {
        problems.push(format!("{} findings", findings.len()));
    }
    for (line, column, expected, end) in &case.expected {
        let is_it = |finding: &Value| {
            finding["code"] == **expected
                && finding["line"].as_u64().unwrap_or(0) == *line
                && column.is_none_or(|column| finding["column"] == column)
                && finding["where"].as_str().unwrap().ends_with(end.as_str())
        };
        if !findings.iter().any(is_it) {
            problems.push(format!("no {expected} in line {line} at {end}"));
        }
    }
    if !problems.is_empty() {
        problems.push(format!("{findings:#?}"));
    }
    problems
}

#[test]
fn every_fault_is_found_in_its_line_and_nothing_else() {
    let mut wrong = Vec::new();
    for code in codes() {
        let cases = cases(&code);
        let bad = cases.iter().filter(|case| case.is_bad).count();
        assert!(
            bad >= LEAST && cases.len() - bad >= LEAST,
            "{code}: too few cases"
        );
        for case in &cases {
            let problems = problems(&code, case).into_iter();
            wrong.extend(problems.map(|problem| format!("{code}: {}: {problem}", case.title)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn everybody_passes(finding: &Value) -> bool {
    let message = finding["message"].as_str().unwrap();
    message.contains("everybody passes")
}

/// The table of severities in the contract of `check`: what is no warning.
#[test]
fn severities_are_those_that_the_reference_promises() {
    for code in codes() {
        for case in cases(&code).iter().filter(|case| case.is_bad) {
            for finding in run(case) {
                let severity = match finding["code"].as_str().unwrap() {
                    "no-filter" if case.title.starts_with("found") => "warning",
                    "no-filter" if case.title.starts_with("a Service") => "note",
                    "invalid" | "no-filter" | "upgrade-skips-filter" => "error",
                    "store-cluster" if case.title != "no keepalive" => "error",
                    "route-skips-filter" if everybody_passes(&finding) => "warning",
                    "forgeable-address" if case.title.starts_with("a header") => "note",
                    "ejects" if case.title.starts_with("names") => "note",
                    "ejects" if case.title.starts_with("nobody knows") => "note",
                    "route-skips-filter" | "placeholder" => "note",
                    _ => "warning",
                };
                assert_eq!(finding["severity"], severity, "{code}: {finding}");
            }
        }
    }
}

#[test]
fn every_check_has_cases() {
    let table = fs::read_to_string(file("src/ctl/doctor/checks.rs")).unwrap();
    let rows = table
        .split("check(\"")
        .skip(1)
        .filter_map(|row| row.split('"').next());
    let mut rows: Vec<String> = rows.map(str::to_owned).collect();
    let mut codes = codes();
    rows.sort();
    rows.dedup();
    codes.sort();
    assert_eq!(codes, rows);
}
