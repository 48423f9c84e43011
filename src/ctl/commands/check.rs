//! `check`: what will not work as it is meant, in files or in a running Envoy.

use maintenance_mode_core::syntax::one_line::OneLine;
use serde::Serialize;

use crate::ctl::arguments::check::CheckArgs;
use crate::ctl::doctor::checks::{Side, diagnose};
use crate::ctl::doctor::finding::{Finding, Severity};
use crate::ctl::doctor::remark::remarks;
use crate::ctl::documents::fault::SyntaxFault;
use crate::ctl::documents::load::{Loaded, load};
use crate::ctl::documents::spot::Place;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::Exit;
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::setup::Setup;
use crate::ctl::setup::survey::survey;

/// Checks all sources as one set-up, and prints what it finds.
pub(crate) fn check(options: &CheckArgs) -> Exit {
    let loaded = load(&options.sources);
    for (source, problem) in &loaded.unreadable {
        complain(&format!("{source}: {problem}"));
    }
    let setup = survey(&loaded.documents);
    let side = match options.front {
        true => Side::Front,
        false => Side::Filter,
    };
    let findings = findings(&loaded, &setup, side);
    if options.json {
        let findings = findings.iter().map(Row::of).collect();
        say(&serde_json::to_string(&Report { findings }).unwrap_or_default());
    } else {
        report(&findings, &setup, &loaded);
    }
    let worst = if options.strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    if !loaded.unreadable.is_empty() {
        Exit::USAGE
    } else if findings.iter().any(|finding| finding.severity <= worst) {
        Exit::FAILURE
    } else {
        Exit::SUCCESS
    }
}

fn findings(loaded: &Loaded, setup: &Setup, side: Side) -> Vec<Finding> {
    let malformed = loaded.malformed.iter();
    let malformed = malformed.map(|(file, fault)| unreadable(file, fault));
    let mut findings: Vec<Finding> = malformed.collect();
    // What cannot be read may well have what is missed.
    let is_all_there = findings.is_empty() && loaded.unreadable.is_empty();
    let is_missed = |finding: &Finding| finding.code == "no-filter" && setup.plugins.is_empty();
    let of_setup = diagnose(setup, side).into_iter();
    findings.extend(of_setup.filter(|finding| is_all_there || !is_missed(finding)));
    findings.sort_by_cached_key(
        |Finding {
             severity, place, ..
         }| { (*severity, place.file.clone(), place.position) },
    );
    findings
}

/// A file that is neither JSON nor YAML.
fn unreadable(file: &str, fault: &SyntaxFault) -> Finding {
    Finding {
        severity: Severity::Error,
        code: "invalid",
        place: Place {
            file: file.to_owned(),
            path: String::new(),
            position: fault.position,
        },
        message: fault.problem.clone(),
        fix: fault.fix.to_owned(),
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'f> {
    findings: Vec<Row<'f>>,
}

#[derive(Serialize)]
struct Row<'f> {
    severity: &'f str,
    code: &'f str,
    file: &'f str,
    #[serde(rename = "where")]
    path: &'f str,
    message: &'f str,
    fix: &'f str,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'f> Row<'f> {
    fn of(finding: &'f Finding) -> Self {
        let position = finding.place.position;
        Self {
            severity: finding.severity.as_str(),
            code: finding.code,
            file: &finding.place.file,
            path: &finding.place.path,
            message: &finding.message,
            fix: &finding.fix,
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
        }
    }
}

fn report(findings: &[Finding], setup: &Setup, loaded: &Loaded) {
    for finding in findings {
        let (severity, code) = (finding.severity.as_str(), finding.code);
        let mut place = finding.place.file.clone();
        if let Some(position) = finding.place.position {
            place.push_str(&format!(":{}:{}", position.line, position.column));
        }
        if !finding.place.path.is_empty() {
            place.push_str(&format!(" {}", finding.place.path));
        }
        line(&format!("{severity}[{code}] {place}: {}", message(finding)));
        say(&format!(
            "    {}",
            OneLine(&format!("fix: {}", finding.fix))
        ));
    }
    for file in &loaded.missing {
        line(&format!(
            "{file} is named here, but not there: it was not checked"
        ));
    }
    match findings {
        [] if setup.plugins.is_empty() => {
            let mut files: Vec<&str> = setup.documents.iter().map(|root| root.file()).collect();
            files.dedup();
            files.iter().for_each(|file| line(&format!("{file}: OK")));
        }
        [] => setup.plugins.iter().for_each(|plugin| {
            line(&format!("{}OK", title(plugin)));
        }),
        _ => line(&count(findings)),
    }
    for (index, plugin) in setup.plugins.iter().enumerate() {
        for remark in remarks(setup, index, plugin) {
            complain(&format!("{}{remark}", title(plugin)));
        }
    }
}

/// Without the place in the configuration that the filter's own words begin with: it is said.
fn message(finding: &Finding) -> &str {
    let (place, message) = (&finding.place.path, &finding.message);
    let said = message
        .split_once(": ")
        .filter(|(place_within, _)| place.ends_with(place_within));
    said.map_or(message, |(_, problem)| problem)
}

/// Where a filter is, before what is said of it.
fn title(plugin: &Plugin) -> String {
    let place = plugin.settings().place();
    let joint = if place.path.is_empty() { "" } else { ": " };
    format!("{}: {}{joint}", place.file, place.path)
}

fn line(text: &str) {
    say(&OneLine(text).to_string());
}

/// `1 error, 2 warnings, 0 notes`
fn count(findings: &[Finding]) -> String {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.map(|severity| {
        let count = findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count();
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {}{plural}", severity.as_str())
    });
    counts.join(", ")
}
